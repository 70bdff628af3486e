"""The ticker: moves what has come due from the calendar into the ledger."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from cohort_bot.app.delivery import ledger
from cohort_bot.app.delivery.pacing import Enough
from cohort_bot.app.delivery.precomposed import Precomposed
from cohort_bot.app.delivery.slices import in_slices
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import AHEAD, Store

log = logging.getLogger(__name__)

LOOK_BACK: Final = 600.0
"""Elapsed seconds between two checks for cohorts that were planned too far ahead, even without a jump of the clock."""

TOGETHER: Final = 25
"""When a cohort's planning cannot be undone or begun, so many others wait with it for the next time."""


class Ticker:
    """Plans what is due; `tick` is called about once a second of elapsed time, and whenever something was changed."""

    def __init__(
        self,
        database: Database,
        programmes: Programmes,
        clock: Clock,
        wake: Callable[[], None],
        precomposed: Precomposed | None = None,
        paused: Callable[[], bool] = lambda: False,
    ) -> None:
        """`wake` makes the courier look for work. With `precomposed` rows are written AHEAD of their instant. While
        `paused` returns True, because the clock is untrusted, nothing is planned.
        """
        self._database = database
        self._programmes = programmes
        self._clock = clock
        self._wake = wake
        self._precomposed = precomposed
        self._ahead = timedelta() if precomposed is None else AHEAD
        self._paused = paused
        self._lock = asyncio.Lock()
        self._failed = False
        self._latest: datetime | None = None  # the calendar's time at the last tick
        self._looked = clock.elapsed()
        self.planned_at = clock.elapsed()
        """The elapsed second at which everything due was last planned."""

    async def tick(self) -> int:
        """Write what is due to the ledger; returns how many rows. An error with one cohort delays no other."""
        async with self._lock:
            at = self._clock.now()
            if self._paused():
                return 0
            self._failed = False
            await self.take_back()
            cohorts, work = await self._database.read(
                lambda store: (store.cohorts.due(at + self._ahead), store.revisions.waiting(at) or _any_due(store, at))
            )
            if work:
                self._wake()
            written = await self._plan(cohorts, at) if cohorts else 0
            if not self._failed:
                self.planned_at = self._clock.elapsed()
        return written

    async def take_back(self) -> None:
        """Plan again the cohorts that were planned while the calendar was ahead, in this process, another or an earlier
        one.
        """
        at, now = self._clock.now(), self._clock.elapsed()
        if self._paused():
            return
        if self._latest is not None and at >= self._latest and now - self._looked < LOOK_BACK:
            self._latest = at
            return
        if self._latest is not None and at < self._latest - ledger.FAR:
            cohorts = [cohort.id for cohort in await self._database.read(lambda store: store.cohorts.active())]
        else:
            cohorts = list(await self._database.read(lambda store: store.cohorts.planned_beyond(at + ledger.FAR)))
        for start in range(0, len(cohorts), TOGETHER):
            some = cohorts[start : start + TOGETHER]
            try:
                await in_slices(
                    self._database, self._clock, some, lambda store, each: ledger.take_back(store, each, at)
                )
            except Exception:  # everything else is still planned
                log.exception("rows planned while the calendar was ahead cannot be taken back; trying again later")
        self._latest, self._looked = at, now
        if cohorts:
            log.warning("the calendar was ahead for a while; cohorts to be planned again: %s", len(cohorts))
            self._wake()

    async def _plan(self, cohorts: Sequence[int], at: datetime) -> int:
        """Plan these cohorts in slices, each in a transaction; returns how many rows were due."""

        def plan(store: Store) -> ledger.Slice | None:
            enough = Enough(self._clock.elapsed)
            return ledger.materialise(store, self._programmes, done.left, at, self._precomposed, done.begun, enough)

        written, done = 0, ledger.Slice(0, cohorts)
        while done.left:
            try:
                planned = await self._database.write(plan, to_disk=False)  # what is forgotten is planned anew
            except Exception:
                if len(done.left) == 1:
                    log.exception("cohort %s cannot be planned; trying again at the next tick", done.left[0])
                    planned = None
                else:  # one of them is at fault: each of the next ones is planned alone
                    written += sum([await self._plan([each], at) for each in done.left[:TOGETHER]])
                    planned = ledger.Slice(0, done.left[TOGETHER:])
            if planned is None:
                self._failed = True
                return written
            if planned.rows:
                self._wake()
            written, done = written + planned.rows, planned
        return written

    async def next_due(self) -> datetime | None:
        """The next instant at which anything goes out, None when there is no cohort."""
        at = self._clock.now()

        def read(store: Store) -> datetime | None:
            instants = (store.cohorts.next_due(), store.deliveries.next_due(at))
            return min((due for due in instants if due is not None), default=None)

        return await self._database.read(read)


def _any_due(store: Store, at: datetime) -> bool:
    """Whether anything waits to be delivered: rows written ahead of their instant come due without being planned."""
    due = store.deliveries.next_due()
    return due is not None and due <= at
