"""The ticker: moves what has come due from the calendar into the ledger."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime

from cohort_bot.app.delivery import ledger
from cohort_bot.app.delivery.courier import Courier
from cohort_bot.app.ports import Clock, Database, Programmes

log = logging.getLogger(__name__)

TOGETHER = 100
"""Cohorts that are planned in one transaction; when it fails, each is planned alone."""


class Ticker:
    """`tick` is called about once a second by whoever keeps time, and at will."""

    def __init__(self, database: Database, programmes: Programmes, courier: Courier, clock: Clock) -> None:
        self._database = database
        self._programmes = programmes
        self._courier = courier
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()

    async def tick(self) -> int:
        """Write down all that is due now; returns how many rows. A fault of one cohort does not hold up the others."""
        async with self._one_at_a_time:
            at = self._clock.now()
            cohorts, edits = await self._database.read(
                lambda store: (store.cohorts.due(at), store.revisions.waiting(at))
            )
            if edits:
                self._courier.wake()
            written = 0
            for start in range(0, len(cohorts), TOGETHER):
                rows = await self._materialise(cohorts[start : start + TOGETHER], at)
                if rows:
                    self._courier.wake()
                written += rows
        return written

    async def _materialise(self, cohorts: Sequence[int], at: datetime) -> int:
        try:
            return await self._database.write(lambda store: ledger.materialise(store, self._programmes, cohorts, at))
        except Exception:
            if len(cohorts) > 1:
                return sum([await self._materialise([each], at) for each in cohorts])
            log.exception("cohort %s cannot be planned; trying again at the next tick", cohorts[0])
            return 0

    async def next_due(self) -> datetime | None:
        """The next instant at which anything goes out, None when there is no cohort."""
        return await self._database.read(lambda store: store.cohorts.next_due())
