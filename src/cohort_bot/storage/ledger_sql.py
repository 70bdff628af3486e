"""Statements of the ledger that run for every message, built once: building costs more than running them."""

from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    TextClause,
    Update,
    and_,
    bindparam,
    case,
    cast,
    column,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.selectable import NamedFromClause
from sqlalchemy.types import TypeEngine

from cohort_bot.app.store import State
from cohort_bot.storage.columns import BIG
from cohort_bot.storage.tables import OPEN, deliveries, rooms


def is_open(table: NamedFromClause) -> TextClause:
    """Written out as the partial indexes are, with literals, or SQLite would not use them."""
    return text(f"{table.name}.{OPEN}")


BY_KEY = select(deliveries).where(deliveries.c.key == bindparam("key"))
BY_KEYS = select(deliveries).where(deliveries.c.key.in_(bindparam("keys", expanding=True)))
BY_IDS = select(deliveries).where(deliveries.c.id.in_(bindparam("ids", expanding=True)))


def _given(dialect: str, **columns: TypeEngine[Any]) -> FromClause:
    """The rows of the JSON text in the parameter `given`, so that one statement moves many on: executed row by row it
    takes the interpreter's lock for each, and whoever sends meanwhile waits for it.
    """
    if dialect == "postgresql":
        given = func.json_to_recordset(cast(bindparam("given", type_=Text), JSON))
        return given.table_valued(*(column(name, of) for name, of in columns.items()), name="given").render_derived(
            with_types=True
        )
    each = func.json_each(bindparam("given", type_=Text)).table_valued("value", name="each")
    return select(
        *(func.json_extract(each.c.value, f"$.{name}", type_=of).label(name) for name, of in columns.items())
    ).subquery("given")


def _claim(dialect: str) -> Update:
    given = _given(dialect, id=BIG, seen=Integer(), payload=Text(), channel=Text())
    now = bindparam("now", type_=deliveries.c.updated.type)
    values = {
        "state": State.SENDING.value,
        "payload": func.coalesce(given.c.payload, deliveries.c.payload),
        "fence": deliveries.c.fence + 1,
        "attempts": deliveries.c.attempts + 1,
        "first_try": func.coalesce(deliveries.c.first_try, now),
        "channel": given.c.channel,
        "updated": now,
    }
    return update(deliveries).where(*_untouched(given)).values(values)


def _note(dialect: str) -> Update:
    given = _given(
        dialect,
        id=BIG,
        seen=Integer(),
        state=Text(),
        reason=Text(),
        message_id=Text(),
        channel=Text(),
        thread=Text(),
    )
    values = {name: given.c[name] for name in ("state", "reason", "message_id", "channel", "thread")}
    return update(deliveries).where(*_untouched(given)).values(**values, updated=bindparam("now"))


def _untouched(given: FromClause) -> tuple[ColumnElement[bool] | TextClause, ...]:
    return deliveries.c.id == given.c.id, deliveries.c.fence == given.c.seen, is_open(deliveries)


CLAIM = {dialect: _claim(dialect) for dialect in ("postgresql", "sqlite")}
"""ready -> sending. A row without a payload keeps the one that it has."""

NOTE = {dialect: _note(dialect) for dialect in ("postgresql", "sqlite")}
"""sending -> whatever has become of it."""

INSERT = {
    "postgresql": postgresql.insert(deliveries)
    .on_conflict_do_nothing(index_elements=["key"])
    .returning(deliveries.c.id),
    "sqlite": sqlite.insert(deliveries).on_conflict_do_nothing(index_elements=["key"]),
}
ROOMS = select(rooms).where(rooms.c.id.in_(bindparam("rooms", expanding=True)))


_AHEAD = (
    deliveries.c.cohort_id == bindparam("cohort"),
    deliveries.c.state == State.READY.value,
    deliveries.c.first_try.is_(None),
    deliveries.c.updated < deliveries.c.due,
)
WITHDRAW = delete(deliveries).where(*_AHEAD, deliveries.c.due > bindparam("after", type_=deliveries.c.due.type))
FORGET = update(deliveries).where(*_AHEAD, deliveries.c.payload.is_not(None)).values(payload=None)
NEXT = (
    select(deliveries.c.due)
    .where(is_open(deliveries), deliveries.c.due > bindparam("after", type_=deliveries.c.due.type))
    .order_by(deliveries.c.due, deliveries.c.id)
    .limit(1)
)


def _ready() -> Select[Any]:
    earlier = deliveries.alias("earlier")
    before = or_(
        earlier.c.due < deliveries.c.due,
        and_(earlier.c.due == deliveries.c.due, earlier.c.id < deliveries.c.id),
        earlier.c.state == State.SENDING.value,
    )
    first = ~exists().where(earlier.c.lane == deliveries.c.lane, is_open(earlier), before)
    has_come = deliveries.c.due <= bindparam("now", type_=deliveries.c.due.type)
    as_composed = and_(
        deliveries.c.payload.is_not(None), deliveries.c.first_try.is_(None), deliveries.c.state == State.READY.value
    )
    return (
        select(deliveries.c.id, case((as_composed, deliveries.c.updated)).label("composed"))
        .where(is_open(deliveries), has_come, deliveries.c.state != State.SENDING.value, first)
        .order_by(deliveries.c.due, deliveries.c.id)
        .limit(bindparam("most"))
    )


READY = _ready()
"""The first open row of each lane that has come due, and when its message was composed ahead, if that still stands."""


def in_one(rows: Select[Any]) -> Select[Any]:
    """The same as one JSON text: each row that is fetched takes the interpreter's lock."""
    inner = rows.subquery()
    return select(func.json_group_array(func.json_array(*inner.c), type_=Text))
