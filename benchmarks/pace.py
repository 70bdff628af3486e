"""At Discord's 50 messages a second: how much of the limit is used, and whether it is ever passed."""

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path

from benchmarks.delivery import HttpPlatform, StillClock
from benchmarks.world import OPENING, Counter, Figure, fill
from cohort_bot.programmes.library import Library, shipped_folder
from cohort_bot.runtime import Bot
from cohort_bot.storage.database import SqliteDatabase

LIMIT = 50.0
ASKED = 47.5
MESSAGES = 1_000


async def paced(url: str) -> list[float]:
    """When each of the messages was handed over."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        fill(path, MESSAGES)
        clock = StillClock(OPENING - timedelta(hours=1))
        platform = HttpPlatform(url, per_second=ASKED)
        async with Bot(SqliteDatabase(path), Library([shipped_folder()]), {"bench": platform}, clock) as bot:
            clock.at = OPENING
            await bot.settle()
        return platform.times


def run() -> list[Figure]:
    """The rate that the Discord adapter asks for, beside the limit."""
    with Counter() as server:
        times = asyncio.run(paced(server.url))
    steady = times
    rate = (len(steady) - 1) / (steady[-1] - steady[0])
    busiest = max(sum(at <= other < at + 1 for other in steady) for at in steady[:: int(LIMIT)])
    return [
        Figure("share of a limit of 50 messages a second that is used", rate / LIMIT * 100, "%", "at least 95"),
        Figure("most messages in any second", busiest, "", "at most 50"),
    ]
