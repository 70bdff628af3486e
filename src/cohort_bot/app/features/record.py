"""`/cohort record`: a moderator records a check-in for a member."""

from cohort_bot.app import audit
from cohort_bot.app.access import MODERATOR_ALSO_OF_ENDED, MODERATOR_OF_MEMBER, member_named
from cohort_bot.app.cohorts import must_have_opened
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.errors import PersonError
from cohort_bot.app.options import Options, whole_number
from cohort_bot.app.params import COHORT, MEMBER, REASON, REASON_LIMIT, ROUND, read_reason
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, changes, reads
from cohort_bot.app.words import errors as errors_words
from cohort_bot.app.words import fields as fields_words
from cohort_bot.app.words import record as words
from cohort_bot.chat.form import FieldErrors, Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message
from cohort_bot.core.checkins import CheckIn, TaskState, filed_status
from cohort_bot.core.membership import Cohort, Member


@changes(MODERATOR_ALSO_OF_ENDED)
def record(services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Record an empty check-in by command, also when it is too late for the member."""
    options = Options(RECORD, invocation.args)
    number, reason = options.number("round", cohort.calendar.latest(invocation.at)) or 0, read_reason(options)
    member = member_named(store, cohort, invocation, options.text("member") or "")
    return _record(services.programmes, store, cohort, member, number, reason, invocation)


@reads(MODERATOR_OF_MEMBER)
def record_form(_services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Open the form from a member's card, with the newest round that has no check-in."""
    made = {checkin.round for checkin in store.checkins.of_member(member.id)}
    open_ones = (number for number in range(cohort.calendar.latest(invocation.at), 0, -1) if number not in made)
    return words.record_form(cohort, member, str(next(open_ones, "")), "")


@changes(MODERATOR_OF_MEMBER)
def record_save(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Record the check-in from the form."""
    typed, reason = invocation.field("round"), " ".join(invocation.field("reason").split())
    errors = {}
    number = whole_number(typed)
    if not number:
        errors["round"] = words.no_round()
    if not reason or len(reason) > REASON_LIMIT:
        errors["reason"] = fields_words.long_reason(reason) if reason else words.no_reason()
    if not errors:
        try:
            return _record(services.programmes, store, cohort, member, number, reason, invocation)
        except PersonError as error:
            errors["round"] = str(error)
    return FieldErrors(words.record_form(cohort, member, typed, reason), errors)


def _record(
    programmes: Programmes,
    store: Store,
    cohort: Cohort,
    member: Member,
    number: int,
    reason: str,
    invocation: Invocation,
) -> Message:
    must_have_opened(cohort, number, invocation.at)
    if store.checkins.get(member.id, number) is not None:
        raise words.has_checked_in(member, number)
    entry = CheckIn(
        member_id=member.id,
        round=number,
        week=member.week(number),
        filed_at=invocation.at,
        tasks=_tasks(programmes, cohort, member, number),
        done=words.recorded_by_moderator(reason),
    )
    store.checkins.save(entry, invocation.at)
    audit.note(store, cohort, member, invocation, audits.RECORDED, number, reason)
    return words.recorded(member, number, filed_status(cohort.calendar, number, invocation.at))


def _tasks(programmes: Programmes, cohort: Cohort, member: Member, number: int) -> tuple[TaskState, ...]:
    """The tasks of the member's week, none ticked."""
    programme = programmes.get(cohort.programme)
    if programme is None:
        raise errors_words.programme_unreadable(cohort)
    week = programme.week(member.week(number))
    if week is None:
        raise words.no_week_then(member, number)
    return tuple(TaskState(task.key, done=False) for task in week.tasks)


RECORD = CommandSpec(
    "cohort.record",
    Role.MODERATOR,
    record,
    N_("Record a check-in for someone, however late"),
    {"": "cohort record"},
    (MEMBER, ROUND, REASON, COHORT),
)


ROWS = (
    RECORD,
    CommandSpec("cohort.record.form", Role.MODERATOR, record_form),
    CommandSpec("cohort.record.save", Role.MODERATOR, record_save),
)
