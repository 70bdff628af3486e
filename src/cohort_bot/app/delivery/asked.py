"""The rows that an engine has asked this process for: which are worked on here, and who waits for them to be closed."""

import asyncio
from collections.abc import Collection, Iterable
from typing import Final

PATIENCE: Final = 15.0
"""Seconds after which a row that is not under way is handed back, so that others have a turn."""


class Asked:
    """Between the engine's calls of `close` and the courier's loop."""

    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Event] = {}
        self._here: set[int] = set()
        self._stopped = False
        self._doubtful: set[int] = set()

    async def close(self, delivery_id: int, *, doubtful: bool) -> bool:
        """Wait until the row is closed; False when it is not and is not under way here either: ask again later.

        `doubtful` says that another process may have been sending it when it died.
        """
        if self._stopped or delivery_id in self._waiting:
            return False
        event = self._waiting[delivery_id] = asyncio.Event()
        if doubtful:
            self._doubtful.add(delivery_id)
        try:
            while True:
                try:
                    async with asyncio.timeout(PATIENCE):
                        await event.wait()
                except TimeoutError:
                    if delivery_id in self._here:
                        continue
                    return False
                return not self._stopped
        finally:
            self._waiting.pop(delivery_id, None)
            self._doubtful.discard(delivery_id)

    def take(self) -> tuple[frozenset[int], frozenset[int]]:
        """(the rows to look for now, the doubtful ones among the others); none is handed back until `taken`."""
        doubtful = frozenset(self._doubtful)
        wanted = frozenset(self._waiting) - self._here - doubtful
        self._here |= wanted
        return wanted, doubtful

    def taken(self, wanted: Iterable[int], claimed: Collection[int], closed: Iterable[int]) -> None:
        """What came of it: `claimed` are under way, `closed` need nothing more, the others wait."""
        self._here.difference_update(set(wanted) - set(claimed))
        for number in closed:
            if event := self._waiting.get(number):
                event.set()

    def settled(self, doubtful: Iterable[int]) -> None:
        """These are looked up when their lanes have settled."""
        self._doubtful.difference_update(doubtful)

    def noted(self, ids: Iterable[int]) -> None:
        """The outcome of these is in the ledger."""
        self._here.difference_update(ids)

    def stop(self) -> None:
        """Nothing more is done here; whoever waits is told."""
        self._stopped = True
        for event in self._waiting.values():
            event.set()
