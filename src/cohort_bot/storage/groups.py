"""Small groups, in SQL."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from cohort_bot.app.ports.groups import KEEP_SEATS, Conversation, Seat
from cohort_bot.storage.repository import Repository
from cohort_bot.storage.statements import once
from cohort_bot.storage.tables import cohorts, group_matchings, group_places, group_seats, members, small_groups

_SEATS = select(group_seats, members.c.cohort_id).join_from(group_seats, members)

_LEAVE = [once(delete(each).where(each.c.member_id == bindparam("member"))) for each in (group_seats, group_places)]


class SqlSmallGroups(Repository):
    """Implements `app.ports.groups.SmallGroups`."""

    def join(self, member_id: int, at: datetime) -> None:
        known = update(group_seats).where(group_seats.c.member_id == member_id).values(since=at)
        if not self._connection.execute(known).rowcount:
            self._connection.execute(insert(group_seats).values(member_id=member_id, since=at))

    def leave(self, member_id: int) -> None:
        for statement in _LEAVE:
            self._connection.execute(statement, {"member": member_id})

    def sweep(self, at: datetime, most: int) -> int:
        """Forget up to so many rows of what is kept of members who have left; returns how many."""
        left = select(members.c.id).where(members.c.left_at < at - KEEP_SEATS)
        gone = 0
        for table in (group_seats, group_places):
            some = select(table.c.id).where(table.c.member_id.in_(left)).limit(most - gone)
            gone += self._connection.execute(delete(table).where(table.c.id.in_(some))).rowcount
        return gone

    def of(self, member_id: int) -> Seat | None:
        row = self._connection.execute(_SEATS.where(group_seats.c.member_id == member_id)).one_or_none()
        return None if row is None else _seat(row)

    def seats(self, cohort_ids: Sequence[int]) -> Sequence[Seat]:
        there = (members.c.cohort_id.in_(list(cohort_ids)), members.c.left_at.is_(None))
        rows = self._connection.execute(_SEATS.where(*there).order_by(group_seats.c.member_id))
        return [_seat(row) for row in rows]

    def places(self, member_ids: Collection[int]) -> Mapping[int, int | None]:
        query = _SEATS.where(group_seats.c.member_id.in_(list(member_ids)), members.c.left_at.is_(None))
        return {row.member_id: row.group_id for row in self._connection.execute(query)}

    def met(self, cohort_id: int) -> Mapping[int, AbstractSet[int]]:
        query = select(group_places.c.group_id, group_places.c.member_id).join_from(group_places, small_groups)
        together: dict[int, set[int]] = defaultdict(set)
        for group, member in self._connection.execute(query.where(small_groups.c.cohort_id == cohort_id)):
            together[group].add(member)
        found: dict[int, set[int]] = defaultdict(set)
        for people in together.values():
            for member in people:
                found[member] |= people - {member}
        return found

    def form(self, cohort_id: int, member_ids: Collection[int], at: datetime) -> int:
        made = insert(small_groups).values(cohort_id=cohort_id, at=at).returning(small_groups.c.id)
        number: int = self._connection.execute(made).scalar_one()
        places = [{"group_id": number, "member_id": member_id} for member_id in sorted(member_ids)]
        self._connection.execute(insert(group_places), places)
        seats = update(group_seats).where(group_seats.c.member_id.in_(list(member_ids)))
        self._connection.execute(seats.values(group_id=number))
        return number

    def vacate(self, member_ids: Collection[int]) -> None:
        seats = update(group_seats).where(group_seats.c.member_id.in_(list(member_ids)))
        self._connection.execute(seats.values(group_id=None))

    def formed(self, numbers: Collection[int]) -> Mapping[int, datetime]:
        query = select(small_groups.c.id, small_groups.c.at).where(small_groups.c.id.in_(list(numbers)))
        return {row.id: row.at for row in self._connection.execute(query)}

    def history(self, member_id: int) -> Sequence[datetime]:
        query = select(small_groups.c.at).join_from(group_places, small_groups)
        mine = query.where(group_places.c.member_id == member_id)
        return list(self._connection.execute(mine.order_by(small_groups.c.at, small_groups.c.id)).scalars())

    def ask_for_matching(self, cohort_id: int, number: int) -> None:
        self._connection.execute(delete(group_matchings).where(group_matchings.c.cohort_id == cohort_id))
        self._connection.execute(insert(group_matchings).values(cohort_id=cohort_id, round=number))

    def to_match(self) -> Mapping[int, int]:
        query = select(group_matchings).order_by(group_matchings.c.cohort_id)
        return {row.cohort_id: row.round for row in self._connection.execute(query)}

    def matched(self, cohort_id: int, number: int) -> None:
        its = (group_matchings.c.cohort_id == cohort_id, group_matchings.c.round == number)
        self._connection.execute(delete(group_matchings).where(*its))

    def conversations(self, cohort_ids: Collection[int] | None = None) -> Sequence[Conversation]:
        query = select(small_groups, group_seats.c.member_id).select_from(group_seats)
        query = query.join(small_groups, small_groups.c.id == group_seats.c.group_id)
        query = query.join(members, members.c.id == group_seats.c.member_id).where(members.c.left_at.is_(None))
        if cohort_ids is None:
            query = query.join(cohorts, cohorts.c.id == small_groups.c.cohort_id)
            query = query.where(cohorts.c.archived_at.is_(None))
        else:
            query = query.where(small_groups.c.cohort_id.in_(list(cohort_ids)))
        rows: dict[int, list[Row[Any]]] = defaultdict(list)
        for row in self._connection.execute(query.order_by(small_groups.c.id, group_seats.c.member_id)):
            rows[row.id].append(row)
        return [
            Conversation(
                number, row.cohort_id, row.at, tuple(each.member_id for each in its), row.seen_at, row.spoken_at
            )
            for number, its in rows.items()
            if len(its) > 1
            for row in its[:1]
        ]

    def heard(self, number: int, seen_at: datetime, spoken_at: datetime | None) -> None:
        known = update(small_groups).where(small_groups.c.id == number)
        values = {"seen_at": seen_at} | ({} if spoken_at is None else {"spoken_at": spoken_at})
        self._connection.execute(known.values(values))


def _seat(row: Row[Any]) -> Seat:
    return Seat(row.member_id, row.cohort_id, row.since, row.group_id)
