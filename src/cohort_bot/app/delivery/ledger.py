"""The rules of the ledger: filling it with what is due, and freezing what is claimed."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from cohort_bot.app.delivery.kinds import KINDS, Scene
from cohort_bot.app.delivery.planner import NEVER, Group, due, next_due
from cohort_bot.app.lookup import moderators
from cohort_bot.app.ports import Programmes
from cohort_bot.app.store import Delivery, NewDelivery, Plan, State, Store
from cohort_bot.chat import codec
from cohort_bot.chat.place import Place

log = logging.getLogger(__name__)

AFTER_THE_END = frozenset({"alert", "closing"})
"""What still goes out for a cohort that has ended."""

WAIT_FOR_PROGRAMME = timedelta(hours=1)
"""When to look again at a cohort whose programme cannot be read."""


def materialise(store: Store, programmes: Programmes, cohort_ids: Sequence[int], at: datetime) -> int:
    """Write all rows of these cohorts that have come due by `at`; returns how many. Running it again changes nothing.

    It goes on from where it stopped the last time, never from `at`: what came due while nobody looked is found.
    """
    store.cohorts.look_ahead(cohort_ids)
    planned = store.cohorts.planned(cohort_ids)
    members = store.members.in_cohorts(cohort_ids)
    rows: list[NewDelivery] = []
    plans: list[Plan] = []
    for cohort_id, after in planned.items():
        cohort = store.cohorts.get(cohort_id)
        if cohort is None:
            continue
        until = max(at, after)
        programme = programmes.get(cohort.programme)
        if programme is None:
            plans.append(Plan(cohort_id, after, until + WAIT_FOR_PROGRAMME))
            continue
        group = Group(
            cohort, programme, store.cohorts.rooms(cohort_id), members[cohort_id], partial(moderators, store, cohort)
        )
        rows += due(group, after, until)
        plans.append(Plan(cohort_id, until, next_due(group, until) if cohort.active else NEVER))
    store.deliveries.add(rows)
    store.cohorts.plan(plans)
    return len(rows)


def _expired(what: NewDelivery, at: datetime) -> bool:
    """Whether it is too late for it, by its own limit or by the patience of its kind."""
    patience = KINDS[what.kind].patience
    return (what.expires is not None and at > what.expires) or (patience is not None and at > what.due + patience)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's direct conversation, which the platform has to open."""

    workspace: str
    user: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A row that is ours now, and where it goes."""

    delivery: Delivery
    to: Place | Person


@dataclass(frozen=True, slots=True)
class Claims:
    """What the courier has to do now: messages to send, ambiguous ones to look up; `closed` rows need nothing more."""

    send: tuple[Parcel, ...]
    look_up: tuple[Parcel, ...]
    closed: int


def claim(
    store: Store,
    programmes: Programmes,
    at: datetime,
    limit: int,
    but: frozenset[str] = frozenset(),
    but_platforms: frozenset[str] = frozenset(),
) -> Claims:
    """Take the first open row of each lane that has come due. When this is committed, the rows are ours to send."""
    frozen: list[tuple[Delivery, str]] = []
    to_of: dict[int, Place | Person] = {}
    look_up: list[Parcel] = []
    closed = 0
    ready = store.deliveries.ready(at, limit, but, but_platforms)
    store.cohorts.look_ahead(
        list({row.what.cohort_id for row in ready}), [row.what.room_id for row in ready if row.what.room_id is not None]
    )
    for row in ready:
        to = _destination(store, row.what)
        outcome: str | _Not
        if to is None:
            outcome = _Not("the room or the person is no longer known", State.PARKED)
        elif row.state is State.UNKNOWN:
            look_up.append(Parcel(row, to))
            continue
        else:
            # Asked at every claim: `ready` means that it is certainly not there, so it may still be dropped. What it
            # says stays as it was frozen.
            outcome = _freeze(store, programmes, row, at)
        if isinstance(outcome, str) and to is not None:
            frozen.append((row, outcome))
            to_of[row.id] = to
        elif isinstance(outcome, _Not):
            store.deliveries.put(row, outcome.state, outcome.reason, at)
            closed += 1
    send = tuple(Parcel(claimed, to_of[claimed.id]) for claimed in store.deliveries.claim(frozen, at))
    return Claims(send, tuple(look_up), closed)


def _destination(store: Store, what: NewDelivery) -> Place | Person | None:
    """Where it goes; what belongs under an opening that never came goes to the room."""
    if channel := what.args.get("channel"):  # the moderators' room, which is none of the cohort's
        cohort = store.cohorts.get(what.cohort_id)
        return Place(cohort.platform, cohort.workspace, channel) if cohort else None
    if what.room_id is None:
        account = store.people.get(what.account_id or 0)
        return Person(account.workspace, account.user) if account else None
    room = store.cohorts.room(what.room_id)
    if room is None:
        return None
    thread = None
    if what.in_thread:
        opening = store.deliveries.by_key(f"opening:{what.cohort_id}:r{what.round}:{room.id}")
        # A room that was moved has no thread yet: the one that there was is in the channel before.
        thread = opening.thread if opening and opening.channel == room.channel else None
    return Place(room.platform, room.workspace, room.channel, thread)


@dataclass(frozen=True, slots=True)
class _Not:
    """Why a row does not go out, and the state that this puts it in."""

    reason: str
    state: State = State.SKIPPED


def _freeze(store: Store, programmes: Programmes, row: Delivery, at: datetime) -> str | _Not:
    """The message as JSON, or why there is none."""
    what = row.what
    if _expired(what, at):
        return _Not("too late to be of use")
    cohort = store.cohorts.get(what.cohort_id)
    if cohort is None or (not cohort.active and what.kind not in AFTER_THE_END):
        return _Not("the cohort has ended")
    programme = programmes.get(cohort.programme)
    if programme is None:
        return _Not(f"the programme {cohort.programme} cannot be read", State.PARKED)
    try:
        message = KINDS[what.kind].compose(Scene(store, cohort, programme, what, at))
        return codec.dumps(message) if message else _Not("not wanted any more")
    except Exception:  # one faulty row must not hold up all the others
        log.exception("delivery %s cannot be composed", row.id)
        return _Not("the message cannot be composed; the log has the details", State.PARKED)
