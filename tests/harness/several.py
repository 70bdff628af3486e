"""One of several processes that deliver from one PostgreSQL: python -m tests.harness.several URL SERVER NOW.

It plans and delivers until it is told to stop (or killed), with times that suit a test.
"""

import asyncio
import logging
import sys
from datetime import datetime

from cohort_bot import bootstrap
from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.application import Application
from cohort_bot.storage.jobs import Beat, Jobs
from cohort_bot.storage.postgres import PostgresDatabase
from tests.harness.platform import HttpPlatform
from tests.harness.scenario import Toy
from tests.harness.worker import ToldClock

PACING = Pacing(lease=2.0, settle=0.5, first_wait=0.05, longest_wait=0.5)
BEAT = Beat(heartbeat=0.5, stalled=3.0, look=0.5, poll=0.3, again=1)


async def work(url: str, server: str, now: str) -> None:
    """Until SIGTERM."""
    clock = ToldClock(datetime.fromisoformat(now))
    platform = HttpPlatform("slack-like", server)
    database = PostgresDatabase(url)
    jobs = Jobs(database, clock.now, BEAT)
    try:
        async with Application(database, Toy(), {platform.name: platform}, clock, PACING, engine=jobs):
            stop = bootstrap.stop_signal()
            print("@ready", flush=True)  # noqa: T201 - the parent reads it
            await stop.wait()
    finally:
        await platform.close()


if __name__ == "__main__":
    logging.basicConfig(level="WARNING", format="%(levelname)s %(name)s: %(message)s", stream=sys.stdout)
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    bootstrap.same_time_zones_everywhere()
    asyncio.run(work(*sys.argv[1:]))
