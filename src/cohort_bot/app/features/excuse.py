"""`/cohort excuse`: let a missed round not count for a member."""

from cohort_bot.app import audit
from cohort_bot.app.access import MODERATOR_ALSO_OF_ENDED, MODERATOR_OF_MEMBER, member_named
from cohort_bot.app.cohorts import must_have_opened
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.options import Options
from cohort_bot.app.params import COHORT, MEMBER, REASON, REASON_LIMIT, ROUND, read_reason
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.standing import history_of, standing_of
from cohort_bot.app.services import Services, changes, reads
from cohort_bot.app.words import excuse as words
from cohort_bot.app.words import fields as fields_words
from cohort_bot.chat.form import FieldErrors, Form, Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.checkins import Status
from cohort_bot.core.membership import Cohort, Member


@reads(MODERATOR_OF_MEMBER)
def excuse_form(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Form:
    """Ask which missed rounds are not to count."""
    rounds = _excusable(services, store, cohort, member, invocation)
    if not rounds:
        raise words.nothing_to_excuse(member)
    missed = [number for number, status in rounds.items() if status is not Status.OPEN]
    newest = str((missed or list(rounds))[-1])
    return words.excuse_form(cohort, member, rounds, frozenset({newest}), "")


def _excusable(
    services: Services, store: Store, cohort: Cohort, member: Member, invocation: Invocation
) -> dict[int, Status]:
    rounds = standing_of(store, cohort, member, invocation.at, services.weeks(cohort)).rounds
    return {number: status for number, status in enumerate(rounds, start=1) if status not in words.NOT_EXCUSABLE}


@changes(MODERATOR_OF_MEMBER)
def excuse_save(services: Services, invocation: Invocation, store: Store, cohort: Cohort, member: Member) -> Reply:
    """Excuse the rounds that were ticked in the form."""
    wanted, reason = invocation.fields.get("rounds", ()), " ".join(invocation.field("reason").split())
    rounds = _excusable(services, store, cohort, member, invocation)
    known = {str(number) for number in rounds}
    if not rounds:
        raise words.nothing_to_excuse(member)
    errors: dict[str, str] = {}
    if not wanted or not known.issuperset(wanted):
        errors["rounds"] = fields_words.some_of_these()
    if not reason or len(reason) > REASON_LIMIT:
        errors["reason"] = fields_words.why(REASON_LIMIT)
    if errors:
        form = words.excuse_form(cohort, member, rounds, frozenset(known.intersection(wanted)), reason)
        return FieldErrors(form, errors)
    for number in wanted:
        store.checkins.excuse(member.id, int(number), reason, invocation.actor.user, invocation.at)
        audit.note(store, cohort, member, invocation, audits.EXCUSED, int(number), reason)
    return words.excused(member, sorted(map(int, wanted)))


@changes(MODERATOR_ALSO_OF_ENDED)
def excuse(services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Excuse one round by command."""
    options = Options(EXCUSE, invocation.args)
    number, reason = options.number("round", cohort.calendar.latest(invocation.at)) or 0, read_reason(options)
    member = member_named(store, cohort, invocation, options.text("member") or "")
    must_have_opened(cohort, number, invocation.at)
    status = history_of(store, cohort, member, invocation.at, services.weeks(cohort))[number - 1]
    if status in words.NOT_EXCUSABLE:
        raise words.not_excusable(member, number, status)
    store.checkins.excuse(member.id, number, reason, invocation.actor.user, invocation.at)
    audit.note(store, cohort, member, invocation, audits.EXCUSED, number, reason)
    return words.excused(member, [number])


EXCUSE = CommandSpec(
    "cohort.excuse",
    Role.MODERATOR,
    excuse,
    N_("Excuse someone's missed round, so it doesn't count"),
    {"": "cohort excuse"},
    (MEMBER, ROUND, REASON, COHORT),
)


ROWS = (
    EXCUSE,
    CommandSpec("cohort.excuse.form", Role.MODERATOR, excuse_form),
    CommandSpec("cohort.excuse.save", Role.MODERATOR, excuse_save),
)
