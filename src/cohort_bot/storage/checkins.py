"""The record of check-ins, in SQL."""

import json
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    null,
    or_,
    select,
    union_all,
    update,
)

from cohort_bot.app.ports.checkins import Excuse, Rounds
from cohort_bot.core.checkins import CheckIn, TaskState
from cohort_bot.core.membership import Break
from cohort_bot.core.progress import GroupRound
from cohort_bot.core.risks import ANY_BLOCKERS
from cohort_bot.storage.columns import BIG, MadeWhenUsed, among, insert_new
from cohort_bot.storage.repository import Repository
from cohort_bot.storage.statements import once
from cohort_bot.storage.tables import accounts, breaks, checkin_edits, checkins, excuses, members

# Statements that run for every check-in are built once: building one costs more than running it.
_NEW = insert_new(checkins, "member_id", "round")
_MINE = checkins.c.member_id == bindparam("member")
_ONE = once(select(checkins).where(_MINE, checkins.c.round == bindparam("number")))
_KEEP = once(insert(checkin_edits))
_EXCUSED = once(
    select(excuses.c.member_id, excuses.c.round)
    .join(members, members.c.id == excuses.c.member_id)
    .where(members.c.cohort_id == bindparam("cohort"))
)
_EDIT = once(update(checkins).where(checkins.c.id == bindparam("checkin")))
_OF_MEMBER = once(select(checkins).where(_MINE, checkins.c.round >= bindparam("since")).order_by(checkins.c.round))
_NO_ROUND = 2**31 - 1
_WHOLE = [each for each in checkins.c if each.name != "id"]
_RECORD = once(
    union_all(
        select(*_WHOLE).where(_MINE, checkins.c.round >= bindparam("since")),
        # From the index alone: rows lie in the order of filing, so that those of one member are all over the file.
        select(*(each if each.name in {"member_id", "round", "week", "filed_at"} else null() for each in _WHOLE)).where(
            _MINE, checkins.c.round < bindparam("since")
        ),
        select(
            *({"member_id": excuses.c.member_id, "round": excuses.c.round}.get(each.name, null()) for each in _WHOLE)
        ).where(excuses.c.member_id == bindparam("member")),
    ).order_by("round")
)
_NUMBER = bindparam("number", type_=Integer())
_HERE = members.join(accounts, accounts.c.id == members.c.account_id)
_ACTIVE = (members.c.cohort_id == bindparam("cohort"), members.c.left_at.is_(None), accounts.c.gone_at.is_(None))


def _waiting(member: ColumnElement[Any]) -> Sequence[ColumnElement[bool]]:
    """Members whose round it is, unless they have checked in; `member` is their id."""
    excused = exists().where(excuses.c.member_id == member, excuses.c.round == _NUMBER)
    return members.c.first_round <= _NUMBER, ~excused


_NOTHING = {"tasks": "[]", "done": "", "blockers": "", "next_step": "", "share_thread": 0, "share_blocker": 0}
_ERASE = (
    once(delete(checkin_edits).where(checkin_edits.c.checkin_id.in_(select(checkins.c.id).where(_MINE)))),
    once(update(checkins).where(_MINE).values(_NOTHING)),
    once(update(excuses).where(excuses.c.member_id == bindparam("member")).values(reason="")),
)
_IN_ROUND = once(
    union_all(
        select(checkins.c.week, checkins.c.tasks, func.count(), null())
        .select_from(_HERE.outerjoin(checkins, and_(checkins.c.member_id == members.c.id, checkins.c.round == _NUMBER)))
        .where(*_ACTIVE, or_(checkins.c.id.is_not(None), and_(*_waiting(members.c.id))))
        .group_by(checkins.c.week, checkins.c.tasks),
        select(breaks.c.member_id, breaks.c.first, null(), breaks.c.last)
        .select_from(_HERE.join(breaks, breaks.c.member_id == members.c.id))
        # By the break's member, so that SQLite asks for those alone who have one.
        .where(*_ACTIVE, *_waiting(breaks.c.member_id))
        .where(~exists().where(checkins.c.member_id == breaks.c.member_id, checkins.c.round == _NUMBER))
        .where(breaks.c.first <= bindparam("end"), breaks.c.last >= bindparam("begin")),
    )
)
"""How many have ticked the same tasks of the same week, and, without these, how many have no check-in; of the latter
each break in the round, with the member.
"""

COUNTED = frozenset({"members", "accounts", "checkins", "excuses", "breaks"})
_COUNTED_AS = once(
    select(members.c.cohort_id, and_(*_waiting(members.c.id)).label("waiting"))
    .select_from(_HERE)
    .where(members.c.id == bindparam("member"), members.c.left_at.is_(None), accounts.c.gone_at.is_(None))
)
"""An active member's cohort, and whether the round waits for them. No row for anybody else: nobody counts them."""

GROUPS = 200
"""How many rounds of cohorts are remembered as counted."""


@dataclass(slots=True)
class _Group:
    """A round as it is counted: how many have ticked what in which week, by how it is stored; how many wait, and the
    breaks of these, by member.
    """

    dates: Sequence[date]
    made: dict[tuple[int, str], int]
    waiting: int
    breaks: dict[int, list[Break]]

    def seen(self) -> GroupRound:
        made = [(week, _ticked(text), count) for (week, text), count in self.made.items() if count]
        return GroupRound(made, self.waiting, list(self.breaks.values()))

    def move(self, member_id: int, before: tuple[int, str] | None, after: tuple[int, str], *, waited: bool) -> None:
        """Count what a member has now, who had something else or nothing."""
        if before is not None:
            self.made[before] -= 1
        else:
            self.waiting -= waited
            self.breaks.pop(member_id, None)
        self.made[after] = self.made.get(after, 0) + 1


@lru_cache(maxsize=1024)
def _tasks(stored: str) -> tuple[TaskState, ...]:
    """Remembered: a group has the same tasks, ticked in a few ways, and each check-in reads those of a whole phase."""
    return tuple(TaskState(*task) for task in json.loads(stored))


@lru_cache(maxsize=1024)
def _ticked(stored: str) -> frozenset[str]:
    return frozenset(task.text for task in _tasks(stored) if task.done)


_OF_COHORT = checkins.join(members, members.c.id == checkins.c.member_id)
_THEIRS = members.c.cohort_id == bindparam("cohort")
_EXTENT = once(
    select(func.count().label("number"), func.max(checkins.c.round).label("last"))
    .select_from(_OF_COHORT)
    .where(_THEIRS)
)
_IDS = once(
    select(checkins.c.id)
    .select_from(_OF_COHORT)
    .where(_THEIRS, checkins.c.round.between(bindparam("first"), bindparam("last")))
    .order_by(checkins.c.round, checkins.c.filed_at, checkins.c.id)
)
_EXPORTED = MadeWhenUsed[str, Any](
    lambda dialect: once(
        select(checkins, members.c.shown, accounts.c.name, accounts.c.platform, accounts.c.user)
        .select_from(_OF_COHORT.join(accounts, accounts.c.id == members.c.account_id))
        .where(checkins.c.id.in_(among(dialect, "ids", BIG)))
    )
)


def _repeated(dialect: str) -> Select[Any]:
    later = checkins.alias("later")
    same = (checkins.c.member_id == later.c.member_id, checkins.c.week == later.c.week)
    of = select(checkins).join(later, and_(*same, checkins.c.round < later.c.round))
    return of.where(later.c.id.in_(among(dialect, "ids", BIG))).distinct()


_REPEATED = MadeWhenUsed[str, Any](lambda dialect: once(_repeated(dialect)))


class SqlCheckIns(Repository):
    """Implements `app.ports.checkins.CheckIns`."""

    def get(self, member_id: int, number: int) -> CheckIn | None:
        row = self._connection.execute(_ONE, {"member": member_id, "number": number}).one_or_none()
        return None if row is None else _checkin(row)

    def of_member(self, member_id: int, since: int = 1) -> Sequence[CheckIn]:
        return [_checkin(row) for row in self._connection.execute(_OF_MEMBER, {"member": member_id, "since": since})]

    def record(self, member_id: int, since: int = 1) -> tuple[Rounds, Sequence[CheckIn]]:
        filed: dict[int, datetime] = {}
        weeks: dict[int, int] = {}
        excused: set[int] = set()
        made: list[CheckIn] = []
        for row in self._connection.execute(_RECORD, {"member": member_id, "since": since}):
            if row.filed_at is None:
                excused.add(row.round)
                continue
            filed[row.round], weeks[row.round] = row.filed_at, row.week
            if row.tasks is not None:
                made.append(_checkin(row))
        return Rounds(filed, frozenset(excused), weeks), made

    def rounds(self, member_id: int) -> Rounds:
        return self.record(member_id, _NO_ROUND)[0]

    def of_cohort(self, cohort_id: int, since: int = 1) -> Sequence[CheckIn]:
        query = (
            select(checkins)
            .join(members, members.c.id == checkins.c.member_id)
            .where(members.c.cohort_id == cohort_id, checkins.c.round >= since)
            .order_by(checkins.c.round, checkins.c.filed_at, checkins.c.id)
        )
        return [_checkin(row) for row in self._connection.execute(query)]

    def in_round(self, cohort_id: int, number: int, dates: Sequence[date]) -> GroupRound:
        known = self._connection.lasting(COUNTED)
        if known is None:
            return self._count(cohort_id, number, dates).seen()
        group: _Group | None = known.get((cohort_id, number))
        if group is None or group.dates != dates:
            if len(known) == GROUPS:
                known.clear()
            group = known[cohort_id, number] = self._count(cohort_id, number, dates)
        return group.seen()

    def _count(self, cohort_id: int, number: int, dates: Sequence[date]) -> _Group:
        values = {"cohort": cohort_id, "number": number, "begin": dates[0].isoformat(), "end": dates[-1].isoformat()}
        group = _Group(dates, {}, 0, defaultdict(list))
        for week, text, count, last in self._connection.execute(_IN_ROUND, values):
            if last is not None:
                group.breaks[week].append(Break(date.fromisoformat(text), date.fromisoformat(last)))
            elif text is not None:
                group.made[week, text] = count
            else:
                group.waiting = count
        return group

    def filed(self, cohort_id: int, *, former: bool = False) -> Mapping[int, Mapping[int, datetime]]:
        """When the check-ins of the cohort's members, or those of former ones, were filed: by member, then by round.

        One row a member, from the index alone: a long cohort has ten thousand check-ins, and rows cost more than they.
        """
        left = members.c.left_at
        entry = cast(checkins.c.round, Text).concat(":").concat(cast(checkins.c.filed_at, Text))
        query = (
            select(checkins.c.member_id, func.aggregate_strings(entry, ",").label("entries"))
            .join(members, members.c.id == checkins.c.member_id)
            .where(members.c.cohort_id == cohort_id, left.is_not(None) if former else left.is_(None))
            .group_by(checkins.c.member_id)
        )
        return {row.member_id: _instants(row.entries) for row in self._connection.execute(query)}

    def newest(self, cohort_id: int) -> Mapping[int, CheckIn]:
        any_round = checkins.alias("any_round")
        last = select(func.max(any_round.c.round)).where(any_round.c.member_id == members.c.id).correlate(members)
        newest = and_(checkins.c.member_id == members.c.id, checkins.c.round == last.scalar_subquery())
        query = (
            select(checkins)
            .select_from(members.join(checkins, newest))
            .where(members.c.cohort_id == cohort_id, members.c.left_at.is_(None))
        )
        return {row.member_id: _checkin(row) for row in self._connection.execute(query)}

    def newest_blockers(self, cohort_id: int, at: datetime) -> Mapping[int, Mapping[int, str]]:
        older = checkins.alias("older")
        earliest = (
            select(older.c.round)
            .where(older.c.member_id == members.c.id, older.c.filed_at <= at)
            .order_by(older.c.round.desc())
            .limit(1)
            .offset(ANY_BLOCKERS - 1)
            .correlate(members)
            .scalar_subquery()
        )
        newest = and_(checkins.c.member_id == members.c.id, checkins.c.round >= func.coalesce(earliest, 0))
        query = (
            select(members.c.id, checkins.c.round, checkins.c.blockers)
            .select_from(members.join(checkins, newest))
            .where(members.c.cohort_id == cohort_id, members.c.left_at.is_(None), checkins.c.filed_at <= at)
        )
        blockers: dict[int, dict[int, str]] = defaultdict(dict)
        for row in self._connection.execute(query):
            blockers[row.id][row.round] = row.blockers
        return blockers

    def extent(self, cohort_id: int) -> tuple[int, int]:
        row = self._connection.execute(_EXTENT, {"cohort": cohort_id}).one()
        return row.number, row.last or 0

    def ids(self, cohort_id: int, first: int, last: int) -> Sequence[int]:
        return self._connection.execute(_IDS, {"cohort": cohort_id, "first": first, "last": last}).scalars()

    def exported(self, ids: Sequence[int]) -> Mapping[int, tuple[CheckIn, str, str, str]]:
        rows = self._connection.execute(_EXPORTED[self._connection.dialect.name], {"ids": json.dumps(list(ids))})
        return {row.id: (_checkin(row), row.shown or row.name, row.platform, row.user) for row in rows}

    def repeated(self, ids: Sequence[int]) -> Sequence[CheckIn]:
        rows = self._connection.execute(_REPEATED[self._connection.dialect.name], {"ids": json.dumps(list(ids))})
        return [_checkin(row) for row in rows]

    def versions(self, member_id: int) -> Sequence[tuple[int, datetime, Mapping[str, object]]]:
        query = (
            select(checkins.c.round, checkin_edits.c.replaced_at, checkin_edits.c.body)
            .join(checkins, checkins.c.id == checkin_edits.c.checkin_id)
            .where(checkins.c.member_id == member_id)
            .order_by(checkin_edits.c.id)
        )
        return [(row.round, row.replaced_at, json.loads(row.body)) for row in self._connection.execute(query)]

    def save(self, checkin: CheckIn, at: datetime) -> bool:
        tasks = _encoded([_written(task) for task in checkin.tasks])
        values: dict[str, str | int] = {
            "tasks": tasks,
            "done": checkin.done,
            "blockers": checkin.blockers,
            "next_step": checkin.next_step,
            "share_thread": int(checkin.share_thread),
            "share_blocker": int(checkin.share_blocker),
        }
        key = {"member_id": checkin.member_id, "round": checkin.round}
        new = _NEW[self._connection.dialect.name]
        groups = self._connection.lasting(COUNTED)
        if self._connection.execute(new, {**key, "week": checkin.week, "filed_at": at, **values}).first() is not None:
            self._recount(groups, checkin, None, tasks)
            return True
        before = self._connection.execute(_ONE, {"member": checkin.member_id, "number": checkin.round}).one()
        if any(getattr(before, column) != value for column, value in values.items()):
            old = _encoded({column: getattr(before, column) for column in values})
            self._connection.execute(_KEEP, {"checkin_id": before.id, "replaced_at": at, "body": old})
            self._connection.execute(_EDIT, {"checkin": before.id, "edited_at": at, **values})
        self._recount(groups, checkin, (before.week, before.tasks), tasks)
        return False

    def _recount(
        self, groups: dict[Hashable, Any] | None, checkin: CheckIn, before: tuple[int, str] | None, tasks: str
    ) -> None:
        """Keep what is counted of the check-in's round: to count a large group for each would take longer than all
        else.
        """
        if not groups:
            return
        values = {"member": checkin.member_id, "number": checkin.round}
        row = self._connection.execute(_COUNTED_AS, values).one_or_none()
        group = groups.get((row.cohort_id, checkin.round)) if row else None
        if row and group:
            week = before[0] if before else checkin.week
            group.move(checkin.member_id, before, (week, tasks), waited=bool(row.waiting))
        self._connection.keep(COUNTED, groups)

    def excused(self, cohort_id: int) -> Mapping[int, frozenset[int]]:
        rounds: dict[int, set[int]] = defaultdict(set)
        for row in self._connection.execute(_EXCUSED, {"cohort": cohort_id}):
            rounds[row.member_id].add(row.round)
        return {member_id: frozenset(numbers) for member_id, numbers in rounds.items()}

    def excuses(self, member_id: int) -> Sequence[Excuse]:
        query = select(excuses).where(excuses.c.member_id == member_id).order_by(excuses.c.round)
        return [Excuse(row.round, row.reason, row.by, row.at) for row in self._connection.execute(query)]

    def excuse(self, member_id: int, number: int, reason: str, by: str, at: datetime) -> bool:
        query = select(excuses.c.id).where(excuses.c.member_id == member_id, excuses.c.round == number)
        if self._connection.execute(query).first() is not None:
            return False
        self._connection.execute(insert(excuses).values(member_id=member_id, round=number, reason=reason, by=by, at=at))
        return True

    def erase(self, member_id: int) -> None:
        for statement in _ERASE:
            self._connection.execute(statement, {"member": member_id})


_encoded = json.JSONEncoder(ensure_ascii=False).encode
"""As JSON; `json.dumps` makes an encoder of its own each time."""


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
        tasks=_tasks(row.tasks),
        done=row.done,
        blockers=row.blockers,
        next_step=row.next_step,
        share_thread=bool(row.share_thread),
        share_blocker=bool(row.share_blocker),
        edited_at=row.edited_at,
    )
