"""`/progress`: a member's own record."""

from datetime import datetime

from cohort_bot.app.access import MEMBER_OR_FORMER, left_on
from cohort_bot.app.commands import GROUPED, CommandSpec, Role
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.standing import statuses
from cohort_bot.app.services import Services, reads
from cohort_bot.app.words import board as board_words
from cohort_bot.app.words import errors as errors_words
from cohort_bot.app.words import progress as words
from cohort_bot.app.words import record_changes as record_changes_words
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.progress import Turnout, completion


@reads(MEMBER_OR_FORMER)
def own(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Message:
    """Show the record, also of a cohort that has ended or that they left."""
    programme = services.programmes.get(cohort.programme)
    if programme is None:
        raise errors_words.no_programme(cohort)
    rounds, made = store.checkins.record(member.id)
    own = words.Own(
        cohort,
        programme,
        member,
        statuses(cohort, member, rounds, invocation.at, programme.length),
        completion(programme, made),
        _group(store, cohort, member, programme.length, invocation.at),
        record_changes_words.listed(cohort, store.audits.of_member(member.id)),
    )
    left, removed = left_on(store, cohort, member)
    gone = errors_words.gone(cohort.name, left, removed=removed) if left else ""
    more = [board_words.own_button(cohort)] if services.board_url else []
    return words.progress(own, gone, invocation.actor.platform, more)


def _group(store: Store, cohort: Cohort, member: Member, weeks: int, at: datetime) -> Turnout | None:
    """The turnout of the open round, for somebody who takes part in it."""
    number = cohort.calendar.open(at)
    if number is None or number > weeks or not (cohort.active and member.active):
        return None
    dates = cohort.calendar.dates(number)
    return store.checkins.in_round(cohort.id, number, dates).turnout(number, dates)


ROWS = (CommandSpec("progress", Role.MEMBER, own, N_("See your own record"), {"": "progress", GROUPED: ""}, (COHORT,)),)
