"""Another start, day, time or zone for a cohort's rounds: the first round that changes, and the new calendar.

Before the first round has opened everything can be corrected. Afterwards opened rounds stay, and the schedule moves.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from cohort_bot.core.rounds import Calendar, Move, instant


@dataclass(frozen=True, slots=True)
class Wish:
    """The wanted changes; None stays as it is. `weekday` 0 is Monday, `zone` an IANA name."""

    weekday: int | None = None
    at: time | None = None
    zone: str | None = None
    starts: date | None = None


@dataclass(frozen=True, slots=True)
class Rescheduled:
    """The calendar from round `first` on; `move` is the move that leads to it, None when the start itself was
    corrected.
    """

    calendar: Calendar
    first: int
    weekday: int
    at: time
    zone: str
    move: Move | None


def plan_again_from(calendar: Calendar, at: datetime) -> datetime:
    """The instant from which to plan a cohort again that was changed `at` an instant: before the last opening but one.

    A change can move rows of the open round, or of the one in grace, to an instant that has passed.
    """
    newest = calendar.latest(at)
    return calendar.opens(max(1, newest - 1)) - timedelta.resolution if newest else at


def rescheduled(calendar: Calendar, wish: Wish, now: datetime) -> Rescheduled | None:
    """The calendar as wished, None when nothing would change. `wish.starts` is heeded before the first opening."""
    number = calendar.movable(now)
    day = calendar.opens_on(number)
    known = (day.weekday(), calendar.opens_at(number), calendar.zone_of(number))
    weekday = known[0] if wish.weekday is None else wish.weekday
    at, zone = wish.at or known[1], wish.zone or known[2]
    if number == 1 and (wish.starts is not None or zone != known[2]):
        first = wish.starts or day
        if wish.weekday is not None:
            first += timedelta(days=(weekday - first.weekday()) % 7)
        if (first, at, zone) == (day, *known[1:]):
            return None
        holidays = tuple(each for each in calendar.holidays if each.before != 1)
        return Rescheduled(Calendar(first, at, zone, (), holidays), 1, first.weekday(), at, zone, None)
    if (weekday, at, zone) == known:
        return None
    made_at = now
    if number == 1:  # a cohort that has not begun keeps its first date: not before that day
        made_at = max(now, instant(calendar.start, time(0), calendar.zone) - timedelta.resolution)
    move = Move(number, weekday, at, zone, made_at)
    others = tuple(each for each in calendar.moves if each.round != number)
    return Rescheduled(replace(calendar, moves=(*others, move)), number, weekday, at, zone, move)
