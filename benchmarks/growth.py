"""What grows with years and cohorts, and what with its result alone: the same questions in three databases.

27 months of 20 cohorts of 30, a million check-ins of 1,000 cohorts of 100, and one cohort of 2,000.
"""

import asyncio
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from benchmarks import progress
from benchmarks.delivery import HttpPlatform, StillClock
from benchmarks.world import CREATED, Figure, median
from cohort_bot import bootstrap
from cohort_bot.app.delivery import ledger
from cohort_bot.app.features.cohort_progress import cohort_progress
from cohort_bot.app.features.export import csv_text
from cohort_bot.app.features.members import members
from cohort_bot.app.services import Services
from cohort_bot.app.table import TABLE
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Actor, Place
from cohort_bot.programmes.guides import Guides
from cohort_bot.programmes.library import Library, shipped_folder
from cohort_bot.runtime import Bot
from cohort_bot.settings import from_environment
from cohort_bot.storage.backups import back_up
from cohort_bot.storage.database import SqliteDatabase, writer_engine
from cohort_bot.storage.store import SqlStore

TIMES = 10
BOSS = Actor("bench", None, "boss", "Boss", admin=True)
Handler = Callable[[Services, Invocation], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class World:
    """So many cohorts of so many members, all of whom have checked in for so many rounds."""

    cohorts: int
    members: int
    rounds: int

    def __str__(self) -> str:
        return f"{self.cohorts:,} × {self.members:,} × {self.rounds} rounds"


WORLDS = (World(20, 30, 116), World(1_000, 100, 10), World(1, 2_000, 10))


async def asked(path: Path, at: datetime, handler: Handler) -> float:
    """Milliseconds of an answer to a moderator, the median."""
    database = SqliteDatabase(path)
    database.open()
    services = Services(database, Library([shipped_folder()]), Guides(), {}, TABLE, lambda _: None)
    times = []
    for number in range(TIMES):
        invocation = Invocation(f"i{number}", "growth", "command", BOSS, Place("bench", "w", "c0"), at)
        before = time.perf_counter()
        await handler(services, invocation)
        times.append((time.perf_counter() - before) * 1000)
    await database.close()
    return median(times)


def ticked(path: Path) -> float:
    """Milliseconds of a tick and a claim that find nothing."""
    engine, programmes, times = writer_engine(path), Library([shipped_folder()]), []
    with engine.connect() as connection:
        for _ in range(TIMES * 10):
            before = time.perf_counter()
            with connection.begin():
                store = SqlStore(connection)
                assert not store.cohorts.due(CREATED)
                assert not ledger.claim(store, programmes, CREATED, 100).closed
            times.append((time.perf_counter() - before) * 1000)
    engine.dispose()
    return median(times)


async def exports(path: Path) -> tuple[float, int, float]:
    """Seconds for the CSV of the first cohort, its rows, and the MiB of memory that making it took at most."""
    before, rows = time.perf_counter(), 0
    least = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async for page in bootstrap.export(from_environment({"DATABASE_URL": f"sqlite:///{path}"}), "Cohort 0"):
        csv_text(page, header=not rows)
        rows += len(page)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return time.perf_counter() - before, rows, (most - least) / 1024


async def started(path: Path, at: datetime) -> float:
    """Seconds until the bot works on it."""
    before = time.perf_counter()
    async with Bot(SqliteDatabase(path), Library([shipped_folder()]), {"bench": HttpPlatform("")}, StillClock(at)):
        return time.perf_counter() - before


def measured(world: World, folder: Path) -> list[Figure]:
    """All of one world."""
    path = folder / "growth.db"
    at = progress.fill(path, world.cohorts, world.rounds, world.members)
    now, later = (int((at + timedelta(days=days)).timestamp() * 1000) for days in (0, 7))
    engine = writer_engine(path)
    with engine.begin() as connection:  # all is planned and sent; nothing is due
        connection.execute(
            text("UPDATE cohorts SET planned_until = :at, next_due = :later"), {"at": now, "later": later}
        )
    engine.dispose()
    size = path.stat().st_size / 1e6
    took, rows, memory = asyncio.run(exports(path))
    before = time.perf_counter()
    back_up(path, folder / "backup.db")
    copied = time.perf_counter() - before
    return [
        Figure(f"{world}: the database", size, "MB"),
        Figure("bytes of it for a check-in", size * 1e6 / (world.cohorts * world.members * world.rounds), "B"),
        Figure("a tick and a claim that find nothing", ticked(path), "ms"),
        Figure("/cohort progress", asyncio.run(asked(path, at, cohort_progress)), "ms"),
        Figure("/cohort members", asyncio.run(asked(path, at, members)), "ms"),
        Figure(f"an export of {rows:,} check-ins as CSV", took, "s"),
        Figure("µs of it for a row", took / rows * 1e6, "µs"),
        Figure("memory that it takes", memory, "MiB"),
        Figure("a start, until the bot plans and posts", asyncio.run(started(path, at)), "s"),
        Figure("a backup, checked", copied, "s"),
        Figure("MB of it a second", size / copied, "MB/s"),
    ]


def run() -> list[Figure]:
    """The worlds in turn."""
    found = []
    for world in WORLDS:
        with tempfile.TemporaryDirectory() as folder:
            found += measured(world, Path(folder))
    return found
