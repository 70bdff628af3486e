"""Sees whether small groups still talk: when a round has closed, each conversation is looked at once.

It is only asked when somebody last wrote, never what. Whatever cannot be seen is not taken for silence: the moderators'
digest then says that it could not be seen (`queries/quiet.py`).
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cohort_bot.app.delivery.group_posts import conversation
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import ChatPlatform, Reason, Refused, SeesActivity, Unknown
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.quiet import first_round, seen
from cohort_bot.chat.place import Place
from cohort_bot.core.features import Feature
from cohort_bot.core.quiet import QUIET_AFTER

log = logging.getLogger(__name__)

AT_ONCE: Final = 20
"""The most conversations in one look. There is a look a minute, and a day until the digest."""

AGAIN: Final = timedelta(hours=6)
"""When one that could not be seen is looked at again."""

REST: Final = timedelta(hours=1)
"""How long nothing is looked up when there is nothing to look at, unless a round closes before that."""

PATIENCE: Final = 30.0
"""Seconds of elapsed time for one answer."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """A conversation to be looked at, by the number of its group: has somebody written `since` then?"""

    number: int
    place: Place
    since: datetime


class GroupSilence:
    """Asks the platforms when somebody last wrote in each small group."""

    def __init__(
        self, database: Database, programmes: Programmes, platforms: Mapping[str, ChatPlatform], clock: Clock
    ) -> None:
        self._database = database
        self._programmes = programmes
        self._platforms = platforms
        self._clock = clock
        self._rests: tuple[datetime, datetime] | None = None  # from and until when there is nothing to look at
        self._failed: dict[int, datetime] = {}
        self.holding: Callable[[], bool] = lambda: False
        """Whether the calendar is in doubt; then nothing is looked at."""

    async def look(self) -> None:
        """Look at some of the conversations that were not seen since the newest round that is over closed."""
        at = self._clock.now()
        if self.holding() or (self._rests and self._rests[0] <= at < self._rests[1]):
            return
        self._failed = {number: when for number, when in self._failed.items() if at - AGAIN < when <= at}
        unseen, closes = await self._database.read(lambda store: to_see(store, self._programmes, at))
        waiting = [each for each in unseen if each.number not in self._failed]
        if not waiting:
            self._rests = (at, min([at + REST, *closes]))
            return
        found: dict[int, datetime | None] = {}
        busy: set[tuple[str, str]] = set()
        for each in waiting[:AT_ONCE]:
            home = (each.place.platform, each.place.workspace)
            if home not in busy:
                try:
                    found[each.number] = await self._last_written(each)
                except (Refused, Unknown, TimeoutError) as why:
                    log.info("whether small group %s is quiet cannot be seen: %s", each.number, why)
                    if isinstance(why, Refused) and not why.reason.passing:
                        self._failed[each.number] = at
                    else:
                        busy.add(home)
        if found:
            await self._database.write(lambda store: _note(store, found, at))

    async def _last_written(self, each: Unseen) -> datetime | None:
        platform = self._platforms.get(each.place.platform)
        if platform is None or not isinstance(platform, SeesActivity):
            raise Refused(Reason.NOT_ALLOWED, "the platform cannot tell")
        async with asyncio.timeout(PATIENCE):
            return await platform.last_written(each.place, each.since)


def to_see(store: Store, programmes: Programmes, at: datetime) -> tuple[Sequence[Unseen], Sequence[datetime]]:
    """The conversations that were not seen since the newest round that is over, and could have been quiet for two
    rounds; and when the next rounds close.
    """
    found, closes = [], []
    for group in store.groups.conversations():
        cohort = store.cohorts.get(group.cohort_id)
        programme = programmes.get(cohort.programme) if cohort else None
        if cohort is None or programme is None or not {Feature.QUIET, Feature.GROUPS} <= cohort.features:
            continue
        calendar = cohort.calendar
        number = calendar.latest(at)
        while number and calendar.closes(number) > at:
            number -= 1
        closes.append(calendar.closes(number + 1))
        began = number - QUIET_AFTER + 1
        if number > programme.length or first_round(calendar, group) > began or seen(group, calendar.closes(number)):
            continue
        if ref := conversation(store, group.number):
            since = max(group.formed_at, calendar.opens(max(1, began - 1)))
            found.append(Unseen(group.number, ref.place, since))
    return found, closes


def _note(store: Store, found: Mapping[int, datetime | None], at: datetime) -> None:
    for number, written in found.items():
        store.groups.heard(number, at, written)
