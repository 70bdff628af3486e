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


def plan_again_from(calendar: Calendar, planned: datetime) -> datetime:
    """The instant from which to plan a cohort again that is planned up to `planned`: before the last opening but one.

    A change can move rows of the open round, or of the one in grace, to an instant that has passed.
    """
    newest = calendar.latest(planned)
    if not newest:
        return planned
    return min(planned, calendar.opens(max(1, newest - 1)) - timedelta(milliseconds=1))


def rescheduled(calendar: Calendar, wish: Wish, now: datetime) -> Rescheduled | None:
    """The calendar as wished, None when nothing would change. `wish.starts` is heeded before the first opening."""
    number = calendar.movable(now)
    last = max((move for move in calendar.moves if move.round <= number), key=lambda move: move.round, default=None)
    known = (last.weekday, last.at, last.zone) if last else (calendar.start.weekday(), calendar.at, calendar.zone)
    weekday = known[0] if wish.weekday is None else wish.weekday
    at, zone = wish.at or known[1], wish.zone or known[2]
    if calendar.latest(now) == 0 and (wish.starts is not None or zone != known[2]):
        first = wish.starts or calendar.opens_on(1)
        if wish.weekday is not None or wish.starts is None:
            first += timedelta(days=(weekday - first.weekday()) % 7)
        new = replace(
            calendar,
            start=first,
            at=at,
            zone=zone,
            moves=tuple(each for each in calendar.moves if each.round != 1),
            holidays=tuple(each for each in calendar.holidays if each.before != 1),
        )
        same = (first, at, zone) == (calendar.opens_on(1), *known[1:])
        return None if same else Rescheduled(new, 1, first.weekday(), at, zone, None)
    if (weekday, at, zone) == known:
        return None
    made_at = now
    if number == 1:  # a cohort that has not begun keeps its first date: not before that day
        made_at = max(now, instant(calendar.start, time(0), calendar.zone) - timedelta(milliseconds=1))
    move = Move(number, weekday, at, zone, made_at)
    others = tuple(each for each in calendar.moves if each.round != number)
    return Rescheduled(replace(calendar, moves=(*others, move)), number, weekday, at, zone, move)
