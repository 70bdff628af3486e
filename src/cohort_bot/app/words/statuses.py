"""How rounds and streaks are shown."""

from collections.abc import Mapping, Sequence
from typing import Final

from cohort_bot.chat.drawing import shields
from cohort_bot.chat.i18n import N_, _, ngettext
from cohort_bot.chat.message import Paragraph, paragraph
from cohort_bot.core.checkins import SKIPS, Status, Streak

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


_NAMES: Final[Mapping[Status, str]] = {
    Status.ON_TIME: N_("on time"),
    Status.LATE: N_("late"),
    Status.OPEN: N_("open"),
    Status.FORGIVEN: N_("missed, forgiven"),
    Status.MISSED: N_("missed"),
    Status.BREAK: N_("on break"),
    Status.EXCUSED: N_("excused"),
    Status.OUTSIDE: N_("not counted"),
    Status.AHEAD: N_("ahead"),
}
_YOU_CAN_MISS: Final = (
    N_("The next miss would end it."),
    N_("You can still miss one more in these eight weeks and keep it."),
    N_("You can still miss two of any eight weeks and keep it."),
)
_THEY_CAN_MISS: Final = (
    N_("The next miss would end it."),
    N_("They can still miss one more in these eight weeks and keep it."),
    N_("They can still miss two of any eight weeks and keep it."),
)


def status_name(status: Status) -> str:
    """What a round is for a member, in a word or two."""
    return _(_NAMES[status])


def legend(used: Sequence[Status]) -> tuple[tuple[str, str], ...]:
    """The meaning of the symbols that occur, in the order of the enumeration."""
    shown = (status for status in Status if status in used and status is not Status.AHEAD)
    return tuple((SYMBOLS[status], status_name(status)) for status in shown)


def streak_words(run: Streak, *, theirs: bool = False) -> str:
    """The streak in one sentence or two, to the member or about them."""
    if not run.length:
        if theirs:
            return _("No streak yet: their next check-in starts one.")
        return _("No streak yet: your next check-in starts one.")
    left = (_THEY_CAN_MISS if theirs else _YOU_CAN_MISS)[run.skips_left]
    return " ".join((ngettext("Streak: {n} round.", "Streak: {n} rounds.", run.length), _(left)))


def streak_line(run: Streak, *, theirs: bool = False) -> Paragraph:
    """The same, with what may still be missed drawn as shields."""
    drawn = (" ", shields(run.skips_left, SKIPS)) if run.length else ()
    return paragraph(streak_words(run, theirs=theirs), *drawn)
