"""Moderators' changes and members' retrospectives, in SQL."""

import dataclasses
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from cohort_bot.app.ports.audits import Change
from cohort_bot.app.ports.retrospectives import Retrospective
from cohort_bot.storage.repository import Repository
from cohort_bot.storage.statements import once
from cohort_bot.storage.tables import audit, retrospectives

_OF_MEMBER = select(audit).where(audit.c.member_id == bindparam("member")).order_by(audit.c.id.desc())

# They erase what a member has written.
_WORDS = once(update(audit).where(audit.c.member_id == bindparam("member")).values(words=""))
_RETROSPECTIVES = once(delete(retrospectives).where(retrospectives.c.member_id == bindparam("member")))


class SqlAudits(Repository):
    """Implements `app.ports.audits.Audits`."""

    def add(self, cohort_id: int, change: Change) -> int:
        values = {"cohort_id": cohort_id, **dataclasses.asdict(change)}
        return int(self._connection.execute(insert(audit).values(values).returning(audit.c.id)).scalar_one())

    def get(self, row: int) -> Change | None:
        audited = self._connection.execute(select(audit).where(audit.c.id == row)).one_or_none()
        return None if audited is None else _change(audited)

    def of_member(self, member_id: int) -> Sequence[Change]:
        return [_change(row) for row in self._connection.execute(_OF_MEMBER, {"member": member_id})]

    def newest(self, cohort_id: int, most: int, since: datetime | None = None) -> Sequence[Change]:
        query = select(audit).where(audit.c.cohort_id == cohort_id)
        if since is not None:
            query = query.where(audit.c.at > since)
        query = query.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(most)
        return [_change(row) for row in self._connection.execute(query)]

    def erase(self, member_id: int) -> None:
        self._connection.execute(_WORDS, {"member": member_id})


def _change(row: Row[Any]) -> Change:
    return Change(row.at, row.by, row.by_name, row.action, row.round, row.words, row.member_id)


class SqlRetrospectives(Repository):
    """Implements `app.ports.retrospectives.Retrospectives`."""

    def get(self, member_id: int, phase: str) -> Retrospective | None:
        query = select(retrospectives).where(retrospectives.c.member_id == member_id, retrospectives.c.phase == phase)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _retrospective(row)

    def of_member(self, member_id: int) -> Sequence[Retrospective]:
        query = select(retrospectives).where(retrospectives.c.member_id == member_id)
        ordered = query.order_by(retrospectives.c.at, retrospectives.c.id)
        return [_retrospective(row) for row in self._connection.execute(ordered)]

    def save(self, member_id: int, retrospective: Retrospective) -> bool:
        key = {"member_id": member_id, "phase": retrospective.phase}
        values = {"at": retrospective.at, "body": json.dumps(dict(retrospective.answers), ensure_ascii=False)}
        statement = update(retrospectives).where(
            retrospectives.c.member_id == member_id, retrospectives.c.phase == retrospective.phase
        )
        if self._connection.execute(statement.values(values)).rowcount:
            return False
        self._connection.execute(insert(retrospectives).values(**key, **values))
        return True

    def erase(self, member_id: int) -> None:
        self._connection.execute(_RETROSPECTIVES, {"member": member_id})


def _retrospective(row: Row[Any]) -> Retrospective:
    return Retrospective(row.phase, row.at, json.loads(row.body))
