"""The record of check-ins, in SQL."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from cohort_bot.core.checkins import CheckIn, TaskState
from cohort_bot.storage.tables import checkin_edits, checkins, excuses, members


class SqlCheckIns:
    """Implements `app.store.CheckIns`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, member_id: int, number: int) -> CheckIn | None:
        """The check-in of a round."""
        row = self._row(member_id, number)
        return None if row is None else _checkin(row)

    def of_member(self, member_id: int) -> Sequence[CheckIn]:
        """All check-ins of a member, by round."""
        query = select(checkins).where(checkins.c.member_id == member_id).order_by(checkins.c.round)
        return [_checkin(row) for row in self._connection.execute(query)]

    def of_cohort(self, cohort_id: int, since: int = 1) -> Sequence[CheckIn]:
        """All check-ins of a cohort's members from a round on."""
        query = (
            select(checkins)
            .join(members, members.c.id == checkins.c.member_id)
            .where(members.c.cohort_id == cohort_id, checkins.c.round >= since)
            .order_by(checkins.c.round, checkins.c.filed_at, checkins.c.id)
        )
        return [_checkin(row) for row in self._connection.execute(query)]

    def save(self, checkin: CheckIn, at: datetime) -> bool:
        """Record or edit it; an edit keeps what was there before in the history. True when it is new."""
        values = {
            "tasks": json.dumps([[task.text, task.done] for task in checkin.tasks], ensure_ascii=False),
            "done": checkin.done,
            "blockers": checkin.blockers,
            "next_step": checkin.next_step,
            "share_thread": int(checkin.share_thread),
            "share_blocker": int(checkin.share_blocker),
        }
        before = self._row(checkin.member_id, checkin.round)
        if before is None:
            self._connection.execute(
                insert(checkins).values(
                    member_id=checkin.member_id, round=checkin.round, week=checkin.week, filed_at=at, **values
                )
            )
            return True
        if any(getattr(before, column) != value for column, value in values.items()):
            old = json.dumps({column: getattr(before, column) for column in values}, ensure_ascii=False)
            self._connection.execute(insert(checkin_edits).values(checkin_id=before.id, replaced_at=at, body=old))
            self._connection.execute(update(checkins).where(checkins.c.id == before.id).values(edited_at=at, **values))
        return False

    def excused(self, cohort_id: int) -> Mapping[int, frozenset[int]]:
        """Excused rounds by member."""
        query = select(excuses.c.member_id, excuses.c.round).join(members, members.c.id == excuses.c.member_id)
        found: dict[int, set[int]] = defaultdict(set)
        for row in self._connection.execute(query.where(members.c.cohort_id == cohort_id)):
            found[row.member_id].add(row.round)
        return {member_id: frozenset(numbers) for member_id, numbers in found.items()}

    def excuse(self, member_id: int, number: int, reason: str, by: str, at: datetime) -> bool:
        """Let a round not count for a member; False when it is excused already."""
        there = select(excuses.c.id).where(excuses.c.member_id == member_id, excuses.c.round == number)
        if self._connection.execute(there).first() is not None:
            return False
        self._connection.execute(insert(excuses).values(member_id=member_id, round=number, reason=reason, by=by, at=at))
        return True

    def erase(self, member_id: int) -> None:
        """Forget what a member wrote, ticked and was excused for, and every earlier version; the rows stay."""
        mine = select(checkins.c.id).where(checkins.c.member_id == member_id)
        self._connection.execute(delete(checkin_edits).where(checkin_edits.c.checkin_id.in_(mine)))
        nothing = {"tasks": "[]", "done": "", "blockers": "", "next_step": "", "share_thread": 0, "share_blocker": 0}
        self._connection.execute(update(checkins).where(checkins.c.member_id == member_id).values(nothing))
        self._connection.execute(update(excuses).where(excuses.c.member_id == member_id).values(reason=""))

    def _row(self, member_id: int, number: int) -> Row[Any] | None:
        query = select(checkins).where(checkins.c.member_id == member_id, checkins.c.round == number)
        return self._connection.execute(query).one_or_none()


def _checkin(row: Row[Any]) -> CheckIn:
    return CheckIn(
        member_id=row.member_id,
        round=row.round,
        week=row.week,
        filed_at=row.filed_at,
        tasks=tuple(TaskState(text, done) for text, done in json.loads(row.tasks)),
        done=row.done,
        blockers=row.blockers,
        next_step=row.next_step,
        share_thread=bool(row.share_thread),
        share_blocker=bool(row.share_blocker),
        edited_at=row.edited_at,
    )
