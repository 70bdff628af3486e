"""Who has joined, in the room."""

from collections.abc import Sequence
from typing import Final

from cohort_bot.chat.message import Message
from cohort_bot.core.membership import Cohort

HELLOS: Final = 50
"""So many are greeted by name in one line; more are counted."""


def hello(cohort: Cohort, names: Sequence[str]) -> Message:
    """Said to the group when somebody has joined, or several at about the same time."""
    shown, more = list(names[:HELLOS]), len(names) - HELLOS
    if more > 0:
        shown.append(f"{more} more")
    who = f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]
    return Message(f"{who} {'has' if len(names) == 1 else 'have'} joined {cohort.name}. Say hello.")
