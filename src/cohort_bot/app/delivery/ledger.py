"""The rules of the ledger: filling it with what is due, and freezing what is claimed."""

import logging
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from cohort_bot.app.delivery import group_matching, keys
from cohort_bot.app.delivery.kind import Scene, said_in
from cohort_bot.app.delivery.kinds import KINDS, PLANNED, REMEMBERED, compose, spoken_for
from cohort_bot.app.delivery.parcel import Circle, Claims, Parcel, Person
from cohort_bot.app.delivery.planner import NEVER, Group, due, next_due, settled
from cohort_bot.app.delivery.precomposed import Precomposed
from cohort_bot.app.ports.cohorts import Plan
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import AHEAD, Delivery, DeliveryResult, NewDelivery, Store
from cohort_bot.app.queries import small_group
from cohort_bot.app.queries.moderators import moderators
from cohort_bot.app.queries.readers import language_of
from cohort_bot.chat import codec
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Place
from cohort_bot.core.delivery_states import OPEN, State
from cohort_bot.core.features import Feature
from cohort_bot.core.lanes import is_aside
from cohort_bot.core.membership import Cohort, Room
from cohort_bot.core.nudges import by_day
from cohort_bot.core.rounds import Calendar

log = logging.getLogger(__name__)
T = TypeVar("T")

KEEP_REMINDERS = timedelta(days=30)
"""How long a reminder's row, with what it said, is kept after the reminder has expired."""

FAR = timedelta(minutes=10)
"""A cohort that is planned further ahead than this was planned while the calendar was wrong. Smaller differences occur
between the clocks of several processes.
"""

COHORTS_AT_ONCE = 25
MEMBERS_AT_ONCE = 25
"""The most cohorts, and members of them, that are read and planned before the time is looked at."""

COMPOSED_AT_ONCE = 25
"""The same for messages that are composed."""

CLAIMED_AT_ONCE = 100
"""The same for messages that are precomposed."""

MOST_COMPOSED = 100
"""More are never composed in one claim, so no more are looked for unless some are precomposed."""

KEPT_BESIDE = timedelta(seconds=5)
"""What was composed beside the writer and not claimed for so long is composed again."""

WAIT_FOR_PROGRAMME = timedelta(hours=1)
"""When to look again at a cohort whose programme cannot be read."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A cohort that is planned `until` an instant for its members up to the one with this row id, and for the others
    still until `after`. `next_due` is when something is next due for those who are done.
    """

    cohort_id: int
    after: datetime
    until: datetime
    member: int
    next_due: datetime


@dataclass(frozen=True, slots=True)
class Slice:
    """What a transaction has planned: how many rows were due, and the cohorts that are left, the `begun` one first."""

    rows: int
    left: Sequence[int]
    begun: Begun | None = None


def materialise(
    store: Store,
    programmes: Programmes,
    cohort_ids: Sequence[int],
    at: datetime,
    precomposed: Precomposed | None = None,
    begun: Begun | None = None,
    enough: Callable[[], bool] = lambda: False,
) -> Slice | None:
    """Write all rows of these cohorts that have come due by `at`, with `precomposed` also those due within AHEAD of it.

    Repeating it changes nothing. It continues from where it stopped the last time, never from `at`, so rows that came
    due during an outage are found. Once `enough` returns True the rest is left for another transaction, which is given
    what this one returns. A cohort is planned when all its members are: after a crash it begins anew. Returns None,
    with nothing written, while another process plans.
    """
    if not store.cohorts.may_plan():
        return None
    done = _plan_some(store, programmes, Slice(0, cohort_ids, begun), at, precomposed)
    while done.left and not enough():
        done = _plan_some(store, programmes, done, at, precomposed)
    return done


def _plan_some(
    store: Store, programmes: Programmes, done: Slice, at: datetime, precomposed: Precomposed | None
) -> Slice:
    """Plan the next cohorts as far as a page of members goes."""
    begun = done.begun
    ids = done.left[: 1 if begun else COHORTS_AT_ONCE]
    planned = store.cohorts.planned(ids)
    if begun and planned.get(begun.cohort_id) != begun.after:
        begun = None  # a change has taken back what was planned
    page = store.members.page(ids, begun.member if begun else 0, MEMBERS_AT_ONCE)
    last = page[-1] if len(page) == MEMBERS_AT_ONCE else None  # the cohort of this one may have more members
    rows: list[tuple[Group, NewDelivery]] = []
    plans: list[Plan] = []
    to_match: dict[int, int] = {}
    shared: dict[tuple[Calendar, str], dict[Hashable, Any]] = {}
    unfinished = None
    for cohort_id, after in planned.items():
        cohort = store.cohorts.get(cohort_id)
        if cohort is None or (last and cohort_id > last.cohort_id):
            continue
        until = begun.until if begun else max(at if precomposed is None else at + AHEAD, after)
        programme = programmes.get(cohort.programme)
        if programme is None:
            plans.append(Plan(cohort_id, after, until + WAIT_FOR_PROGRAMME))
            continue
        rooms = () if begun else store.cohorts.rooms(cohort_id)
        members = [member for member in page if member.cohort_id == cohort_id and member.active]
        alike = shared.setdefault((cohort.calendar, cohort.programme), {})
        group = Group(cohort, programme, rooms, members, partial(moderators, store, cohort), alike)
        rows += [(group, row) for row in due(group, after, until)]
        if Feature.GROUPS in cohort.features and (over := settled(group, after, until)):
            to_match[cohort_id] = over[-1]
        then = next_due(group, until) if cohort.active else NEVER
        then = min(then, begun.next_due) if begun else then
        if last and cohort_id == last.cohort_id:
            unfinished = Begun(cohort_id, after, until, last.id, then)
        else:
            plans.append(Plan(cohort_id, until, then))
    store.deliveries.add([row for _, row in rows], at)
    group_matching.ask(store, to_match)
    if precomposed is not None:
        precomposed.prepare(store, programmes, rows, at)
    store.cohorts.plan(plans)
    left = [unfinished.cohort_id] if unfinished else []
    left += [each for each in ids if last and each > last.cohort_id]
    return Slice(done.rows + len(rows), [*left, *done.left[len(ids) :]], unfinished)


def take_back(store: Store, cohort_id: int, at: datetime) -> None:
    """Undo what was planned and dropped for a cohort while the calendar was ahead of `at`, which it is now.

    It is planned again from where its schedule really is. Rows that were tried stay, so nothing is posted twice.
    """
    dropped = (DeliveryReason.LATE, DeliveryReason.UNWANTED)
    for until in store.cohorts.planned([cohort_id]).values():
        first = store.deliveries.take_back(cohort_id, PLANNED, dropped, DeliveryReason.BEFORE_ROOM, at, at + FAR)
        if first is not None or until > at + FAR:
            since = min(at, until) if first is None else min(at, until, first - timedelta(milliseconds=1))
            store.cohorts.plan([Plan(cohort_id, since, since)])


def sweep(store: Store, at: datetime, most: int) -> int:
    """Delete what is too old to be of use, at most so many rows; returns how many."""
    gone = store.sweep(at, most)
    return gone + store.deliveries.sweep(at - KEEP_REMINDERS, REMEMBERED, most - gone)


def _expired(what: NewDelivery, at: datetime) -> bool:
    """Whether it is too late to send, by the row's own limit or by the patience of its kind."""
    patience = KINDS[what.kind].patience
    return (what.expires is not None and at > what.expires) or (patience is not None and at > what.due + patience)


def claim(
    store: Store,
    programmes: Programmes,
    at: datetime,
    limit: int,
    but: frozenset[str] = frozenset(),
    but_platforms: frozenset[str] = frozenset(),
    only: Mapping[str, int] | None = None,
    precomposed: Precomposed | None = None,
    beside: dict[int, "Beside"] | None = None,
    *,
    board: bool = False,
    enough: Callable[[], bool] = lambda: False,
) -> Claims:
    """Take the first open row of each lane that has come due. When this is committed, the rows are ours to send.

    With `only`, other lanes are left out, and each lane's engine job is responsible for the rows claimed in it. A
    `precomposed` message is sent as it is. With `beside`, what is said about a whole cohort is taken from there, and a
    row that has nothing there is left. `board`: there is one, and messages may have a button to it. Once `enough`
    returns True the other rows are left for the next claim.
    """
    send: list[Parcel] = []
    going: list[_Going] = []
    look_up: list[Parcel] = []
    dropped: list[DeliveryResult] = []
    put_off = 0
    to_compose: list[Delivery] = []
    others: list[int] = []
    most = limit if precomposed else min(limit, MOST_COMPOSED)
    turns = store.deliveries.ready(at, most, but, but_platforms, only)
    for start in _until(enough, range(0, len(turns), CLAIMED_AT_ONCE)):
        some = turns[start : start + CLAIMED_AT_ONCE]
        kept = {turn.id: precomposed.take(turn, at) if precomposed else None for turn in some}
        ready = [_Going(each.row, each.row.payload or "", each.to, each.message) for each in kept.values() if each]
        send += _claim_some(store, ready, at, only)
        others += [number for number, each in kept.items() if each is None]
    for row in _until(enough, _read(store, others)):
        to, left = _destination(store, row)
        if to is None:
            dropped.append(DeliveryResult(row, State.PARKED, DeliveryReason.NO_TARGET))
            continue
        if _put_off(store, row, at):
            put_off += 1
            continue
        if row.state is State.UNKNOWN:
            look_up.append(Parcel(row, to, left=left))
            continue
        # Checked at every claim: `ready` means that it was certainly not posted, so it may still be dropped. Its text
        # stays as it was frozen.
        composed: tuple[Message, str] | _Not | None
        if beside is None or not KINDS[row.what.kind].of_all:
            composed = _compose(store, programmes, row, to, at, board=board)
        else:
            composed = _taken(beside, row, at)
        if composed is None:
            to_compose.append(row)
            continue
        if isinstance(composed, _Not):
            dropped.append(DeliveryResult(row, composed.state, composed.reason, detail=composed.detail))
            continue
        message, payload = composed
        going.append(_Going(row, payload, _titled(to, message), message if payload is not row.payload else None))
    store.deliveries.note(dropped, at)
    send += _claim_some(store, going, at, only)
    return Claims(tuple(send), tuple(look_up), len(dropped) + put_off, tuple(to_compose))


def _claim_some(store: Store, going: Sequence["_Going"], at: datetime, only: Mapping[str, int] | None) -> list[Parcel]:
    frozen = [(each.row, each.payload, each.to.channel if isinstance(each.to, Place) else None) for each in going]
    claimed = store.deliveries.claim(frozen, at, only or {})
    return [Parcel(row, each.to, each.message) for row, each in zip(claimed, going, strict=True)]


def compose_beside(
    store: Store, programmes: Programmes, rows: Iterable[Delivery], at: datetime, *, board: bool
) -> dict[int, "Beside"]:
    """What these rows say, by their id: composed in a read, so that nobody waits for the writer meanwhile."""
    found = {}
    for row in rows:
        to, _ = _destination(store, row)
        if to is not None:
            found[row.id] = Beside(row.updated, at, _compose(store, programmes, row, to, at, board=board))
    return found


def _titled(to: Place | Person | Circle, message: Message) -> Place | Person | Circle:
    """A small group's conversation has the title of its first message, and is found again by it."""
    return replace(to, title=to.title or message.summary) if isinstance(to, Circle) else to


def _until(enough: Callable[[], bool], items: Iterable[T]) -> Iterator[T]:
    """The first of them, and the others until it is enough."""
    for number, item in enumerate(items):
        if number and enough():
            return
        yield item


def _read(store: Store, ids: Sequence[int]) -> Iterator[Delivery]:
    """These rows, some at a time together with their cohorts and members."""
    for start in range(0, len(ids), COMPOSED_AT_ONCE):
        rows = store.deliveries.rows(ids[start : start + COMPOSED_AT_ONCE])
        store.cohorts.look_ahead(list({row.what.cohort_id for row in rows}))
        store.members.look_ahead([row.what.member_id for row in rows if row.what.member_id])
        yield from rows


def _put_off(store: Store, row: Delivery, at: datetime) -> bool:
    """Whether it has to wait: for the opening above it, or for its reader's morning."""
    if (before := _waits_for(store, row)) is not None:
        store.deliveries.put_in(row, before.lane)
        return True
    if (morning := _held_until(store, row, at)) is not None:
        store.deliveries.postpone(row, morning, row.what.expires)
        return True
    return False


def _waits_for(store: Store, row: Delivery) -> Delivery | None:
    """The opening whose thread it belongs to, while that opening is looked up in a lane of its own."""
    what = row.what
    if not what.in_thread:
        return None
    opening = store.deliveries.by_key(keys.opening(what.cohort_id, what.round or 0, what.room_id or 0))
    if opening is None or opening.state not in OPEN or not is_aside(opening.lane) or opening.lane == row.lane:
        return None
    return opening


def _held_until(store: Store, row: Delivery, at: datetime) -> datetime | None:
    """When the reader's quiet hours end, if the row has to wait for that."""
    if row.state is not State.READY or not KINDS[row.what.kind].waits_for_day or _expired(row.what, at):
        return None
    reader = store.people.get(row.what.account_id or 0)
    morning = at if reader is None else by_day(at, reader.zone)
    return morning if morning > at else None


def _destination(store: Store, row: Delivery) -> tuple[Place | Person | Circle | None, bool]:
    """The destination, and whether that is a channel that the room has left.

    A message with an uncertain outcome is looked up where it was sent; a message for the thread of an opening that was
    never posted goes to the room.
    """
    what = row.what
    if channel := what.args.get("channel"):  # the moderators' room, which is not one of the cohort's rooms
        cohort = store.cohorts.get(what.cohort_id)
        return (_digest_place(store, cohort, row, channel) if cohort else None), False
    if what.room_id is None:
        account = store.people.get(what.account_id or 0)
        return (Person(account.workspace, account.user) if account else None), False
    room = store.cohorts.room(what.room_id)
    if room is None:
        return None, False
    if KINDS[what.kind].apart:
        # Who has left the group meanwhile is not in its conversation; where it may be open, it is looked up as it was.
        people = small_group.people(store, what, still=row.state is not State.UNKNOWN)
        title = codec.loads(row.payload).summary if row.payload else ""
        return Circle(_place(room), tuple(each.account.user for each in people), title), False
    channel = row.channel if row.channel and row.state is State.UNKNOWN else room.channel
    thread = None
    if what.in_thread:
        key_of = (keys.opening, keys.check_ins)
        roots = (store.deliveries.by_key(key(what.cohort_id, what.round or 0, room.id)) for key in key_of)
        # A room that was moved has no thread yet: the old thread is in the old channel.
        thread = next((root.thread for root in roots if root and root.thread and root.channel == channel), None)
    return replace(_place(room), channel=channel, thread=thread), channel != room.channel


def _digest_place(store: Store, cohort: Cohort, row: Delivery, channel: str) -> Place | Person | None:
    """The moderators' channel. Where members read it by now, the digest goes to its first moderator directly."""
    place = Place(cohort.platform, cohort.workspace, channel)
    if row.state is State.UNKNOWN and row.channel:
        return place
    if not store.cohorts.read_by_members(place.platform, place.workspace, channel):
        return place
    account = store.people.get(row.what.account_id or 0)
    return Person(account.workspace, account.user) if account and account.platform == place.platform else None


def _place(room: Room) -> Place:
    return Place(room.platform, room.workspace, room.channel)


@dataclass(frozen=True, slots=True)
class _Going:
    """A row to be claimed, its frozen text, where it goes, and the message unless only that text is at hand."""

    row: Delivery
    payload: str
    to: Place | Person | Circle
    message: Message | None


@dataclass(frozen=True, slots=True)
class _Not:
    """Why a row is not sent, and the state that it gets for that."""

    reason: DeliveryReason
    state: State = State.SKIPPED
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What a row says, composed `at` an instant; `updated` is the row's then, which an erasure changes, too."""

    updated: datetime
    at: datetime
    composed: tuple[Message, str] | _Not


def _taken(beside: dict[int, Beside], row: Delivery, at: datetime) -> tuple[Message, str] | _Not | None:
    """What was composed for the row, None when there is nothing or it is out of date."""
    kept = beside.pop(row.id, None)
    return kept.composed if kept and kept.updated == row.updated and abs(at - kept.at) <= KEPT_BESIDE else None


def _compose(
    store: Store, programmes: Programmes, row: Delivery, to: Place | Person | Circle, at: datetime, *, board: bool
) -> tuple[Message, str] | _Not:
    """The message and its frozen text, or why there is none."""
    what = row.what
    if _expired(what, at):
        return _Not(DeliveryReason.LATE)
    cohort = store.cohorts.get(what.cohort_id)
    if cohort is None or (not cohort.active and not KINDS[what.kind].after_end):
        return _Not(DeliveryReason.ENDED)
    if programmes.get(cohort.programme) is None:
        return _Not(DeliveryReason.NO_PROGRAMME, State.PARKED, cohort.programme)
    try:
        others = spoken_for(store, row, at)
        scene = Scene(store, cohort, programmes, what, at, others, board)
        reader = store.people.get(what.account_id or 0) if isinstance(to, Person) else None
        message = said_in(language_of(reader, cohort=cohort), partial(compose, scene))
        if message is None:
            return _Not(DeliveryReason.UNWANTED)
        return message, row.payload if row.payload and _is_final(row, message) else codec.dumps(message)
    except Exception:  # one row that fails must not hold up the others
        log.exception("delivery %s cannot be composed", row.id)
        return _Not(DeliveryReason.NOT_COMPOSED, State.PARKED)


def _is_final(row: Delivery, message: Message) -> bool:
    """Whether the frozen text stays. Not when it was composed ahead and never tried: the message may be late by now.
    And not when its reader reads another language by now: it certainly was not posted.
    """
    return row.first_try is not None and codec.loads(row.payload or "").language == message.language
