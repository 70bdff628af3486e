"""Who has joined, in the room."""

from collections.abc import Sequence
from typing import Final

from cohort_bot.app.words.lists import listed
from cohort_bot.chat.i18n import ngettext
from cohort_bot.chat.message import Message
from cohort_bot.core.membership import Cohort

HELLOS: Final = 50
"""So many are greeted by name in one line; more are counted."""


def hello(cohort: Cohort, names: Sequence[str]) -> Message:
    """Posted to the group when a person has joined, or several at about the same time."""
    shown, more = list(names[:HELLOS]), len(names) - HELLOS
    if more > 0:
        shown.append(ngettext("{n} more", "{n} more", more))
    return Message(
        ngettext(
            "{names} just joined {cohort}. Say hello!",
            "{names} just joined {cohort}. Say hello!",
            len(names),
            names=listed(shown),
            cohort=cohort.name,
        )
    )
