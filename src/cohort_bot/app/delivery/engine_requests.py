"""The lanes that an engine has requested from this process, and which of them have a delivery under way.

A request lasts until nothing in the lane is due any more. The ledger alone decides which row comes next: the engine
knows only lanes, so there is one order.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

IDLE: Final = 15.0
"""Seconds after which a lane with nothing under way is returned, so that other lanes get a turn."""

RETRY_AFTER: Final = 5.0
"""Seconds until the engine requests a lane again that was returned for no particular reason."""

BATCH: Final = 10
"""After this many deliveries of one lane another lane gets a turn."""


@dataclass(slots=True)
class _Request:
    job: int
    ended: asyncio.Future[float | None]
    examined: bool = False
    delivered: int = 0

    def end(self, again: float | None) -> None:
        if not self.ended.done():
            self.ended.set_result(again)


class EngineRequests:
    """Between the engine's calls of `deliver` and the courier's loop."""

    def __init__(self) -> None:
        self._requests: dict[str, _Request] = {}
        self._active: set[str] = set()
        self._stopped = False

    async def deliver(self, lane: str, job: int) -> float | None:
        """Wait until nothing in the lane is due any more, and return None.

        Otherwise return the seconds after which the engine should request it again; 0 when there is more to deliver and
        other lanes get a turn first. While a delivery of the lane is under way this does not return.
        """
        if self._stopped or lane in self._requests:
            return RETRY_AFTER
        request = self._requests[lane] = _Request(job, asyncio.get_running_loop().create_future())
        try:
            while True:
                await asyncio.wait({request.ended}, timeout=IDLE)
                if request.ended.done():
                    return request.ended.result()
                if lane not in self._active:
                    return RETRY_AFTER
        finally:
            del self._requests[lane]

    def take(self) -> tuple[Mapping[str, int], frozenset[str]]:
        """The requested lanes to examine now, with the engine's jobs, and which of them are examined for the first
        time.

        They count as active, so that none is returned, until `taken`.
        """
        requests = {lane: request for lane, request in self._requests.items() if lane not in self._active}
        first = frozenset(lane for lane, request in requests.items() if not request.examined)
        for request in requests.values():
            request.examined = True
        self._active.update(requests)
        return {lane: request.job for lane, request in requests.items()}, first

    def taken(self, lanes: Collection[str], claimed: Collection[str]) -> None:
        """Of the lanes that were examined, those in `claimed` have a delivery under way; the others wait."""
        self._active.difference_update(set(lanes) - set(claimed))

    def finish(self, lane: str, again: float | None) -> None:
        """Return a lane to the engine, with None when nothing in it is due, else with the seconds to wait."""
        if request := self._requests.get(lane):
            request.end(again)

    def delivered(self, lane: str) -> None:
        """The outcome of a delivery of the lane is in the ledger."""
        self._active.discard(lane)
        if request := self._requests.get(lane):
            request.delivered += 1
            if request.delivered >= BATCH:
                request.end(0.0)

    def start_over(self, lane: str) -> None:
        """Nothing in the lane is under way any more: it is returned, and requested again."""
        self._active.discard(lane)
        self.finish(lane, 0.0)

    def stop(self) -> None:
        """Return all lanes, and take no more."""
        self._stopped = True
        for request in self._requests.values():
            request.end(RETRY_AFTER)
