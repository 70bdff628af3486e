"""The lanes that an engine requests from this process, where several processes share one ledger."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from cohort_bot.app.delivery import ledger
from cohort_bot.app.delivery.engine_requests import RETRY_AFTER, EngineRequests
from cohort_bot.app.delivery.parcel import Claims
from cohort_bot.app.delivery.throttle import Throttle
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import SOON, Delivery, Head, Store

SILENCE: Final = 20.0
"""Seconds without contact with the engine after which earlier claims are no longer sent: the
process may have been suspended, or have lost the server, and others take it for dead.
"""

LONG: Final = 10.0
"""A lane that has to wait longer than this many seconds is returned to the engine, which frees its worker."""


class EngineSource:
    """The lanes that an engine calls `deliver` for, gathered so that one claim serves many of these calls."""

    def __init__(self, database: Database, programmes: Programmes, clock: Clock, *, board: bool = False) -> None:
        self._database = database
        self._programmes = programmes
        self._clock = clock
        self._board = board
        self._throttle: Throttle
        self._wake: Callable[[], None]
        self._requests = EngineRequests()
        self._heard_at = clock.elapsed()
        self._suspended_at = 0.0  # when contact with the engine was last regained
        self._claimed_at: dict[str, float] = {}
        # The claim that is under way: when it began, the lanes requested with their jobs, those with something due.
        self._began = 0.0
        self._requested: Mapping[str, int] = {}
        self._heads: Mapping[str, Head] | None = None

    def attach(self, throttle: Throttle, wake: Callable[[], None]) -> None:
        self._throttle, self._wake = throttle, wake

    async def deliver(self, lane: str, job: int) -> float | None:
        """Deliver what is due in a lane on behalf of the engine's job.

        Returns None when nothing in it is due any more, else after how many seconds to call again. Nothing that was
        claimed for the job is under way when this returns.
        """
        self._wake()
        return await self._requests.deliver(lane, job)

    def share(self, processes: int) -> None:
        """This many processes, this one included, send with the same tokens from now on.

        The engine calls this every few seconds. Each call shows that the others know that this process is alive.
        """
        self._throttle.share(processes)
        now = self._clock.elapsed()
        if now - self._heard_at > SILENCE:
            self._suspended_at = now
        self._heard_at = now

    async def prepare(self, at: datetime) -> None:
        """Find out which of the requested lanes have something due, and which of those have to wait."""
        self._began = self._clock.elapsed()
        self._heads = None
        self._requested, first = self._requests.take()
        if not self._requested:
            return
        lanes = tuple(self._requested)
        self._heads = await self._database.read(lambda store: store.deliveries.heads(lanes, at + SOON))
        for lane, head in self._heads.items():
            if self._throttle.wait(lane, head.platform):
                continue
            if head.due > at:  # it is already due by another process's clock
                self._throttle.hold(lane, (head.due - at) / timedelta(seconds=1))
            elif head.doubtful and lane in first:  # a message that another process was sending may still arrive
                self._throttle.settle(lane)

    def claim(
        self,
        store: Store,
        at: datetime,
        limit: int,
        but: frozenset[str],
        but_platforms: frozenset[str],
        enough: Callable[[], bool],
    ) -> Claims:
        """Claim from the requested lanes in which something is due, for the engine's jobs."""
        jobs = {lane: self._requested[lane] for lane in self._heads or ()}
        rows = (at, limit, but, but_platforms, jobs)
        return ledger.claim(store, self._programmes, *rows, board=self._board, enough=enough)

    def compose(self, store: Store, rows: Sequence[Delivery], at: datetime) -> None:
        """Nothing is left for it: on PostgreSQL nobody waits for another's transaction."""

    def claimed(self, lanes: Collection[str]) -> None:
        """Return the requested lanes in which nothing is due, and those that have to wait for long."""
        self._claimed_at.update(dict.fromkeys(lanes, self._began))
        if (heads := self._heads) is not None:  # None when the ledger could not be read
            for lane in self._requested.keys() - lanes:
                if (head := heads.get(lane)) is None:
                    self._requests.finish(lane, None)
                elif head.platform in self._throttle.disconnected:  # another process may be connected to it
                    self._requests.finish(lane, RETRY_AFTER)
                elif (wait := self._throttle.wait(lane, head.platform)) > LONG:
                    self._requests.finish(lane, wait)
        self._requests.taken(self._requested, lanes)
        self._requested = {}

    def revoked(self, lane: str) -> DeliveryReason | None:
        """Whether contact was lost since the lane was claimed: then another process may have sent the message."""
        now = self._clock.elapsed()
        silent = now - self._heard_at > SILENCE
        late = self._claimed_at.get(lane, now) < self._suspended_at
        return DeliveryReason.STOOD_STILL if silent or late else None

    def finished(self, lanes: Iterable[str]) -> None:
        for lane in lanes:
            self._claimed_at.pop(lane, None)
            self._requests.delivered(lane)

    def start_over(self, lane: str) -> None:
        """Return the lane to the engine, which requests it again."""
        self._requests.start_over(lane)

    def stop(self) -> None:
        self._requests.stop()
