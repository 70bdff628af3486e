"""The log of outreach, in SQL."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, insert, select, update

from cohort_bot.app.ports.outreach import Outreach, OutreachResult
from cohort_bot.core.delivery_states import State
from cohort_bot.core.outreach_order import Why
from cohort_bot.storage.repository import Repository
from cohort_bot.storage.statements import once
from cohort_bot.storage.tables import deliveries, outreach, put_off

_HELD = and_(
    deliveries.c.key == outreach.c.delivery_key,
    deliveries.c.state == State.READY.value,
    deliveries.c.due > outreach.c.at,
)
_ENTRIES = select(outreach, deliveries.c.due).outerjoin_from(outreach, deliveries, _HELD)
"""The entries; those whose message waits with the instant at which it is due."""

_ERASE = (
    once(update(outreach).where(outreach.c.member_id == bindparam("member")).values(words="", template="")),
    once(delete(put_off).where(put_off.c.member_id == bindparam("member"))),
)


class SqlOutreaches(Repository):
    """Implements `app.ports.outreach.Outreaches`."""

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
        reason: Why | None = None,
        days: int | None = None,
        template: str = "",
    ) -> Outreach:
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
            "reason": reason and reason.value,
            "days": days,
            "template": template,
        }
        number = self._connection.execute(insert(outreach).values(values).returning(outreach.c.id)).scalar_one()
        return _outreach(self._connection.execute(_ENTRIES.where(outreach.c.id == number)).one())

    def template(self, cohort_id: int, by: str, reason: Why | None) -> str | None:
        theirs = select(outreach.c.template).filter_by(cohort_id=cohort_id, by=by, reason=reason and reason.value)
        newest = theirs.where(outreach.c.template != "").order_by(outreach.c.id.desc()).limit(1)
        return self._connection.execute(newest).scalar_one_or_none()

    def set_outcome(self, outreach_id: int, outcome: OutreachResult) -> None:
        statement = update(outreach).where(outreach.c.id == outreach_id)
        self._connection.execute(statement.values(outcome=outcome.name.lower()))

    def with_reason(self, cohort_id: int) -> Sequence[Outreach]:
        query = _ENTRIES.where(outreach.c.cohort_id == cohort_id, outreach.c.reason.is_not(None))
        return [_outreach(row) for row in self._connection.execute(query.order_by(outreach.c.id))]

    def get(self, outreach_id: int) -> Outreach | None:
        row = self._connection.execute(_ENTRIES.where(outreach.c.id == outreach_id)).one_or_none()
        return None if row is None else _outreach(row)

    def of_member(self, member_id: int) -> Sequence[Outreach]:
        query = _ENTRIES.where(outreach.c.member_id == member_id)
        rows = self._connection.execute(query.order_by(outreach.c.at.desc(), outreach.c.id.desc()))
        return [_outreach(row) for row in rows]

    def newest(self, cohort_id: int) -> Mapping[int, Outreach]:
        query = _ENTRIES.where(outreach.c.cohort_id == cohort_id).order_by(outreach.c.at, outreach.c.id)
        return {row.member_id: _outreach(row) for row in self._connection.execute(query)}

    def count_since(self, cohort_id: int, at: datetime) -> int:
        query = select(func.count()).select_from(outreach)
        where = (outreach.c.cohort_id == cohort_id, outreach.c.at > at)
        return int(self._connection.execute(query.where(*where)).scalar_one())

    def put_off(self, cohort_id: int, by: str) -> Mapping[int, datetime]:
        theirs = select(put_off.c.member_id, put_off.c.until).filter_by(cohort_id=cohort_id, by=by)
        return {row.member_id: row.until for row in self._connection.execute(theirs)}

    def set_put_off(self, cohort_id: int, member_id: int, by: str, until: datetime) -> None:
        key = {"cohort_id": cohort_id, "member_id": member_id, "by": by}
        if not self._connection.execute(update(put_off).filter_by(**key).values(until=until)).rowcount:
            self._connection.execute(insert(put_off).values(**key, until=until))

    def erase(self, member_id: int) -> None:
        for statement in _ERASE:
            self._connection.execute(statement, {"member": member_id})


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
        held_until=row.due,
        reason=None if row.reason is None else Why(row.reason),
        days=row.days,
    )
