"""The ticker: moves what has come due from the calendar into the ledger."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from cohort_bot.app.delivery import ledger
from cohort_bot.app.delivery.courier import Courier
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import Store

log = logging.getLogger(__name__)

TOGETHER = 100
"""Cohorts that are planned in one transaction; when it fails, each is planned alone."""


class Ticker:
    """`tick` is called about once a second by whoever keeps time, and at will; it plans so much `ahead` of now."""

    def __init__(
        self,
        database: Database,
        programmes: Programmes,
        courier: Courier,
        clock: Clock,
        ahead: timedelta = timedelta(),
    ) -> None:
        self._database = database
        self._programmes = programmes
        self._courier = courier
        self._clock = clock
        self._ahead = ahead
        self._one_at_a_time = asyncio.Lock()
        self.holding: Callable[[], bool] = lambda: False
        """Whether nobody knows what time it is: then nothing is planned."""
        self._failed = False
        self.planned_at = clock.elapsed()
        """The elapsed second at which all that was due was last planned."""

    async def tick(self) -> int:
        """Write down all that is due now, or soon; returns how many rows. A fault of one cohort holds up no other."""
        async with self._one_at_a_time:
            at = self._clock.now()
            if self.holding():
                return 0
            self._failed = False
            cohorts, edits = await self._database.read(
                lambda store: (store.cohorts.due(at + self._ahead), store.revisions.waiting(at) or _come(store, at))
            )
            if edits:
                self._courier.wake()
            written = 0
            for start in range(0, len(cohorts), TOGETHER):
                rows = await self._materialise(cohorts[start : start + TOGETHER], at)
                if rows:
                    self._courier.wake()
                written += rows
            if not self._failed:
                self.planned_at = self._clock.elapsed()
        return written

    async def _materialise(self, cohorts: Sequence[int], at: datetime) -> int:
        try:
            planned = await self._database.write(
                lambda store: ledger.materialise(store, self._programmes, cohorts, at, self._ahead)
            )
        except Exception:
            if len(cohorts) > 1:
                return sum([await self._materialise([each], at) for each in cohorts])
            log.exception("cohort %s cannot be planned; trying again at the next tick", cohorts[0])
            self._failed = True
            return 0
        self._failed = self._failed or planned.elsewhere
        self._courier.ahead.expect(planned.prepared, at)
        return planned.rows

    async def next_due(self) -> datetime | None:
        """The next instant at which anything goes out, None when there is no cohort."""
        at = self._clock.now()

        def read(store: Store) -> datetime | None:
            instants = (store.cohorts.next_due(), store.deliveries.next_due(at))
            return min((due for due in instants if due is not None), default=None)

        return await self._database.read(read)


def _come(store: Store, at: datetime) -> bool:
    """Whether anything waits to be delivered: what was written down ahead has its turn without being planned."""
    due = store.deliveries.next_due()
    return due is not None and due <= at
