"""Messages parked for a room are sent once the bot can work there again, even when no platform reports that.

A platform reports that the bot was installed again, but not that a channel invited it again, that a permission is back
or that a workspace is no longer suspended.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Final

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.health import Meeting
from cohort_bot.app.ports.platform import ChatPlatform, Refused, Unknown
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.chat.place import Place

log = logging.getLogger(__name__)

AT_ONCE: Final = 5
"""The most rooms that are tried in one look."""

FIRST: Final = 600.0
"""Seconds until a room is tried; doubled after each try."""

LONGEST: Final = 86_400.0

PATIENCE: Final = 30.0
"""Seconds to wait for one room's answer."""


class Recovery:
    """Tries the rooms for which something is parked, less and less often; when each was tried is kept in memory."""

    def __init__(
        self,
        database: Database,
        platforms: Mapping[str, ChatPlatform],
        clock: Clock,
        resume: Callable[[str, str], None],
    ) -> None:
        """`resume` is called with a platform and a workspace in which posts may go out again."""
        self._database = database
        self._platforms = platforms
        self._clock = clock
        self._resume = resume
        self._later: dict[Meeting, tuple[float, float]] = {}  # when it is tried next, and the wait after that

    async def look(self) -> None:
        """Try some of the rooms that are due for a try."""
        now = self._clock.elapsed()
        stuck = await self._database.read(lambda store: store.health.stuck())
        self._later = {room: self._later.get(room, (now + FIRST, FIRST)) for room in stuck}
        for room in [room for room in stuck if self._later[room][0] <= now][:AT_ONCE]:
            wait = min(2 * self._later[room][1], LONGEST)
            self._later[room] = (now + wait, wait)
            if await self._works(room):
                await self._free(room)

    async def _works(self, room: Meeting) -> bool:
        platform = self._platforms.get(room.platform)
        if platform is None:
            return False
        try:
            async with asyncio.timeout(PATIENCE):
                return not await platform.check(Place(room.platform, room.workspace, room.channel))
        except (Refused, Unknown, TimeoutError):
            return False

    async def _free(self, room: Meeting) -> None:
        at = self._clock.now()
        freed = await self._database.write(
            lambda store: store.deliveries.rearm_returned(room.platform, [room.workspace], DeliveryReason.REVOKED, at)
        )
        if freed:
            log.info("a room of %s can be posted to again; %s posts had waited for that", room.platform, freed)
            self._resume(room.platform, room.workspace)
