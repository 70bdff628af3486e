"""Posts to be edited, in SQL."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from cohort_bot.app.ports.revisions import Revision
from cohort_bot.core.delivery_states import CLOSED
from cohort_bot.storage.repository import Repository
from cohort_bot.storage.tables import deliveries, revisions

_FINAL = tuple(state.value for state in CLOSED)


class SqlRevisions(Repository):
    """Implements `app.ports.revisions.Revisions`."""

    def ask(self, delivery_id: int, at: datetime) -> None:
        insert = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
        new = insert(revisions).values(delivery_id=delivery_id, due=at, asked=1, attempts=0)
        again = {"due": at, "asked": revisions.c.asked + 1, "attempts": 0}
        self._connection.execute(new.on_conflict_do_update(index_elements=["delivery_id"], set_=again))

    def due(self, at: datetime, limit: int, platforms: Collection[str]) -> Sequence[Revision]:
        query = (
            select(revisions)
            .join(deliveries, deliveries.c.id == revisions.c.delivery_id)
            .where(revisions.c.due <= at, deliveries.c.state.in_(_FINAL), deliveries.c.platform.in_(platforms))
            .order_by(revisions.c.due, revisions.c.delivery_id)
            .limit(limit)
        )
        return [Revision(row.delivery_id, row.asked, row.attempts) for row in self._connection.execute(query)]

    def waiting(self, at: datetime) -> bool:
        query = select(revisions.c.delivery_id).where(revisions.c.due <= at).limit(1)
        return self._connection.execute(query).first() is not None

    def done(self, revision: Revision) -> bool:
        there = delete(revisions).where(*_unchanged(revision))
        return self._connection.execute(there).rowcount == 1

    def later(self, revision: Revision, due: datetime) -> None:
        there = update(revisions).where(*_unchanged(revision))
        self._connection.execute(there.values(due=due, attempts=revision.attempts + 1))


def _unchanged(revision: Revision) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return revisions.c.delivery_id == revision.delivery_id, revisions.c.asked == revision.asked
