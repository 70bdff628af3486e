"""Which rooms are private, as their platforms report it: a channel can become private, or public, long after it became
a room, and not every platform reports that by itself.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import ChatPlatform, Refused, Unknown
from cohort_bot.app.ports.store import Store
from cohort_bot.chat.place import Place
from cohort_bot.core.membership import Room

log = logging.getLogger(__name__)

EVERY: Final = timedelta(days=1)
"""How long a platform's answer about a room stays valid."""

AT_ONCE: Final = 5
"""The most rooms that one look asks about."""

PATIENCE: Final = 30.0
"""Seconds of elapsed time for one answer."""


class RoomPrivacy:
    """Asks the platforms about every room, some at a time; without an answer the stored value stays."""

    def __init__(self, database: Database, platforms: Mapping[str, ChatPlatform], clock: Clock) -> None:
        self._database = database
        self._platforms = platforms
        self._clock = clock
        self._rooms: list[Room] = []
        self._began: datetime | None = None

    async def look(self) -> None:
        """Ask about the next few rooms; when all had their turn, begin again a day after they began."""
        at = self._clock.now()
        if not self._rooms and (self._began is None or not timedelta() <= at - self._began < EVERY):
            self._began, self._rooms = at, await self._database.read(_rooms)
        some, self._rooms = self._rooms[:AT_ONCE], self._rooms[AT_ONCE:]
        for room in some:
            await self._ask(room)

    async def _ask(self, room: Room) -> None:
        platform, place = self._platforms.get(room.platform), Place(room.platform, room.workspace, room.channel)
        if platform is None:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                private = await platform.invited_only(place)
        except (Refused, Unknown, TimeoutError):
            return
        if private is None or private is room.private:
            return
        await self._database.write(lambda store: store.cohorts.set_private(place, private=private))
        log.info("a room of %s is %s now", room.platform, "private" if private else "public")


def _rooms(store: Store) -> list[Room]:
    """One room of each channel, or two where they disagree."""
    rooms = (room for cohort in store.cohorts.active() for room in store.cohorts.rooms(cohort.id))
    return list({(room.platform, room.workspace, room.channel, room.private): room for room in rooms}.values())
