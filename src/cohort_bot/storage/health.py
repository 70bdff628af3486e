"""Figures of the whole database, in SQL."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnClause,
    Row,
    bindparam,
    column,
    func,
    select,
    table,
    text,
    update,
)

from cohort_bot.app.ports.health import DatabaseStats, Meeting, Outcome, Parked, Reach, Waiting
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.core.delivery_states import OPEN as OPEN_STATES
from cohort_bot.core.delivery_states import State, check
from cohort_bot.storage.ledger_sql import is_open, is_open_in_lane
from cohort_bot.storage.marks import SqlMarks
from cohort_bot.storage.repository import Repository
from cohort_bot.storage.tables import (
    OPEN,
    PARKED,
    accounts,
    checkins,
    cohorts,
    deliveries,
    invocations,
    members,
    rooms,
)

NUMBER: ColumnClause[str] = column("version_num")
VERSION = table("alembic_version", NUMBER)


_EARLIER = deliveries.alias("earlier")
_FIRST = (
    select(_EARLIER.c.id)
    .where(_EARLIER.c.lane == deliveries.c.lane, is_open_in_lane(_EARLIER))
    .order_by(_EARLIER.c.due, _EARLIER.c.id)
    .limit(1)
    .scalar_subquery()
)
_WAITING = (
    select(
        deliveries.c.lane,
        deliveries.c.platform,
        deliveries.c.id,
        deliveries.c.due,
        deliveries.c.state,
        deliveries.c.fence,
        deliveries.c.updated,
        deliveries.c.reason,
        deliveries.c.detail,
    )
    .where(
        is_open(deliveries),
        deliveries.c.due <= bindparam("at", type_=deliveries.c.due.type),
        deliveries.c.id == _FIRST,
    )
    .order_by(deliveries.c.due, deliveries.c.id)
    .limit(bindparam("most"))
)


_MEETINGS = (
    select(cohorts.c.name, rooms.c.platform, rooms.c.workspace, rooms.c.channel)
    .join(rooms, rooms.c.cohort_id == cohorts.c.id)
    .where(cohorts.c.archived_at.is_(None))
    .order_by(cohorts.c.name, rooms.c.id)
)


_OUTCOMES = (
    select(
        cohorts.c.name,
        deliveries.c.platform,
        func.coalesce(rooms.c.workspace, cohorts.c.workspace).label("workspace"),
        rooms.c.channel,
        deliveries.c.args,
        deliveries.c.account_id,
        deliveries.c.kind,
        deliveries.c.due,
        deliveries.c.state,
        deliveries.c.reason,
        deliveries.c.detail,
        deliveries.c.in_thread,
    )
    .join(deliveries, deliveries.c.cohort_id == cohorts.c.id)
    .outerjoin(rooms, rooms.c.id == deliveries.c.room_id)
)


def _outcome(row: Row[Any]) -> Outcome:
    """The row. The moderators' channel is none of the cohort's rooms: it is in the arguments."""
    return Outcome(
        row.name,
        row.platform,
        row.workspace,
        row.channel or json.loads(row.args).get("channel"),
        row.account_id,
        row.kind,
        row.due,
        row.state,
        row.reason and DeliveryReason(row.reason),
        row.detail,
        bool(row.in_thread),
    )


class SqlHealth(Repository):
    """Implements `app.ports.health.Health`."""

    def standing(self) -> DatabaseStats:
        """The figures for monitoring. Both kinds of rows have a partial index."""
        counts: dict[tuple[str, str], int] = {}
        by_kind = select(deliveries.c.state, deliveries.c.kind, func.count()).group_by(
            deliveries.c.state, deliveries.c.kind
        )
        for those in (OPEN, PARKED):
            for state, kind, count in self._connection.execute(by_kind.where(text(those))):
                counts[state, kind] = count
        due = select(deliveries.c.due).where(text(OPEN)).order_by(deliveries.c.due, deliveries.c.id).limit(1)
        oldest: datetime | None = self._connection.execute(due).scalar_one_or_none()
        count = self._connection.execute(select(func.count()).select_from(checkins)).scalar_one()
        return DatabaseStats(counts, oldest, count, self.schema(), SqlMarks(self._connection).unseen())

    def waiting(self, at: datetime, most: int) -> Sequence[Waiting]:
        rows = self._connection.execute(_WAITING, {"at": at, "most": most})
        return [
            Waiting(
                row.lane,
                row.platform,
                row.id,
                row.due,
                row.state,
                row.fence,
                row.updated,
                row.reason and DeliveryReason(row.reason),
                row.detail,
            )
            for row in rows
        ]

    def schema(self) -> str | None:
        if not self._connection.has_table(VERSION.name):
            return None
        number: str | None = self._connection.scalar(select(NUMBER).select_from(VERSION))
        return number

    def try_writing(self) -> None:
        """Write without changing anything: the row with the schema's number is written as it was."""
        self._connection.execute(update(VERSION).values({NUMBER: NUMBER}))

    def newest(self) -> datetime | None:
        """The newest instant at which anything was planned or done: both are recorded all the time, and found
        quickly.
        """
        instants = (
            self._connection.execute(select(func.max(column_))).scalar_one_or_none()
            for column_ in (cohorts.c.planned_until, invocations.c.at)
        )
        return max((at for at in instants if at is not None), default=None)

    def meetings(self) -> Sequence[Meeting]:
        return [Meeting(*row) for row in self._connection.execute(_MEETINGS)]

    def stuck(self) -> Sequence[Meeting]:
        parked = select(deliveries.c.room_id).where(text(PARKED))
        return [Meeting(*row) for row in self._connection.execute(_MEETINGS.where(rooms.c.id.in_(parked)))]

    def parked(self) -> Sequence[Parked]:
        query = (
            select(cohorts.c.name, deliveries.c.reason, deliveries.c.detail, func.count().label("how_many"))
            .join(deliveries, deliveries.c.cohort_id == cohorts.c.id)
            .where(text(PARKED))
            .group_by(cohorts.c.name, deliveries.c.reason, deliveries.c.detail)
            .order_by(cohorts.c.name, deliveries.c.reason, deliveries.c.detail)
        )
        rows = self._connection.execute(query)
        return [Parked(row.name, row.reason and DeliveryReason(row.reason), row.detail, row.how_many) for row in rows]

    def outcomes(self, since: datetime, until: datetime, but: DeliveryReason) -> Sequence[Outcome]:
        needed = deliveries.c.reason.is_distinct_from(but.value)
        query = _OUTCOMES.where(deliveries.c.due > since, deliveries.c.due <= until, needed)
        return [_outcome(row) for row in self._connection.execute(query.order_by(deliveries.c.due, deliveries.c.id))]

    def tried(self) -> Sequence[Outcome]:
        stuck = cohorts.c.id.in_(select(deliveries.c.cohort_id).where(text(PARKED)))
        query = _OUTCOMES.where(stuck, deliveries.c.state.in_((State.SENT.value, State.PARKED.value)))
        rows = self._connection.execute(query.order_by(deliveries.c.updated, deliveries.c.id))
        return [_outcome(row) for row in rows]

    def without_thread(self, kind: str) -> Sequence[Meeting]:
        query = (
            _MEETINGS.add_columns(deliveries.c.thread)
            .join(deliveries, deliveries.c.room_id == rooms.c.id)
            .where(deliveries.c.kind == kind, deliveries.c.state == State.SENT.value)
            .order_by(None)
            .order_by(deliveries.c.updated, deliveries.c.id)
        )
        newest = {Meeting(*row[:-1]): row.thread for row in self._connection.execute(query)}
        return [meeting for meeting, thread in newest.items() if thread is None]

    def reach(self) -> Sequence[Reach]:
        query = (
            select(
                cohorts.c.name.label("cohort"),
                accounts.c.name,
                accounts.c.platform,
                accounts.c.workspace,
                accounts.c.user,
                accounts.c.zone,
                accounts.c.reminders,
                accounts.c.closed_at,
                accounts.c.gone_at,
            )
            .join(members, members.c.cohort_id == cohorts.c.id)
            .join(accounts, accounts.c.id == members.c.account_id)
            .where(cohorts.c.archived_at.is_(None), members.c.left_at.is_(None), accounts.c.erased == 0)
            .order_by(cohorts.c.name, accounts.c.name)
        )
        rows = self._connection.execute(query)
        return [
            Reach(
                row.cohort,
                row.name,
                row.platform,
                row.workspace,
                row.user,
                row.zone,
                reminders=bool(row.reminders),
                closed=row.closed_at is not None,
                gone=row.gone_at is not None,
            )
            for row in rows
        ]

    def doubt(self, at: datetime) -> int:
        """After a restore: a row that is not closed may have been posted since the backup, and is looked up first.

        Sent rows stay sent: the platform had confirmed them. Parked rows are looked up when a person re-arms them.
        """
        parked = update(deliveries).where(text(PARKED), deliveries.c.first_try.is_(None))
        self._connection.execute(parked.values(first_try=deliveries.c.due))
        for source in OPEN_STATES:
            check(source, State.UNKNOWN)
        statement = update(deliveries).where(text(OPEN))
        return self._connection.execute(statement.values(state=State.UNKNOWN.value, updated=at)).rowcount
