"""What the board's pages show. Each is read through `Services`, with the permission that the page needs."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cohort_bot.app.access import PAGE_FOR_MODERATORS
from cohort_bot.app.cohorts import read_programme
from cohort_bot.app.commands import Role
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.standing import (
    Record,
    Standing,
    by_urgency,
    read_whole_record,
    standings,
)
from cohort_bot.app.services import Services
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.checkins import Status, Streak, streak
from cohort_bot.core.membership import Cohort, last_round
from cohort_bot.core.programme import Phase, Programme, Week
from cohort_bot.core.progress import Turnout, stayed, turnouts

COMING = 12
ORDERS = ("need", "name", "phase", "streak")
FILTERS = ("all", "need", "blocker", "rest")
"""Whom the cohort's page shows."""

IN_PHASE = "phase:"
"""Before the id of a phase: those whose week is in it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A member on the cohort's page; `phase` is the one that their week is in."""

    standing: Standing
    streak: Streak
    phase: Phase | None


@dataclass(frozen=True, slots=True)
class CohortPage:
    """Members by rounds. `trend` are the turnouts of all rounds. `stayed[n - 1]` of the `begun` people check in for
    round n or later; it ends with the newest round that is settled.
    """

    cohort: Cohort
    newest: int
    rows: Sequence[Row]
    members: int
    phases: Sequence[Phase]
    trend: Sequence[Turnout]
    begun: int
    stayed: Sequence[int]

    @property
    def turnout_shares(self) -> Sequence[float | None]:
        """The trend as shares; None where a round counts for nobody."""
        return [each.made / each.of if each.of else None for each in self.trend]

    @property
    def stay_shares(self) -> Sequence[float]:
        """Who stays, as shares of those who have begun."""
        return [each / max(1, self.begun) for each in self.stayed]


@dataclass(frozen=True, slots=True)
class ComingWeek:
    """A round that has not opened; `off` weeks are off before it."""

    week: Week
    opens: datetime
    off: int
    papers: Sequence[str]


async def cohort_page(
    services: Services, invocation: Invocation, order: str, only: str = "all", named: str = ""
) -> CohortPage:
    """All members and all rounds. `order` is one of ORDERS, `only` one of FILTERS or of a phase; `named` keeps those
    whose names have it in them.
    """

    def read(store: Store, cohort: Cohort) -> Record:
        return read_whole_record(store, cohort, invocation.at, services.weeks(cohort))

    record = await services.bound(Role.MODERATOR, None).read(invocation, PAGE_FOR_MODERATORS, read)
    programme = services.programmes.get(record.cohort.programme)
    return await asyncio.to_thread(cohort_of, record, programme, order, only, named.casefold())


def cohort_of(record: Record, programme: Programme | None, order: str, only: str, named: str) -> CohortPage:
    """The page of what was read."""
    cohort = record.cohort
    newest = min(cohort.calendar.latest(record.at), last_round(record.weeks, record.members))
    people = standings(record)
    gone = standings(replace(record, members=record.former))
    rows = [_row(each, newest, programme) for each in by_urgency(people, cohort.calendar.today(record.at))]
    rows = [row for row in rows if named in row.standing.member.name.casefold() and _shown(row, newest, only)]
    if order == "name":
        rows.sort(key=lambda row: row.standing.member.name.casefold())
    elif order == "phase":
        rows.sort(key=lambda row: -row.standing.member.week(newest))
    elif order == "streak":
        rows.sort(key=lambda row: -row.streak.length)
    settled = next((n for n in range(newest, 0, -1) if cohort.calendar.grace_ends(n) < record.at), 0)
    begun = [each for each in (*people, *gone) if each.member.first_round <= settled]
    return CohortPage(
        cohort,
        newest,
        rows,
        len(people),
        programme.phases if programme else (),
        turnouts([each.rounds for each in (*people, *gone)], range(1, newest + 1)),
        len(begun),
        stayed([_last(each.rounds) for each in begun], settled),
    )


def _row(standing: Standing, newest: int, programme: Programme | None) -> Row:
    phase = programme.phase_of(standing.member.week(newest)) if programme else None
    return Row(standing, streak(standing.rounds), phase)


def _shown(row: Row, newest: int, only: str) -> bool:
    match only:
        case "all":
            return True
        case "need":
            return bool(row.standing.risks)
        case "blocker":
            return row.standing.blocker is not None
        case "rest":
            return newest > 0 and row.standing.rounds[newest - 1] in {Status.BREAK, Status.EXCUSED}
        case _:
            return row.phase is not None and only == f"{IN_PHASE}{row.phase.id}"


def _last(rounds: Sequence[Status]) -> int:
    """The last round with a check-in, 0 without one."""
    return max((number for number, status in enumerate(rounds, start=1) if status.made), default=0)


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

    return await services.bound(Role.MODERATOR, None).read(invocation, PAGE_FOR_MODERATORS, read)


async def programme_page(services: Services, invocation: Invocation) -> tuple[Cohort, Programme]:
    """The programme as the cohort reads it."""

    def read(store: Store, cohort: Cohort) -> tuple[Cohort, Programme]:
        return cohort, read_programme(services.programmes, store, cohort)

    return await services.bound(Role.MODERATOR, None).read(invocation, PAGE_FOR_MODERATORS, read)
