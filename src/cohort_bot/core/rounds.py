"""A cohort's calendar: when each round opens and closes.

A schedule is a wall clock in an IANA zone; instants are computed when they are needed, and are aware UTC. A wall time
that a DST change skips or repeats is read with `fold=0`: skipped times use the offset before the change, repeated ones
mean the first (PEP 495). Rounds count from 1 and never end by themselves: a member who slipped goes on after the
cohort's last one.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property, lru_cache
from zoneinfo import ZoneInfo

GRACE = timedelta(hours=24)
"""Elapsed time after closing in which a check-in still counts as on time."""

LATE_ROUNDS = 3
"""A check-in is still accepted, as late, until this many later rounds have closed."""

SHORTEST_ROUND = timedelta(days=4)
"""A moved schedule applies at the first new time at least this long, by the wall clock, after the last opening."""

INSTANTS_KEPT = 16
"""A calendar remembers its newest round at so many instants: whoever asks once asks several times."""

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@cache
def zone_info(name: str) -> ZoneInfo:
    """The zone, read once; zoneinfo itself keeps eight and reads the others from disk again.

    UTC for a name that the time-zone data lacks: a cohort goes on, at other hours, instead of falling silent.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def is_zone(name: str) -> bool:
    """Whether the time-zone data has the zone."""
    return zone_info(name).key == name


@lru_cache(maxsize=4096)
def instant(day: date, at: time, zone: str) -> datetime:
    """The UTC instant of a wall time in a zone. Remembered: many cohorts open at the same time."""
    return datetime.combine(day, at.replace(fold=0), zone_info(zone)).astimezone(UTC)


def aware(at: datetime) -> datetime:
    """The instant itself; raises ValueError for a naive value, which would mean a different instant on each machine."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return at


@dataclass(frozen=True, slots=True)
class Move:
    """From `round` on the cohort meets on `weekday` (0 = Monday) at `at` in `zone`; decided at `made_at`."""

    round: int
    weekday: int
    at: time
    zone: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Holiday:
    """`rounds` weeks off before round `before`; all later weeks move with it."""

    before: int
    rounds: int


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Rounds from `first` on open weekly from `start`; the round before them closes at `closes`."""

    first: int
    start: date
    at: time
    zone: str
    closes: datetime | None

    def opens_on(self, number: int) -> date:
        return self.start + timedelta(weeks=number - self.first)

    def opens(self, number: int) -> datetime:
        return instant(self.opens_on(number), self.at, self.zone)


@dataclass(frozen=True)
class Calendar:
    """All rounds of one cohort: the first date with its wall time and IANA zone, later moves, holidays.

    Instants passed in must be aware; returned ones are UTC. A round below 1 raises ValueError.
    """

    start: date
    at: time
    zone: str
    moves: tuple[Move, ...] = ()
    holidays: tuple[Holiday, ...] = ()

    @property
    def last_zone(self) -> str:
        """The zone in which it meets from its last move on."""
        return self._stretches[-1].zone

    @cached_property
    def _stretches(self) -> tuple[_Stretch, ...]:
        stretches = [_Stretch(1, self.start, self.at, self.zone, None)]
        moves = {move.round: move for move in sorted(self.moves, key=lambda move: move.made_at)}
        holidays: dict[int, int] = {}
        for holiday in self.holidays:
            holidays[holiday.before] = holidays.get(holiday.before, 0) + holiday.rounds
        for number in sorted(moves.keys() | holidays.keys()):
            last = stretches[-1]
            start, at, zone = last.opens_on(number), last.at, last.zone
            if move := moves.get(number):
                start, at, zone = self._moved(last, number, move), move.at, move.zone
            closes = instant(start, at, zone)
            stretches.append(_Stretch(number, start + timedelta(weeks=holidays.get(number, 0)), at, zone, closes))
        return tuple(stretches)

    @staticmethod
    def _moved(last: _Stretch, number: int, move: Move) -> date:
        """The first new date: at least four days by the wall clock after the last opening, and in the future."""
        zone = zone_info(move.zone)
        earliest = move.made_at.astimezone(zone).replace(tzinfo=None)
        if number > 1:
            earliest = max(earliest, last.opens(number - 1).astimezone(zone).replace(tzinfo=None) + SHORTEST_ROUND)
        day = earliest.date() + timedelta(days=(move.weekday - earliest.weekday()) % 7)
        too_early = datetime.combine(day, move.at) < earliest or instant(day, move.at, move.zone) <= move.made_at
        return day + timedelta(weeks=1) if too_early else day

    def _stretch(self, number: int) -> _Stretch:
        if number < 1:
            raise ValueError(f"rounds count from 1, not {number}")
        stretches = self._stretches
        if len(stretches) == 1:
            return stretches[0]
        return next(stretch for stretch in reversed(stretches) if stretch.first <= number)

    def zone_of(self, number: int) -> str:
        """The zone in which the round opens."""
        return self._stretch(number).zone

    def opens_at(self, number: int) -> time:
        """The local time of the opening, as it was set: a change of the clocks may skip or repeat it."""
        return self._stretch(number).at

    def opens_on(self, number: int) -> date:
        """The local date of the opening."""
        return self._stretch(number).opens_on(number)

    def opens(self, number: int) -> datetime:
        """The instant of the opening."""
        if number not in self._openings:
            self._openings[number] = self._stretch(number).opens(number)
        return self._openings[number]

    @cached_property
    def _openings(self) -> dict[int, datetime]:
        return {}

    def closes(self, number: int) -> datetime:
        """The instant of the closing: seven local days after the opening, or when a moved schedule opens the next one.

        A holiday does not lengthen a round: it closes as usual and the pause follows.
        """
        # Cached, like the dates: all members' histories need the same few hundred.
        if number not in self._closings:
            self._closings[number] = self._closes(number)
        return self._closings[number]

    @cached_property
    def _closings(self) -> dict[int, datetime]:
        return {}

    def _closes(self, number: int) -> datetime:
        after = self._stretch(number + 1)
        if after.first == number + 1 and after.closes is not None:
            return after.closes
        return self._stretch(number).opens(number + 1)

    def grace_ends(self, number: int) -> datetime:
        """The last instant at which a check-in is on time."""
        return self.closes(number) + GRACE

    def late_until(self, number: int) -> datetime:
        """The last instant at which a check-in is accepted at all."""
        return self.closes(number + LATE_ROUNDS)

    def dates(self, number: int) -> tuple[date, ...]:
        """The local dates of the round, the opening's first; a seven-day round has seven."""
        if number not in self._days:
            self._days[number] = self._dates(number)
        return self._days[number]

    @cached_property
    def _days(self) -> dict[int, tuple[date, ...]]:
        return {}

    def _dates(self, number: int) -> tuple[date, ...]:
        first = self.opens_on(number)
        last = self.closes(number).astimezone(zone_info(self.zone_of(number))).date()
        return tuple(first + timedelta(days=offset) for offset in range((last - first).days))

    def latest(self, at: datetime) -> int:
        """The newest round that has opened at the instant, 0 before the first."""
        number = self._newest.get(aware(at))
        if number is None:
            if len(self._newest) >= INSTANTS_KEPT:
                self._newest.clear()
            number = self._newest[at] = self._latest(at)
        return number

    @cached_property
    def _newest(self) -> dict[datetime, int]:
        return {}

    def _latest(self, at: datetime) -> int:
        last = None  # of the stretch, None when no other follows
        for stretch in reversed(self._stretches):
            if self.opens(stretch.first) <= at:
                days = (at.astimezone(zone_info(stretch.zone)).date() - stretch.start).days
                number = stretch.first + days // 7
                if last is not None:
                    number = min(number, last)
                return number if self.opens(number) <= at else number - 1
            last = stretch.first - 1
        return 0

    def today(self, at: datetime) -> date:
        """The date in the cohort's zone."""
        return at.astimezone(zone_info(self.zone_of(max(1, self.latest(at))))).date()

    def open(self, at: datetime) -> int | None:
        """The round that is open at the instant; None before the first and in a holiday."""
        number = self.latest(at)
        return number if number and at < self.closes(number) else None

    def movable(self, at: datetime) -> int:
        """The first round to which a schedule that is moved now can apply.

        The next one; in a holiday the one after it: the round before has closed for good, the next one is announced.
        """
        number = self.latest(at)
        return number + 1 if number == 0 or at < self.closes(number) else number + 2

    def in_grace(self, at: datetime) -> int | None:
        """The newest round that has closed but still takes check-ins as on time."""
        number = self.latest(at)
        for candidate in (number, number - 1):
            if candidate >= 1 and self.closes(candidate) <= at <= self.grace_ends(candidate):
                return candidate
        return None
