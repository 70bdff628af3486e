"""Cohorts that could exist, and an almanac: the calendar of rounds told again, forwards, from the rules alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from cohort_bot.core.membership import Account, Break, Member, Slip, first_round
from cohort_bot.core.programme import Gate, Paper, Phase, Programme, Recall, Task, Week
from cohort_bot.core.rounds import Calendar, Holiday, Move

Draw = Callable[[st.SearchStrategy[Any]], Any]
START = date(2027, 1, 4)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
TIMES = (time(0, 0), time(1, 30), time(2, 30), time(9, 0), time(18, 0), time(23, 45))
ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Pacific/Kiritimati", "Pacific/Chatham",
    "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "America/Santiago", "Asia/Beirut",
)  # fmt: skip
"""The ends of the world, odd offsets, changes at midnight and by half an hour."""


def moment(day: date, at: time, zone: str) -> datetime:
    """The instant of a wall time; the first of two, and in a gap by the offset before it."""
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


class Almanac:
    """What has opened, and what opens next; only the next opening can be changed. `pass_to` lets time go by."""

    def __init__(self, start: date, at: time, zone: str) -> None:
        self.day, self.at, self.zone = start, at, zone
        self.pause = 0
        self.opened: list[tuple[datetime, date, str]] = []
        self._closed: list[datetime] = []

    @property
    def next_opening(self) -> datetime:
        """The instant of the round after the newest."""
        return moment(self.day + self.pause * WEEK, self.at, self.zone)

    def pass_to(self, now: datetime) -> None:
        """Open all that opens until then."""
        while (opens := self.next_opening) <= now:
            if self.opened:
                self._closed.append(moment(self.day, self.at, self.zone))
            first = self.day + self.pause * WEEK
            self.opened.append((opens, first, self.zone))
            self.day, self.pause = first + WEEK, 0

    def move(self, weekday: int, at: time, zone: str, now: datetime) -> Move:
        """The first new time that is neither past nor within four days of the last opening, by the wall clock."""
        earliest = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        if self.opened:
            last = self.opened[-1][0].astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            earliest = max(earliest, last + 4 * DAY)
        day = earliest.date()
        while day.weekday() != weekday or datetime.combine(day, at) < earliest or moment(day, at, zone) <= now:
            day += DAY
        self.day, self.at, self.zone = day, at, zone
        return Move(len(self.opened) + 1, weekday, at, zone, now)

    def holiday(self, rounds: int) -> Holiday:
        """Weeks off before the next opening."""
        self.pause += rounds
        return Holiday(len(self.opened) + 1, rounds)

    def latest(self, at: datetime) -> int:
        """The newest round that has opened."""
        return sum(opens <= at for opens, _, _ in self.opened)

    def opens(self, number: int) -> datetime:
        """The opening of a round that has opened."""
        return self.opened[number - 1][0]

    def closes(self, number: int) -> datetime:
        """Its closing; a holiday comes after it."""
        return (*self._closed, moment(self.day, self.at, self.zone))[number - 1]

    def dates(self, number: int) -> list[date]:
        """Its local dates."""
        _, first, zone = self.opened[number - 1]
        last = self.closes(number).astimezone(ZoneInfo(zone)).date()
        return [first + days * DAY for days in range((last - first).days)]


def by_day(at: datetime, zone: str) -> datetime:
    """The instant itself, or 08:00 after the night that it falls into."""
    local = at.astimezone(ZoneInfo(zone))
    if time(8) <= local.time() < time(22):
        return at
    return moment(local.date() + (DAY if local.time() >= time(22) else 0 * DAY), time(8), zone)


def reminders(opens: datetime, closes: datetime, zone: str) -> Mapping[str, datetime]:
    """When somebody in `zone` is reminded of a round, from the rules alone."""
    there = ZoneInfo(zone)
    closing = closes - DAY
    local = closing.astimezone(there)
    if not 8 <= local.hour < 22:  # the rest of the night is at most ten hours, so it ends long before the closing
        morning = local.date() + (DAY if local.hour >= 22 else timedelta())
        closing = moment(morning, time(8), zone)
    middle = moment(opens.astimezone(there).date() + 3 * DAY, time(18), zone)
    found = {"closing": closing}
    if opens < middle < closes and abs(closing - middle) >= DAY:
        found["middle"] = middle
    return found


def return_call(opens: datetime, closed_before: datetime, zone: str) -> datetime:
    """When somebody who missed the rounds before is written to: an hour after the round's opening, and an hour after
    the day of grace of the round before; at night the morning after. A round lasts four days, so there is one."""
    at = max(opens, closed_before + DAY) + timedelta(hours=1)
    local = at.astimezone(ZoneInfo(zone))
    if 8 <= local.hour < 22:
        return at
    return moment(local.date() + (DAY if local.hour >= 22 else timedelta()), time(8), zone)


def programme(weeks: int = 8, *, edition: str = "", papers: Sequence[int] = (2, 6)) -> Programme:
    """Two phases with gates, and a question on each week; `edition` shows in the words of every week."""
    half = weeks // 2
    phases = tuple(
        Phase(f"p{index}", f"Phase {index}", first, last, "#336699", (), Gate(("A notebook",), "Go on"))
        for index, (first, last) in enumerate(((1, half), (half + 1, weeks)), start=1)
    )
    return Programme(
        "sample",
        "A sample",
        "For tests.",
        phases,
        tuple(
            Week(
                number,
                phases[number > half].id,
                f"Title{edition}",
                "A goal",
                5,
                (Task("Read", "Read"),),
                "It",
                (),
                recall=(Recall(f"What is week {number} about?", "A goal.", f"Week {number}"),),
            )
            for number in range(1, weeks + 1)
        ),
        tuple(
            Paper(f"paper-{week}", f"Paper {week}", "A. Author", 2020, "V", "https://x.org", 30, "W", (), "p1", week)
            for week in papers
        ),
    )


@dataclass(frozen=True)
class Plan:
    """A calendar and the almanac that was led beside it."""

    calendar: Calendar
    almanac: Almanac


@st.composite
def plans(draw: st.DrawFn, rounds: int = 16, edits: int = 3) -> Plan:
    """A calendar that was changed now and then, each time at some instant of an open round, as a moderator would."""
    at, zone = draw(st.sampled_from(TIMES)), draw(st.sampled_from(ZONES))
    start = START + draw(st.integers(0, 400)) * DAY
    almanac = Almanac(start, at, zone)
    calendar = Calendar(start, at, zone)
    for number in sorted(draw(st.sets(st.integers(1, rounds - 1), max_size=edits))):
        while len(almanac.opened) < number:
            almanac.pass_to(almanac.next_opening)
        now = almanac.opens(number) + draw(st.floats(0.01, 0.99)) * (almanac.closes(number) - almanac.opens(number))
        calendar = edited(draw, calendar, almanac, now.replace(second=0, microsecond=0))
    while len(almanac.opened) < rounds + 2:
        almanac.pass_to(almanac.next_opening)
    return Plan(calendar, almanac)


def edited(draw: Draw, calendar: Calendar, almanac: Almanac, now: datetime) -> Calendar:
    """The calendar after somebody moved the schedule, gave a holiday, or both."""
    if draw(st.booleans()):
        moved = almanac.move(draw(st.integers(0, 6)), draw(st.sampled_from(TIMES)), draw(st.sampled_from(ZONES)), now)
        calendar = replace(calendar, moves=(*calendar.moves, moved))
    if draw(st.booleans()):
        calendar = replace(calendar, holidays=(*calendar.holidays, almanac.holiday(draw(st.integers(1, 3)))))
    return calendar


def account(number: int, zone: str, *, reminders: bool = True) -> Account:
    """A person's account."""
    return Account(
        number, number, "local", "playground", f"member-{number}", f"Sample Member {number}", zone, reminders
    )


@st.composite
def members(draw: st.DrawFn, plan: Plan, number: int, weeks: int) -> Member:
    """Somebody who joined at some time, perhaps from week 1, slipped now and then and took a break."""
    almanac = plan.almanac
    joined = almanac.opens(1) + draw(st.integers(-72, 24 * 7 * weeks - 1)) * timedelta(hours=1)
    first = first_round(plan.calendar, joined)
    slips = [Slip(first, first - 1)] if first > 1 and draw(st.booleans()) else []
    slips += [
        Slip(start, draw(st.integers(1, 3)))
        for start in sorted(draw(st.sets(st.integers(4, weeks), max_size=2)))
        if start > first
    ]
    away = [
        Break(day, day + draw(st.integers(0, 20)) * DAY)
        for day in draw(
            st.lists(st.integers(0, 7 * weeks).map(lambda days: plan.calendar.start + days * DAY), max_size=2)
        )
    ]
    who = account(number, draw(st.sampled_from(ZONES)))
    return Member(number, 1, who, joined, first, slips=tuple(slips), breaks=tuple(away))
