"""Opens the thread under an opening, and knows when there can be none."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Final

from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.app.ports.platform import ChatPlatform, Refused, Unknown
from cohort_bot.app.ports.store import Delivery
from cohort_bot.chat.place import Ref

log = logging.getLogger(__name__)

THREAD_TRIES: Final = 20
"""After so many calls without an answer, over an hour with the waits, an opening goes without its thread."""


class NoThreadYet(Exception):
    """The message is there, its thread is not."""

    def __init__(self, retry_after: float | None) -> None:
        super().__init__("no thread yet")
        self.retry_after = retry_after


class Threads:
    """Counts the calls without an answer, in memory: a restart begins anew."""

    def __init__(self, platforms: Mapping[str, ChatPlatform], pacing: Pacing) -> None:
        self._platforms = platforms
        self._pacing = pacing
        self._tries: dict[int, int] = {}

    async def open(self, delivery: Delivery, ref: Ref, title: str) -> str | None:
        """The thread under an opening; None when there can be none: what belongs there then goes to the room.

        Raises NoThreadYet.
        """
        try:
            async with asyncio.timeout(self._pacing.lease):
                return (await self._platforms[delivery.what.platform].thread(ref, title)).thread
        except (Refused, Unknown, TimeoutError) as error:
            log.warning("no thread under delivery %s: %s", delivery.id, str(error) or "no answer")
            if isinstance(error, Refused):
                if not error.reason.passing:
                    return None
                raise NoThreadYet(error.retry_after) from error
        tries = self._tries[delivery.id] = self._tries.get(delivery.id, 0) + 1
        if tries >= THREAD_TRIES:
            return None
        raise NoThreadYet(None)

    def over(self, delivery: Delivery) -> None:
        """It is sent, with its thread or without."""
        self._tries.pop(delivery.id, None)
