"""`/plan`: a week of the programme; buttons show the whole plan and what to expect."""

from collections.abc import Sequence
from datetime import datetime

from cohort_bot.app.access import MEMBER, VISIBLE_COHORT, Access
from cohort_bot.app.cohorts import read_programme
from cohort_bot.app.commands import GROUPED, CommandSpec, Param, Role
from cohort_bot.app.options import UNKNOWN_MOST, Options, whole_number
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, reads
from cohort_bot.app.words import plan as words
from cohort_bot.app.words import week as week_words
from cohort_bot.app.words.reminders import planned
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Block
from cohort_bot.core.agenda import ahead, opening_of
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.programme import Programme


@reads(MEMBER)
def plan(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """A week of the programme; without a number the one that the member is in."""
    programme = read_programme(services.programmes, store, cohort)
    asked = Options(PLAN, invocation.args).number("week", programme.length)
    number = cohort.calendar.latest(invocation.at)
    present = max(1, member.week(max(number, member.first_round)))
    week = asked if asked is not None else min(present, programme.length)
    if programme.week(week) is None:
        raise words.no_week(programme, week)
    dates = _dates(cohort, member, programme, week if asked is not None else None, invocation.at)
    if not number or week != member.week(number):
        return week_words.plan(programme, week, dates=dates)
    button = week_words.check_in_button(cohort, number)
    return week_words.plan(programme, week, [button], planned(store.checkins.of_member(member.id)), dates)


def _dates(cohort: Cohort, member: Member, programme: Programme, week: int | None, at: datetime) -> Sequence[Block]:
    """When the week that was asked for opens; without one, the member's next weeks and what is off."""
    if week is not None:
        return words.opens(opening_of(cohort.calendar, member, week), at)
    return words.coming_up(programme, ahead(cohort.calendar, member, at, programme.length, words.COMING_UP))


@reads(VISIBLE_COHORT)
def whole(services: Services, _invocation: Invocation, store: Store, access: Access) -> Reply:
    """The whole plan, also for those who have not joined yet."""
    return words.whole_plan(access.cohort, read_programme(services.programmes, store, access.cohort))


@reads(VISIBLE_COHORT)
def expect(services: Services, _invocation: Invocation, store: Store, access: Access) -> Reply:
    """Offer the pages about the programme."""
    return words.about(access.cohort, read_programme(services.programmes, store, access.cohort))


@reads(VISIBLE_COHORT)
def page(services: Services, invocation: Invocation, store: Store, access: Access) -> Reply:
    """Show one of the pages about the programme, all of them to choose from when there is no such page."""
    programme = read_programme(services.programmes, store, access.cohort)
    which = next((page for page in words.PAGES if page == invocation.args.get("page")), None)
    if which is None or not words.has_page(programme, which):
        return words.about(access.cohort, programme)
    return words.page(access.cohort, programme, which)


@reads(VISIBLE_COHORT)
def answer(services: Services, invocation: Invocation, store: Store, access: Access) -> Reply:
    """Show the answer to one of the common questions."""
    programme = read_programme(services.programmes, store, access.cohort)
    number = whole_number(invocation.args.get("question", ""))
    if not programme.faq:
        return words.about(access.cohort, programme)
    return words.answer(access.cohort, programme, number)


PLAN = CommandSpec(
    "plan",
    Role.MEMBER,
    plan,
    N_("See this week's tasks"),
    {"": "plan", GROUPED: "cohort plan"},
    (Param("week", "int", N_("a different week of the programme"), most=UNKNOWN_MOST, suggest="week"), COHORT),
)
ROWS = (
    PLAN,
    CommandSpec("plan.whole", Role.ANYONE, whole),
    CommandSpec("plan.expect", Role.ANYONE, expect),
    CommandSpec("plan.page", Role.ANYONE, page),
    CommandSpec("plan.answer", Role.ANYONE, answer),
)
