"""Looks after a calendar that is not believed at once: asks the platforms what time it is until it is known."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from cohort_bot.app.ports.clock import CheckedCalendar, Clock, TellsTime
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import ChatPlatform, Finding, Unknown

log = logging.getLogger(__name__)

ASK: Final = 1.0
"""Elapsed seconds between two looks, and between two questions while nobody knows what time it is."""

ASK_AGAIN: Final = 30.0
"""Elapsed seconds between two questions while a platform's time is used in place of the calendar's."""


class ClockCheck:
    """For clocks that people or tests move it does nothing: they are right at once. `known` is called when it is known
    again what time it is.
    """

    def __init__(
        self, clock: Clock, platforms: Mapping[str, ChatPlatform], database: Database, known: Callable[[], None]
    ) -> None:
        self._calendar = clock if isinstance(clock, CheckedCalendar) else None
        self._elapsed = clock.elapsed
        self._platforms = platforms
        self._database = database
        self._known = known
        self._task: asyncio.Task[None] | None = None
        self._up: set[str] = set()
        self._came = asyncio.Event()

    def holding(self) -> bool:
        """Whether nobody knows what time it is."""
        return self._calendar is not None and self._calendar.holding

    def findings(self) -> Sequence[Finding]:
        """That the machine's calendar is in doubt. As long as there is no database or no platform, those are told."""
        if self._calendar is None or self._task is None or not self._up:
            return []
        return self._calendar.findings()

    def came(self, platform: str) -> None:
        """A platform can be asked from now on."""
        self._up.add(platform)
        self._came.set()

    def start(self) -> None:
        if self._calendar is not None:
            self._task = asyncio.create_task(self._watch(self._calendar))

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def settle(self) -> None:
        """Ask once, if it is not known what time it is."""
        if self._calendar is not None and self._calendar.doubted:
            await self._ask(self._calendar)

    async def _watch(self, calendar: CheckedCalendar) -> None:
        asked = self._elapsed()
        while True:
            if calendar.holding or self._elapsed() - asked >= ASK_AGAIN:
                asked = self._elapsed()
                try:
                    await self.settle()
                except Exception:
                    log.exception("nobody can be asked what time it is; trying again")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._came.wait(), ASK)
            self._came.clear()

    async def _ask(self, calendar: CheckedCalendar) -> None:
        held = calendar.holding
        newest = await self._database.read(lambda store: store.health.newest())
        silent = False
        for name in sorted(self._up):
            try:
                date = await _date(self._platforms[name])
            except Unknown:
                continue
            if date is not None:
                calendar.platform_said(date, newest)
                break
            silent = True
        else:
            if silent:
                calendar.platforms_silent(newest)
        if held and not calendar.holding:
            self._known()


async def _date(platform: ChatPlatform) -> datetime | None:
    return await platform.server_time() if isinstance(platform, TellsTime) else None
