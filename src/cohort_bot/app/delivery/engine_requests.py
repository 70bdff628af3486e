"""The lanes that an engine has asked this process for: which of them have a message under way, and who waits for them.

A lane is brought until nothing in it is due any more. Which row of it is next is the ledger's to say: the engine knows
lanes only, so there is one order.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

PATIENCE: Final = 15.0
"""Seconds after which a lane that has nothing under way is handed back, so that others have a turn."""

AGAIN: Final = 5.0
"""Seconds after which a lane that was handed back for no reason of its own is asked for again."""

SLICE: Final = 10
"""So many messages of a lane, and another lane has a turn."""


@dataclass(slots=True)
class _Turn:
    job: int
    ended: asyncio.Future[float | None]
    looked: bool = False
    brought: int = 0

    def end(self, again: float | None) -> None:
        if not self.ended.done():
            self.ended.set_result(again)


class EngineRequests:
    """Between the engine's calls of `bring` and the courier's loop."""

    def __init__(self) -> None:
        self._turns: dict[str, _Turn] = {}
        self._here: set[str] = set()
        self._stopped = False

    async def bring(self, lane: str, job: int) -> float | None:
        """Wait until nothing in the lane is due any more: None. Else after how many seconds to ask again; 0 says that
        there is more, and that others have a turn. While a message of the lane is under way it is not handed back.
        """
        if self._stopped or lane in self._turns:
            return AGAIN
        turn = self._turns[lane] = _Turn(job, asyncio.get_running_loop().create_future())
        try:
            while True:
                await asyncio.wait({turn.ended}, timeout=PATIENCE)
                if turn.ended.done():
                    return turn.ended.result()
                if lane not in self._here:
                    return AGAIN
        finally:
            del self._turns[lane]

    def take(self) -> tuple[Mapping[str, int], frozenset[str]]:
        """The lanes to look into now, with the engine's jobs, and which of them are looked into for the first time in
        this turn; none is handed back until `taken`.
        """
        wanted = {lane: turn for lane, turn in self._turns.items() if lane not in self._here}
        first = frozenset(lane for lane, turn in wanted.items() if not turn.looked)
        for turn in wanted.values():
            turn.looked = True
        self._here.update(wanted)
        return {lane: turn.job for lane, turn in wanted.items()}, first

    def taken(self, wanted: Iterable[str], claimed: Collection[str]) -> None:
        """What came of it: these have a message under way, the others wait."""
        self._here.difference_update(set(wanted) - set(claimed))

    def hand_back(self, lanes: Mapping[str, float | None]) -> None:
        """These need nothing more now, or not for so many seconds."""
        for lane, again in lanes.items():
            if turn := self._turns.get(lane):
                turn.end(again)

    def noted(self, lanes: Iterable[str]) -> None:
        """The outcome of a message of each of these is in the ledger."""
        for lane in lanes:
            self._here.discard(lane)
            if turn := self._turns.get(lane):
                turn.brought += 1
                if turn.brought >= SLICE:
                    turn.end(0.0)

    def forget(self, lane: str) -> None:
        """Nothing of it is under way any more; its turn comes again."""
        self._here.discard(lane)
        self.hand_back({lane: 0.0})

    def stop(self) -> None:
        """Nothing more is done here; whoever waits is told."""
        self._stopped = True
        for turn in self._turns.values():
            turn.end(AGAIN)
