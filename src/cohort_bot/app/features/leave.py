"""`/leave`: leave a cohort, after a confirmation."""

from cohort_bot.app.access import MEMBER, OWN_BY_BUTTON
from cohort_bot.app.commands import GROUPED, CommandSpec, Role
from cohort_bot.app.delivery import paper_meetings
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, changes, reads
from cohort_bot.app.undo import WITHIN, restore, stamp
from cohort_bot.app.words import errors as errors_words
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
    presents = store.paper_club.of_member(member.id).presented
    paper_meetings.tell_open(store, cohort.id, presents, invocation.id, invocation.at + WITHIN)
    store.members.set_left(member.id, invocation.at)
    store.cohorts.replan(cohort.id, invocation.at)
    return words.left(cohort, stamp(invocation.at), invocation.actor.platform)


@changes(OWN_BY_BUTTON)
def leave_undo(_services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Take part again as if they had never left, within ten minutes."""
    if not cohort.active:
        raise errors_words.has_ended(cohort)
    if member.left_at is None:
        raise words.in_already(cohort)
    if stamp(member.left_at) != invocation.args.get("left") or invocation.at - member.left_at > WITHIN:
        raise words.undo_too_late(cohort, invocation.actor.platform)
    restore(store, member, member.left_at, invocation.at)
    return words.leave_undone(cohort)


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
    CommandSpec("leave.undo", Role.MEMBER, leave_undo),
)
