"""`/cohort remove`: take a member out of a cohort, after a confirmation."""

from datetime import datetime

from cohort_bot.app import audit
from cohort_bot.app.access import MODERATOR, MODERATOR_OF_MEMBER, member_named, member_of
from cohort_bot.app.commands import CommandSpec, Param, Role
from cohort_bot.app.delivery import keys, paper_meetings
from cohort_bot.app.drafts import button, keep, kept
from cohort_bot.app.options import Options, whole_number
from cohort_bot.app.params import COHORT, MEMBER, REASON_LIMIT, read_reason
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, changes, reads
from cohort_bot.app.undo import WITHIN, restore
from cohort_bot.app.words import buttons as buttons_words
from cohort_bot.app.words import errors as errors_words
from cohort_bot.app.words import fields as fields_words
from cohort_bot.app.words import remove as words
from cohort_bot.chat.form import FieldErrors, Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Button, Message
from cohort_bot.core.delivery_states import State
from cohort_bot.core.membership import Cohort, Member


@changes(MODERATOR)
def remove(_services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Ask for confirmation, by command."""
    options = Options(REMOVE, invocation.args)
    typed, reason = options.text("member") or "", read_reason(options)
    member = member_named(store, cohort, invocation, typed)
    return _remove_preview(store, cohort, member, reason, invocation.at)


@reads(MODERATOR_OF_MEMBER)
def remove_form(_services: Services, _invocation: Invocation, _store: Store, cohort: Cohort, member: Member) -> Reply:
    """Open the form for the reason, from a member's card."""
    return words.remove_form(cohort, member, "")


@changes(MODERATOR_OF_MEMBER)
def remove_ask(_services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Ask for confirmation after the form."""
    reason = " ".join(invocation.field("reason").split())
    if len(reason) > REASON_LIMIT:
        return FieldErrors(words.remove_form(cohort, member, reason), {"reason": fields_words.long_reason(reason)})
    return _remove_preview(store, cohort, member, reason, invocation.at)


def _remove_preview(store: Store, cohort: Cohort, member: Member, reason: str, at: datetime) -> Message:
    args = keep(store, cohort, "cohort.remove.yes", {"member": str(member.id), "reason": reason}, at)
    yes = button(words.remove(), "cohort.remove.yes", args, danger=True)
    return words.remove_preview(cohort, member, reason, yes)


@changes(MODERATOR)
def remove_yes(_services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """End the membership; the record stays."""
    body = kept(store, cohort, invocation)
    member, reason = member_of(store, cohort, body["member"]), body["reason"]
    presents = store.paper_club.of_member(member.id).presented
    paper_meetings.tell_open(store, cohort.id, presents, invocation.id, invocation.at + WITHIN)
    store.members.set_left(member.id, invocation.at)
    store.cohorts.replan(cohort.id, invocation.at)
    change = audit.note(store, cohort, member, invocation, audits.REMOVED, None, reason, tell_member=bool(reason))
    undo = Button(buttons_words.undo(), "cohort.remove.undo", {"id": str(cohort.id), "change": str(change)})
    return words.removed(cohort, member, undo)


@changes(MODERATOR)
def remove_undo(_services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Take a removal back within ten minutes; any moderator of the cohort may. A member who was told of it is told."""
    number = whole_number(invocation.args.get("change", ""))
    change = store.audits.get(number)
    member = store.members.get(change.member_id or 0) if change and change.action == audits.REMOVED else None
    if change is None or member is None or member.cohort_id != cohort.id:
        raise errors_words.elsewhere()
    if member.account.erased:
        raise words.erased_since()
    if member.left_at is None:
        raise words.in_already(cohort, member)
    if member.left_at != change.at or invocation.at - change.at > WITHIN:
        raise words.undo_too_late(member)
    restore(store, member, change.at, invocation.at)
    told = store.deliveries.by_key(keys.changed(number, member.id))
    arrived = told is not None and told.state in {State.SENDING, State.SENT, State.UNKNOWN}
    audit.note(store, cohort, member, invocation, audits.RESTORED, None, "", tell_member=arrived)
    return words.remove_undone(cohort, member)


REMOVE = CommandSpec(
    "cohort.remove",
    Role.MODERATOR,
    remove,
    N_("Remove someone from the cohort; asks first"),
    {"": "cohort remove"},
    (MEMBER, Param("reason", "text", N_("why; I'll tell them by direct message")), COHORT),
)


ROWS = (
    REMOVE,
    CommandSpec("cohort.remove.form", Role.MODERATOR, remove_form),
    CommandSpec("cohort.remove.ask", Role.MODERATOR, remove_ask),
    CommandSpec("cohort.remove.yes", Role.MODERATOR, remove_yes),
    CommandSpec("cohort.remove.undo", Role.MODERATOR, remove_undo),
)
