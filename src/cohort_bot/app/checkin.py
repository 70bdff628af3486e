"""Checking in: the form, and recording it."""

from dataclasses import dataclass, replace
from datetime import datetime

from cohort_bot.app.commands import CommandSpec, Options, Param, Role, typed
from cohort_bot.app.delivery import revise
from cohort_bot.app.errors import PersonError
from cohort_bot.app.join import COHORT
from cohort_bot.app.lookup import membership
from cohort_bot.app.ports import Programmes
from cohort_bot.app.services import Services
from cohort_bot.app.store import NewDelivery, Store
from cohort_bot.app.views import member as views
from cohort_bot.chat.form import FieldErrors, Form, Reply, TextField
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.checkins import CheckIn, TaskState, filed_status, history, streak, takes
from cohort_bot.core.membership import Cohort, Member, Room
from cohort_bot.core.rounds import LATE_ROUNDS

BACK_AFTER = 2
"""Missed rounds in a row after which a check-in is greeted as a return."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What a check-in is about: whose, which round and week, its tasks, and what is recorded already."""

    cohort: Cohort
    member: Member
    number: int
    week: int
    tasks: tuple[str, ...]
    known: CheckIn | None

    def form(self) -> Form:
        """The form with what is recorded."""
        ticked = {task.text for task in self.known.tasks if task.done} if self.known else set()
        tasks = [(text, text in ticked) for text in self.tasks]
        return views.checkin_form(self.cohort, self.number, self.week, tasks, self.known)


async def checkin(services: Services, invocation: Invocation) -> Reply:
    """Open the form of the round that is asked for, or of the one that wants a check-in now."""
    asked = Options(CHECKIN, invocation.args).number("round")
    sheet = await services.database.read(lambda store: _sheet(store, invocation, services.programmes, asked))
    return sheet.form()


async def evidence(services: Services, invocation: Invocation) -> Reply:
    """Open the form with a message's link among what came out."""
    link = invocation.args.get("link", "").strip()
    sheet = await services.database.read(lambda store: _sheet(store, invocation, services.programmes, None))
    form = sheet.form()
    fields = tuple(
        replace(field, value=f"{field.value}\n{link}".strip())
        if isinstance(field, TextField) and field.key == "done" and link not in field.value
        else field
        for field in form.fields
    )
    return replace(form, fields=fields)


async def save(services: Services, invocation: Invocation) -> Reply:
    """Record the form; the same round again is an edit."""
    asked = Options(CHECKIN, invocation.args).number("round")
    errors = _too_long(invocation)
    if errors:
        sheet = await services.database.read(lambda store: _sheet(store, invocation, services.programmes, asked))
        return FieldErrors(_filled(sheet, invocation), errors)

    def write(store: Store) -> tuple[_Sheet, CheckIn, bool]:
        sheet = _sheet(store, invocation, services.programmes, asked)
        entry = _entry(sheet, invocation)
        new = store.checkins.save(entry, invocation.at)
        if entry.share_thread or (sheet.known is not None and sheet.known.share_thread):
            _share(store, sheet, invocation.at, wanted=entry.share_thread)
        return sheet, entry, new

    sheet, entry, new = await services.change(invocation, write)
    made = await services.database.read(lambda store: store.checkins.of_member(sheet.member.id))
    calendar = sheet.cohort.calendar
    filed = {each.round: each.filed_at for each in made}
    rounds = history(calendar, sheet.member, filed, invocation.at)
    missed_before = 0
    for status in reversed(rounds[: sheet.number - 1]):
        if status.made:
            break
        missed_before += status.counted
    status = filed_status(calendar, sheet.number, filed[sheet.number])
    back = new and missed_before >= BACK_AFTER
    return views.checked_in(sheet.cohort, entry, status, streak(rounds), new=new, back=back)


def _sheet(store: Store, invocation: Invocation, programmes: Programmes, asked: int | None) -> _Sheet:
    cohort, member = membership(store, invocation)
    number = asked if asked is not None else _wanted(store, cohort, member, invocation.at)
    _check_round(cohort, member, number, invocation.at)
    known = store.checkins.get(member.id, number)
    if known is not None:
        return _Sheet(cohort, member, number, known.week, tuple(task.text for task in known.tasks), known)
    week_number = member.week(number)
    programme = programmes.get(cohort.programme)
    if programme is None:
        raise PersonError(f"The programme of {cohort.name} cannot be read right now. A moderator has to look at it.")
    week = programme.week(week_number)
    if week is None and week_number > programme.length:
        record = typed("progress", invocation.actor.platform)
        raise PersonError(f"You have done all {programme.length} weeks. {record} shows your record.")
    tasks = tuple(task.short for task in week.tasks) if week else ()
    return _Sheet(cohort, member, number, week_number, tasks, None)


def _wanted(store: Store, cohort: Cohort, member: Member, at: datetime) -> int:
    """The round in grace if it is not filed, else the open one, else the newest."""
    calendar = cohort.calendar
    grace = calendar.in_grace(at)
    if grace is not None and grace >= member.first_round and store.checkins.get(member.id, grace) is None:
        return grace
    return calendar.open(at) or calendar.latest(at) or 1


def _check_round(cohort: Cohort, member: Member, number: int, at: datetime) -> None:
    calendar = cohort.calendar
    newest = calendar.latest(at)
    if not newest:
        opens = calendar.opens_on(1)
        raise PersonError(f"{cohort.name} has not begun yet: its first week opens on {opens:%A, %d %B %Y}.")
    if number > newest:
        raise PersonError(f"Round {number} has not opened yet. The newest is {newest}; /checkin alone opens its form.")
    if member.week(number) < 1:
        raise PersonError(f"Round {number} was before your start. Your first round is {member.first_round}.")
    if not takes(calendar, number, at):
        first = max(1, newest - LATE_ROUNDS)
        raise PersonError(
            f"Round {number} closed too long ago for me to change it; you can still check in for rounds {first} to "
            f"{newest}. A moderator can record it for you if it matters."
        )


def _too_long(invocation: Invocation) -> dict[str, str]:
    limits = {"done": views.DONE_LIMIT, "blockers": views.BLOCKERS_LIMIT, "next": views.NEXT_LIMIT}
    lengths = {key: len(invocation.field(key)) for key in limits}
    return {
        key: f"Please keep it to {limit} characters; this has {lengths[key]}."
        for key, limit in limits.items()
        if lengths[key] > limit
    }


def _entry(sheet: _Sheet, invocation: Invocation) -> CheckIn:
    ticked = set(invocation.fields.get("tasks", ()))
    share = set(invocation.fields.get("share", ()))
    tasks = tuple(TaskState(text, str(index) in ticked) for index, text in enumerate(sheet.tasks, start=1))
    return CheckIn(
        member_id=sheet.member.id,
        round=sheet.number,
        week=sheet.week,
        filed_at=sheet.known.filed_at if sheet.known else invocation.at,
        tasks=tasks,
        done=invocation.field("done"),
        blockers=invocation.field("blockers"),
        next_step=invocation.field("next"),
        share_thread="thread" in share,
        share_blocker="blocker" in share,
    )


def _filled(sheet: _Sheet, invocation: Invocation) -> Form:
    entry = _entry(sheet, invocation)
    tasks = [(task.text, task.done) for task in entry.tasks]
    return views.checkin_form(sheet.cohort, sheet.number, sheet.week, tasks, entry)


def _share(store: Store, sheet: _Sheet, at: datetime, *, wanted: bool) -> None:
    """Show the check-in in each room's thread; what stands there already is edited, or taken back."""
    for room in store.cohorts.rooms(sheet.cohort.id):
        key = f"shared:{sheet.member.id}:r{sheet.number}:{room.id}"
        known = store.deliveries.by_key(key)
        if known is not None and not (wanted and store.deliveries.renew(known, at)):
            revise.ask(store, key, at)
        elif known is None and wanted:
            store.deliveries.add([_shared_row(sheet, room, key, at)])


def _shared_row(sheet: _Sheet, room: Room, key: str, at: datetime) -> NewDelivery:
    return NewDelivery(
        key=key,
        kind="shared",
        platform=room.platform,
        cohort_id=sheet.cohort.id,
        room_id=room.id,
        member_id=sheet.member.id,
        round=sheet.number,
        in_thread=True,
        due=at,
    )


CHECKIN = CommandSpec(
    "checkin",
    Role.MEMBER,
    checkin,
    "Check in for this week",
    {"": "checkin"},
    (Param("round", "int", "another round than the present one", most=9999, suggest="own round"), COHORT),
)
ROWS = (
    CHECKIN,
    CommandSpec("checkin.save", Role.MEMBER, save),
    CommandSpec("checkin.evidence", Role.MEMBER, evidence),
)
