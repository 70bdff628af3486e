"""Statements of the ledger that run for every message, built once: building costs more than running them."""

from typing import Any

from sqlalchemy import Select, TextClause, and_, bindparam, delete, exists, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.selectable import NamedFromClause

from cohort_bot.app.store import State
from cohort_bot.storage.tables import OPEN, deliveries, rooms


def is_open(table: NamedFromClause) -> TextClause:
    """Written out as the partial indexes are, with literals, or SQLite would not use them."""
    return text(f"{table.name}.{OPEN}")


BY_KEY = select(deliveries).where(deliveries.c.key == bindparam("key"))
_UNTOUCHED = (deliveries.c.id == bindparam("row"), deliveries.c.fence == bindparam("seen"), is_open(deliveries))
CLAIM = (
    update(deliveries)
    .where(*_UNTOUCHED)
    .values(
        state=State.SENDING.value,
        payload=bindparam("new_payload"),
        fence=bindparam("new_fence"),
        attempts=bindparam("new_attempts"),
        first_try=bindparam("new_first_try"),
        channel=bindparam("new_channel"),
        updated=bindparam("now"),
    )
)
NOTE = (
    update(deliveries)
    .where(*_UNTOUCHED)
    .values(
        state=bindparam("new_state"),
        reason=bindparam("why"),
        message_id=bindparam("new_message"),
        channel=bindparam("new_channel"),
        thread=bindparam("new_thread"),
        updated=bindparam("now"),
    )
)
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
    return (
        select(deliveries)
        .where(is_open(deliveries), has_come, deliveries.c.state != State.SENDING.value, first)
        .order_by(deliveries.c.due, deliveries.c.id)
        .limit(bindparam("most"))
    )


READY = _ready()
