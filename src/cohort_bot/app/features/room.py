"""Where a cohort meets: more rooms, also on another platform by a one-time code, and fewer."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from cohort_bot.app import audit, moderators
from cohort_bot.app.access import MODERATOR, cohort_starter
from cohort_bot.app.cohorts import invite, no_digest_there
from cohort_bot.app.commands import CommandSpec, Param, Role
from cohort_bot.app.delivery.planner import Group, due, opening_row
from cohort_bot.app.drafts import button
from cohort_bot.app.options import Options
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services, reads
from cohort_bot.app.words import room as words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Place
from cohort_bot.core.membership import Cohort, Moderator, Room

VALID = timedelta(minutes=10)
"""A code can be entered for so long."""

WRONG_MOST = 5
"""After this many wrong codes within that time a person has to wait."""

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""No characters that look alike: 32 of them, so eight are 40 bits."""

ROOMS_MOST = 10

AT_ONCE = 100
"""Posts of a room that are deleted in one transaction: others are waiting to write."""

ENTERING: Final = cohort_starter(words.cannot_bring)
"""Who may start a cohort in a workspace may also bring one in; a code alone is not enough."""


async def room(services: Services, invocation: Invocation) -> Reply:
    """Show the cohort's rooms; add a channel of this workspace; or enter a code that was made elsewhere."""
    options = Options(ROOM, invocation.args)
    if typed_code := options.text("code"):
        return await _enter(services, invocation, _plain(typed_code))
    if channel := options.text("channel"):
        return await _add_here(services, invocation, _place(invocation, channel))

    def read(store: Store, cohort: Cohort) -> Reply:
        rooms = store.cohorts.rooms(cohort.id)
        return words.rooms(cohort, rooms, _spot(invocation), _droppable(cohort, rooms))

    return await services.read(invocation, MODERATOR, read)


async def add(services: Services, invocation: Invocation) -> Reply:
    """Let the cohort meet in the channel where the button was pressed, too."""
    return await _add_here(services, invocation, _place(invocation, None))


async def _add_here(services: Services, invocation: Invocation, place: Place) -> Reply:
    await services.read(invocation, MODERATOR, lambda store, cohort: _may_add(store, cohort, place))
    platform = services.platforms[place.platform]
    if findings := await platform.check(place):
        return words.not_added(findings)
    private = bool(await platform.invited_only(place))

    def write(store: Store, cohort: Cohort) -> Cohort:
        _meet(store, services.programmes, cohort, place, invocation.at, private=private)
        audit.of_cohort(store, cohort, invocation, audits.ROOM_ADDED, audit.room(place))
        return cohort

    return words.added(await services.change(invocation, MODERATOR, write), place)


async def code(services: Services, invocation: Invocation) -> Reply:
    """Make a code that brings the cohort into a channel of another workspace or platform, once."""
    plain = "".join(secrets.choice(LETTERS) for _ in range(8))

    def write(store: Store, cohort: Cohort) -> Cohort:
        by = f"{invocation.actor.platform}:{invocation.actor.user}"
        store.codes.add(cohort.id, plain, by, invocation.at + VALID)
        audit.of_cohort(store, cohort, invocation, audits.CODE)
        return cohort

    cohort = await services.change(invocation, MODERATOR, write)
    return words.code(cohort, f"{plain[:4]}-{plain[4:]}", int(VALID.total_seconds() // 60))


async def _enter(services: Services, invocation: Invocation, plain: str) -> Reply:
    """Bring the cohort of a code into this channel. The code is used up only when that succeeds."""
    place = _place(invocation, None)

    def attempt(store: Store) -> Cohort | None:
        """The cohort; None for a wrong code, which is recorded: raising would undo that."""
        actor = invocation.actor
        who = (actor.platform, actor.workspace or "", actor.user)
        if store.codes.wrong_since(*who, invocation.at - VALID) >= WRONG_MOST:
            raise words.wrong_codes()
        cohort = store.cohorts.get(store.codes.cohort_of(plain, invocation.at) or 0)
        if cohort is None or not cohort.active:
            store.codes.wrong(*who, invocation.at)
            return None
        _may_add(store, cohort, place)
        _name_free(store, cohort, place)
        return cohort

    if await services.change(invocation, ENTERING, attempt, repeatable=True) is None:
        return words.wrong_code()
    platform = services.platforms[place.platform]
    if findings := await platform.check(place):
        return words.not_added(findings)
    private = bool(await platform.invited_only(place))

    def write(store: Store) -> Cohort | None:
        cohort = attempt(store)
        if cohort is None:
            return None
        store.codes.use(plain)
        _meet(store, services.programmes, cohort, place, invocation.at, private=private)
        audit.of_cohort(store, cohort, invocation, audits.ROOM_ADDED, audit.room(place))
        person = Moderator(place.platform, place.workspace, "person", invocation.actor.user)
        moderators.name(
            store,
            cohort,
            (*moderators.named_in(store, cohort, place.platform, place.workspace), person),
            invocation,
        )
        return cohort

    brought = await services.change(invocation, ENTERING, write)
    return words.wrong_code() if brought is None else words.brought(brought, place)


@reads(MODERATOR)
def drop(_services: Services, invocation: Invocation, store: Store, cohort: Cohort) -> Reply:
    """Ask before the cohort stops meeting in a room."""
    room = _which(store, cohort, invocation)
    others = [other for other in store.cohorts.rooms(cohort.id) if other.id != room.id]
    stranded = 0
    if not any((other.platform, other.workspace) == (room.platform, room.workspace) for other in others):
        accounts = [member.account for member in store.members.in_cohort(cohort.id)]
        homes = {(room.platform, room.workspace), (room.platform, "")}
        stranded = sum((account.platform, account.workspace) in homes for account in accounts)
    args = {"id": str(cohort.id), "room": str(room.id)}
    yes = button(words.drop_it(), "cohort.room.drop.yes", args, danger=True)
    return words.drop_preview(cohort, room, _spot(invocation), stranded, yes)


async def drop_yes(services: Services, invocation: Invocation) -> Reply:
    """Stop meeting in the room that was named. What was posted there in years goes first, some at a time."""

    def forget(store: Store, cohort: Cohort) -> int:
        room = _named(store.cohorts.rooms(cohort.id), invocation)
        return 0 if room is None else store.deliveries.drop(_which(store, cohort, invocation).id, AT_ONCE)

    def write(store: Store, cohort: Cohort) -> Reply:
        room = _which(store, cohort, invocation)
        store.cohorts.drop_room(room.id)
        gone = audit.room(Place(room.platform, room.workspace, room.channel))
        audit.of_cohort(store, cohort, invocation, audits.ROOM_DROPPED, gone)
        left = [other for other in store.cohorts.rooms(cohort.id) if other.platform == room.platform]
        if not any(other.workspace == room.workspace for other in left):
            store.moderators.replace(cohort.id, room.platform, room.workspace, ())
        return words.dropped(cohort)

    while await services.change(invocation, MODERATOR, forget, repeatable=True):
        pass
    return await services.change(invocation, MODERATOR, write)


def _named(rooms: Sequence[Room], invocation: Invocation) -> Room | None:
    return next((room for room in rooms if str(room.id) == invocation.args.get("room")), None)


def _which(store: Store, cohort: Cohort, invocation: Invocation) -> Room:
    rooms = store.cohorts.rooms(cohort.id)
    wanted = _named(rooms, invocation)
    if wanted is None:
        raise words.no_such_room()
    if wanted not in _droppable(cohort, rooms):
        raise words.last_room(cohort)
    return wanted


def _droppable(cohort: Cohort, rooms: Sequence[Room]) -> list[Room]:
    """All but the last room in the workspace that the cohort belongs to: its admins see it there."""
    home = [room for room in rooms if (room.platform, room.workspace) == (cohort.platform, cohort.workspace)]
    return [room for room in rooms if home != [room]] if len(rooms) > 1 else []


def _spot(invocation: Invocation) -> Place | None:
    """The channel where something was typed or pressed, None in a direct conversation."""
    place = invocation.place
    if place is None or not place.workspace or invocation.direct:
        return None
    return replace(place, thread=None)


def _place(invocation: Invocation, channel: str | None) -> Place:
    platform, workspace = moderators.workspace_of(invocation)
    if channel:
        return Place(platform, workspace, channel)
    place = _spot(invocation)
    if place is None:
        raise words.in_its_room()
    return place


def _may_add(store: Store, cohort: Cohort, place: Place) -> None:
    rooms = store.cohorts.rooms(cohort.id)
    if any((room.platform, room.workspace, room.channel) == _key(place) for room in rooms):
        raise words.meets_here(cohort)
    if len(rooms) >= ROOMS_MOST:
        raise words.many_rooms(cohort, ROOMS_MOST)
    no_digest_there(store, place)


def _name_free(store: Store, cohort: Cohort, place: Place) -> None:
    here = store.cohorts.in_workspace(place.platform, place.workspace)
    if any(
        other.active and other.id != cohort.id and other.name.casefold() == cohort.name.casefold() for other in here
    ):
        raise words.namesake(cohort)


def _key(place: Place) -> tuple[str, str, str]:
    return place.platform, place.workspace, place.channel


def _meet(store: Store, programmes: Programmes, cohort: Cohort, place: Place, at: datetime, *, private: bool) -> None:
    """Let the cohort meet there: the invitation, then the open week's card. Earlier cards are not posted."""
    _may_add(store, cohort, place)
    room = invite(store, cohort, place, at, private=private)
    programme = programmes.get(cohort.programme)
    if programme is None:
        return
    number = cohort.calendar.open(at)
    if number is not None and number <= programme.length:
        store.deliveries.add([replace(opening_row(cohort, number, room), due=at)])
    store.deliveries.skip(
        due(Group(cohort, programme, [room], ()), cohort.created_at, at), DeliveryReason.BEFORE_ROOM, at
    )
    store.cohorts.replan(cohort.id, at)  # rows of the next thirty seconds may be planned already


def _plain(typed: str) -> str:
    """The code as it was made, however it was typed."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


ROOM = CommandSpec(
    "cohort.room",
    Role.MODERATOR,
    room,
    N_("Where the cohort meets: add a room here or on another platform, or drop one"),
    {"": "cohort room"},
    (
        Param("code", "text", N_("a code that /cohort room gave you elsewhere")),
        Param("channel", "channel", N_("another channel here where it should meet too")),
        COHORT,
    ),
)
ROWS = (
    ROOM,
    CommandSpec("cohort.room.add", Role.MODERATOR, add),
    CommandSpec("cohort.room.code", Role.MODERATOR, code),
    CommandSpec("cohort.room.drop", Role.MODERATOR, drop),
    CommandSpec("cohort.room.drop.yes", Role.MODERATOR, drop_yes),
)
