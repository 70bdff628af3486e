"""How rounds and streaks are shown."""

from collections.abc import Mapping, Sequence
from typing import Final

from cohort_bot.app.words.counts import counted
from cohort_bot.core.checkins import Status, Streak

SYMBOLS: Final[Mapping[Status, str]] = {
    Status.ON_TIME: "●",
    Status.LATE: "◐",
    Status.FORGIVEN: "○",
    Status.MISSED: "✕",
    Status.BREAK: "‖",
    Status.EXCUSED: "◇",
    Status.OPEN: "…",
    Status.OUTSIDE: "·",
    Status.AHEAD: " ",
}
"""They differ in shape, so that the grid reads without colours."""


def legend(used: Sequence[Status]) -> tuple[tuple[str, str], ...]:
    """The meaning of the symbols that occur, in the order of the enumeration."""
    return tuple((SYMBOLS[status], status.value) for status in Status if status in used and status is not Status.AHEAD)


def streak_words(run: Streak, *, theirs: bool = False) -> str:
    """The streak in one sentence, to the member or about them."""
    if not run.length:
        return f"Streak: 0 rounds. It starts with {'their' if theirs else 'your'} next check-in."
    more = {0: "no", 1: "one", 2: "two"}[run.skips_left]
    who = "They" if theirs else "You"
    return f"Streak: {counted(run.length, 'round')}. {who} can miss {more} more of the last eight without losing it."
