"""Which time zone somebody means."""

import asyncio
from datetime import datetime

from cohort_bot.app.words import zones as zones_words
from cohort_bot.app.words.vocabulary import place_words
from cohort_bot.core import zones


async def zone_named(typed: str, at: datetime, key: str = "timezone") -> str:
    """The IANA zone that was typed for the option or field `key`. Raises a Question when several may be meant, or none.

    In a thread: the first look-up reads the table and the zones.
    """
    meaning = await asyncio.to_thread(zones.find, typed, at, place_words())
    if isinstance(meaning, str):
        return meaning
    raise zones_words.question(typed, meaning, at, key)
