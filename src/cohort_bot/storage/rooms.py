"""Rooms, in SQL, for the repositories of the cohorts and of the ledger: a transaction reads each once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from cohort_bot.core.membership import Room
from cohort_bot.storage.statements import Connection, once
from cohort_bot.storage.tables import rooms

_ROOM = once(select(rooms).where(rooms.c.id == bindparam("room")))
_READ = frozenset({"rooms"})


def room(connection: Connection, room_id: int) -> Room | None:
    """The room with this id."""

    def read() -> Room | None:
        row = connection.execute(_ROOM, {"room": room_id}).one_or_none()
        return None if row is None else as_room(row)

    return connection.remember(("room", room_id), _READ, read)


def remember(connection: Connection, cohort_id: int, known: Sequence[Room]) -> None:
    """These have been read, and are all of the cohort's rooms."""
    memory = connection.memory(_READ)
    memory[cohort_id] = known
    memory.update({("room", each.id): each for each in known})


def of_cohort(connection: Connection, cohort_id: int) -> Sequence[Room]:
    """The cohort's rooms, which are known once it was read; empty where there is no such cohort."""
    known: Sequence[Room] = connection.memory(_READ).get(cohort_id, ())
    return known


def as_room(row: Sequence[Any]) -> Room:
    """A row of the table."""
    number, cohort_id, platform, workspace, channel, private = row
    return Room(number, cohort_id, platform, workspace, channel, bool(private))
