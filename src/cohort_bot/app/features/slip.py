"""A slower pace: from the next opening on a member does earlier weeks than the cohort."""

from typing import Final

from cohort_bot.app.access import MEMBER
from cohort_bot.app.commands import GROUPED, CommandSpec, Param, Role
from cohort_bot.app.options import Options, whole_number
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services
from cohort_bot.app.words import slip as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.membership import Cohort, Member, Slip

WEEKS_MOST: Final = 52
"""More than a year at once is a slip of the pen."""


async def slip(services: Services, invocation: Invocation) -> Reply:
    """Do the next round's week so many weeks later. A button that names a round works once, and in that round only."""
    once = invocation.args.get("round")

    def write(store: Store, cohort: Cohort, member: Member) -> tuple[Cohort, Member, int, int, int]:
        weeks = Options(SLIP, invocation.args).number("weeks") or 1
        newest = cohort.calendar.latest(invocation.at)
        following = newest + 1
        before = sum(known.weeks for known in member.slips if known.from_round == following)
        if once is not None and (once != str(newest) or before):
            raise words.slip_pressed(invocation.actor.platform)
        least = member.week(following) - weeks
        if least < 1:
            raise words.slip_too_far(member.week(following) - 1)
        if least > (length := services.weeks(cohort)):
            raise words.past_the_end(length, member.week(following) - length, invocation.actor.platform)
        store.members.add_slip(member.id, Slip(following, weeks))
        store.cohorts.replan(cohort.id, invocation.at)
        return cohort, store.members.get(member.id) or member, following, weeks, before + weeks

    cohort, member, number, weeks, total = await services.change(invocation, MEMBER, write)
    programme = services.programmes.get(cohort.programme)
    if programme is None:
        raise words.slipped_without_programme()
    return words.slipped(cohort, programme, member, number, weeks, total, invocation.actor.platform)


async def undo(services: Services, invocation: Invocation) -> Reply:
    """Take back what was slipped for a round, as long as that has not opened.

    Afterwards it stays: the rounds since then were the weeks that they were, and leaping ahead would leave one out.
    """
    number = whole_number(invocation.args.get("round", ""))

    def write(store: Store, cohort: Cohort, member: Member) -> tuple[Cohort, Member]:
        if cohort.calendar.latest(invocation.at) >= number:
            raise words.slip_begun(number)
        if not store.members.drop_slips(member.id, number):
            raise words.no_slip_to_undo()
        store.cohorts.replan(cohort.id, invocation.at)
        return cohort, store.members.get(member.id) or member

    cohort, member = await services.change(invocation, MEMBER, write)
    programme = services.programmes.get(cohort.programme)
    return words.slip_undone(cohort, programme, member, number)


SLIP = CommandSpec(
    "slip",
    Role.MEMBER,
    slip,
    N_("Repeat this week and run behind the cohort"),
    {"": "slip", GROUPED: "cohort slip"},
    (Param("weeks", "int", N_("how many weeks to go back"), required=True, most=WEEKS_MOST), COHORT),
)
ROWS = (SLIP, CommandSpec("slip.undo", Role.MEMBER, undo))
