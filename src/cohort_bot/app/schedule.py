"""Changing a cohort: another day, time, room or moderators, and weeks off. What changes is shown first."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from cohort_bot.app import audit, digestroom, moderators
from cohort_bot.app.commands import CommandSpec, Options, Param, Role, parse_time
from cohort_bot.app.drafts import button, keep, kept, running, unless_stale
from cohort_bot.app.join import COHORT
from cohort_bot.app.ports import Programmes
from cohort_bot.app.services import Services
from cohort_bot.app.store import NewDelivery, Store
from cohort_bot.app.views import labels, moderating
from cohort_bot.app.views import schedule as views
from cohort_bot.app.views.counts import counted
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Button
from cohort_bot.chat.place import Place
from cohort_bot.core.membership import Cohort, Moderator, Room
from cohort_bot.core.programme import Programme
from cohort_bot.core.rounds import DAYS, Calendar, Holiday, Move, instant

SHOWN = 4
HOLIDAY_MOST = 12
CHANNEL_MOST = 100


@dataclass(frozen=True, slots=True)
class _Edit:
    """A change that has not been made: the schedule from a round on, the room, who looks after it.

    `named` are the moderators of one workspace after it and before, None when they stay.
    """

    cohort: Cohort
    move: Move | None
    room: Room | None
    channel: str
    named: tuple[tuple[Moderator, ...], tuple[Moderator, ...]] | None

    @property
    def shifts(self) -> list[views.Shift]:
        """The next openings before and after."""
        if self.move is None:
            return []
        calendar = self.cohort.calendar
        others = tuple(each for each in calendar.moves if each.round != self.move.round)
        return _shifts(calendar, replace(calendar, moves=(*others, self.move)), self.move.round)


def _shifts(before: Calendar, after: Calendar, first: int) -> list[views.Shift]:
    return [views.Shift(each, before.opens(each), after.opens(each)) for each in range(first, first + SHOWN)]


def _wall(move: Move) -> str:
    return f"{DAYS[move.weekday]}s at {move.at:%H:%M} ({move.zone})"


def _shown(shifts: list[views.Shift]) -> str:
    """What a preview showed, to see whether it still holds when its button is pressed."""
    return " ".join(f"{shift.number}:{shift.old.isoformat()}>{shift.new.isoformat()}" for shift in shifts)


async def edit(services: Services, invocation: Invocation) -> Reply:
    """Show what another day, time, room or moderators would change; nothing is changed yet."""
    options = Options(EDIT, invocation.args)
    if digest := options.text("moderators_channel"):
        return await digestroom.ask(services, invocation, digest)
    wanted = _Wanted(options.weekday("day"), options.clock("time"), options.text("channel"), options.text("moderators"))

    def write(store: Store) -> tuple[_Edit, dict[str, str]]:
        cohort = running(store, invocation)
        if wanted == _Wanted(None, None, None, None):
            raise moderating.nothing_wanted()
        change = _edit(store, services.programmes, cohort, wanted, invocation)
        body = {
            "day": "" if change.move is None else str(change.move.weekday),
            "time": "" if change.move is None else change.move.at.isoformat("minutes"),
            "channel": change.channel,
            "from": change.room.channel if change.room else "",
            "moderators": wanted.moderators or "" if change.named else "",
            "had": repr(change.named),
            "shown": _shown(change.shifts),
        }
        return change, keep(store, cohort, "cohort.edit.yes", body, invocation.at)

    change, args = await services.change(invocation, write)
    cohort, room = change.cohort, change.room
    findings = []
    if room is not None:
        place = Place(room.platform, room.workspace, change.channel)
        findings = list(await services.platforms[room.platform].check(place))
    wall = _wall(change.move) if change.move else ""
    moved = (room.channel, change.channel) if room else None
    yes = button(labels.CHANGE_IT, "cohort.edit.yes", args)
    named = tuple(moderators.spans(each) for each in change.named) if change.named else ()
    return views.change_preview(cohort, change.shifts, wall, moved, named, findings, yes)


async def edit_yes(services: Services, invocation: Invocation) -> Reply:
    """Change what was previewed."""

    def write(store: Store) -> _Edit:
        cohort = running(store, invocation)
        body = kept(store, cohort, invocation)
        weekday = int(body["day"]) if body["day"] else None
        at = parse_time("time", body["time"]) if body["time"] else None
        wanted = _Wanted(weekday, at, body["channel"] or None, body["moderators"] or None)
        change = _edit(store, services.programmes, cohort, wanted, invocation)
        unless_stale(body["shown"], _shown(change.shifts))
        unless_stale(body["had"], repr(change.named))
        unless_stale(body["from"], change.room.channel if change.room else "")
        if change.move is not None:
            store.cohorts.add_move(cohort.id, change.move)
            audit.of_cohort(store, cohort, invocation, audit.MOVED, _wall(change.move), change.move.round)
        if change.room is not None:
            _move_room(store, change.room, change.channel, invocation.at)
            moved = audit.room(Place(change.room.platform, change.room.workspace, change.channel))
            audit.of_cohort(store, cohort, invocation, audit.ROOM_MOVED, moved)
        if change.named is not None:
            moderators.name(store, cohort, change.named[0], invocation)
        return change

    change = await services.change(invocation, write)
    named = moderators.spans(change.named[0]) if change.named else ()
    return views.changed(change.cohort, next(iter(change.shifts), None), change.channel or None, named)


def _move_room(store: Store, room: Room, channel: str, at: datetime) -> None:
    """Meet in another channel: what waits is tried there, and the invitation comes once more."""
    store.cohorts.set_channel(room.id, channel)
    store.deliveries.rearm(room.cohort_id, at)
    key = f"join-card:{room.cohort_id}:{room.id}:{channel}"
    store.deliveries.add([NewDelivery(key, "join-card", room.platform, room.cohort_id, at, room_id=room.id)])


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What somebody asked for; None is as it is."""

    weekday: int | None
    at: time | None
    channel: str | None
    moderators: str | None


def _edit(store: Store, programmes: Programmes, cohort: Cohort, wanted: _Wanted, invocation: Invocation) -> _Edit:
    """The change that is wanted, without what is so already. Raises PersonError when nothing is left."""
    weekday, at, channel = wanted.weekday, wanted.at, wanted.channel
    move = None if weekday is None and at is None else _move(cohort.calendar, weekday, at, invocation.at)
    if move is not None and move.round > _programme(programmes, cohort).length:
        raise moderating.nothing_to_move(cohort)
    room = None if channel is None else _room(store, cohort, channel, invocation)
    named = None
    if wanted.moderators is not None:
        before = moderators.named_in(store, cohort, *moderators.workspace_of(invocation))
        after = moderators.parse(wanted.moderators, invocation)
        named = (after, before) if set(after) != set(before) else None
    if move is None and room is None and named is None:
        raise moderating.no_change()
    return _Edit(cohort, move, room, channel if room and channel else "", named)


def _move(calendar: Calendar, weekday: int | None, at: time | None, now: datetime) -> Move | None:
    """The schedule from the first round on that can still be moved; None when it is like that already."""
    number = calendar.movable(now)
    last = max((move for move in calendar.moves if move.round <= number), key=lambda move: move.round, default=None)
    zone = last.zone if last else calendar.zone
    known = (last.weekday if last else calendar.start.weekday(), last.at if last else calendar.at)
    meant = (known[0] if weekday is None else weekday, known[1] if at is None else at)
    if meant == known:
        return None
    made_at = now
    if number == 1:  # a cohort that has not begun keeps its first date: not before that day
        made_at = max(now, instant(calendar.start, time(0), calendar.zone) - timedelta(milliseconds=1))
    return Move(number, meant[0], meant[1], zone, made_at)


def _room(store: Store, cohort: Cohort, channel: str, invocation: Invocation) -> Room | None:
    """The room of this workspace that would move there; None when it is there already."""
    if len(channel) > CHANNEL_MOST or not channel.isprintable():
        raise moderating.no_channel(CHANNEL_MOST)
    here = moderators.workspace_of(invocation)
    rooms = [room for room in store.cohorts.rooms(cohort.id) if (room.platform, room.workspace) == here]
    if any(room.channel == channel for room in rooms):
        return None
    if len(rooms) != 1:
        raise moderating.several_rooms(cohort, len(rooms))
    return rooms[0]


def _programme(programmes: Programmes, cohort: Cohort) -> Programme:
    programme = programmes.get(cohort.programme)
    if programme is None:
        raise moderating.no_programme(cohort)
    return programme


async def holiday(services: Services, invocation: Invocation) -> Reply:
    """Show which weeks a break would move; nothing is changed yet."""
    options = Options(HOLIDAY, invocation.args)
    rounds, earliest = options.number("rounds") or 1, options.day("from")

    def write(store: Store) -> Reply:
        cohort = running(store, invocation)
        number = _first(cohort, _programme(services.programmes, cohort), earliest, invocation.at)
        shifts = _off(cohort.calendar, Holiday(number, rounds))
        body = {"before": str(number), "rounds": str(rounds), "shown": _shown(shifts)}
        args = keep(store, cohort, "cohort.holiday.yes", body, invocation.at)
        return views.holiday_preview(cohort, rounds, shifts, button(labels.TAKE_OFF, "cohort.holiday.yes", args))

    return await services.change(invocation, write)


async def holiday_yes(services: Services, invocation: Invocation) -> Reply:
    """Give the weeks off that were previewed."""

    def write(store: Store) -> Reply:
        cohort = running(store, invocation)
        body = kept(store, cohort, invocation)
        off = Holiday(int(body["before"]), int(body["rounds"]))
        if off.before <= cohort.calendar.latest(invocation.at):
            raise moderating.holiday_begun(off.before)
        shifts = _off(cohort.calendar, off)
        unless_stale(body["shown"], _shown(shifts))
        store.cohorts.add_holiday(cohort.id, off)
        audit.of_cohort(store, cohort, invocation, audit.HOLIDAY, counted(off.rounds, "week"), off.before)
        taken = replace(cohort.calendar, holidays=(*cohort.calendar.holidays, off))
        body = {
            "before": str(off.before),
            "rounds": str(off.rounds),
            "shown": _shown(_shifts(taken, taken, off.before)),
        }
        kept_for = keep(store, cohort, "cohort.holiday.undo", body, invocation.at)
        undo = Button(labels.UNDO, "cohort.holiday.undo", kept_for)
        return views.holiday_given(cohort, off.rounds, shifts[0], undo)

    return await services.change(invocation, write)


async def holiday_undo(services: Services, invocation: Invocation) -> Reply:
    """Take weeks off back, as long as nothing has changed since and the weeks have not begun."""

    def write(store: Store) -> Reply:
        cohort = running(store, invocation)
        body = kept(store, cohort, invocation)
        back = Holiday(int(body["before"]), -int(body["rounds"]))
        unless_stale(body["shown"], _shown(_shifts(cohort.calendar, cohort.calendar, back.before)))
        shifts = _off(cohort.calendar, back)
        if shifts[0].new <= invocation.at:
            raise moderating.holiday_on()
        store.cohorts.add_holiday(cohort.id, back)
        audit.of_cohort(store, cohort, invocation, audit.HOLIDAY_UNDONE, counted(-back.rounds, "week"), back.before)
        return views.holiday_undone(cohort, shifts[0])

    return await services.change(invocation, write)


def _off(calendar: Calendar, off: Holiday) -> list[views.Shift]:
    return _shifts(calendar, replace(calendar, holidays=(*calendar.holidays, off)), off.before)


def _first(cohort: Cohort, programme: Programme, earliest: date | None, now: datetime) -> int:
    """The round before which the weeks off come: the next to open, or the first on or after a date."""
    calendar = cohort.calendar
    number = calendar.latest(now) + 1
    while number <= programme.length and earliest is not None and calendar.opens_on(number) < earliest:
        number += 1
    if number > programme.length:
        raise moderating.no_week_off(cohort, earliest)
    return number


EDIT = CommandSpec(
    "cohort.edit",
    Role.MODERATOR,
    edit,
    "Change a cohort's day, time, room or moderators; shows first what changes",
    {"": "cohort edit"},
    (
        Param("day", "day", "the day on which weeks open"),
        Param("time", "time", "the time at which weeks open, such as 18:00"),
        Param("channel", "channel", "the room in which it meets"),
        Param("moderators_channel", "channel", "where the moderators' weekly digest goes; to be changed alone"),
        Param("moderators", "people", "who looks after it besides admins: a role or people; nobody for none"),
        COHORT,
    ),
)
HOLIDAY = CommandSpec(
    "cohort.holiday",
    Role.MODERATOR,
    holiday,
    "Give the cohort weeks off; shows first what moves",
    {"": "cohort holiday"},
    (
        Param("rounds", "int", "how many weeks", required=True, most=HOLIDAY_MOST),
        Param("from", "date", "the first day off, YYYY-MM-DD; the next opening if left out"),
        COHORT,
    ),
)
ROWS = (
    EDIT,
    CommandSpec("cohort.edit.yes", Role.MODERATOR, edit_yes),
    HOLIDAY,
    CommandSpec("cohort.holiday.yes", Role.MODERATOR, holiday_yes),
    CommandSpec("cohort.holiday.undo", Role.MODERATOR, holiday_undo),
)
