"""The workspaces' lists of events: after a post has changed a date, the list is brought up to date.

It never holds up the post, which is out by then: whatever is refused is logged with its cure, and the doctor says what
is missing. A crash before it is made up for, because the post is then looked up and comes by here again.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Final

from cohort_bot.app.delivery import paper_meetings
from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import ChatPlatform, Refused, SchedulesEvents, Unknown
from cohort_bot.app.ports.store import Delivery
from cohort_bot.chat.place import Ref

log = logging.getLogger(__name__)

TRIES: Final = 3


class Events:
    """Keeps no state."""

    def __init__(self, database: Database, platforms: Mapping[str, ChatPlatform], pacing: Pacing) -> None:
        self._database = database
        self._platforms = platforms
        self._pacing = pacing

    async def update(self, delivery: Delivery, post: Ref) -> None:
        """Bring the list of the workspace up to date where the post is. Never raises an error."""
        platform = self._platforms[delivery.what.platform]
        if not isinstance(platform, SchedulesEvents):
            return
        try:
            async with asyncio.timeout(self._pacing.lease):
                await self._update(platform, delivery, post)
        except Refused as refused:
            log.warning("no event for delivery %s: %s %s", delivery.id, refused.detail, refused.cure)
        except (Unknown, TimeoutError) as error:
            log.warning("no event for delivery %s: %s", delivery.id, str(error) or "no answer")
        except Exception:
            log.exception("the event for delivery %s failed unexpectedly", delivery.id)

    async def _update(self, platform: SchedulesEvents, delivery: Delivery, post: Ref) -> None:
        due = await self._database.read(lambda store: paper_meetings.event(store, delivery))
        if due is None:
            return
        for tries_left in range(TRIES, 0, -1):
            try:
                await platform.schedule(post, *due)
            except (Refused, Unknown) as error:
                passing = isinstance(error, Unknown) or error.reason.passing
                if not passing or tries_left == 1:
                    raise
                asked_to_wait = error.retry_after if isinstance(error, Refused) else None
                await asyncio.sleep(asked_to_wait or self._pacing.settle)
            else:
                break
