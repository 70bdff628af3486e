"""The openings that a member has before them, the weeks off between them, and the dates of their calendar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from cohort_bot.core.membership import Member
from cohort_bot.core.rounds import Calendar


@dataclass(frozen=True, slots=True)
class Ahead:
    """A round that will open, and the member's week in it; `off` weeks are off before it, from the instant `since`."""

    week: int
    opens: datetime
    off: int
    since: datetime | None


def ahead(calendar: Calendar, member: Member, at: datetime, weeks: int, most: int) -> tuple[Ahead, ...]:
    """Up to `most` of the member's next openings after the instant; none after week `weeks` of the programme."""
    first = max(calendar.latest(at) + 1, member.first_round)
    rounds = (number for number in range(first, first + most) if 1 <= member.week(number) <= weeks)
    return tuple(_ahead(calendar, member, number) for number in rounds)


def _ahead(calendar: Calendar, member: Member, number: int) -> Ahead:
    off = sum(holiday.rounds for holiday in calendar.holidays if holiday.before == number)
    since = calendar.closes(number - 1) if off and number > 1 else None
    return Ahead(member.week(number), calendar.opens(number), off, since)


def opening_of(calendar: Calendar, member: Member, week: int) -> datetime | None:
    """When the member's week opens, the last time if it is repeated; None for weeks before their start."""
    last = week + sum(slip.weeks for slip in member.slips)
    rounds = [number for number in range(member.first_round, last + 1) if member.week(number) == week]
    return calendar.opens(rounds[-1]) if rounds else None


@dataclass(frozen=True, slots=True)
class Event:
    """A date for a calendar app. `key` names it among the dates of one membership, wherever it moves.

    `starts` and `ends` are instants (aware), or dates for whole days, the end not included.
    """

    key: str
    starts: datetime | date
    ends: datetime | date
    title: str
    text: str = ""
    url: str = ""


def own_rounds(calendar: Calendar, member: Member, weeks: int) -> Iterator[int]:
    """The rounds in which the member does a week of the programme, which has so many `weeks`; none on a break."""
    last = weeks + sum(slip.weeks for slip in member.slips)
    for number in range(member.first_round, last + 1):
        if 1 <= member.week(number) <= weeks and not member.on_break(calendar.dates(number)):
            yield number


def weeks_off(calendar: Calendar, member: Member, weeks: int) -> Iterator[tuple[int, int, datetime, datetime]]:
    """The holidays between the member's rounds: before which round, how many weeks, from when and until when."""
    last = weeks + sum(slip.weeks for slip in member.slips)
    for number in sorted({holiday.before for holiday in calendar.holidays}):
        if member.first_round < number <= last:
            rounds = sum(holiday.rounds for holiday in calendar.holidays if holiday.before == number)
            yield number, rounds, calendar.closes(number - 1), calendar.opens(number)
