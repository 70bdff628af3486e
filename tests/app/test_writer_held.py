"""However much is due at once, no transaction keeps somebody's check-in from the writer for long."""

import asyncio
import gc
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from benchmarks.delivery import HttpPlatform, StillClock
from benchmarks.world import OPENING, fill

from cohort_bot.app.ports.store import AHEAD
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Place, Ref
from cohort_bot.runtime import Bot
from cohort_bot.storage.database import SqliteDatabase
from tests.fakes.bot import LIBRARY

COHORTS = 300
LONGEST = 0.020
"""Seconds of the writer thread's processor time: the machine may be busy with something else."""


class SilentPlatform(HttpPlatform):
    """Takes every post, and sends it nowhere."""

    async def start(self, *_: object) -> None: ...

    async def stop(self, grace: float) -> None: ...

    async def send(self, place: Place, message: Message, mark: str, again: object = None) -> Ref:
        self.bodies.append(message.summary)
        await asyncio.sleep(0)
        return Ref(place, mark)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[float]]]:
    """For how long each transaction held the writer, by the function that wrote."""
    times: dict[str, list[float]] = defaultdict(list)
    write = SqliteDatabase.write

    async def timed(database: SqliteDatabase, fn: Callable[[Any], Any], *, fenced: bool = False) -> Any:
        def watched(store: Any) -> Any:
            began = time.thread_time()
            result = fn(store)
            times[getattr(fn, "__qualname__", "")].append(time.thread_time() - began)
            return result

        return await write(database, watched, fenced=fenced)

    monkeypatch.setattr(SqliteDatabase, "write", timed)
    gc.collect()
    gc.disable()  # a full collection of all that tests have loaded takes longer than any transaction
    yield times
    gc.enable()


@pytest.mark.parametrize("ahead", [True, False])
async def test_hundreds_of_cohorts_that_are_due_at_once_are_planned_and_claimed_in_slices(
    tmp_path: Path, held: dict[str, list[float]], ahead: bool
) -> None:
    fill(tmp_path / "bot.db", COHORTS)
    clock, platform = StillClock(OPENING - timedelta(hours=1)), SilentPlatform("")
    longest: list[float] = []
    database = SqliteDatabase(tmp_path / "bot.db")
    bot = Bot(database, LIBRARY, {"bench": platform}, clock)
    database.held = longest.append
    async with bot:
        for at in (OPENING - AHEAD, OPENING) if ahead else (OPENING,):
            clock.at = at
            await bot.settle()
    assert len(platform.bodies) == COHORTS
    plans = held["Ticker._materialise.<locals>.plan"]
    claims = held["Courier._claim_at.<locals>.claim"]
    assert len(plans) > 5
    assert len(longest) >= len(plans) + len(claims)
    assert max(plans[1:]) <= LONGEST, "after the first, for which statements are compiled"
    assert max(claims[1:]) <= LONGEST
