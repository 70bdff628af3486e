"""The courier where an engine says whose turn a row is: several processes share one ledger, and one lease system."""

from collections.abc import Mapping

from cohort_bot.app.delivery.asked import Asked
from cohort_bot.app.delivery.courier import Courier
from cohort_bot.app.delivery.ledger import Parcel
from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.app.ports import ChatPlatform, Clock, Database, Programmes
from cohort_bot.app.watching import Watch


class CarriedCourier(Courier):
    """Brings the rows that `deliver` is called for, in batches as they come; all else is the plain courier's."""

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
        self._asked = Asked()

    async def deliver(self, delivery_id: int, doubtful: bool) -> bool:
        """Bring one row and return True when the ledger has closed it; False: not now, ask again.

        `doubtful` says that another process may have been sending it when it died.
        """
        self._wake.set()
        return await self._asked.close(delivery_id, doubtful=doubtful)

    async def run(self) -> None:
        """Deliver until stopped."""
        try:
            await super().run()
        finally:
            self._asked.stop()

    async def _take_over(self) -> None:
        """Nothing: what is being sent belongs to a process that lives, unless the engine says otherwise."""

    async def _claim(self) -> bool:
        wanted, doubtful = self._asked.take()
        claimed: set[int] = set()
        closed = wanted
        try:
            at = self._clock.now()
            still_open, lanes = await self._database.write(
                lambda store: store.deliveries.open_among(wanted, doubtful, at), fenced=True
            )
            closed = wanted - still_open
            for lane in lanes:  # what a process that died had under way may still be on its way
                self._traffic.hold(lane, self._pacing.settle)
            self._asked.settled(doubtful)
            self._only = still_open
            worked = await super()._claim()
            claimed.update(each.delivery.id for each in self._claimed if isinstance(each, Parcel))
            claimed.update(each.delivery.id for each in self._outcomes)
        except BaseException:
            closed = frozenset()
            raise
        finally:
            self._asked.taken(wanted, claimed, closed)
        return worked or bool(doubtful)

    async def _note(self) -> bool:
        ended = [each.delivery.id for each in self._outcomes]
        noted = await super()._note()
        self._asked.noted(ended)
        return noted

    async def _carry(self, parcel: Parcel) -> None:
        await super()._carry(parcel)
        ended = (each.delivery.id for each in reversed(self._outcomes))
        if parcel.delivery.id not in ended:  # its look-up has to be repeated
            self._asked.noted([parcel.delivery.id])
