"""Detects a stalled lane, whatever the cause: a moderator is notified once, and the lane starts over.

A lane makes progress when its first row is tried, looked up or put off. A lane is stalled when something in it has been
due for five minutes, by the calendar and by elapsed time, without progress and without a temporary reason.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from cohort_bot.app.delivery import keys
from cohort_bot.app.delivery.courier import Courier
from cohort_bot.app.delivery.kinds import KINDS
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.health import Waiting
from cohort_bot.app.ports.store import Delivery, NewDelivery, Store
from cohort_bot.app.queries.moderators import moderators
from cohort_bot.app.words import stalled as stalled_words

log = logging.getLogger(__name__)

LATE: Final = timedelta(minutes=5)
"""Lanes in which something has been due for longer, by the calendar, are shown."""

SILENT: Final = 300.0
"""Seconds of elapsed time without progress after which a lane is stalled."""

LOOK: Final = 10.0
"""Seconds between two checks."""

STOOD: Final = 3 * LOOK
"""When more time than this passes between two checks, the whole process was suspended, not a single lane."""

FRONT: Final = 20
"""The number of lanes of a platform that are watched, the oldest first: later ones may wait only because there is much
to do.
"""

MOST: Final = 1000
"""The most lanes that one check reads."""


class Renews(Protocol):
    """An engine that shares the lanes among processes."""

    async def others(self) -> Collection[str]:
        """The lanes that another process has, and those that wait until a set time."""

    async def renew(self, lane: str) -> None:
        """Give the lane a new job in place of its present ones."""


class Stalled:
    """Checks what is due, and remembers since when it has made no progress."""

    def __init__(self, database: Database, clock: Clock, courier: Courier, engine: Renews | None) -> None:
        self._database = database
        self._clock = clock
        self._courier = courier
        self._engine = engine
        self._since: dict[str, tuple[object, float]] = {}
        self._silent: dict[str, int] = {}

    async def run(self) -> None:
        """Run until stopped, checking at intervals."""
        while True:
            began = self._clock.elapsed()
            await asyncio.sleep(LOOK)
            if self._clock.elapsed() - began > STOOD:
                self._since.clear()
            try:
                await self.look()
            except Exception:
                log.exception("stalled lanes cannot be looked for; trying again")
                self._since.clear()  # the database was unreachable, which explains the delay

    async def look(self) -> None:
        """Start over the lanes without progress for five minutes."""
        at, now = self._clock.now(), self._clock.elapsed()
        lanes = await self._database.read(lambda store: store.health.waiting(at, MOST))
        others = await self._engine.others() if self._engine else ()
        since: dict[str, tuple[object, float]] = {}
        front: Counter[str] = Counter()
        for lane in lanes:
            if lane.lane in others or self._courier.passing(lane.lane, lane.platform):
                continue
            front[lane.platform] += 1
            if front[lane.platform] > FRONT:
                continue
            stands = lane, self._courier.pages_searched(lane.delivery_id)
            before, began = self._since.get(lane.lane, (None, now))
            since[lane.lane] = stands, began if before == stands else now
        self._since = since
        first = {lane.lane: lane.delivery_id for lane in lanes}
        self._silent = {lane: number for lane, number in self._silent.items() if first.get(lane) == number}
        for lane in lanes:
            if lane.lane in since and now - since[lane.lane][1] >= SILENT and at - lane.due >= LATE:
                self._since.pop(lane.lane)
                self._silent[lane.lane] = lane.delivery_id
                await self._start_over(lane, at)

    async def _start_over(self, lane: Waiting, at: datetime) -> None:
        log.warning("delivery %s has not moved for five minutes; its lane starts over", lane.delivery_id)
        await self._courier.start_over(lane.lane)

        def write(store: Store) -> None:
            row = store.deliveries.get(lane.delivery_id)
            if row is not None:
                store.deliveries.orphaned(at, lane.lane)
                _tell(store, row, at)

        await self._database.write(write)
        if self._engine is not None:
            await self._engine.renew(lane.lane)
        self._courier.wake()

    def why(self, lanes: Sequence[Waiting]) -> Mapping[str, str]:
        """Why they are late, as far as this process knows."""
        reasons: dict[str, str] = {}
        for lane in lanes:
            if self._silent.get(lane.lane) == lane.delivery_id:
                reasons[lane.lane] = stalled_words.started_again()
            elif passing := self._courier.passing(lane.lane, lane.platform):
                reasons[lane.lane] = stalled_words.passing(passing)
        return reasons


def _tell(store: Store, delivery: Delivery, at: datetime) -> None:
    """Notify the moderators once that a post is stalled and the cause is unknown."""
    what = delivery.what
    cohort = store.cohorts.get(what.cohort_id)
    if cohort is None or KINDS[what.kind].notice:
        return
    args = {"since": what.due.isoformat(), "direct": "yes" if what.room_id is None else ""}
    store.deliveries.add(
        NewDelivery.to_account("silent", keys.silent(delivery.id, to), to, cohort.id, at, args=args)
        for to in moderators(store, cohort)
    )
