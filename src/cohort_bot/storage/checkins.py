"""The record of check-ins, in SQL."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Row,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    null,
    select,
    union_all,
    update,
)

from cohort_bot.app.ports.checkins import Excuse, Rounds
from cohort_bot.core.checkins import CheckIn, TaskState
from cohort_bot.storage.columns import BIG, insert_new
from cohort_bot.storage.repository import Repository
from cohort_bot.storage.tables import checkin_edits, checkins, excuses, members

# Statements that run for every check-in are built once: building one costs more than running it.
_NEW = insert_new(checkins, "member_id", "round")
_ONE = select(checkins).where(checkins.c.member_id == bindparam("member"), checkins.c.round == bindparam("number"))
_KEEP = insert(checkin_edits)
_EXCUSED = (
    select(excuses.c.member_id, excuses.c.round)
    .join(members, members.c.id == excuses.c.member_id)
    .where(members.c.cohort_id == bindparam("cohort"))
)
_EDIT = update(checkins).where(checkins.c.id == bindparam("checkin"))
_OF_MEMBER = (
    select(checkins)
    .where(checkins.c.member_id == bindparam("member"), checkins.c.round >= bindparam("since"))
    .order_by(checkins.c.round)
)
_ROUNDS = union_all(
    select(checkins.c.round, checkins.c.filed_at).where(checkins.c.member_id == bindparam("member")),
    select(excuses.c.round, cast(null(), BIG)).where(excuses.c.member_id == bindparam("member")),
)


class SqlCheckIns(Repository):
    """Implements `app.ports.checkins.CheckIns`."""

    def get(self, member_id: int, number: int) -> CheckIn | None:
        row = self._connection.execute(_ONE, {"member": member_id, "number": number}).one_or_none()
        return None if row is None else _checkin(row)

    def of_member(self, member_id: int, since: int = 1) -> Sequence[CheckIn]:
        return [_checkin(row) for row in self._connection.execute(_OF_MEMBER, {"member": member_id, "since": since})]

    def rounds(self, member_id: int) -> Rounds:
        """A member's rounds, without their texts.

        From the index alone: rows lie in the order of filing, so that those of one member are all over the file.
        """
        rows = self._connection.execute(_ROUNDS, {"member": member_id}).all()
        return Rounds(
            {row.round: row.filed_at for row in rows if row.filed_at is not None},
            frozenset(row.round for row in rows if row.filed_at is None),
        )

    def of_cohort(self, cohort_id: int, since: int = 1) -> Sequence[CheckIn]:
        query = (
            select(checkins)
            .join(members, members.c.id == checkins.c.member_id)
            .where(members.c.cohort_id == cohort_id, checkins.c.round >= since)
            .order_by(checkins.c.round, checkins.c.filed_at, checkins.c.id)
        )
        return [_checkin(row) for row in self._connection.execute(query)]

    def filed(self, cohort_id: int) -> Mapping[int, Mapping[int, datetime]]:
        """When the check-ins of the cohort's active members were filed: by member, then by round.

        One row a member, from the index alone: a long cohort has ten thousand check-ins, and rows cost more than they.
        """
        entry = cast(checkins.c.round, Text).concat(":").concat(cast(checkins.c.filed_at, Text))
        query = (
            select(checkins.c.member_id, func.aggregate_strings(entry, ",").label("entries"))
            .join(members, members.c.id == checkins.c.member_id)
            .where(members.c.cohort_id == cohort_id, members.c.left_at.is_(None))
            .group_by(checkins.c.member_id)
        )
        return {row.member_id: _instants(row.entries) for row in self._connection.execute(query)}

    def newest_blockers(self, cohort_id: int, at: datetime) -> Mapping[int, Mapping[int, str]]:
        older = checkins.alias("older")
        second = (
            select(older.c.round)
            .where(older.c.member_id == members.c.id, older.c.filed_at <= at)
            .order_by(older.c.round.desc())
            .limit(1)
            .offset(1)
            .correlate(members)
            .scalar_subquery()
        )
        newest = and_(checkins.c.member_id == members.c.id, checkins.c.round >= func.coalesce(second, 0))
        query = (
            select(members.c.id, checkins.c.round, checkins.c.blockers)
            .select_from(members.join(checkins, newest))
            .where(members.c.cohort_id == cohort_id, members.c.left_at.is_(None), checkins.c.filed_at <= at)
        )
        found: dict[int, dict[int, str]] = defaultdict(dict)
        for row in self._connection.execute(query):
            found[row.id][row.round] = row.blockers
        return found

    def versions(self, member_id: int) -> Sequence[tuple[int, datetime, Mapping[str, object]]]:
        query = (
            select(checkins.c.round, checkin_edits.c.replaced_at, checkin_edits.c.body)
            .join(checkins, checkins.c.id == checkin_edits.c.checkin_id)
            .where(checkins.c.member_id == member_id)
            .order_by(checkin_edits.c.id)
        )
        return [(row.round, row.replaced_at, json.loads(row.body)) for row in self._connection.execute(query)]

    def save(self, checkin: CheckIn, at: datetime) -> bool:
        values: dict[str, str | int] = {
            "tasks": json.dumps([_written(task) for task in checkin.tasks], ensure_ascii=False),
            "done": checkin.done,
            "blockers": checkin.blockers,
            "next_step": checkin.next_step,
            "share_thread": int(checkin.share_thread),
            "share_blocker": int(checkin.share_blocker),
        }
        key = {"member_id": checkin.member_id, "round": checkin.round}
        new = _NEW[self._connection.dialect.name]
        if self._connection.execute(new, {**key, "week": checkin.week, "filed_at": at, **values}).first() is not None:
            return True
        before = self._connection.execute(_ONE, {"member": checkin.member_id, "number": checkin.round}).one()
        if any(getattr(before, column) != value for column, value in values.items()):
            old = json.dumps({column: getattr(before, column) for column in values}, ensure_ascii=False)
            self._connection.execute(_KEEP, {"checkin_id": before.id, "replaced_at": at, "body": old})
            self._connection.execute(_EDIT, {"checkin": before.id, "edited_at": at, **values})
        return False

    def excused(self, cohort_id: int) -> Mapping[int, frozenset[int]]:
        found: dict[int, set[int]] = defaultdict(set)
        for row in self._connection.execute(_EXCUSED, {"cohort": cohort_id}):
            found[row.member_id].add(row.round)
        return {member_id: frozenset(numbers) for member_id, numbers in found.items()}

    def excuses(self, member_id: int) -> Sequence[Excuse]:
        query = select(excuses).where(excuses.c.member_id == member_id).order_by(excuses.c.round)
        return [Excuse(row.round, row.reason, row.by, row.at) for row in self._connection.execute(query)]

    def excuse(self, member_id: int, number: int, reason: str, by: str, at: datetime) -> bool:
        there = select(excuses.c.id).where(excuses.c.member_id == member_id, excuses.c.round == number)
        if self._connection.execute(there).first() is not None:
            return False
        self._connection.execute(insert(excuses).values(member_id=member_id, round=number, reason=reason, by=by, at=at))
        return True

    def erase(self, member_id: int) -> None:
        mine = select(checkins.c.id).where(checkins.c.member_id == member_id)
        self._connection.execute(delete(checkin_edits).where(checkin_edits.c.checkin_id.in_(mine)))
        nothing = {"tasks": "[]", "done": "", "blockers": "", "next_step": "", "share_thread": 0, "share_blocker": 0}
        self._connection.execute(update(checkins).where(checkins.c.member_id == member_id).values(nothing))
        self._connection.execute(update(excuses).where(excuses.c.member_id == member_id).values(reason=""))


def _instants(entries: str) -> dict[int, datetime]:
    """`1:1798794000000,2:…` as instants by round."""
    pairs = (entry.split(":") for entry in entries.split(","))
    return {int(number): datetime.fromtimestamp(int(at) / 1000, UTC) for number, at in pairs}


def _written(task: TaskState) -> list[str | bool | int]:
    return [task.text, task.done] if task.done_in is None else [task.text, task.done, task.done_in]


def _checkin(row: Row[Any]) -> CheckIn:
    return CheckIn(
        member_id=row.member_id,
        round=row.round,
        week=row.week,
        filed_at=row.filed_at,
        tasks=tuple(TaskState(*task) for task in json.loads(row.tasks)),
        done=row.done,
        blockers=row.blockers,
        next_step=row.next_step,
        share_thread=bool(row.share_thread),
        share_blocker=bool(row.share_blocker),
        edited_at=row.edited_at,
    )
