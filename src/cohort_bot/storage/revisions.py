"""Posts to be edited, in SQL."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, exists, literal_column, or_, select, update

from cohort_bot.app.ports.revisions import Revision
from cohort_bot.core.delivery_states import CLOSED
from cohort_bot.storage.columns import BIG, GivenRows, MadeWhenUsed, among, inserting
from cohort_bot.storage.repository import Repository
from cohort_bot.storage.statements import once
from cohort_bot.storage.tables import deliveries, revisions

# Every claim of the courier asks these, so they are built once.
_AT = bindparam("at", type_=revisions.c.due.type)
_DUE = MadeWhenUsed[str, Any](
    lambda dialect: once(
        select(revisions)
        .where(
            revisions.c.due <= _AT,
            # No join: without statistics, SQLite would begin with the deliveries, of which there are ever more.
            exists().where(
                deliveries.c.id == revisions.c.delivery_id,
                or_(*(deliveries.c.state == state.value for state in CLOSED)),
                deliveries.c.platform.in_(among(dialect, "platforms")),
            ),
        )
        .order_by(revisions.c.due, revisions.c.delivery_id)
        .limit(bindparam("most"))
    )
)


_ASKED = GivenRows(id=BIG)


def _ask(dialect: str) -> Any:
    given = _ASKED.rows(dialect)
    # The condition is always met: SQLite's grammar wants one before ON CONFLICT.
    rows = select(given.c.id, _AT, literal_column("1"), literal_column("0")).where(given.c.id.is_not(None))
    new = inserting(dialect)(revisions).from_select(["delivery_id", "due", "asked", "attempts"], rows)
    again = {"due": new.excluded.due, "asked": revisions.c.asked + 1, "attempts": 0}
    return once(new.on_conflict_do_update(index_elements=["delivery_id"], set_=again))


_ASK = MadeWhenUsed(_ask)
_WAITING = once(select(revisions.c.delivery_id).where(revisions.c.due <= _AT).limit(1))


class SqlRevisions(Repository):
    """Implements `app.ports.revisions.Revisions`."""

    def ask(self, delivery_ids: Sequence[int], at: datetime) -> None:
        given = _ASKED.values({"id": each} for each in delivery_ids)
        self._connection.execute(_ASK[self._connection.dialect.name], {**given, "at": at})

    def due(self, at: datetime, limit: int, platforms: Collection[str]) -> Sequence[Revision]:
        values = {"at": at, "platforms": json.dumps(list(platforms)), "most": limit}
        rows = self._connection.execute(_DUE[self._connection.dialect.name], values)
        return [Revision(row.delivery_id, row.asked, row.attempts) for row in rows]

    def waiting(self, at: datetime) -> bool:
        return self._connection.execute(_WAITING, {"at": at}).first() is not None

    def done(self, revision: Revision) -> bool:
        statement = delete(revisions).where(*_unchanged(revision))
        return self._connection.execute(statement).rowcount == 1

    def later(self, revision: Revision, due: datetime) -> None:
        statement = update(revisions).where(*_unchanged(revision))
        self._connection.execute(statement.values(due=due, attempts=revision.attempts + 1))


def _unchanged(revision: Revision) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return revisions.c.delivery_id == revision.delivery_id, revisions.c.asked == revision.asked
