"""`/cohort edit`: change a cohort's name, start, day, time, zone, room, moderators or language, after a preview."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from cohort_bot.app import audit, digest_channel, moderators, questions, schedule
from cohort_bot.app.access import MODERATOR
from cohort_bot.app.cohorts import (
    AHEAD_MOST,
    cohort_name,
    must_be_free,
    no_digest_there,
    other_zone,
    programme_of,
    translated_weeks,
)
from cohort_bot.app.commands import CommandSpec, Param, Role
from cohort_bot.app.delivery import edits, keys
from cohort_bot.app.drafts import button, keep, kept, unless_stale
from cohort_bot.app.options import Options
from cohort_bot.app.params import COHORT, LANGUAGES
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.app.services import Services
from cohort_bot.app.shifts import as_text, moved_openings
from cohort_bot.app.words import create as create_words
from cohort_bot.app.words import edit as words
from cohort_bot.app.words import errors as errors_words
from cohort_bot.app.words import guide_language
from cohort_bot.app.words import questions as questions_words
from cohort_bot.app.words import schedule as schedule_words
from cohort_bot.app.words import shifts as shifts_words
from cohort_bot.app.words import zones as zones_words
from cohort_bot.app.zones import zone_named
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Block, Button
from cohort_bot.chat.place import Place
from cohort_bot.core.membership import Cohort, Moderator, Room
from cohort_bot.core.reschedule import Rescheduled, Wish, rescheduled

CHANNEL_MOST = 100


@dataclass(frozen=True, slots=True)
class _Edit:
    """A change that has not been made: the name, the schedule from a round on, the room, who looks after it, the
    language.

    `named` are the moderators of one workspace after it and before, None when they stay; `length` are the programme's
    weeks.
    """

    cohort: Cohort
    name: str
    new: Rescheduled | None
    room: Room | None
    channel: str
    named: tuple[tuple[Moderator, ...], tuple[Moderator, ...]] | None
    length: int
    language: str

    @property
    def shifts(self) -> list[shifts_words.Shift]:
        """The next openings before and after."""
        new = self.new
        return moved_openings(self.cohort.calendar, new.calendar, new.first, self.length) if new else []


async def edit(services: Services, invocation: Invocation) -> Reply:
    """Show what another day, time, room or moderators would change; nothing is changed yet."""
    options = Options(EDIT, invocation.args)
    if digest := options.text("moderators_channel"):
        return await digest_channel.ask(services, invocation, digest)
    zone = None
    if typed_zone := options.text("timezone"):
        await services.require(invocation, MODERATOR)
        zone = await zone_named(typed_zone, invocation.at)

    def write(store: Store, cohort: Cohort) -> tuple[_Edit, dict[str, str], str, Sequence[Block], Sequence[Block]]:
        starts = options.day("starts", cohort.calendar.today(invocation.at))
        wanted = _Wanted(
            Wish(options.weekday("day"), options.clock("time"), zone, starts),
            options.text("name"),
            options.text("channel"),
            options.text("moderators"),
            options.language("language"),
        )
        if wanted == _Wanted(Wish(), None, None, None, None):
            raise words.nothing_wanted()
        change = _edit(store, services.programmes, cohort, wanted, invocation)
        body = {
            **_kept(wanted.wish),
            "name": change.name,
            "was": cohort.name,
            "channel": change.channel,
            "from": change.room.channel if change.room else "",
            "moderators": wanted.moderators or "" if change.named else "",
            "had": repr(change.named),
            "language": change.language,
            "shown": as_text(change.shifts),
        }
        again = (
            questions.keep(store, invocation, "timezone", zones_words.change_zone(), zones_words.zone_hint())
            if zone
            else ""
        )
        told: Sequence[Block] = ()
        guide: Sequence[Block] = ()
        if change.language:
            programme = programme_of(services.programmes, cohort)
            translated = translated_weeks(services.programmes, programme.slug, change.language)
            guide = tuple(guide_language.of_cohort(programme, change.language, translated))
        if change.new is not None:
            name, language = change.name or cohort.name, change.language or cohort.language
            after = replace(cohort, calendar=change.new.calendar, name=name, language=language)
            told = schedule.offered(store, after, _moved(change), invocation.actor.platform)
        return change, keep(store, cohort, "cohort.edit.yes", body, invocation.at), again, told, guide

    change, args, again, told, guide = await services.change(invocation, MODERATOR, write)
    cohort, room = change.cohort, change.room
    findings = []
    if room is not None:
        place = Place(room.platform, room.workspace, change.channel)
        findings = list(await services.platforms[room.platform].check(place))
    wall = words.wall(change.new.weekday, change.new.at, change.new.zone) if change.new else ""
    moved = (room.channel, change.channel) if room else None
    yes = button(words.change_it(), "cohort.edit.yes", args)
    named = tuple(moderators.spans(people) for people in change.named) if change.named else ()
    clock = zones_words.clock(change.new.zone, invocation.at) if change.new else ""
    buttons: tuple[Button, ...] = schedule.buttons(yes) if told else (yes,)
    buttons += (questions_words.another(zones_words.change_zone(), again),) if again else ()
    return words.change_preview(
        cohort, change.name, change.language, change.shifts, wall, clock, moved, named, findings, told, buttons, guide
    )


def _moved(change: _Edit) -> schedule_words.Change:
    first = change.shifts[0]
    return schedule_words.Change("moved", first.number, first.new, first.old)


def _kept(wish: Wish) -> dict[str, str]:
    """The wish as text for a draft."""
    return {
        "day": "" if wish.weekday is None else str(wish.weekday),
        "time": "" if wish.at is None else wish.at.isoformat("minutes"),
        "zone": wish.zone or "",
        "starts": "" if wish.starts is None else wish.starts.isoformat(),
    }


def _wish(body: Mapping[str, str]) -> Wish:
    """The wish from a draft; drafts of older releases have neither zone nor start."""
    starts = body.get("starts")
    return Wish(
        int(body["day"]) if body["day"] else None,
        time.fromisoformat(body["time"]) if body["time"] else None,
        body.get("zone") or None,
        date.fromisoformat(starts) if starts else None,
    )


async def edit_yes(services: Services, invocation: Invocation) -> Reply:
    """Change what was previewed."""
    to = await services.read(invocation, MODERATOR, lambda store, cohort: _moving_to(store, cohort, invocation))
    private = to is not None and bool(await services.platforms[to.platform].invited_only(to))

    def write(store: Store, cohort: Cohort) -> tuple[_Edit, tuple[str, str] | None]:
        body = kept(store, cohort, invocation)
        wanted = _Wanted(
            _wish(body),
            body.get("name") or None,
            body["channel"] or None,
            body["moderators"] or None,
            body.get("language") or None,
        )
        change = _edit(store, services.programmes, cohort, wanted, invocation)
        unless_stale(body["shown"], as_text(change.shifts))
        unless_stale(body["had"], repr(change.named))
        unless_stale(body.get("was", cohort.name), cohort.name)
        unless_stale(body["from"], change.room.channel if change.room else "")
        _say_otherwise(store, cohort, change, invocation)
        if change.language:
            schedule.rewrite_open_card(store, cohort, invocation.at)
        if change.new is not None:
            _reschedule(store, cohort, change.new, invocation)
        if change.name or change.language or (change.new is not None and change.new.first == 1):
            for key in keys.invitations(store.cohorts.rooms(cohort.id)):
                edits.request(store, key, invocation.at)
        if change.room is not None:
            _move_room(store, change.room, change.channel, invocation.at, private=private)
            moved = audit.room(Place(change.room.platform, change.room.workspace, change.channel))
            audit.of_cohort(store, cohort, invocation, audits.ROOM_MOVED, moved)
        if change.named is not None:
            moderators.name(store, cohort, change.named[0], invocation)
        if change.new is not None:
            schedule.tell(store, cohort, invocation, _moved(change))
        if not wanted.wish.zone:
            return change, None
        return change, (wanted.wish.zone, other_zone(store, invocation, cohort, wanted.wish.zone))

    change, zone = await services.change(invocation, MODERATOR, write)
    named = moderators.spans(change.named[0]) if change.named else ()
    first = next(iter(change.shifts), None)
    return words.changed(
        change.cohort, change.name, change.language, first, zone, change.channel or None, named, invocation.at
    )


def _say_otherwise(store: Store, cohort: Cohort, change: _Edit, invocation: Invocation) -> None:
    """Store another name or language."""
    if change.name:
        store.cohorts.rename(cohort.id, change.name, invocation.at)
        audit.of_cohort(store, cohort, invocation, audits.RENAMED, change.name)
    if change.language:
        store.cohorts.set_language(cohort.id, change.language, invocation.at)
        audit.of_cohort(store, cohort, invocation, audits.LANGUAGE, change.language)


def _reschedule(store: Store, cohort: Cohort, new: Rescheduled, invocation: Invocation) -> None:
    """Store the new calendar, and put the date on the open week's card right."""
    if new.move is not None:
        store.cohorts.add_move(cohort.id, new.move)
    else:
        store.cohorts.set_start(cohort.id, new.calendar, invocation.at)
    audit.of_cohort(store, cohort, invocation, audits.MOVED, audit.openings(new), new.first)
    schedule.redate_open_card(store, cohort, new.calendar, invocation)


def _moving_to(store: Store, cohort: Cohort, invocation: Invocation) -> Place | None:
    """The channel to which a preview would move a room, None when it moves none."""
    body = kept(store, cohort, invocation)
    room = next((room for room in store.cohorts.rooms(cohort.id) if room.channel == body["from"]), None)
    return Place(room.platform, room.workspace, body["channel"]) if room and body["channel"] else None


def _move_room(store: Store, room: Room, channel: str, at: datetime, *, private: bool) -> None:
    """Move the room to another channel: waiting posts go there, and the invitation is posted again."""
    store.cohorts.set_channel(room.id, channel, private=private)
    store.deliveries.rearm(room.cohort_id, at)
    store.deliveries.add([NewDelivery.to_room("join-card", keys.join_card(room, channel), room, at)])


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What somebody asked for; None stays as it is."""

    wish: Wish
    name: str | None
    channel: str | None
    moderators: str | None
    language: str | None


def _edit(store: Store, programmes: Programmes, cohort: Cohort, wanted: _Wanted, invocation: Invocation) -> _Edit:
    """The wanted change, without what is already so. Raises PersonError when nothing would change."""
    channel, length = wanted.channel, programme_of(programmes, cohort).length
    name = _new_name(store, cohort, wanted.name) if wanted.name else ""
    new = None if wanted.wish == Wish() else _new(cohort, wanted.wish, length, invocation.at)
    room = None if channel is None else _room(store, cohort, channel, invocation)
    named = None
    if wanted.moderators is not None:
        before = moderators.named_in(store, cohort, *moderators.workspace_of(invocation))
        after = moderators.parse(wanted.moderators, invocation)
        named = (after, before) if set(after) != set(before) else None
    language = wanted.language if wanted.language and wanted.language != cohort.language else ""
    if not name and new is None and room is None and named is None and not language:
        raise words.no_change()
    return _Edit(cohort, name, new, room, channel if room and channel else "", named, length, language)


def _new(cohort: Cohort, wish: Wish, length: int, now: datetime) -> Rescheduled | None:
    """The calendar after the wish, None when it is the same. Raises PersonError for what cannot be."""
    calendar = cohort.calendar
    if wish.starts is not None and calendar.latest(now):
        raise words.has_begun(cohort, calendar.opens_on(1))
    if wish.starts is not None and wish.starts - calendar.today(now) > AHEAD_MOST:
        raise create_words.start_far(wish.starts)
    new = rescheduled(calendar, wish, now)
    if new is not None and new.first > length:
        raise words.nothing_to_move(cohort)
    if new is not None and new.move is None and new.calendar.opens(1) <= now:
        after = calendar.today(now) + timedelta(days=1)
        raise create_words.start_passed(new.calendar.start, new.at, new.zone, after)
    return new


def _new_name(store: Store, cohort: Cohort, typed: str) -> str:
    """The checked new name, empty when the cohort has it already. Raises PersonError."""
    name = cohort_name(typed)
    if name == cohort.name:
        return ""
    for room in store.cohorts.rooms(cohort.id):
        must_be_free(store, Place(room.platform, room.workspace, room.channel), name, but=cohort.id)
    must_be_free(store, Place(cohort.platform, cohort.workspace, ""), name, but=cohort.id)
    return name


def _room(store: Store, cohort: Cohort, channel: str, invocation: Invocation) -> Room | None:
    """The room that would move to the channel; None when it is there already. Raises PersonError."""
    if len(channel) > CHANNEL_MOST or not channel.isprintable():
        raise errors_words.no_channel(CHANNEL_MOST)
    here = moderators.workspace_of(invocation)
    rooms = [room for room in store.cohorts.rooms(cohort.id) if (room.platform, room.workspace) == here]
    if any(room.channel == channel for room in rooms):
        return None
    if len(rooms) != 1:
        raise words.several_rooms(cohort, len(rooms))
    no_digest_there(store, Place(*here, channel))
    return rooms[0]


EDIT = CommandSpec(
    "cohort.edit",
    Role.MODERATOR,
    edit,
    N_("Change a cohort's name, schedule, room, moderators or language; shows a preview first"),
    {"": "cohort edit"},
    (
        Param("name", "text", N_("the group's new name")),
        Param("starts", "date", N_("a new first day, such as 2027-01-04; only before the first week opens")),
        Param("timezone", "zone", N_("the group's new time zone: a city or a country")),
        Param("day", "day", N_("the day on which weeks open")),
        Param("time", "time", N_("the time at which weeks open, such as 18:00")),
        Param("channel", "channel", N_("the channel where it meets")),
        Param("moderators_channel", "channel", N_("where the moderators' weekly digest goes; change this on its own")),
        Param("moderators", "people", N_("who moderates it besides admins: a role or people, or nobody")),
        Param("language", "choice", N_("the language of its posts"), choices=LANGUAGES),
        COHORT,
    ),
)
ROWS = (
    EDIT,
    CommandSpec("cohort.edit.yes", Role.MODERATOR, edit_yes),
)
