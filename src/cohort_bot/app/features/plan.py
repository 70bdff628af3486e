"""The week's plan, privately."""

from cohort_bot.app.access import choose, membership
from cohort_bot.app.commands import GROUPED, CommandSpec, Param, Role
from cohort_bot.app.options import Options
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.programme import read_programme
from cohort_bot.app.services import Services
from cohort_bot.app.words import plan as words
from cohort_bot.app.words import week as views
from cohort_bot.app.words.plan import expectations, whole_plan
from cohort_bot.app.words.reminders import planned
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.programme import Programme


async def plan(services: Services, invocation: Invocation) -> Reply:
    """A week of the programme; without a number the one that the member is in."""
    asked = Options(PLAN, invocation.args).number("week")
    cohort, member, programme = await _mine(services, invocation)
    number = cohort.calendar.latest(invocation.at)
    present = max(1, member.week(max(number, member.first_round)))
    week = asked if asked is not None else min(present, programme.length)
    if programme.week(week) is None:
        raise words.no_week(programme, week)
    buttons = []
    if number and week == member.week(number):
        buttons.append(views.check_in_button(cohort, number))
    made = await services.database.read(lambda store: store.checkins.of_member(member.id)) if buttons else ()
    return views.plan(programme, week, buttons, planned(made))


async def _mine(services: Services, invocation: Invocation) -> tuple[Cohort, Member, Programme]:
    def read(store: Store) -> tuple[Cohort, Member, Programme]:
        cohort, member = membership(store, invocation)
        return cohort, member, read_programme(services, store, cohort)

    return await services.database.read(read)


async def whole(services: Services, invocation: Invocation) -> Reply:
    """The whole plan, also for those who have not joined yet."""
    return whole_plan(*await _chosen(services, invocation))


async def expect(services: Services, invocation: Invocation) -> Reply:
    """Questions and answers, and an honest look at where the programme leads."""
    _, programme = await _chosen(services, invocation)
    return expectations(programme)


async def _chosen(services: Services, invocation: Invocation) -> tuple[Cohort, Programme]:
    def read(store: Store) -> tuple[Cohort, Programme]:
        cohort = choose(store, invocation).cohort
        return cohort, read_programme(services, store, cohort)

    return await services.database.read(read)


PLAN = CommandSpec(
    "plan",
    Role.MEMBER,
    plan,
    "This week's tasks",
    {"": "plan", GROUPED: "cohort plan"},
    (Param("week", "int", "another week of the programme", most=9999, suggest="week"), COHORT),
)
ROWS = (
    PLAN,
    CommandSpec("plan.whole", Role.ANYONE, whole),
    CommandSpec("plan.expect", Role.ANYONE, expect),
)
