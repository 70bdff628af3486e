"""What an engine costs and buys: the plain courier's SKIP LOCKED beside procrastinate, on one PostgreSQL, in one run.

python -m benchmarks.engines --messages 2000
"""

import argparse
import asyncio
import sys
import time
from typing import Any

from tests.harness import scenario
from tests.harness.cluster import cluster
from tests.harness.platform import HttpPlatform
from tests.harness.worker import ToldClock

from cohort_bot.bootstrap import same_time_zones_everywhere
from cohort_bot.runtime import Bot
from cohort_bot.storage.jobs import Jobs
from cohort_bot.storage.postgres import PostgresDatabase


class AtOnce(HttpPlatform):
    """A chat service that answers at once, so that only the ledger is measured."""

    posted = 0

    async def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self.posted += 1
        return {"id": f"m{self.posted}", "thread": f"t{self.posted}", "channel": "direct"}


async def rate(messages: int, *, engine: bool) -> float:
    """Openings a second, from the tick to the last outcome in the ledger; the platform answers at once."""
    with cluster() as server:
        rows = scenario.stops(await scenario.build(PostgresDatabase(server.url), "local", messages))[0]
        clock = ToldClock(rows[-1].due)
        database = PostgresDatabase(server.url)
        chat = AtOnce("local", "http://127.0.0.1")
        jobs = Jobs(database, clock.now) if engine else None
        began = time.perf_counter()
        async with Bot(database, scenario.Toy(), {chat.name: chat}, clock, engine=jobs) as bot:
            await bot.ticker.tick()
            while (await database.read(lambda store: store.health.standing())).oldest_due:  # noqa: ASYNC110
                await asyncio.sleep(0.05)  # nobody tells what a database holds
            seconds = time.perf_counter() - began
        await chat.close()
        return len(rows) / seconds


def main() -> int:
    """Print both rates."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=2000)
    given = parser.parse_args()
    same_time_zones_everywhere()
    plain = asyncio.run(rate(given.messages, engine=False))
    carried = asyncio.run(rate(given.messages, engine=True))
    print(f"{given.messages} messages, one process: SKIP LOCKED alone {plain:.0f}/s, procrastinate {carried:.0f}/s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
