"""`/leave`: leave a cohort, after a confirmation."""

from cohort_bot.app.access import MEMBER
from cohort_bot.app.commands import GROUPED, CommandSpec, Role
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, changes, reads
from cohort_bot.app.words import leave as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.membership import Cohort, Member


@reads(MEMBER)
def leave(_services: Services, _invocation: Invocation, _store: Store, cohort: Cohort, _member: Member) -> Reply:
    """Ask before somebody leaves."""
    return words.leave_preview(cohort)


@changes(MEMBER)
def leave_yes(_services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """End the membership; the record stays."""
    store.members.set_left(member.id, invocation.at)
    store.cohorts.replan(cohort.id)
    return words.left(cohort, invocation.actor.platform)


ROWS = (
    CommandSpec(
        "leave",
        Role.MEMBER,
        leave,
        N_("Leave a cohort; your record stays"),
        {"": "leave", GROUPED: "cohort leave"},
        (COHORT,),
    ),
    CommandSpec("leave.yes", Role.MEMBER, leave_yes),
)
