"""Checks a calendar that is not trusted at once: asks the platforms for the time until it is known."""

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
"""Elapsed seconds between two checks, and between two requests while the clock is untrusted."""

ASK_AGAIN: Final = 30.0
"""Elapsed seconds between two requests while a platform's time is used in place of the calendar's."""


class ClockCheck:
    """For clocks that people or tests move it does nothing: they are always trusted. `known` is called when the time is
    known again.
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
        """Whether the clock is untrusted."""
        return self._calendar is not None and self._calendar.holding

    def findings(self) -> Sequence[Finding]:
        """That the machine's calendar is in doubt. While the database or every platform is missing, that is reported
        instead.
        """
        if self._calendar is None or self._task is None or not self._up:
            return []
        return self._calendar.findings()

    def came(self, platform: str) -> None:
        """From now on a platform can be asked."""
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
        """Ask once, if the clock is untrusted."""
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
                    log.exception("no platform could be asked for the time; trying again")
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
