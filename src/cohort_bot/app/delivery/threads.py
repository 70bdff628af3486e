"""Opens the thread under a post, and decides when there can be none."""

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
"""After this many calls without an answer, over an hour with the waits, a post stays without a thread."""


class NoThreadYet(Exception):
    """The message was posted, but its thread is not open yet. `retry_after` is in seconds of elapsed time, if the
    platform said so.
    """

    def __init__(self, retry_after: float | None) -> None:
        super().__init__("no thread yet")
        self.retry_after = retry_after


class Threads:
    """Counts the calls without an answer, in memory: a restart forgets them."""

    def __init__(self, platforms: Mapping[str, ChatPlatform], pacing: Pacing) -> None:
        self._platforms = platforms
        self._pacing = pacing
        self._unanswered: dict[int, int] = {}

    async def open(self, delivery: Delivery, ref: Ref, title: str) -> str | None:
        """Open the thread under a post, with a title where the platform shows one.

        Returns the thread's id, or None when there can be none: messages for the thread then go to the room itself.
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
        unanswered = self._unanswered[delivery.id] = self._unanswered.get(delivery.id, 0) + 1
        if unanswered >= THREAD_TRIES:
            return None
        raise NoThreadYet(None)

    def forget(self, delivery: Delivery) -> None:
        """Forget the count: the delivery is recorded as sent, with its thread or without."""
        self._unanswered.pop(delivery.id, None)
