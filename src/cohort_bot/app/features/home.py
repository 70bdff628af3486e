"""A person's own page, such as Slack's home tab: what to do now, how far they are, the week's tasks, who needs them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cohort_bot.app.access import VISIBLE_COHORTS, Access
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.standing import Record, by_urgency, read_record, standings, statuses
from cohort_bot.app.services import Services
from cohort_bot.app.words import home as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.checkins import Status
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.progress import completion

MOST = 5
"""The most cohorts that the page shows; of the others it lists the names."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What is known of one cohort: `own` for a member, `record` of everybody for a moderator."""

    cohort: Cohort
    own: words.Own | None
    record: Record | None


async def home(services: Services, invocation: Invocation) -> Reply:
    """Show each active cohort that the person is a member or a moderator of; without any, those that they may join."""

    def read(store: Store, seen: Sequence[Access]) -> tuple[list[_Read], list[Cohort], list[Cohort]]:
        active = [access for access in seen if access.cohort.active]
        mine = [access for access in active if access.member or access.moderator]
        mine.sort(key=lambda access: access.member is None)  # one's own week first
        shown = [_read(services, store, access, invocation.at) for access in mine[:MOST]]
        return shown, [access.cohort for access in mine[MOST:]], [access.cohort for access in active]

    mine, others, visible = await services.read(invocation, VISIBLE_COHORTS, read)
    platform = invocation.actor.platform
    if not mine:
        titles = [(cohort, services.programmes.get(cohort.programme)) for cohort in visible[:MOST]]
        return words.no_home(titles, len(visible) - len(titles), platform)
    cards = []
    for each in mine:
        people = None if each.record is None else await asyncio.to_thread(standings, each.record)
        today = each.cohort.calendar.today(invocation.at)
        in_need = None if people is None else [one.member for one in by_urgency(people, today) if one.risks]
        cards.append(words.Card(each.cohort, each.own, in_need))
    return words.home(cards, others, invocation.at, platform, board=bool(services.board_url))


def _read(services: Services, store: Store, access: Access, at: datetime) -> _Read:
    cohort, member = access.cohort, access.member
    record = read_record(store, cohort, at, services.weeks(cohort)) if access.moderator else None
    return _Read(cohort, _own(services, store, cohort, member, at) if member else None, record)


def _own(services: Services, store: Store, cohort: Cohort, member: Member, at: datetime) -> words.Own:
    rounds, made = store.checkins.record(member.id)
    weeks = services.weeks(cohort)
    states = statuses(cohort, member, rounds, at, weeks)
    due = (number for number, status in enumerate(states, start=1) if status is Status.OPEN)
    number = next((each for each in due if member.week(each) <= weeks), None)
    week = min(weeks, max(1, member.week(number or max(len(states), member.first_round))))
    ticked = frozenset(task.text for each in made if each.week == week for task in each.tasks if task.done)
    programme = services.programmes.get(cohort.programme)
    done = completion(programme, made) if programme else None
    return words.Own(member, programme, states, number, week, ticked, done)


ROWS = (CommandSpec("home", Role.ANYONE, home),)
