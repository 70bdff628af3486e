"""Where a courier's work comes from. With the whole ledger to itself a process delivers every lane; where several share
one, an engine requests the lanes (`engine_source.py`).
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from cohort_bot.app.delivery import ledger
from cohort_bot.app.delivery.parcel import Claims
from cohort_bot.app.delivery.precomposed import Precomposed
from cohort_bot.app.delivery.throttle import Throttle
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Delivery, Store


class Source(Protocol):
    """Which lanes a courier delivers, and who is notified of the outcomes."""

    def attach(self, throttle: Throttle, wake: Callable[[], None]) -> None:
        """Called once by the courier with two functions: how long a lane has to wait, and how to make it claim at
        once.
        """

    async def prepare(self, at: datetime) -> None:
        """Called before each claim at the calendar's instant `at`; `claimed` follows, also when the claim fails."""

    def claim(
        self,
        store: Store,
        at: datetime,
        limit: int,
        but: frozenset[str],
        but_platforms: frozenset[str],
        enough: Callable[[], bool],
    ) -> Claims:
        """Claim what is due by `at`, at most `limit` rows, except in the lanes `but` and for `but_platforms`; no more
        once `enough` returns True.

        Runs in a transaction, which may be run again.
        """

    def compose(self, store: Store, rows: Sequence[Delivery], at: datetime) -> None:
        """Compose, in a read, what a claim has left for that."""

    def claimed(self, lanes: Collection[str]) -> None:
        """A delivery in each of these lanes is under way from now on."""

    def revoked(self, lane: str) -> DeliveryReason | None:
        """Why what was claimed in the lane must not be sent any more, None when it may be."""

    def finished(self, lanes: Iterable[str]) -> None:
        """Nothing in these lanes is under way any more, and the outcomes are in the ledger."""

    def start_over(self, lane: str) -> None:
        """Forget everything about the lane: its deliveries under way have been given up."""

    def stop(self) -> None:
        """The courier has stopped."""


class LedgerSource:
    """The whole ledger, for a process that has it to itself: nobody requests a lane, or waits for its outcome."""

    def __init__(
        self,
        database: Database,
        programmes: Programmes,
        precomposed: Precomposed | None = None,
        *,
        board: bool = False,
    ) -> None:
        self._database = database
        self._programmes = programmes
        self._precomposed = precomposed
        self._board = board
        self._beside: dict[int, ledger.Beside] = {}
        self._throttle: Throttle
        self._started = False

    def attach(self, throttle: Throttle, wake: Callable[[], None]) -> None:  # noqa: ARG002 - nothing to wake for
        self._throttle = throttle

    async def prepare(self, at: datetime) -> None:
        """On the first call: messages of an earlier process may still arrive, so they are looked up, but not at
        once.
        """
        if self._started:
            return
        await self._database.write(lambda store: store.deliveries.orphaned(at))
        for lane in await self._database.read(lambda store: store.deliveries.unknown_lanes()):
            self._throttle.settle(lane)
        self._started = True

    def claim(
        self,
        store: Store,
        at: datetime,
        limit: int,
        but: frozenset[str],
        but_platforms: frozenset[str],
        enough: Callable[[], bool],
    ) -> Claims:
        kept, board = self._precomposed, self._board
        rows = (at, limit, but, but_platforms, None, kept, self._beside)
        return ledger.claim(store, self._programmes, *rows, board=board, enough=enough)

    def compose(self, store: Store, rows: Sequence[Delivery], at: datetime) -> None:
        self._beside = ledger.compose_beside(store, self._programmes, rows, at, board=self._board) | self._beside

    def claimed(self, lanes: Collection[str]) -> None: ...

    def revoked(self, lane: str) -> None: ...

    def finished(self, lanes: Iterable[str]) -> None: ...

    def start_over(self, lane: str) -> None: ...

    def stop(self) -> None: ...
