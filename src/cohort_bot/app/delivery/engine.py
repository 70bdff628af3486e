"""The courier where an engine says which process brings which lane: several share one ledger, and one lease system."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from cohort_bot.app.delivery.courier import Courier
from cohort_bot.app.delivery.engine_requests import AGAIN, EngineRequests
from cohort_bot.app.delivery.ledger import Parcel
from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import ChatPlatform
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import SOON, Head
from cohort_bot.app.ports.watch import Watch

UNTOLD: Final = 20.0
"""Seconds without a word from the engine after which nothing is sent that was claimed before: the process may have
stood still, or have lost the server, and others take it for dead.
"""

LONG: Final = 10.0
"""A lane that has to wait for longer is handed back for so long: others have its place, and every process knows."""


class CarriedCourier(Courier):
    """Brings the lanes that `deliver` is called for, in batches as they come; all else is the plain courier's."""

    def __init__(
        self,
        database: Database,
        programmes: Programmes,
        platforms: Mapping[str, ChatPlatform],
        clock: Clock,
        pacing: Pacing | None = None,
        watch: Watch | None = None,
    ) -> None:
        super().__init__(database, programmes, platforms, clock, pacing, watch)
        self._asked = EngineRequests()
        self._told = clock.elapsed()
        self._lapsed = 0.0
        self._claimed_at: dict[str, float] = {}

    def share(self, sharers: int) -> None:
        """So many couriers, this one among them, send on the same tokens. Told every few seconds by the engine, and so
        the sign that others know that this one lives.
        """
        super().share(sharers)
        now = self._clock.elapsed()
        if now - self._told > UNTOLD:
            self._lapsed = now
        self._told = now

    async def deliver(self, lane: str, job: int) -> float | None:
        """Bring what is due in a lane under the engine's job, and return None when nothing is any more.

        Else how many seconds later to ask again. Nothing is under way under that job when this returns.
        """
        self._wake.set()
        return await self._asked.bring(lane, job)

    async def run(self) -> None:
        """Deliver until stopped."""
        try:
            await super().run()
        finally:
            self._asked.stop()

    async def start_over(self, lane: str) -> None:
        """Forget everything about a lane that does not move, and give up what is under way in it."""
        await super().start_over(lane)
        self._asked.forget(lane)

    async def _turn(self, parcel: Parcel, platform: ChatPlatform) -> str | None:
        why = await super()._turn(parcel, platform)
        now = self._clock.elapsed()
        if now - self._told > UNTOLD or self._claimed_at.get(parcel.delivery.lane, now) < self._lapsed:
            return "the process stood still"
        return why

    async def _take_over(self) -> None:
        """Nothing: what is being sent belongs to a process that lives, unless the engine says otherwise."""

    async def _claim(self) -> bool:
        began = self._clock.elapsed()
        wanted, first = self._asked.take()
        claimed: set[str] = set()
        heads: Mapping[str, Head] = {}
        worked = False
        try:
            at = self._clock.now()
            if wanted:
                heads = await self._database.read(lambda store: store.deliveries.heads(tuple(wanted), at + SOON))
            self._settle(heads, first, at)
            self._only = {lane: job for lane, job in wanted.items() if lane in heads}
            worked = await super()._claim()
            claimed.update(each.delivery.lane for each in self._claimed if isinstance(each, Parcel))
            claimed.update(each.delivery.lane for each in self._outcomes)
            self._claimed_at.update(dict.fromkeys(claimed & wanted.keys(), began))
            self._asked.hand_back({lane: None for lane in wanted if lane not in heads})
            waits = {lane: self._wait(lane, head.platform) for lane, head in heads.items() if lane not in claimed}
            self._asked.hand_back({lane: wait for lane, wait in waits.items() if wait is not None})
        finally:
            self._asked.taken(wanted, claimed)
        return worked

    def _wait(self, lane: str, platform: str) -> float | None:
        """For how long to hand it back, None to keep it. What is not connected here may be in another process."""
        if platform in self.away:
            return AGAIN
        return wait if (wait := self._traffic.wait(lane, platform)) > LONG else None

    def _settle(self, heads: Mapping[str, Head], first: frozenset[str], at: datetime) -> None:
        """What another clock calls due is not due yet; what another process left may still be on its way."""
        for lane, head in heads.items():
            if self._traffic.wait(lane, head.platform):
                continue
            if head.due > at:
                self._traffic.hold(lane, (head.due - at) / timedelta(seconds=1))
            elif head.doubtful and lane in first:
                self._traffic.hold(lane, self._pacing.settle)

    async def _note(self) -> bool:
        ended = [each.delivery.lane for each in self._outcomes]
        noted = await super()._note()
        for lane in ended:
            self._claimed_at.pop(lane, None)
        self._asked.noted(ended)
        return noted

    async def _carry(self, parcel: Parcel) -> None:
        await super()._carry(parcel)
        ended = (each.delivery.id for each in reversed(self._outcomes))
        if parcel.delivery.id not in ended:  # its look-up has to be repeated
            self._asked.noted([parcel.delivery.lane])
