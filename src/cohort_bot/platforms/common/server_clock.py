"""The time of a platform's servers: posts are stamped by their clock, which may differ from ours."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final

import aiohttp

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.platform import Unknown

WITHIN: Final = 5.0
"""Elapsed seconds for an answer."""

Observe = Callable[[aiohttp.TraceConfig], None]
"""Adds to what is noted of every request."""


@lru_cache(maxsize=2)
def stamp(date: str) -> datetime | None:
    """Remembered, since all answers of a second have the same."""
    try:
        return parsedate_to_datetime(date).astimezone(UTC)
    except ValueError:
        return None


class ServerClock:
    """Reads each answer's `Date` header; continues from there in elapsed time."""

    def __init__(self, clock: Clock, observe: Observe | None = None) -> None:
        self._clock = clock
        self._observe = observe
        self._heard: tuple[datetime, float] | None = None

    def heard(self, date: str | None) -> None:
        """The `Date` header of an answer that has just come, if it has one."""
        if date and (said := stamp(date)) is not None:
            self._heard = said, self._clock.elapsed()

    def trace(self) -> aiohttp.TraceConfig:
        """Reads the header of every answer to an aiohttp session, whatever its status."""
        config = aiohttp.TraceConfig()

        async def ended(_session: object, _context: object, params: aiohttp.TraceRequestEndParams) -> None:
            self.heard(params.response.headers.get("Date"))

        config.on_request_end.append(ended)
        if self._observe is not None:
            self._observe(config)
        return config

    def said_since(self, elapsed: float = float("-inf")) -> datetime | None:
        """The present time, aware UTC, by an answer that came at that elapsed second or later; None without one."""
        if self._heard is None or self._heard[1] < elapsed:
            return None
        return self._heard[0] + timedelta(seconds=self._clock.elapsed() - self._heard[1])

    async def asked(self, call: Callable[[], Awaitable[object]]) -> datetime | None:
        """The time by the answer to this call, whatever its status; None when it gives none. Raises Unknown without an
        answer.
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
        """Aware UTC: their time or ours, whichever is earlier. A search that counts back from it covers more rather
        than less, whichever clock is wrong.
        """
        ours = self._clock.now()
        return min(ours, self.said_since() or ours)
