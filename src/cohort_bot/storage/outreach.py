"""The log of outreach, in SQL."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from cohort_bot.app.ports.outreach import Outreach, OutreachResult
from cohort_bot.storage.tables import outreach


class SqlOutreaches:
    """Implements `app.keeping.Outreaches`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        cohort_id: int,
        member_id: int,
        at: datetime,
        by: tuple[str, str],
        words: str,
        outcome: OutreachResult,
        follow_up: date | None,
        delivery_key: str | None = None,
    ) -> Outreach:
        """Note it. `by` is the moderator's id and name."""
        values = {
            "cohort_id": cohort_id,
            "member_id": member_id,
            "at": at,
            "by": by[0],
            "by_name": by[1],
            "words": words,
            "outcome": outcome.name.lower(),
            "follow_up": None if follow_up is None else follow_up.isoformat(),
            "delivery_key": delivery_key,
        }
        return _outreach(self._connection.execute(insert(outreach).values(values).returning(outreach)).one())

    def get(self, outreach_id: int) -> Outreach | None:
        """One entry."""
        row = self._connection.execute(select(outreach).where(outreach.c.id == outreach_id)).one_or_none()
        return None if row is None else _outreach(row)

    def of_member(self, member_id: int) -> Sequence[Outreach]:
        """All about a member, newest first."""
        query = select(outreach).where(outreach.c.member_id == member_id)
        rows = self._connection.execute(query.order_by(outreach.c.at.desc(), outreach.c.id.desc()))
        return [_outreach(row) for row in rows]

    def newest(self, cohort_id: int) -> Mapping[int, Outreach]:
        """The newest entry about each member who has one."""
        query = select(outreach).where(outreach.c.cohort_id == cohort_id).order_by(outreach.c.at, outreach.c.id)
        return {row.member_id: _outreach(row) for row in self._connection.execute(query)}

    def count_since(self, cohort_id: int, at: datetime) -> int:
        """How many were noted later than the instant."""
        query = select(func.count()).select_from(outreach)
        return self._connection.execute(query.where(outreach.c.cohort_id == cohort_id, outreach.c.at > at)).scalar_one()

    def erase(self, member_id: int) -> None:
        """Forget what was written about and to a member."""
        self._connection.execute(update(outreach).where(outreach.c.member_id == member_id).values(words=""))


def _outreach(row: Row[Any]) -> Outreach:
    return Outreach(
        id=row.id,
        cohort_id=row.cohort_id,
        member_id=row.member_id,
        at=row.at,
        by=row.by,
        by_name=row.by_name,
        words=row.words,
        outcome=OutreachResult[row.outcome.upper()],
        follow_up=None if row.follow_up is None else date.fromisoformat(row.follow_up),
        delivery_key=row.delivery_key,
    )
