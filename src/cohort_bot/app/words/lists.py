"""Several things in one sentence: "Ada, Ben and Cem", "3 to 5"."""

from collections.abc import Sequence

from cohort_bot.chat.i18n import _


def listed(items: Sequence[str]) -> str:
    """All of them, at least one, with "and" before the last."""
    *head, last = items
    return _("{items} and {last}", items=", ".join(head), last=last) if head else last


def numbers(rounds: Sequence[int]) -> str:
    """Rounds as text; three or more in a row from the first to the last."""
    if len(rounds) > 2 and rounds[-1] - rounds[0] == len(rounds) - 1:  # noqa: PLR2004 - a pair is simply named
        return _("{first} to {last}", first=rounds[0], last=rounds[-1])
    return listed([str(number) for number in rounds])
