"""`/checkin`: the check-in form, and recording what was sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cohort_bot.app.access import MEMBER
from cohort_bot.app.commands import CommandSpec, Param, Role
from cohort_bot.app.delivery import edits, keys
from cohort_bot.app.delivery.planner import line_row
from cohort_bot.app.options import UNKNOWN_MOST, Options
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports.checkins import Rounds
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.app.queries.programme import said
from cohort_bot.app.services import Services
from cohort_bot.app.words import checkin as words
from cohort_bot.app.words import errors as errors_words
from cohort_bot.app.words import fields as fields_words
from cohort_bot.chat.form import FieldErrors, Form, Reply, TextField
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.answers import answer, blocker
from cohort_bot.core.checkins import CheckIn, Leftover, Status, TaskState, history, leftovers, streak, takes, tick
from cohort_bot.core.delivery_states import State
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.milestones import phase_ended, reached
from cohort_bot.core.programme import Programme
from cohort_bot.core.progress import weeks_worked
from cohort_bot.core.rounds import LATE_ROUNDS

BACK_AFTER = 2
"""Missed rounds in a row after which a check-in is answered with a welcome back."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Everything that the check-in of one round needs: member, round, week, tasks, what is recorded already.

    `made` are the check-ins since the member's phase began, and at least those whose tasks this form can still tick;
    `rounds` are all of the member's. Tasks are in the guide's own language, as they are recorded.
    """

    cohort: Cohort
    member: Member
    number: int
    week: int
    tasks: tuple[str, ...]
    known: CheckIn | None
    made: Sequence[CheckIn]
    rounds: Rounds
    programme: Programme | None

    @property
    def left(self) -> tuple[Leftover, ...]:
        """Tasks of earlier rounds that are still open and can be ticked here."""
        return leftovers(self.made, self.number, self.tasks)

    @property
    def plan(self) -> str:
        """The next step from the newest earlier check-in, empty when there is none."""
        recent = (entry for entry in reversed(self.made) if self.number - LATE_ROUNDS <= entry.round < self.number)
        return next((entry.next_step for entry in recent), "")

    def form(self) -> Form:
        """The form, filled in with what is recorded already."""
        ticked = {task.text for task in self.known.tasks if task.done} if self.known else set()
        return self.filled([(text, text in ticked) for text in self.tasks], self.left, self.known)

    def filled(self, tasks: Sequence[tuple[str, bool]], left: Sequence[Leftover], known: CheckIn | None) -> Form:
        """The form, filled in with these tasks, which are shown in the reader's language, and with what is known."""
        shown = [(self.said(text), done) for text, done in tasks]
        left = [replace(each, text=self.said(each.text)) for each in left]
        return words.checkin_form(self.cohort, self.number, self.week, shown, left, known, self.plan)

    def said(self, task: str) -> str:
        """A recorded task in the reader's language."""
        return self.programme.said(task) if self.programme else task


async def checkin(services: Services, invocation: Invocation) -> Reply:
    """Open the form of the given round, or of the round that is due now."""
    return (await _read_sheet(services, invocation)).form()


async def evidence(services: Services, invocation: Invocation) -> Reply:
    """Open the form with the link of a message under what was done (Slack's message shortcut)."""
    link = invocation.args.get("link", "").strip()
    form = (await _read_sheet(services, invocation)).form()
    fields = tuple(
        replace(field, value=f"{field.value}\n{link}".strip())
        if isinstance(field, TextField) and field.key == "done" and link not in field.value
        else field
        for field in form.fields
    )
    return replace(form, fields=fields)


async def save(services: Services, invocation: Invocation) -> Reply:
    """Record the form; sending it again for the same round edits the check-in."""
    errors = _too_long(invocation)
    if errors:
        return FieldErrors(_filled(await _read_sheet(services, invocation), invocation), errors)

    def write(store: Store, cohort: Cohort, member: Member) -> tuple[_Sheet, CheckIn, words.Filed]:
        sheet = _sheet(store, cohort, member, invocation.at, services.programmes, _asked(cohort, invocation))
        entry = _entry(sheet, invocation)
        new = store.checkins.save(entry, invocation.at)
        made = _save_left(store, sheet, invocation)
        if entry.share_thread or (sheet.known is not None and sheet.known.share_thread):
            _share(store, sheet, invocation.at, services.weeks(sheet.cohort), wanted=entry.share_thread)
        return sheet, entry, _filed(services, store, sheet, entry, made, invocation.at, new=new)

    sheet, entry, filed = await services.change(invocation, MEMBER, write)
    return words.checked_in(sheet.cohort, said(sheet.programme, entry), filed)


def _filed(
    services: Services,
    store: Store,
    sheet: _Sheet,
    entry: CheckIn,
    before: Sequence[CheckIn],
    at: datetime,
    *,
    new: bool,
) -> words.Filed:
    """What the check-in came to; `before` are the others that the sheet knows, as they are now."""
    cohort, number, weeks = sheet.cohort, sheet.number, services.weeks(sheet.cohort)
    record = {**sheet.rounds.filed, number: entry.filed_at}
    rounds = history(cohort.calendar, sheet.member, record, at, sheet.rounds.excused, weeks=weeks)
    missed_before = 0
    for status in reversed(rounds[: number - 1]):
        if status.made:
            break
        missed_before += status.counted
    made = [*(each for each in before if each.round != number), entry]
    also = [
        (earlier.week, sheet.said(task.text))
        for earlier in made
        for task in earlier.tasks
        if task.done_in == number and earlier.round < number
    ]
    programme = sheet.programme
    phase = programme.phase_of(entry.week) if programme else None
    group = store.checkins.in_round(cohort.id, number, cohort.calendar.dates(number))
    on_time = rounds[number - 1] is Status.ON_TIME and number <= weeks  # later, hardly anybody else is still there
    return words.Filed(
        status=rounds[number - 1],
        run=streak(rounds),
        new=new,
        back=new and missed_before >= BACK_AFTER,
        also=also,
        phase=(phase, weeks_worked(phase, made)) if phase else None,
        milestone=reached(sum(status.made for status in rounds), new=new),
        ended=phase_ended(programme, made, entry, new=new) if programme else None,
        turnout=group.turnout(number, cohort.calendar.dates(number)) if on_time else None,
        first=new and at < cohort.calendar.closes(number),
        others={sheet.said(task.text): group.others(entry.week, task.text) for task in entry.tasks if task.done},
    )


def _asked(cohort: Cohort, invocation: Invocation) -> int | None:
    """The round that is named, None for the one that is due now."""
    return Options(CHECKIN, invocation.args).number("round", cohort.calendar.latest(invocation.at))


async def _read_sheet(services: Services, invocation: Invocation) -> _Sheet:
    def read(store: Store, cohort: Cohort, member: Member) -> _Sheet:
        return _sheet(store, cohort, member, invocation.at, services.programmes, _asked(cohort, invocation))

    return await services.read(invocation, MEMBER, read)


def _sheet(
    store: Store, cohort: Cohort, member: Member, at: datetime, programmes: Programmes, asked: int | None
) -> _Sheet:
    """Read the sheet of round `asked`, or of the round that is due now. Raises PersonError when it takes none."""
    number = asked if asked is not None else _wanted(store, cohort, member, at)
    _check_round(cohort, member, number, at)
    week_number = member.week(number)
    programme = programmes.get(cohort.programme)
    phase = programme.phase_of(week_number) if programme else None
    since = min(number - LATE_ROUNDS, phase.first_week if phase else number)
    rounds, made = store.checkins.record(member.id, since)
    known = next((entry for entry in made if entry.round == number), None)
    if known is not None:
        texts = tuple(task.text for task in known.tasks)
        return _Sheet(cohort, member, number, known.week, texts, known, made, rounds, programme)
    if programme is None:
        raise errors_words.no_programme(cohort)
    week = programme.week(week_number)
    if week is None and week_number > programme.length:
        last = number - (week_number - programme.length)
        if asked is None and last >= member.first_round and _still_open(store, cohort, member, last, at):
            return _sheet(store, cohort, member, at, programmes, last)
        raise words.finished(programme, member.account.platform)
    tasks = tuple(task.key for task in week.tasks) if week else ()
    return _Sheet(cohort, member, number, week_number, tasks, None, made, rounds, programme)


def _wanted(store: Store, cohort: Cohort, member: Member, at: datetime) -> int:
    """The round in its grace period if no check-in is there, otherwise the open one, otherwise the newest."""
    calendar = cohort.calendar
    grace = calendar.in_grace(at)
    if grace is not None and grace >= member.first_round and store.checkins.get(member.id, grace) is None:
        return grace
    return calendar.open(at) or calendar.latest(at) or 1


def _still_open(store: Store, cohort: Cohort, member: Member, number: int, at: datetime) -> bool:
    return takes(cohort.calendar, number, at) and store.checkins.get(member.id, number) is None


def _check_round(cohort: Cohort, member: Member, number: int, at: datetime) -> None:
    calendar = cohort.calendar
    newest = calendar.latest(at)
    if not newest:
        raise words.not_begun(cohort, calendar.opens_on(1))
    if number > newest:
        raise words.not_open(number, newest)
    if member.week(number) < 1:
        raise words.before_start(number, member)
    if not takes(calendar, number, at):
        first = next(later for later in range(number + 1, newest + 1) if takes(calendar, later, at))
        raise words.too_late(number, calendar.late_until(number), max(first, member.first_round), newest)


def _too_long(invocation: Invocation) -> dict[str, str]:
    limits = {"done": words.DONE_LIMIT, "blockers": words.BLOCKERS_LIMIT, "next": words.NEXT_LIMIT}
    lengths = {key: len(invocation.field(key)) for key in limits}
    return {key: fields_words.too_long(limit, lengths[key]) for key, limit in limits.items() if lengths[key] > limit}


def _entry(sheet: _Sheet, invocation: Invocation) -> CheckIn:
    ticked = set(invocation.fields.get("tasks", ()))
    share = set(invocation.fields.get("share", ()))
    before = {task.text: task.done_in for task in sheet.known.tasks if task.done} if sheet.known else {}
    tasks = tuple(
        TaskState(text, done=True, done_in=before.get(text)) if str(index) in ticked else TaskState(text, done=False)
        for index, text in enumerate(sheet.tasks, start=1)
    )
    return CheckIn(
        member_id=sheet.member.id,
        round=sheet.number,
        week=sheet.week,
        filed_at=sheet.known.filed_at if sheet.known else invocation.at,
        tasks=tasks,
        done=answer(invocation.field("done")),
        blockers=blocker(invocation.field("blockers")),
        next_step=answer(invocation.field("next")),
        share_thread="thread" in share,
        share_blocker="blocker" in share,
    )


def _filled(sheet: _Sheet, invocation: Invocation) -> Form:
    entry = _entry(sheet, invocation)
    tasks = [(task.text, task.done) for task in entry.tasks]
    ticked = set(invocation.fields.get("tasks", ()))
    left = tuple(replace(leftover, done=words.left_value(leftover, sheet.number) in ticked) for leftover in sheet.left)
    return sheet.filled(tasks, left, entry)


def _save_left(store: Store, sheet: _Sheet, invocation: Invocation) -> list[CheckIn]:
    """Record what was ticked of earlier rounds in their own check-ins; returns these as they are now.

    Untick only tasks this form listed; a form opened earlier may list fewer.
    """
    offered = invocation.args.get(words.LEFT, "").split()
    ticked = set(invocation.fields.get("tasks", ()))
    ticks: dict[int, dict[int, bool]] = {}
    for value in offered:
        back, _, index = value.partition(".")
        if back.isascii() and back.isdigit() and index.isascii() and index.isdigit() and 1 <= int(back) <= LATE_ROUNDS:
            ticks.setdefault(sheet.number - int(back), {})[int(index)] = value in ticked
    made = []
    for before in sheet.made:
        after = tick(before, ticks[before.round], sheet.number) if before.round in ticks else before
        made.append(after)
        if after != before:
            store.checkins.save(after, invocation.at)
            for room in store.cohorts.rooms(sheet.cohort.id):
                edits.request(store, keys.shared(sheet.member.id, before.round, room.id), invocation.at)
    return made


def _share(store: Store, sheet: _Sheet, at: datetime, weeks: int, *, wanted: bool) -> None:
    """Show the check-in in each room's thread; what is already posted is edited, or taken back.

    A round that has no card, after the programme's last week or because it was skipped, gets a line with a thread.
    """
    rooms = store.cohorts.rooms(sheet.cohort.id)
    cards = {room.id: keys.opening(sheet.cohort.id, sheet.number, room.id) for room in rooms}
    lines = {room.id: keys.shared(sheet.member.id, sheet.number, room.id) for room in rooms}
    there = {each.what.key: each for each in store.deliveries.by_keys([*cards.values(), *lines.values()])}
    new: list[NewDelivery] = []
    for room in rooms:
        key, card = lines[room.id], there.get(cards[room.id])
        known = there.get(key)
        if known is not None and not (wanted and store.deliveries.renew(known, at)):
            edits.request(store, key, at)
        elif known is None and wanted:
            if sheet.number > weeks or (card is not None and card.state is State.SKIPPED):
                new.append(line_row(sheet.cohort, sheet.number, room, at))
            new.append(
                NewDelivery.to_room(
                    "shared", key, room, at, member_id=sheet.member.id, round=sheet.number, in_thread=True
                )
            )
    store.deliveries.add(new)


CHECKIN = CommandSpec(
    "checkin",
    Role.MEMBER,
    checkin,
    N_("Check in for this week"),
    {"": "checkin"},
    (Param("round", "int", N_("a round other than the current one"), most=UNKNOWN_MOST, suggest="own round"), COHORT),
)
ROWS = (
    CHECKIN,
    CommandSpec("checkin.save", Role.MEMBER, save),
    CommandSpec("checkin.evidence", Role.MEMBER, evidence),
)
