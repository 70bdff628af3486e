"""Statements of the ledger that run for every message, built once: building costs more than running them."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Delete,
    Executable,
    FromClause,
    Insert,
    Integer,
    Select,
    Text,
    TextClause,
    Update,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.sql.selectable import NamedFromClause

from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.core.delivery_states import CLOSED, State, check
from cohort_bot.core.delivery_states import OPEN as OPEN_STATES
from cohort_bot.core.membership import Room
from cohort_bot.storage.columns import BIG, GivenRows, Instant, MadeWhenUsed, among, inserting, json_rows
from cohort_bot.storage.statements import once
from cohort_bot.storage.tables import FOR_A_WHILE, OPEN, OPEN_IN_LANE, PARKED, deliveries, payloads


def is_open(table: NamedFromClause) -> TextClause:
    """Spelled as in the partial indexes, with literals, or SQLite would not use them."""
    return text(f"{table.name}.{OPEN}")


def is_open_in_lane(table: NamedFromClause) -> TextClause:
    """The same rows beside a condition on the lane, whose index is then used for certain."""
    return text(f"{table.name}.{OPEN_IN_LANE}")


def is_parked() -> TextClause:
    """The same for parked rows."""
    return text(f"{deliveries.name}.{PARKED}")


def moving(source: State, target: State) -> Update:
    """Rows that go from one state to another. Raises IllegalTransition for a transition that does not exist."""
    check(source, target)
    moved = update(deliveries).where(text(f"{deliveries.name}.state = '{source.value}'")).values(state=target.value)
    return moved.where(is_open(deliveries)) if source in OPEN_STATES else moved


ROWS = select(deliveries, payloads.c.payload).outerjoin_from(
    deliveries, payloads, payloads.c.delivery_id == deliveries.c.id
)
DIRECT = once(
    select(*(deliveries.c[name] for name in ("key", "kind", "state", "updated", "round", "member_id", "args"))).where(
        deliveries.c.account_id == bindparam("account"),
        deliveries.c.updated >= bindparam("since", type_=deliveries.c.updated.type),
        deliveries.c.state != State.SKIPPED.value,
        deliveries.c.state != State.PARKED.value,
    )
)


BY_KEYS = MadeWhenUsed[str, Any](lambda dialect: once(ROWS.where(deliveries.c.key.in_(among(dialect, "given")))))
BY_IDS = MadeWhenUsed[str, Any](lambda dialect: once(ROWS.where(deliveries.c.id.in_(among(dialect, "given", BIG)))))

CLAIMED = GivenRows(id=BIG, seen=Integer(), channel=Text(), job_id=BIG)


def _claim(dialect: str) -> Update:
    given = CLAIMED.rows(dialect)
    now = bindparam("now", type_=deliveries.c.updated.type)
    values = {
        "job_id": given.c.job_id,
        "state": State.SENDING.value,
        "fence": deliveries.c.fence + 1,
        "attempts": deliveries.c.attempts + 1,
        "first_try": func.coalesce(deliveries.c.first_try, now),
        "channel": given.c.channel,
        "updated": now,
    }
    return update(deliveries).where(*_untouched(given)).values(values)


_OUTCOME = ("state", "reason", "detail", "message_id", "channel", "thread")
NOTED = GivenRows(id=BIG, seen=Integer(), **dict.fromkeys(_OUTCOME, Text()))


def _note(dialect: str) -> Update:
    given = NOTED.rows(dialect)
    values = {name: given.c[name] for name in _OUTCOME}
    return update(deliveries).where(*_untouched(given)).values(**values, updated=bindparam("now"))


def _untouched(given: FromClause) -> tuple[ColumnElement[bool] | TextClause, ...]:
    return deliveries.c.id == given.c.id, deliveries.c.fence == given.c.seen, is_open(deliveries)


def _freeze(dialect: str) -> Insert:
    given = bindparam("given", type_=Text)  # one object: SQLite reads a long text in it only once
    each = func.json_each(given) if dialect == "sqlite" else func.json_each_text(cast(given, JSON))
    texts = each.table_valued("key", "value", name="texts")
    return _write(dialect, select(cast(texts.c.key, BIG), texts.c.value).where(text("true")))


def texts_by_id(dialect: str, texts: Iterable[tuple[int, str | None]]) -> str:
    """The object that FREEZE is given. Each text is JSON, and SQLite takes it as it is: nothing is written as a text in
    another one, and read from it again. PostgreSQL would not take each of them: it refuses a NUL in it.
    """
    if dialect == "postgresql":
        return json.dumps(dict(texts), ensure_ascii=False)
    return "{" + ",".join([f'"{number}":{text}' for number, text in texts]) + "}"


def _rewrite(dialect: str) -> Insert:
    sent = (deliveries.c.id == bindparam("row"), deliveries.c.state == State.SENT.value)
    return _write(dialect, select(deliveries.c.id, bindparam("text", type_=Text)).where(*sent))


def _write(dialect: str, rows: Select[Any]) -> Insert:
    """The payloads of these rows, in place of those that they have."""
    into = inserting(dialect)(payloads).from_select(["delivery_id", "payload"], rows)
    written: Insert = into.on_conflict_do_update(
        index_elements=["delivery_id"], set_={"payload": into.excluded.payload}
    )
    return written


CLAIM = MadeWhenUsed[str, Any](lambda dialect: once(_claim(dialect)))
"""ready -> sending."""

NOTE = MadeWhenUsed[str, Any](lambda dialect: once(_note(dialect)))
"""sending -> the state of its outcome."""

FREEZE = MadeWhenUsed[str, Any](lambda dialect: once(_freeze(dialect)))
"""New texts of rows that are not sent."""

REWRITE = MadeWhenUsed[str, Any](lambda dialect: once(_rewrite(dialect)))
"""New texts of sent messages."""


_ALIKE = ("state", "reason", "fence", "attempts")
"""The columns in which all new rows have one value."""

_LATER = ("id", "job_id", "first_try", "message_id", "channel", "thread", "detail")
_NEW = [each for each in deliveries.c if each.name not in {*_LATER, *_ALIKE}]
MADE = GivenRows(**{each.name: BIG if isinstance(each.type, Instant) else each.type for each in _NEW})


def _insert(dialect: str) -> Any:
    given = MADE.rows(dialect)
    alike = [bindparam(name, type_=deliveries.c[name].type) for name in _ALIKE]
    rows = select(*(given.c[each.name] for each in _NEW), *alike).where(text("true"))
    names = [each.name for each in _NEW] + [*_ALIKE]
    new = inserting(dialect)(deliveries).from_select(names, rows).on_conflict_do_nothing(index_elements=["key"])
    return once(new.returning(deliveries.c.id) if dialect == "postgresql" else new)


INSERT = MadeWhenUsed(_insert)


_NEW_ROWS = (deliveries.c.state == State.READY.value, deliveries.c.first_try.is_(None))
UNTOUCHED = MadeWhenUsed[str, Any](
    lambda dialect: once(
        select(json_rows(*(deliveries.c[name] for name in ("id", "key", "due", "updated", "lane", "mark")))).where(
            deliveries.c.key.in_(among(dialect, "keys")), deliveries.c.fence == 0, *_NEW_ROWS
        )
    )
)

_UNTRIED = (deliveries.c.cohort_id == bindparam("cohort"), *_NEW_ROWS)
_AFTER = bindparam("after", type_=deliveries.c.due.type)
WITHDRAW = once(delete(deliveries).where(*_UNTRIED, deliveries.c.updated < deliveries.c.due, deliveries.c.due > _AFTER))


def touching(*those: ColumnElement[bool]) -> ReturningUpdate[Any]:
    """Mark these rows as changed, because their texts are no longer true; returns their ids, for FORGET.

    So another process that is claiming one sees the change, or this transaction is repeated, and what was composed
    beside the writer is not taken; a missing text alone would cause neither.
    """
    touched = update(deliveries).where(*those).values(updated=literal_column("updated + 1"))
    return touched.returning(deliveries.c.id)


FORGET = MadeWhenUsed[str, Any](
    lambda dialect: once(delete(payloads).where(payloads.c.delivery_id.in_(among(dialect, "given", BIG))))
)
"""Erase the texts of these rows."""

_MAYBE_COMPOSED = or_(deliveries.c.member_id.is_(None), exists().where(payloads.c.delivery_id == deliveries.c.id))
TOUCH_UNTRIED = once(touching(*_UNTRIED, _MAYBE_COMPOSED))
"""Those of a cohort that may have a text. What is about one member has none before it is claimed unless it is stored,
so a thousand reminders that are due are not written to. What is about all may be composed beside the writer.
"""

NEXT = once(
    select(deliveries.c.due)
    .where(is_open(deliveries), deliveries.c.due > bindparam("after", type_=deliveries.c.due.type))
    .order_by(deliveries.c.due, deliveries.c.id)
    .limit(1)
)


def waiting_in_cohort(room: Room | None) -> Select[Any]:
    """The rows of the room's cohort that are not closed, with their rooms: asked for the room's alone SQLite might look
    at all that was ever posted there.
    """
    waiting = [state.value for state in State if state not in CLOSED]
    there = deliveries.c.cohort_id == (room and room.cohort_id)
    return select(deliveries.c.id, deliveries.c.room_id).where(there, deliveries.c.state.in_(waiting))


def dropping(room_id: int, most: int) -> Delete:
    """At most so many of the room's closed rows."""
    return _some(most, deliveries.c.room_id == room_id, deliveries.c.state.in_(_CLOSED))


def sweeping(expired: datetime, remembered: Collection[str], most: int) -> Delete:
    """At most so many of the direct messages that have expired by then, but for tried ones of kinds `remembered`."""
    untried = and_(deliveries.c.state == State.SKIPPED.value, deliveries.c.first_try.is_(None))
    closed = and_(deliveries.c.state.in_(_CLOSED), deliveries.c.kind.not_in(remembered))
    return _some(most, text(FOR_A_WHILE), deliveries.c.expires < expired, or_(untried, closed))


def _some(most: int, *those: ColumnElement[bool] | TextClause) -> Delete:
    return delete(deliveries).where(deliveries.c.id.in_(select(deliveries.c.id).where(*those).limit(most)))


_CLOSED = [state.value for state in CLOSED]


def taking_back(
    cohort_id: int,
    planned: Collection[str],
    dropped: Collection[DeliveryReason],
    left_out: DeliveryReason,
    at: datetime,
    far: datetime,
) -> tuple[Executable, ...]:
    """Four statements that undo what was done while the calendar was ahead, in this order; see `app.ports.store`."""
    rows = deliveries.c
    there, of_round = rows.cohort_id == cohort_id, rows.kind.in_(list(planned))
    later = and_(
        rows.state == State.SKIPPED.value, rows.reason.in_([reason.value for reason in dropped]), rows.updated > at
    )
    ahead = or_(rows.state == State.READY.value, rows.reason == left_out.value)
    untried = or_(later, and_(ahead, rows.due > at))
    gone = delete(deliveries).where(there, of_round, rows.fence == 0, untried)
    now = case((or_(of_round, rows.due <= at), rows.due), else_=bindparam("now", at, type_=rows.due.type))
    again = {"reason": None, "detail": None, "attempts": 0, "updated": at, "due": now}
    renewed = moving(State.SKIPPED, State.READY).where(there, later).values(again)
    # What has an end has its instant by the calendar, such as a reminder that was put off to tomorrow.
    soon = rows.expires.is_(None)
    waiting = update(deliveries).where(there, is_open(deliveries), ~of_round, soon, rows.due > far).values(due=at)
    done = update(deliveries).where(there, rows.state != State.READY.value, rows.updated > at).values(updated=at)
    return gone.returning(rows.due), renewed.returning(rows.id), waiting.returning(rows.id), done


def _ready(dialect: str) -> Select[Any]:
    earlier = deliveries.alias("earlier")
    now = bindparam("now", type_=deliveries.c.due.type)
    has_come = deliveries.c.due <= now
    sooner = or_(
        earlier.c.due < deliveries.c.due,
        and_(earlier.c.due == deliveries.c.due, earlier.c.id < deliveries.c.id),
    )
    # A post to the room itself overtakes lines in a thread: an opening does not wait for many of them.
    passes = and_(earlier.c.in_thread < deliveries.c.in_thread, earlier.c.due <= now)
    # Written out: what SQLite compares with the condition of a partial index must not be a value that is bound, or it
    # prepares the statement anew at each run.
    sending: ColumnElement[str] = literal_column(f"'{State.SENDING.value}'")
    before = or_(and_(earlier.c.in_thread == deliveries.c.in_thread, sooner), passes, earlier.c.state == sending)
    ahead = select(earlier.c.id).where(earlier.c.lane == deliveries.c.lane, is_open_in_lane(earlier), before)
    if dialect == "postgresql":
        ahead = ahead.offset(0)  # so that it asks for each row by its lane: it might join all rows with all others
    return (
        select(deliveries.c.id, deliveries.c.key, deliveries.c.updated)
        .where(is_open(deliveries), has_come, deliveries.c.state != State.SENDING.value, ~ahead.exists())
        .order_by(deliveries.c.due, deliveries.c.id)
        .limit(bindparam("most"))
    )


def _ready_of(dialect: str, *, some: bool) -> Executable:
    """But for the lanes in `but` and the platforms in `unready`; with `some`, only of the lanes in `only`."""
    query = _ready(dialect).where(
        deliveries.c.lane.not_in(among(dialect, "but")), deliveries.c.platform.not_in(among(dialect, "unready"))
    )
    if some:
        # IS TRUE, so that PostgreSQL looks each row's lane up among the given ones. It would join them instead, and go
        # through all of them for each row when its statistics are from a time at which little was due.
        query = query.where(deliveries.c.lane.in_(among(dialect, "only")).is_(true()))
    if dialect == "postgresql":
        return query.with_for_update(skip_locked=True, of=deliveries)  # others may be claiming
    inner = query.subquery()  # as one JSON text, because each row that is fetched takes the interpreter's lock
    return select(func.json_group_array(func.json_array(*inner.c), type_=Text))


READY = MadeWhenUsed[tuple[str, bool], Any](lambda key: once(_ready_of(key[0], some=key[1])))
"""The first open row of each lane that has come due: of all lanes or of some."""


def _heads(dialect: str) -> Select[Any]:
    lanes = among(dialect, "lanes").subquery("lanes")
    each = deliveries.alias("each_row")
    first = (
        select(each.c.id)
        .where(each.c.lane == lanes.c[0], is_open_in_lane(each))
        .order_by(each.c.due, each.c.id)
        .limit(1)
        .scalar_subquery()
    )
    # Not only the first: a post to the room itself overtakes the lines in its threads.
    unknown = deliveries.alias("unknown")
    uncertain = unknown.c.state == State.UNKNOWN.value
    doubtful = exists().where(unknown.c.lane == lanes.c[0], is_open_in_lane(unknown), uncertain)
    columns = (deliveries.c.lane, deliveries.c.due, deliveries.c.platform, doubtful.label("doubtful"))
    has_come = deliveries.c.due <= bindparam("until", type_=deliveries.c.due.type)
    return select(*columns).join_from(lanes, deliveries, deliveries.c.id == first).where(has_come)


HEADS = MadeWhenUsed[str, Any](lambda dialect: once(_heads(dialect)))
"""When something in each of the given lanes is first due, if that is by `until`, and whether anything is uncertain."""
