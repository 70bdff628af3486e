"""Who is in a cohort, and what a moderator can put right for them."""

from collections.abc import Sequence
from datetime import date, datetime

from cohort_bot.app import audit
from cohort_bot.app.commands import CommandSpec, Options, Param, Role
from cohort_bot.app.drafts import button, keep, kept, running
from cohort_bot.app.errors import PersonError
from cohort_bot.app.join import COHORT
from cohort_bot.app.lookup import moderated
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services
from cohort_bot.app.standing import history_of
from cohort_bot.app.views import labels, moderating
from cohort_bot.app.views import log as log_views
from cohort_bot.app.views import roster as views
from cohort_bot.app.views.room import platform
from cohort_bot.app.weekly import names_of
from cohort_bot.chat.form import FieldErrors, Option, Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message
from cohort_bot.core.checkins import CheckIn, TaskState, filed_status
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.rounds import zone_info

REASON_LIMIT = views.REASON_LIMIT
ROUND_MOST = 9999


async def members(services: Services, invocation: Invocation) -> Reply:
    """List the members; the buttons turn the pages."""
    said = invocation.args.get("page", "")
    wanted = int(said) if said.isascii() and said.isdigit() and len(said) < len("10000") else 0

    def read(store: Store) -> Reply:
        cohort = moderated(store, invocation)
        number, length = max(1, cohort.calendar.latest(invocation.at)), services.weeks(cohort)
        many = len({room.platform for room in store.cohorts.rooms(cohort.id)}) > 1
        entries = [
            views.Entry(
                member,
                number,
                _back(cohort, member, number, invocation.at),
                platform(member.account.platform) if many else "",
                member.week(number) > length,
            )
            for member in store.members.in_cohort(cohort.id)
        ]
        last = max(0, (len(entries) - 1) // views.PAGE)
        return views.members(cohort, entries, min(wanted, last), invocation.at)

    return await services.database.read(read)


def _back(cohort: Cohort, member: Member, number: int, at: datetime) -> date | None:
    today = at.astimezone(zone_info(cohort.calendar.zone_of(number))).date()
    return max((pause.last for pause in member.breaks if pause.first <= today <= pause.last), default=None)


async def changes(services: Services, invocation: Invocation) -> Reply:
    """What the moderators changed in the cohort and in its members' records, the newest first."""
    place, actor = invocation.place, invocation.actor
    workspace = (place.workspace if place else None) or actor.workspace or ""

    def read(store: Store) -> Reply:
        cohort = moderated(store, invocation)
        made = store.audits.newest(cohort.id, log_views.SHOWN)
        return log_views.changes(cohort, made, names_of(store, made), actor.platform, workspace)

    return await services.database.read(read)


async def remove(services: Services, invocation: Invocation) -> Reply:
    """Ask before somebody is taken out."""
    options = Options(REMOVE, invocation.args)
    said, reason = options.text("member") or "", _reason(options)

    def write(store: Store) -> Reply:
        cohort = running(store, invocation)
        member = member_said(store, cohort, invocation, said)
        return _remove_preview(store, cohort, member, reason, invocation.at)

    return await services.database.write(write)


async def remove_form(services: Services, invocation: Invocation) -> Reply:
    """The same from a member's card: ask for the reason first."""
    return await services.database.read(lambda store: views.remove_form(*about(store, invocation), ""))


async def remove_ask(services: Services, invocation: Invocation) -> Reply:
    """Ask before the member of a card is taken out."""
    reason = " ".join(invocation.field("reason").split())

    def write(store: Store) -> Reply:
        cohort, member = about(store, invocation)
        if len(reason) > REASON_LIMIT:
            return FieldErrors(views.remove_form(cohort, member, reason), {"reason": views.long_reason(reason)})
        return _remove_preview(store, cohort, member, reason, invocation.at)

    return await services.database.write(write)


def _remove_preview(store: Store, cohort: Cohort, member: Member, reason: str, at: datetime) -> Message:
    args = keep(store, cohort, "cohort.remove.yes", {"member": str(member.id), "reason": reason}, at)
    yes = button(labels.REMOVE, "cohort.remove.yes", args, danger=True)
    return views.remove_preview(cohort, member, reason, yes)


async def remove_yes(services: Services, invocation: Invocation) -> Reply:
    """End the membership that was named; the record stays."""

    def write(store: Store) -> Reply:
        cohort = running(store, invocation)
        body = kept(store, cohort, invocation)
        member, reason = member_of(store, cohort, body["member"]), body["reason"]
        store.members.set_left(member.id, invocation.at)
        store.cohorts.replan(cohort.id)
        audit.note(store, cohort, member, invocation, audit.REMOVED, None, reason, told=bool(reason))
        return views.removed(cohort, member)

    return await services.change(invocation, write)


async def excuse(services: Services, invocation: Invocation) -> Reply:
    """Let a round that counted count no more for somebody."""
    options = Options(EXCUSE, invocation.args)
    number, reason = options.number("round") or 0, _reason(options)

    def write(store: Store) -> Reply:
        cohort = moderated(store, invocation)
        member = member_said(store, cohort, invocation, options.text("member") or "")
        _opened(cohort, number, invocation.at)
        status = history_of(store, cohort, member, invocation.at, services.weeks(cohort))[number - 1]
        if status in moderating.NOT_EXCUSABLE:
            raise moderating.not_excusable(member, number, status)
        store.checkins.excuse(member.id, number, reason, invocation.actor.user, invocation.at)
        audit.note(store, cohort, member, invocation, audit.EXCUSED, number, reason)
        return views.excused(member, number)

    return await services.change(invocation, write)


async def record(services: Services, invocation: Invocation) -> Reply:
    """Record an empty check-in for somebody, also when it is too late for themselves."""
    options = Options(RECORD, invocation.args)
    number, reason = options.number("round") or 0, _reason(options)

    def write(store: Store) -> Reply:
        cohort = moderated(store, invocation)
        member = member_said(store, cohort, invocation, options.text("member") or "")
        return _record(services.programmes, store, cohort, member, number, reason, invocation)

    return await services.change(invocation, write)


async def record_form(services: Services, invocation: Invocation) -> Reply:
    """The same from a member's card; the newest round that they have not checked in for is filled in."""

    def read(store: Store) -> Reply:
        cohort, member = about(store, invocation)
        made = {each.round for each in store.checkins.of_member(member.id)}
        open_ones = (each for each in range(cohort.calendar.latest(invocation.at), 0, -1) if each not in made)
        return views.record_form(cohort, member, str(next(open_ones, "")), "")

    return await services.database.read(read)


async def record_save(services: Services, invocation: Invocation) -> Reply:
    """Record the check-in that the form names."""
    said, reason = invocation.field("round"), " ".join(invocation.field("reason").split())

    def write(store: Store) -> Reply:
        cohort, member = about(store, invocation)
        errors = {}
        number = int(said) if said.isascii() and said.isdigit() and len(said) <= len(str(ROUND_MOST)) else 0
        if not number:
            errors["round"] = views.NO_ROUND
        if not reason or len(reason) > REASON_LIMIT:
            errors["reason"] = views.long_reason(reason) if reason else views.NO_REASON
        if not errors:
            try:
                return _record(services.programmes, store, cohort, member, number, reason, invocation)
            except PersonError as error:
                errors["round"] = str(error)
        return FieldErrors(views.record_form(cohort, member, said, reason), errors)

    return await services.change(invocation, write)


def _record(
    programmes: Programmes,
    store: Store,
    cohort: Cohort,
    member: Member,
    number: int,
    reason: str,
    invocation: Invocation,
) -> Message:
    _opened(cohort, number, invocation.at)
    if store.checkins.get(member.id, number) is not None:
        raise moderating.has_checked_in(member, number)
    entry = CheckIn(
        member_id=member.id,
        round=number,
        week=member.week(number),
        filed_at=invocation.at,
        tasks=_tasks(programmes, cohort, member, number),
        done=views.recorded_by_moderator(reason),
    )
    store.checkins.save(entry, invocation.at)
    audit.note(store, cohort, member, invocation, audit.RECORDED, number, reason)
    return views.recorded(member, number, filed_status(cohort.calendar, number, invocation.at).value)


def _tasks(programmes: Programmes, cohort: Cohort, member: Member, number: int) -> tuple[TaskState, ...]:
    """The tasks of their week, none ticked."""
    programme = programmes.get(cohort.programme)
    if programme is None:
        raise moderating.no_programme(cohort)
    week = programme.week(member.week(number))
    if week is None:
        raise moderating.no_week_then(member, number)
    return tuple(TaskState(task.short, done=False) for task in week.tasks)


def _opened(cohort: Cohort, number: int, at: datetime) -> None:
    newest = cohort.calendar.latest(at)
    if number > newest:
        raise moderating.round_ahead(number, newest)


def _reason(options: Options) -> str:
    reason = " ".join((options.text("reason") or "").split())
    if len(reason) > REASON_LIMIT:
        raise PersonError(views.long_reason(reason))
    return reason


def about(store: Store, invocation: Invocation) -> tuple[Cohort, Member]:
    """The member of a button or form, if the actor may manage their cohort."""
    cohort = running(store, invocation)
    return cohort, member_of(store, cohort, invocation.args.get("member", ""))


def member_of(store: Store, cohort: Cohort, row: str) -> Member:
    """The active member of a button, by the number of their row."""
    member = next((each for each in store.members.in_cohort(cohort.id) if str(each.id) == row), None)
    if member is None:
        raise moderating.gone()
    return member


def member_said(store: Store, cohort: Cohort, invocation: Invocation, said: str) -> Member:
    """The member who is meant: by the platform's id, by what they are called, else by a name that only one has."""
    known = store.members.in_cohort(cohort.id)
    platform, wanted = invocation.actor.platform, said.strip().removeprefix("@")
    picked = store.people.account(platform, invocation.actor.workspace or "", wanted)
    for member in known:
        if picked is not None and member.account.id == picked.id:
            return member
    folded = wanted.casefold()
    named = [member for member in known if folded in {name.casefold() for name in _names(member)}]
    if len(named) == 1:
        return named[0]
    if named:
        raise moderating.namesakes(wanted)
    raise moderating.nobody_called(wanted, cohort)


def _names(member: Member) -> tuple[str, str, str]:
    return member.name, member.account.name, member.account.handle


async def suggested(services: Services, invocation: Invocation, typed: str) -> Sequence[Option]:
    """Members whose name holds what is typed, for moderators only."""

    def read(store: Store) -> list[Member]:
        try:
            return list(store.members.in_cohort(moderated(store, invocation).id))
        except PersonError:
            return []

    known = await services.database.read(read)
    return [
        Option(member.account.user, member.name)
        for member in known
        if typed.casefold() in " ".join((*_names(member), member.account.user)).casefold()
    ]


MEMBER = Param("member", "member", "who", required=True)
MEMBER_OPTIONAL = Param("member", "member", "whose record; the whole cohort if left out")
ROUND = Param("round", "int", "which round", required=True, most=ROUND_MOST, suggest="round")
REASON = Param("reason", "text", "why, for the record", required=True)

MEMBERS = CommandSpec(
    "cohort.members",
    Role.MODERATOR,
    members,
    "Who is in the cohort: their time, week and state",
    {"": "cohort members"},
    (COHORT,),
)
REMOVE = CommandSpec(
    "cohort.remove",
    Role.MODERATOR,
    remove,
    "Take somebody out of the cohort; asks first",
    {"": "cohort remove"},
    (MEMBER, Param("reason", "text", "why; they are told by direct message"), COHORT),
)
EXCUSE = CommandSpec(
    "cohort.excuse",
    Role.MODERATOR,
    excuse,
    "Let a missed round not count for somebody",
    {"": "cohort excuse"},
    (MEMBER, ROUND, REASON, COHORT),
)
RECORD = CommandSpec(
    "cohort.record",
    Role.MODERATOR,
    record,
    "Record a check-in for somebody, however late",
    {"": "cohort record"},
    (MEMBER, ROUND, REASON, COHORT),
)
ROWS = (
    MEMBERS,
    CommandSpec("cohort.changes", Role.MODERATOR, changes),
    REMOVE,
    CommandSpec("cohort.remove.form", Role.MODERATOR, remove_form),
    CommandSpec("cohort.remove.ask", Role.MODERATOR, remove_ask),
    CommandSpec("cohort.remove.yes", Role.MODERATOR, remove_yes),
    CommandSpec("cohort.record.form", Role.MODERATOR, record_form),
    CommandSpec("cohort.record.save", Role.MODERATOR, record_save),
    EXCUSE,
    RECORD,
)
