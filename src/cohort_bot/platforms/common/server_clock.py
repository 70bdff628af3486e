"""What time it is for a platform's servers: what they post is stamped by their clock, which need not be ours."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.platform import Unknown

WITHIN: Final = 5.0
"""Elapsed seconds for an answer."""


class ServerClock:
    """Told of each answer's `Date`; goes on from there in elapsed time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heard: tuple[datetime, float] | None = None

    def heard(self, date: str | None) -> None:
        """The `Date` header of an answer that has just come, if it has one."""
        try:
            said = parsedate_to_datetime(date).astimezone(UTC) if date else None
        except ValueError:
            said = None
        if said is not None:
            self._heard = said, self._clock.elapsed()

    def trace(self) -> aiohttp.TraceConfig:
        """Hears every answer that comes to a session of aiohttp, whatever it says."""
        config = aiohttp.TraceConfig()

        async def ended(_session: object, _context: object, params: aiohttp.TraceRequestEndParams) -> None:
            self.heard(params.response.headers.get("Date"))

        config.on_request_end.append(ended)
        return config

    def said_since(self, elapsed: float = float("-inf")) -> datetime | None:
        """Aware UTC, now, by an answer that came at that elapsed second or later; None when there was none."""
        if self._heard is None or self._heard[1] < elapsed:
            return None
        return self._heard[0] + timedelta(seconds=self._clock.elapsed() - self._heard[1])

    async def asked(self, call: Callable[[], Awaitable[object]]) -> datetime | None:
        """What time it is by the answer to this call, whatever else it says; None when it does not say. Raises Unknown
        when none comes.
        """
        began = self._clock.elapsed()
        try:
            async with asyncio.timeout(WITHIN):
                await call()
        except Exception as error:
            if (said := self.said_since(began)) is None:
                raise Unknown(f"no answer: {type(error).__name__}") from error
            return said
        return self.said_since(began)

    def now(self) -> datetime:
        """Aware UTC: their time or ours, whichever is earlier. Who counts back from it looks at more rather than less,
        whoever's clock is wrong.
        """
        ours = self._clock.now()
        return min(ours, self.said_since() or ours)
