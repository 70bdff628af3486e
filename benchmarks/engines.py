"""PostgreSQL: how long people wait who join and check in at the same moment, and what procrastinate costs a post beside
the plain courier's SKIP LOCKED, in one run.

python -m benchmarks.engines --messages 2000
"""

import argparse
import asyncio
import itertools
import random
import sys
import time
from collections.abc import Mapping
from datetime import date, timedelta
from datetime import time as wall
from typing import Any

import psycopg
from tests.harness import scenario
from tests.harness.cluster import cluster
from tests.harness.platform import HttpPlatform
from tests.harness.worker import ToldClock

from benchmarks.checkins import FIELDS, services
from benchmarks.delivery import percentile
from benchmarks.world import CREATED, OPENING, PROGRAMME
from cohort_bot.app.dispatch import Dispatcher
from cohort_bot.app.ports.store import Store
from cohort_bot.bootstrap import same_time_zones_everywhere, settle
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Actor, Place
from cohort_bot.core.rounds import Calendar
from cohort_bot.runtime import Bot
from cohort_bot.storage.jobs import Jobs
from cohort_bot.storage.postgres import PostgresDatabase

COHORTS, MEMBERS = 20, 30
JOIN = {"timezone": ("UTC",), "hours": ("6",), "why": ("To learn",)}


class AtOnce(HttpPlatform):
    """A chat service that answers at once, so that only the ledger is measured."""

    posted = 0

    async def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self.posted += 1
        return {"id": f"m{self.posted}", "thread": f"t{self.posted}", "channel": "direct"}


async def rate(messages: int, *, engine: bool) -> float:
    """Openings a second, from the tick to the last outcome in the ledger; the platform answers at once.

    PostgreSQL's statistics are those of a calm hour: much was posted, and nothing is due.
    """
    with cluster() as server:
        rows = scenario.stops(await scenario.build(PostgresDatabase(server.url), "local", messages))[0]
        _posted_before(server.url)
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


def _posted_before(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO deliveries (key, kind, platform, cohort_id, room_id, in_thread, args, due, lane, mark, state,"
            " fence, attempts, updated) SELECT 'before:' || g, 'opening', 'local', (SELECT min(id) FROM cohorts),"
            " (SELECT min(id) FROM rooms), 0, '{}', g, 'room ' || (g % 2000), 'm' || g, 'sent', 0, 0, 0"
            " FROM generate_series(1, 50000) AS g"
        )
        connection.execute("ANALYZE")


async def crowd(processes: int) -> None:
    """Everybody joins, sixteen at a time, and then checks in, 64 at a time; so many processes share the database."""

    def fill(store: Store) -> None:
        for number in range(COHORTS):
            calendar = Calendar(date(2027, 1, 4), wall(9), "UTC")
            made = store.cohorts.add(
                platform="bench",
                workspace="w",
                name=f"Sample {number}",
                programme=PROGRAMME,
                calendar=calendar,
                at=CREATED,
                creator="sample",
            )
            store.cohorts.add_room(made.id, "bench", "w", f"c{number}")

    with cluster() as server:
        databases = [PostgresDatabase(server.url) for _ in range(processes)]
        databases[0].upgrade()
        await databases[0].write(fill)
        bots = [Dispatcher(services(each), each, time.monotonic) for each in databases]  # noqa: TID251 - a measurement
        members, numbers = list(range(COHORTS * MEMBERS)), itertools.count()
        random.Random(1).shuffle(members)

        async def act(action: str, fields: Mapping[str, tuple[str, ...]], flight: int) -> None:
            todo, times = iter(members), []
            at = CREATED if action == "join.save" else OPENING + timedelta(days=2)

            async def call() -> None:
                for member in todo:
                    actor = Actor("bench", "w", f"member-{member}", f"Sample Member {member}")
                    place = Place("bench", "w", f"c{member % COHORTS}")
                    given = Invocation(f"{next(numbers)}", action, "form", actor, place, at, fields=fields)
                    before = time.perf_counter()
                    reply = await bots[member % processes](given)
                    times.append((time.perf_counter() - before) * 1000)
                    assert isinstance(reply, Message), reply

            began = time.perf_counter()
            await asyncio.gather(*(call() for _ in range(flight)))
            rate = len(times) / (time.perf_counter() - began)
            waits = f"p50 {percentile(times, 0.5):.0f} ms, p99 {percentile(times, 0.99):.0f}, slowest {max(times):.0f}"
            print(f"{processes} processes, {action}, {flight} in flight: {rate:.0f}/s, {waits}")

        await act("join.save", JOIN, 16)
        await act("checkin.save", FIELDS, 64)
        for each in databases:
            await each.close()


def main() -> int:
    """Print all of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=2000)
    given = parser.parse_args()
    same_time_zones_everywhere()
    settle()
    for processes in (1, 2):
        asyncio.run(crowd(processes))
    plain = asyncio.run(rate(given.messages, engine=False))
    carried = asyncio.run(rate(given.messages, engine=True))
    print(f"{given.messages} messages, one process: SKIP LOCKED alone {plain:.0f}/s, procrastinate {carried:.0f}/s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
