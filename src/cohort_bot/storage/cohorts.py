"""Cohorts, their rooms and their calendars, in SQL."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Executable,
    Update,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from cohort_bot.app.ports.cohorts import Plan
from cohort_bot.app.ports.store import AHEAD
from cohort_bot.chat.place import Place
from cohort_bot.core.features import Feature, as_text, from_text
from cohort_bot.core.membership import Cohort, Room
from cohort_bot.core.reschedule import plan_again_from
from cohort_bot.core.rounds import Calendar, Holiday, Move
from cohort_bot.storage.columns import BIG, GivenRows, MadeWhenUsed, among, instant, json_rows, milliseconds, read_rows
from cohort_bot.storage.deliveries import SqlDeliveries
from cohort_bot.storage.rooms import as_room, of_cohort, remember, room
from cohort_bot.storage.statements import Connection, once
from cohort_bot.storage.tables import cohorts, holidays, members, moves, rooms
from cohort_bot.storage.workspace_programmes import Shelf, shelve

# Statements that run for every cohort at every opening are built once: building costs more than running them.
_OF = {
    of.name: select(json_rows(*columns)).where(of.c.cohort_id == cohorts.c.id).correlate(cohorts).scalar_subquery()
    for of, columns in (
        (moves, (moves.c.round, moves.c.weekday, moves.c.at, moves.c.zone, moves.c.made_at)),
        (holidays, (holidays.c.before, holidays.c.rounds)),
        (rooms, rooms.c),
    )
}
_WHOLE = select(cohorts, *(rows.label(name) for name, rows in _OF.items()))
"""Cohorts with what belongs to them."""

_READ = frozenset({"cohorts", *_OF})
_GET = once(_WHOLE.where(cohorts.c.id == bindparam("cohort")))
_ACTIVE = cohorts.c.archived_at.is_(None)
_AT = bindparam("at", type_=cohorts.c.next_due.type)
_DUE = once(select(cohorts.c.id).where(cohorts.c.next_due <= _AT, _ACTIVE).order_by(cohorts.c.next_due, cohorts.c.id))
_NEXT_DUE = once(select(cohorts.c.next_due).where(_ACTIVE).order_by(cohorts.c.next_due).limit(1))
_PLANNED_BEYOND = once(select(cohorts.c.id).where(cohorts.c.planned_until > _AT, _ACTIVE).order_by(cohorts.c.id))
_IN_CHANNEL = once(
    _WHOLE.where(
        cohorts.c.id.in_(
            select(rooms.c.cohort_id).where(
                rooms.c.platform == bindparam("platform"),
                rooms.c.workspace == bindparam("workspace"),
                rooms.c.channel == bindparam("channel"),
            )
        ),
        cohorts.c.archived_at.is_(None),
    ).order_by(cohorts.c.name_key)
)
_HERE = (rooms.c.platform == bindparam("platform"), rooms.c.workspace == bindparam("workspace"))
_IN_WORKSPACE = once(
    _WHOLE.where(cohorts.c.id.in_(select(rooms.c.cohort_id).where(*_HERE))).order_by(cohorts.c.name_key)
)
_CREATED_BY = once(
    _WHOLE.where(cohorts.c.platform == bindparam("platform"), cohorts.c.creator == bindparam("user")).order_by(
        cohorts.c.name_key
    )
)
_HIDDEN = once(
    select(rooms.c.cohort_id)
    .where(*_HERE)
    .group_by(rooms.c.cohort_id)
    .having(func.min(rooms.c.private) == 1, func.max(case((rooms.c.channel == bindparam("channel"), 1), else_=0)) == 0)
)
_HIDDEN_ONE = once(_HIDDEN.where(rooms.c.cohort_id == bindparam("only")))
_MANY = MadeWhenUsed[str, Any](lambda dialect: once(_WHOLE.where(cohorts.c.id.in_(among(dialect, "cohorts", BIG)))))
_PLANS = GivenRows(cohort=BIG, until=BIG, due=BIG)


def _plan(dialect: str) -> Update:
    given = _PLANS.rows(dialect)
    return (
        update(cohorts).where(cohorts.c.id == given.c.cohort).values(planned_until=given.c.until, next_due=given.c.due)
    )


_PLAN = MadeWhenUsed[str, Any](lambda dialect: once(_plan(dialect)))


PLANNING = 7_210_004
"""PostgreSQL's number of the lock for planning cohorts, which one transaction holds at a time."""


class SqlCohorts:
    """Implements `app.ports.cohorts.Cohorts`."""

    def __init__(self, connection: Connection, ledger: SqlDeliveries, shelf: Shelf) -> None:
        self._connection = connection
        self._shelf = shelf
        self._ledger = ledger

    def add(
        self,
        *,
        platform: str,
        workspace: str,
        name: str,
        programme: str,
        calendar: Calendar,
        at: datetime,
        creator: str,
        language: str = "en",
    ) -> Cohort:
        cohort_id = self._connection.execute(
            insert(cohorts)
            .values(
                platform=platform,
                workspace=workspace,
                name=name,
                name_key=name.casefold(),
                programme=programme,
                start=calendar.start.isoformat(),
                at=calendar.at.isoformat("minutes"),
                zone=calendar.zone,
                creator=creator,
                language=language,
                created_at=at,
                planned_until=at,
                next_due=at,
            )
            .returning(cohorts.c.id)
        ).scalar_one()
        return self._all(_GET, cohort=cohort_id)[0]

    def get(self, cohort_id: int) -> Cohort | None:
        known: Cohort | None = self._connection.memory(_READ).get(cohort_id)
        return known or next(iter(self._all(_GET, cohort=cohort_id)), None)

    def named(self, name: str, platform: str | None = None, workspace: str | None = None) -> Sequence[Cohort]:
        query = _WHOLE.where(cohorts.c.name_key == name.casefold())
        if platform is not None:
            query = query.where(cohorts.c.platform == platform)
        if workspace is not None:
            query = query.where(cohorts.c.workspace == workspace)
        return self._all(query.order_by(cohorts.c.id))

    def in_workspace(self, platform: str, workspace: str) -> Sequence[Cohort]:
        return self._all(_IN_WORKSPACE, platform=platform, workspace=workspace)

    def hidden(self, platform: str, workspace: str, channel: str | None, only: int | None = None) -> frozenset[int]:
        values = {"platform": platform, "workspace": workspace, "channel": channel or ""}
        if only is None:
            return frozenset(self._connection.execute(_HIDDEN, values).scalars())
        return frozenset(self._connection.execute(_HIDDEN_ONE, {**values, "only": only}).scalars())

    def in_channel(self, platform: str, workspace: str, channel: str) -> Sequence[Cohort]:
        return self._all(_IN_CHANNEL, platform=platform, workspace=workspace, channel=channel)

    def read_by_members(self, platform: str, workspace: str, channel: str) -> bool:
        where = (rooms.c.platform == platform, rooms.c.workspace == workspace, rooms.c.channel == channel)
        has_members = exists().where(members.c.cohort_id == cohorts.c.id, members.c.left_at.is_(None))
        query = select(rooms.c.id).join(cohorts, cohorts.c.id == rooms.c.cohort_id).where(*where)
        return self._connection.scalar(query.where(cohorts.c.archived_at.is_(None) | has_members).limit(1)) is not None

    def has_digest(self, platform: str, workspace: str, channel: str) -> bool:
        wanted = {"platform": platform, "workspace": workspace, "moderators_channel": channel, "archived_at": None}
        return self._connection.scalar(select(cohorts.c.id).filter_by(**wanted).limit(1)) is not None

    def meeting_in(self, platform: str, channel: str) -> Sequence[str]:
        where = (rooms.c.platform == platform, rooms.c.channel == channel, cohorts.c.archived_at.is_(None))
        query = select(rooms.c.workspace).join(cohorts, cohorts.c.id == rooms.c.cohort_id).where(*where).distinct()
        return self._connection.scalars(query)

    def created_by(self, platform: str, user: str) -> Sequence[Cohort]:
        return self._all(_CREATED_BY, platform=platform, user=user)

    def active(self) -> Sequence[Cohort]:
        return self._all(_WHOLE.where(cohorts.c.archived_at.is_(None)).order_by(cohorts.c.id))

    def add_room(self, cohort_id: int, platform: str, workspace: str, channel: str, *, private: bool = False) -> Room:
        values = {"cohort_id": cohort_id, "platform": platform, "workspace": workspace, "channel": channel}
        values |= {"private": int(private)}
        return as_room(self._connection.execute(insert(rooms).values(values).returning(rooms)).one())

    def rooms(self, cohort_id: int) -> Sequence[Room]:
        self.get(cohort_id)
        return of_cohort(self._connection, cohort_id)

    def room(self, room_id: int) -> Room | None:
        return room(self._connection, room_id)

    def drop_room(self, room_id: int) -> None:
        self._connection.execute(delete(rooms).where(rooms.c.id == room_id))

    def set_channel(self, room_id: int, channel: str, *, private: bool = False) -> None:
        values = {"channel": channel, "private": int(private)}
        self._connection.execute(update(rooms).where(rooms.c.id == room_id).values(values))
        self._ledger.relane(room_id)

    def set_private(self, place: Place, *, private: bool) -> None:
        values = {"platform": place.platform, "workspace": place.workspace, "channel": place.channel}
        self._connection.execute(update(rooms).filter_by(**values).values(private=int(private)))

    def rename(self, cohort_id: int, name: str, at: datetime) -> None:
        statement = update(cohorts).where(cohorts.c.id == cohort_id)
        self._connection.execute(statement.values(name=name, name_key=name.casefold()))
        self.replan(cohort_id, at)

    def set_language(self, cohort_id: int, language: str, at: datetime) -> None:
        self._connection.execute(update(cohorts).where(cohorts.c.id == cohort_id).values(language=language))
        self.replan(cohort_id, at)  # what was composed ahead comes again

    def set_start(self, cohort_id: int, calendar: Calendar, at: datetime) -> None:
        self._connection.execute(delete(moves).where(moves.c.cohort_id == cohort_id, moves.c.round == 1))
        self._connection.execute(delete(holidays).where(holidays.c.cohort_id == cohort_id, holidays.c.before == 1))
        first = {"start": calendar.start.isoformat(), "at": calendar.at.isoformat("minutes"), "zone": calendar.zone}
        self._connection.execute(update(cohorts).where(cohorts.c.id == cohort_id).values(first))
        self.replan(cohort_id, at)

    def add_move(self, cohort_id: int, move: Move) -> None:
        values = {
            "weekday": move.weekday,
            "at": move.at.isoformat("minutes"),
            "zone": move.zone,
            "made_at": move.made_at,
        }
        statement = update(moves).where(moves.c.cohort_id == cohort_id, moves.c.round == move.round)
        if not self._connection.execute(statement.values(values)).rowcount:
            self._connection.execute(insert(moves).values(cohort_id=cohort_id, round=move.round, **values))
        self.replan(cohort_id, move.made_at)

    def add_holiday(self, cohort_id: int, holiday: Holiday, at: datetime) -> None:
        statement = update(holidays).where(holidays.c.cohort_id == cohort_id, holidays.c.before == holiday.before)
        if not self._connection.execute(statement.values(rounds=holidays.c.rounds + holiday.rounds)).rowcount:
            values = {"cohort_id": cohort_id, "before": holiday.before, "rounds": holiday.rounds}
            self._connection.execute(insert(holidays).values(values))
        self.replan(cohort_id, at)

    def set_moderators_channel(self, cohort_id: int, channel: str | None) -> None:
        self._connection.execute(update(cohorts).where(cohorts.c.id == cohort_id).values(moderators_channel=channel))

    def set_features(self, cohort_id: int, on: Collection[Feature]) -> None:
        self._connection.execute(update(cohorts).where(cohorts.c.id == cohort_id).values(features=as_text(on)))

    def archive(self, cohort_id: int, at: datetime) -> None:
        self._connection.execute(update(cohorts).where(cohorts.c.id == cohort_id).values(archived_at=at))
        self._ledger.withdraw(cohort_id, at)

    def due(self, at: datetime) -> Sequence[int]:
        return list(self._connection.execute(_DUE, {"at": at}).scalars())

    def next_due(self) -> datetime | None:
        earliest: datetime | None = self._connection.execute(_NEXT_DUE).scalar_one_or_none()
        return earliest

    def planned(self, cohort_ids: Sequence[int]) -> Mapping[int, datetime]:
        self.look_ahead(cohort_ids)
        known = self._connection.memory(_READ)
        return {each: known["planned", each] for each in sorted(cohort_ids) if each in known}

    def planned_beyond(self, at: datetime) -> Sequence[int]:
        return list(self._connection.execute(_PLANNED_BEYOND, {"at": at}).scalars())

    def may_plan(self) -> bool:
        """Whether this transaction may plan. SQLite has one writer at a time; on PostgreSQL two planning transactions
        would conflict and be repeated again and again, even for different cohorts, because they read the same pages.
        """
        if self._connection.dialect.name != "postgresql":
            return True
        return bool(self._connection.scalar(select(func.pg_try_advisory_xact_lock(PLANNING))))

    def plan(self, plans: Iterable[Plan]) -> None:
        rows = [
            {"cohort": plan.cohort_id, "until": milliseconds(plan.until), "due": milliseconds(plan.next_due)}
            for plan in plans
        ]
        if rows:
            self._connection.execute(_PLAN[self._connection.dialect.name], _PLANS.values(rows))

    def look_ahead(self, cohort_ids: Sequence[int]) -> None:
        unknown = [each for each in cohort_ids if each not in self._connection.memory(_READ)]
        if unknown:
            self._all(_MANY[self._connection.dialect.name], cohorts=json.dumps(unknown))

    def following(self, slugs: Iterable[str]) -> Sequence[Cohort]:
        return self._all(_WHOLE.where(cohorts.c.programme.in_(list(slugs))).order_by(cohorts.c.name_key))

    def follow(self, cohort_id: int, programme: str, at: datetime) -> None:
        self._connection.execute(update(cohorts).where(cohorts.c.id == cohort_id).values(programme=programme))
        self.replan(cohort_id, at)

    def replan(self, cohort_id: int, at: datetime) -> None:
        """Due instants have changed: plan again at the next tick. Keys keep sent messages from being posted again; rows
        written ahead are removed and planned again.

        However often this is called before the tick, the cohort is planned from the same opening: by `at`, not by how
        far it was planned, which each call takes back.
        """
        cohort = self.get(cohort_id)
        if cohort is None:
            return
        planned = self.planned([cohort_id])[cohort_id] - AHEAD  # at the earliest, the last planning
        self._ledger.withdraw(cohort_id, planned)
        since = min(planned, plan_again_from(cohort.calendar, at))
        self.plan([Plan(cohort_id, since, since)])

    def _all(self, query: Executable, **values: Any) -> list[Cohort]:
        """All cohorts that the query finds, which the transaction knows with their rooms from then on."""
        rows = self._connection.execute(query, values)
        shelve(self._connection, self._shelf, [row.programme for row in rows])
        found = []
        for row in rows:
            remember(self._connection, row.id, [as_room(each) for each in read_rows(row.rooms)])
            cohort = _cohort(row)
            self._connection.memory(_READ).update({row.id: cohort, ("planned", row.id): row.planned_until})
            found.append(cohort)
        return found


@lru_cache(maxsize=128)
def _calendar(start: str, at: str, zone: str, moves: str, holidays: str) -> Calendar:
    """Cached, because a calendar caches the instants of its rounds."""
    moved = tuple(
        Move(number, weekday, time.fromisoformat(at), zone, instant(made_at))
        for number, weekday, at, zone, made_at in read_rows(moves)
    )
    off = tuple(Holiday(*each) for each in read_rows(holidays))
    return Calendar(date.fromisoformat(start), time.fromisoformat(at), zone, moved, off)


def _cohort(row: Any) -> Cohort:
    return Cohort(
        id=row.id,
        platform=row.platform,
        workspace=row.workspace,
        name=row.name,
        programme=row.programme,
        calendar=_calendar(row.start, row.at, row.zone, row.moves, row.holidays),
        created_at=row.created_at,
        creator=row.creator,
        archived_at=row.archived_at,
        moderators_channel=row.moderators_channel,
        features=from_text(row.features),
        language=row.language,
    )
