"""What is worth a word after a check-in: how many it makes, the end of a phase, how many of the group are there."""

from collections.abc import Iterable
from enum import Enum
from typing import Final

from cohort_bot.core.checkins import CheckIn
from cohort_bot.core.programme import Phase, Programme
from cohort_bot.core.progress import GROUP, Turnout

MILESTONES: Final = (4, 10, 26, 52, 100)
"""Numbers of check-ins: about a month, a quarter, half a year, a year, and a hundred."""


def reached(made: int, *, new: bool) -> int | None:
    """The milestone that a check-in reaches as number `made`. An edit reaches none, so each is told once."""
    return made if new and made in MILESTONES else None


def ahead(made: int) -> int | None:
    """The next milestone after so many check-ins, None after the last."""
    return next((each for each in MILESTONES if each > made), None)


def phase_ended(programme: Programme, made: Iterable[CheckIn], entry: CheckIn, *, new: bool) -> Phase | None:
    """The phase whose last week is done with this check-in; once, also when that week is repeated.

    `made` are the member's check-ins of the phase, this one among them.
    """
    phase = programme.phase_of(entry.week)
    if not new or phase is None or entry.week != phase.last_week:
        return None
    before = any(other.week == entry.week and other.round != entry.round for other in made)
    return None if before else phase


class Norm(Enum):
    """What may be said of the group: only what draws along, and nothing that shames."""

    FIRST = "first"
    MOST = "most"
    ALL = "all"


def norm(turnout: Turnout, *, first: bool) -> Norm | None:
    """How the group does; None when few have checked in yet, or when few could. `first`: oneself is there just now."""
    if turnout.of <= 1:
        return None
    if turnout.made == turnout.of:
        return Norm.ALL
    if turnout.made == 1:
        return Norm.FIRST if first else None
    return Norm.MOST if turnout.of >= GROUP and 2 * turnout.made >= turnout.of else None
