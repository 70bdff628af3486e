"""Several things in one sentence: "Ada, Ben and Cem", "3 to 5"."""

from collections.abc import Sequence

from cohort_bot.chat.formats import listed
from cohort_bot.chat.i18n import _, ngettext

__all__ = ["listed", "numbers", "quoted", "some"]


def quoted(words: str) -> str:
    """What somebody wrote, in quotation marks."""
    return _("“{words}”", words=words)


def some(names: Sequence[str], most: int) -> str:
    """The first of them, and how many more there are."""
    shown = ", ".join(names[:most])
    if (more := len(names) - most) > 0:
        return ngettext("{names} and {n} more", "{names} and {n} more", more, names=shown)
    return shown


def numbers(rounds: Sequence[int]) -> str:
    """Rounds in order as text, at least one; three or more in a row from the first to the last: "1, 2 and 5 to 9"."""
    runs: list[list[int]] = []
    for number in rounds:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts: list[str] = []
    for run in runs:
        if len(run) > 2:  # noqa: PLR2004 - a pair is simply named
            parts.append(_("{first} to {last}", first=run[0], last=run[-1]))
        else:
            parts += map(str, run)
    return listed(parts)
