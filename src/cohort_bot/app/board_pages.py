"""What the board's pages show. Each is read through `Services`, with the permission that the page needs."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cohort_bot.app.access import MEMBER_OR_FORMER, MODERATOR_ALSO_OF_ENDED
from cohort_bot.app.cohorts import read_programme
from cohort_bot.app.commands import Role
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.standing import Record, Standing, by_urgency, history_of, read_record, standings
from cohort_bot.app.services import Services
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.checkins import CheckIn, Status, Streak, streak
from cohort_bot.core.membership import Cohort, Member, last_round
from cohort_bot.core.programme import Phase, Programme, Week
from cohort_bot.core.progress import Completion, completion, stayed

COMING = 12
ORDERS = ("need", "name", "phase", "streak")


@dataclass(frozen=True, slots=True)
class Row:
    """A member on the cohort's page; `phase` is the one that their week is in."""

    standing: Standing
    streak: Streak
    phase: str


@dataclass(frozen=True, slots=True)
class CohortPage:
    """Members by rounds. `stayed[n - 1]` of `joined` people check in for round n or later."""

    cohort: Cohort
    newest: int
    rows: Sequence[Row]
    joined: int
    stayed: Sequence[int]


@dataclass(frozen=True, slots=True)
class ComingWeek:
    """A round that has not opened; `off` weeks are off before it."""

    week: Week
    opens: datetime
    off: int
    papers: Sequence[str]


Square = tuple[Week, Status]
"""A week of the programme, and the member's status in the last round in which they did it."""


@dataclass(frozen=True, slots=True)
class MinePage:
    """A member's own way through the programme."""

    cohort: Cohort
    programme: Programme
    squares: Mapping[str, Sequence[Square]]
    streak: Streak
    done: Completion
    papers: int
    made: Sequence[CheckIn]


async def cohort_page(services: Services, invocation: Invocation, order: str, named: str) -> CohortPage:
    """All members and all rounds. `order` is one of ORDERS; `named` keeps those whose names have it in them."""

    def read(store: Store, cohort: Cohort) -> tuple[Record, Sequence[int]]:
        return read_record(store, cohort, invocation.at, services.weeks(cohort)), store.checkins.last_rounds(cohort.id)

    record, last_rounds = await services.bound(Role.MODERATOR, None).read(invocation, MODERATOR_ALSO_OF_ENDED, read)
    programme = services.programmes.get(record.cohort.programme)
    return await asyncio.to_thread(_cohort_page, record, last_rounds, programme, order, named.casefold())


def _cohort_page(
    record: Record, last_rounds: Sequence[int], programme: Programme | None, order: str, named: str
) -> CohortPage:
    cohort = record.cohort
    newest = min(cohort.calendar.latest(record.at), last_round(record.weeks, record.members))
    people = by_urgency(standings(record), cohort.calendar.today(record.at))
    rows = [_row(each, newest, programme) for each in people if named in each.member.name.casefold()]
    if order == "name":
        rows.sort(key=lambda row: row.standing.member.name.casefold())
    elif order == "phase":
        rows.sort(key=lambda row: -row.standing.member.week(newest))
    elif order == "streak":
        rows.sort(key=lambda row: -row.streak.length)
    return CohortPage(cohort, newest, rows, len(last_rounds), stayed(last_rounds, newest))


def _row(standing: Standing, newest: int, programme: Programme | None) -> Row:
    phase = programme.phase_of(standing.member.week(newest)) if programme else None
    return Row(standing, streak(standing.rounds), phase.title if phase else "")


async def calendar_page(services: Services, invocation: Invocation) -> tuple[Cohort, Sequence[ComingWeek]]:
    """The next twelve openings of the cohort."""

    def read(store: Store, cohort: Cohort) -> tuple[Cohort, Sequence[ComingWeek]]:
        programme = read_programme(services.programmes, store, cohort)
        calendar = cohort.calendar
        first = calendar.latest(invocation.at) + 1
        weeks = [week for n in range(first, first + COMING) if (week := programme.week(n)) is not None]
        return cohort, [
            ComingWeek(
                week,
                calendar.opens(week.number),
                sum(each.rounds for each in calendar.holidays if each.before == week.number),
                [paper.title for paper in programme.papers_of(week.number)],
            )
            for week in (weeks if cohort.active else [])
        ]

    return await services.bound(Role.MODERATOR, None).read(invocation, MODERATOR_ALSO_OF_ENDED, read)


async def programme_page(services: Services, invocation: Invocation) -> tuple[Cohort, Programme]:
    """The programme as the cohort reads it."""

    def read(store: Store, cohort: Cohort) -> tuple[Cohort, Programme]:
        return cohort, read_programme(services.programmes, store, cohort)

    return await services.bound(Role.MODERATOR, None).read(invocation, MODERATOR_ALSO_OF_ENDED, read)


async def mine_page(services: Services, invocation: Invocation) -> MinePage:
    """The actor's own record, also after they left."""

    def read(store: Store, cohort: Cohort, member: Member) -> MinePage:
        programme = read_programme(services.programmes, store, cohort)
        rounds = history_of(store, cohort, member, invocation.at, programme.length)
        made = store.checkins.of_member(member.id)
        return MinePage(
            cohort,
            programme,
            {phase.id: _squares(phase, programme, member, rounds) for phase in programme.phases},
            streak(rounds),
            completion(programme, made),
            len(store.papers.read_by(member.id)),
            made,
        )

    return await services.bound(Role.MEMBER, None).read(invocation, MEMBER_OR_FORMER, read)


def _squares(phase: Phase, programme: Programme, member: Member, rounds: Sequence[Status]) -> Sequence[Square]:
    by_week = {member.week(number): status for number, status in enumerate(rounds, start=1)}
    return [
        (week, by_week.get(week.number, Status.AHEAD))
        for week in programme.weeks[phase.first_week - 1 : phase.last_week]
    ]
