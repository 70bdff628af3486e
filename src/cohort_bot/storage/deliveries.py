"""The ledger of deliveries, in SQL."""

import json
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    Update,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import NO_JOBS, Delivery, DeliveryResult, DirectMessage, Head, NewDelivery, Turn
from cohort_bot.core.delivery_states import CLOSED, State, check
from cohort_bot.core.lanes import of_account, of_channel
from cohort_bot.storage.columns import EPOCH, as_json, instant, milliseconds
from cohort_bot.storage.ledger_rows import as_delivery, mark_of
from cohort_bot.storage.ledger_sql import (
    BY_IDS,
    BY_KEYS,
    CLAIM,
    CLAIMED,
    DIRECT,
    FORGET,
    FREEZE,
    HEADS,
    INSERT,
    MADE,
    NEXT,
    NOTE,
    NOTED,
    READY,
    REWRITE,
    ROWS,
    TOUCH_UNTRIED,
    UNTOUCHED,
    WITHDRAW,
    dropping,
    is_open,
    is_parked,
    moving,
    sweeping,
    taking_back,
    texts_by_id,
    touching,
    waiting_in_cohort,
)
from cohort_bot.storage.rooms import room
from cohort_bot.storage.statements import Connection
from cohort_bot.storage.tables import accounts, deliveries, rooms

_READ = frozenset({"deliveries", "payloads"})


class SqlDeliveries:
    """Implements `app.ports.store.Deliveries`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.opened: list[int] = []
        """Rows that this transaction has made, or opened again, for an engine that delivers them."""

    def add(self, new: Iterable[NewDelivery], at: datetime | None = None) -> None:
        new = list(new)
        self._insert(new, State.READY, [min(what.due, at or what.due) for what in new])

    def freeze(self, composed: Sequence[tuple[NewDelivery, str]]) -> Sequence[Delivery]:
        texts = {what.key: (what, text) for what, text in composed}
        query = UNTOUCHED[self._connection.dialect.name]
        rows = json.loads(self._connection.execute(query, {"keys": json.dumps([*texts])}).scalar_one())
        frozen = [
            Delivery(number, what, State.READY, lane, 0, 0, mark, text, *(None,) * 6, instant(updated))
            for number, key, due, updated, lane, mark in rows
            for what, text in (texts[key],)
            if milliseconds(what.due) == due
        ]
        self._freeze([(row.id, row.payload) for row in frozen])
        return frozen

    def _freeze(self, texts: Sequence[tuple[int, str | None]]) -> None:
        if texts:
            self._run(FREEZE, {"given": texts_by_id(self._connection.dialect.name, texts)})

    def withdraw(self, cohort_id: int, after: datetime) -> None:
        self._connection.execute(WITHDRAW, {"cohort": cohort_id, "after": after})
        self._forget(TOUCH_UNTRIED, cohort=cohort_id)

    def take_back(
        self,
        cohort_id: int,
        planned: Collection[str],
        dropped: Collection[DeliveryReason],
        left_out: DeliveryReason,
        at: datetime,
        far: datetime,
    ) -> datetime | None:
        """Undo what was done for instants later than `at`, which is now; returns when the first deleted row was due."""
        gone, *opened, done = taking_back(cohort_id, planned, dropped, left_out, at, far)
        instants = list(self._connection.execute(gone).scalars())
        self.opened += [number for each in opened for number in self._connection.execute(each).scalars()]
        self._connection.execute(done)
        return min(instants, default=None)

    def skip(self, new: Iterable[NewDelivery], reason: DeliveryReason, at: datetime) -> int:
        skipped = [what for what in new if self.by_key(what.key) is None]
        self._insert(skipped, State.SKIPPED, [at] * len(skipped), reason.value)
        return len(skipped)

    def _insert(
        self, new: Sequence[NewDelivery], state: State, updated: Sequence[datetime], reason: str | None = None
    ) -> None:
        check(None, state)
        lanes = self._lanes({what.room_id for what in new if what.room_id is not None})
        rows = [
            {
                "key": what.key,
                "kind": what.kind,
                "platform": what.platform,
                "cohort_id": what.cohort_id,
                "room_id": what.room_id,
                "account_id": what.account_id,
                "member_id": what.member_id,
                "round": what.round,
                "part": what.part,
                "in_thread": int(what.in_thread),
                "args": as_json(dict(what.args)),
                "due": milliseconds(what.due),
                "expires": what.expires and milliseconds(what.expires),
                "lane": of_account(what.account_id or 0) if what.room_id is None else lanes[what.room_id],
                "mark": mark_of(what.key),
                "updated": milliseconds(changed),
            }
            for what, changed in zip(new, updated, strict=True)
        ]
        if not rows:
            return
        dialect = self._connection.dialect.name
        alike = {"state": state.value, "reason": reason, "fence": 0, "attempts": 0}
        made = self._connection.execute(INSERT[dialect], {**MADE.values(rows), **alike})
        if dialect == "postgresql" and state is State.READY:
            self.opened += made.scalars()

    def _lanes(self, room_ids: set[int]) -> dict[int, str]:
        known = (room(self._connection, number) for number in room_ids)
        return {each.id: of_channel(each.platform, each.workspace, each.channel) for each in known if each}

    def relane(self, room_id: int) -> None:
        """The room is another channel now: rows that are still waiting, or parked, move to that channel's lane."""
        waiting = waiting_in_cohort(room(self._connection, room_id))
        there = deliveries.c.id.in_([row.id for row in self._connection.execute(waiting) if row.room_id == room_id])
        moved = update(deliveries).where(there).values(lane=self._lanes({room_id})[room_id])
        self.opened += self._connection.execute(moved.returning(deliveries.c.id)).scalars()
        self._forget(touching(there, deliveries.c.first_try.is_(None)))

    def drop(self, room_id: int, most: int) -> int:
        return self._connection.execute(dropping(room_id, most)).rowcount

    def put_in(self, delivery: Delivery, lane: str) -> bool:
        statement = update(deliveries).where(deliveries.c.id == delivery.id, deliveries.c.fence == delivery.fence)
        moved = statement.where(is_open(deliveries), deliveries.c.state != State.SENDING.value).values(lane=lane)
        self.opened += (ids := self._connection.execute(moved.returning(deliveries.c.id)).scalars())
        return bool(ids)

    def postpone(self, delivery: Delivery, due: datetime, expires: datetime | None) -> bool:
        statement = update(deliveries).where(deliveries.c.id == delivery.id, deliveries.c.fence == delivery.fence)
        # Not `updated` before `due`: that marks rows that were written ahead, which a change to the cohort removes.
        moved = statement.where(is_open(deliveries), deliveries.c.state == State.READY.value)
        values = {"due": due, "expires": expires, "updated": due}
        self.opened += (ids := self._connection.execute(moved.values(values).returning(deliveries.c.id)).scalars())
        return bool(ids)

    def ready(
        self,
        at: datetime,
        limit: int,
        but: frozenset[str] = frozenset(),
        but_platforms: frozenset[str] = frozenset(),
        only: Collection[str] | None = None,
    ) -> Sequence[Turn]:
        """The first open row of each lane that has come due, in order of time; with `only` of these lanes, and those in
        `but…` left out.

        Both parts of the query walk a partial index of the open rows, so closed ones cost nothing, and it stops at the
        limit.
        """
        if only is not None and not only:
            return []
        dialect = self._connection.dialect.name
        values = {"now": at, "most": limit, "but": json.dumps([*but]), "unready": json.dumps([*but_platforms])}
        if only is not None:
            values["only"] = json.dumps([*only])
        found = self._connection.execute(READY[dialect, only is not None], values)
        if dialect == "postgresql":
            return [Turn(*row) for row in found]
        return [Turn(number, key, instant(updated)) for number, key, updated in json.loads(found.scalar_one())]

    def rows(self, ids: Sequence[int]) -> Sequence[Delivery]:
        by_id = {row.id: row for row in self._those(BY_IDS, ids)}
        return [as_delivery(by_id[number]) for number in ids]

    def claim(
        self, frozen: Sequence[tuple[Delivery, str, str | None]], at: datetime, jobs: Mapping[str, int] = NO_JOBS
    ) -> Sequence[Delivery]:
        """ready -> sending, each with its frozen message, its room's channel, its engine's job; the fence goes up."""
        for row, _, _ in frozen:
            check(row.state, State.SENDING)
        given = [
            {"id": row.id, "seen": row.fence, "channel": channel, "job_id": jobs[row.lane] if jobs else None}
            for row, _, channel in frozen
        ]
        if given and self._run(CLAIM, {**CLAIMED.values(given), "now": at}) != len(given):
            raise RuntimeError("a delivery was claimed twice within one transaction")
        self._freeze([(row.id, payload) for row, payload, _ in frozen if payload != row.payload])
        return [
            Delivery(
                id=row.id,
                what=row.what,
                state=State.SENDING,
                lane=row.lane,
                fence=row.fence + 1,
                attempts=row.attempts + 1,
                mark=row.mark,
                payload=payload,
                first_try=row.first_try or at,
                message_id=row.message_id,
                channel=channel,
                thread=row.thread,
                reason=row.reason,
                detail=row.detail,
                updated=at,
            )
            for row, payload, channel in frozen
        ]

    def note(self, outcomes: Sequence[DeliveryResult], at: datetime) -> int:
        for each in outcomes:
            check(each.delivery.state, each.state)
        given = [
            {
                "id": each.delivery.id,
                "seen": each.delivery.fence,
                "state": each.state.value,
                "reason": each.reason and each.reason.value,
                "detail": _plain(each.detail),
                "message_id": each.message_id,
                "channel": each.channel or each.delivery.channel,
                "thread": each.thread,
            }
            for each in outcomes
        ]
        return self._run(NOTE, {**NOTED.values(given), "now": at}) if given else 0

    def _run(self, statement: Mapping[str, Update | Insert], values: Mapping[str, object]) -> int:
        """Execute it; returns how many rows it changed."""
        return self._connection.execute(statement[self._connection.dialect.name], values).rowcount

    def _forget(self, touch: ReturningUpdate[Any], **values: int) -> None:
        """Erase the texts of the rows that the statement marks as changed."""
        if touched := self._connection.execute(touch, values).scalars():
            self._connection.execute(FORGET[self._connection.dialect.name], {"given": json.dumps(touched)})

    def put(
        self, delivery: Delivery, state: State, reason: DeliveryReason | None, at: datetime, detail: str | None = None
    ) -> bool:
        return self.note([DeliveryResult(delivery, state, reason, detail=detail)], at) == 1

    def orphaned(self, at: datetime, lane: str | None = None) -> int:
        moved = moving(State.SENDING, State.UNKNOWN).values(updated=at)
        if lane is not None:
            moved = moved.where(deliveries.c.lane == lane)
        return self._connection.execute(moved).rowcount

    def heads(self, lanes: Collection[str], until: datetime) -> Mapping[str, Head]:
        rows = self._connection.execute(
            HEADS[self._connection.dialect.name], {"lanes": json.dumps([*lanes]), "until": until}
        )
        return {row.lane: Head(row.due, row.platform, row.doubtful) for row in rows}

    def unknown_lanes(self) -> Sequence[str]:
        query = select(deliveries.c.lane).where(is_open(deliveries), deliveries.c.state == State.UNKNOWN.value)
        return list(self._connection.execute(query).scalars())

    def by_key(self, key: str) -> Delivery | None:
        known: dict[Hashable, Delivery | None] = self._connection.memory(_READ)
        if key not in known:
            self.look_ahead([key])
        return known[key]

    def look_ahead(self, keys: Sequence[str]) -> None:
        if keys:
            found = {row.what.key: row for row in self.by_keys(keys)}
            self._connection.memory(_READ).update({key: found.get(key) for key in keys})

    def by_keys(self, keys: Sequence[str]) -> Sequence[Delivery]:
        return [as_delivery(row) for row in self._those(BY_KEYS, keys)]

    def _those(self, query: Mapping[str, Select[Any]], wanted: Iterable[str | int]) -> Sequence[Any]:
        return self._connection.execute(query[self._connection.dialect.name], {"given": json.dumps([*wanted])})

    def direct(self, account_id: int, since: datetime) -> Sequence[DirectMessage]:
        rows = self._connection.execute(DIRECT, {"account": account_id, "since": since})
        return [
            DirectMessage(row.key, row.kind, State(row.state), row.updated, row.round, row.member_id)
            for row in rows
            if "channel" not in json.loads(row.args)
        ]

    def rounds_in_rooms(self, cohort_id: int, kinds: Collection[str], since: int) -> Mapping[int, frozenset[int]]:
        sent = select(deliveries.c.room_id, deliveries.c.round).filter_by(cohort_id=cohort_id, state=State.SENT.value)
        wanted = (deliveries.c.kind.in_(list(kinds)), deliveries.c.room_id.is_not(None), deliveries.c.round >= since)
        found: dict[int, set[int]] = {}
        for row in self._connection.execute(sent.where(*wanted).distinct()):
            found.setdefault(row.room_id, set()).add(row.round)
        return {room: frozenset(rounds) for room, rounds in found.items()}

    def keys_of(self, kind: str, member_id: int) -> Sequence[str]:
        query = select(deliveries.c.key).where(deliveries.c.kind == kind, deliveries.c.member_id == member_id)
        return list(self._connection.execute(query).scalars())

    def untried_like(self, delivery: Delivery, until: datetime) -> Sequence[Delivery]:
        untried = (deliveries.c.state == State.READY.value, deliveries.c.first_try.is_(None))
        return self._like(delivery, *untried, deliveries.c.due <= until)

    def skipped_like(self, delivery: Delivery, reason: DeliveryReason, detail: str) -> Sequence[Delivery]:
        skipped = (deliveries.c.state == State.SKIPPED.value, deliveries.c.reason == reason.value)
        return self._like(delivery, *skipped, deliveries.c.detail == detail)

    def _like(self, delivery: Delivery, *those: ColumnElement[bool]) -> Sequence[Delivery]:
        what = delivery.what
        query = ROWS.where(
            deliveries.c.cohort_id == what.cohort_id,
            deliveries.c.kind == what.kind,
            deliveries.c.room_id == what.room_id,
            deliveries.c.round.is_not_distinct_from(what.round),
            deliveries.c.id != delivery.id,
            *those,
        )
        return [as_delivery(row) for row in self._connection.execute(query.order_by(deliveries.c.due, deliveries.c.id))]

    def skipped_about(self, member_id: int, reason: DeliveryReason, since: datetime) -> Sequence[Delivery]:
        query = ROWS.where(
            deliveries.c.member_id == member_id,
            deliveries.c.state == State.SKIPPED.value,
            deliveries.c.reason == reason.value,
            deliveries.c.updated >= since,
        )
        return [as_delivery(row) for row in self._connection.execute(query.order_by(deliveries.c.due, deliveries.c.id))]

    def set_args(self, delivery: Delivery, args: Mapping[str, str]) -> None:
        there = update(deliveries).where(deliveries.c.id == delivery.id)
        self._connection.execute(there.values(args=as_json(dict(args))))

    def get(self, delivery_id: int) -> Delivery | None:
        row = self._connection.execute(ROWS.where(deliveries.c.id == delivery_id)).one_or_none()
        return None if row is None else as_delivery(row)

    def rewritten(self, delivery_id: int, payload: str) -> None:
        statement = REWRITE[self._connection.dialect.name]
        self._connection.execute(statement, {"row": delivery_id, "text": payload})

    def renew(self, delivery: Delivery, at: datetime) -> bool:
        moved = moving(State.SKIPPED, State.READY).where(deliveries.c.id == delivery.id)
        values = {"reason": None, "detail": None, "due": at, "updated": at}
        renewed = self._connection.execute(moved.values(values)).rowcount == 1
        if renewed:
            self._forget(touching(deliveries.c.id == delivery.id))
            self.opened.append(delivery.id)
        return renewed

    def posted(self, kinds: Collection[str], cohort_id: int, number: int | None) -> Sequence[Delivery]:
        tried = deliveries.c.state.in_([state.value for state in (State.SENDING, State.SENT, State.UNKNOWN)])
        those = [deliveries.c.cohort_id == cohort_id, deliveries.c.kind.in_(kinds)]
        those += [] if number is None else [deliveries.c.round == number]
        rows = self._connection.execute(ROWS.where(*those, tried).order_by(deliveries.c.id))
        return [as_delivery(row) for row in rows]

    def sent_parts(self, kind: str, cohort_id: int) -> Mapping[int, str]:
        query = select(deliveries.c.round, deliveries.c.part).where(
            deliveries.c.cohort_id == cohort_id, deliveries.c.state == State.SENT.value, deliveries.c.kind == kind
        )
        return {row.round: row.part for row in self._connection.execute(query)}

    def erase(self, cohort_id: int, member_id: int, quoting: Collection[str]) -> None:
        # Also what was never tried: its text may have been composed, and is waiting to be claimed.
        tried = and_(deliveries.c.state == State.READY.value, deliveries.c.first_try.is_not(None))
        quoted = and_(
            deliveries.c.cohort_id == cohort_id,
            deliveries.c.state.in_([state.value for state in (*CLOSED, State.READY)]),
            deliveries.c.kind.in_(quoting),
            ~tried,
        )
        self._forget(touching(or_(deliveries.c.member_id == member_id, quoted)))
        # The channel of a direct conversation leads to the person.
        direct = update(deliveries).where(deliveries.c.member_id == member_id, deliveries.c.account_id.is_not(None))
        self._connection.execute(direct.values(channel=None, message_id=None))

    def sweep(self, expired: datetime, remembered: Collection[str], most: int) -> int:
        return self._connection.execute(sweeping(expired, remembered, most)).rowcount

    def parked(self, cohort_id: int) -> Sequence[Delivery]:
        query = ROWS.where(deliveries.c.cohort_id == cohort_id, is_parked())
        return [as_delivery(row) for row in self._connection.execute(query.order_by(deliveries.c.due, deliveries.c.id))]

    def rearm(self, cohort_id: int, at: datetime) -> int:
        """parked -> ready, or unknown when it was tried before and may have been posted. Returns how many."""
        return self._rearm(deliveries.c.cohort_id == cohort_id, at)

    def rearm_one(self, delivery: Delivery, at: datetime) -> None:
        self._rearm(deliveries.c.id == delivery.id, at)

    def rearm_parked_for(self, platform: str, reason: DeliveryReason, at: datetime) -> int:
        return self._rearm(and_(deliveries.c.platform == platform, deliveries.c.reason == reason.value), at)

    def rearm_returned(self, platform: str, workspaces: Collection[str], away: DeliveryReason, at: datetime) -> int:
        """The same for workspaces to which the bot has returned. Returns how many.

        The recipient of a direct message belongs to the workspace by their account, or where accounts are global by the
        cohort.
        """
        in_workspaces = and_(rooms.c.platform == platform, rooms.c.workspace.in_(list(workspaces)))
        theirs = accounts.c.workspace.in_(["", *workspaces])
        to_person = and_(
            deliveries.c.reason == away.value,
            deliveries.c.account_id.in_(select(accounts.c.id).where(theirs)),
            deliveries.c.cohort_id.in_(select(rooms.c.cohort_id).where(in_workspaces)),
        )
        in_room = deliveries.c.room_id.in_(select(rooms.c.id).where(in_workspaces))
        return self._rearm(and_(deliveries.c.platform == platform, or_(in_room, to_person)), at)

    def _rearm(self, there: ColumnElement[bool], at: datetime) -> int:
        rearmed: list[int] = []
        values = {"attempts": 0, "reason": None, "detail": None, "updated": at}
        tried = {State.READY: deliveries.c.first_try.is_(None), State.UNKNOWN: deliveries.c.first_try.is_not(None)}
        for target, those in tried.items():
            moved = moving(State.PARKED, target).where(there, those).values(values)
            rearmed += self._connection.scalars(moved.returning(deliveries.c.id))
        self.opened += rearmed
        return len(rearmed)

    def waiting(self, cohort_id: int, at: datetime) -> int:
        query = select(func.count()).select_from(deliveries).where(is_open(deliveries), deliveries.c.due <= at)
        return int(self._connection.execute(query.where(deliveries.c.cohort_id == cohort_id)).scalar_one())

    def unskip(self, keys: Sequence[str], reason: DeliveryReason) -> int:
        by_hand = (deliveries.c.state == State.SKIPPED.value, deliveries.c.reason == reason.value)
        statement = delete(deliveries).where(deliveries.c.key.in_(list(keys)), *by_hand)
        return self._connection.execute(statement).rowcount

    def next_due(self, after: datetime | None = None) -> datetime | None:
        earliest: datetime | None = self._connection.execute(NEXT, {"after": after or EPOCH}).scalar_one_or_none()
        return earliest


def _plain(detail: str | None) -> str | None:
    """The text without characters that databases refuse: it may come from a platform, and would block everything
    recorded with it.
    """
    return None if detail is None else detail.encode(errors="replace").decode().replace("\x00", " ")
