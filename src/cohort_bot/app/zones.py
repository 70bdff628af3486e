"""Which time zone somebody means."""

import asyncio
from datetime import datetime

from cohort_bot.app.words import zones as zone_views
from cohort_bot.core import zones


async def zone_named(said: str, at: datetime, key: str = "timezone") -> str:
    """The IANA zone that somebody means by the option or field `key`, or a Question with what may be meant.

    In a thread: the first look-up reads the table and the zones.
    """
    found = await asyncio.to_thread(zones.find, said, at)
    if isinstance(found, str):
        return found
    raise zone_views.question(said, found, at, key)
