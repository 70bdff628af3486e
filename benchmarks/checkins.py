"""Check-ins from 64 callers through handler and storage, beside raw sqlite3; own progress beside a million of them.

The form is sent, not the command, so the limits on commands are not in the way; for the same reason one's own
progress is asked of the handler. Every check-in is on disk before it is answered.
"""

import asyncio
import itertools
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.harness.statements import watched

from benchmarks import progress
from benchmarks.delivery import percentile
from benchmarks.world import Figure, median
from cohort_bot.app.dispatch import Dispatcher
from cohort_bot.app.features.progress import own
from cohort_bot.app.ports.database import Database
from cohort_bot.app.services import Services
from cohort_bot.app.table import TABLE
from cohort_bot.bootstrap import settle
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Actor, Place
from cohort_bot.programmes.guides import Guides
from cohort_bot.programmes.library import Library, shipped_folder
from cohort_bot.storage.database import SqliteDatabase

CALLERS = 64
CHECKINS = 2_000
RUNS = 3
ASKED = 1_000
"""How many members ask for their own progress, in each of two databases."""

WARMING = 20

FIELDS = {
    "tasks": ("1",),
    "done": ("A page of notes, and the tests of the exercise pass. https://example.org/notebook",),
    "blockers": ("The exercise about gradients",),
    "next": ("Tomorrow at nine",),
}

Statements = list[tuple[bool, str, Any]]
"""Of one check-in, in order: whether the writer ran it, the statement, its values."""


def invocation(action: str, kind: Any, member: int, at: datetime, groups: int = progress.COHORTS) -> Invocation:
    """What the member of `progress.fill` with that number does, in the channel of their cohort."""
    actor = Actor("bench", None, f"member-{member}", f"Sample Member {member}")
    place = Place("bench", "w", f"c{member % groups}")
    return Invocation(f"{action}-{member}", action, kind, actor, place, at, fields=FIELDS if kind == "form" else {})


def services(database: Database) -> Services:
    """The handlers' world without a platform."""
    return Services(database, Library([shipped_folder()]), Guides(), {}, TABLE, lambda _: None)


async def file(path: Path, at: datetime) -> tuple[float, float, list[float]]:
    """Seconds for all check-ins, processor seconds, and the milliseconds of each."""
    database = SqliteDatabase(path)
    database.open()
    dispatch = Dispatcher(services(database), database, time.monotonic)  # noqa: TID251 - a measurement
    todo = iter(range(CHECKINS))
    times: list[float] = []

    async def call() -> None:
        for member in todo:
            before = time.perf_counter()
            reply = await dispatch(invocation("checkin.save", "form", member, at))
            times.append((time.perf_counter() - before) * 1000)
            assert isinstance(reply, Message)
            assert "hecked in" in reply.summary, reply.summary

    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(call() for _ in range(CALLERS)))
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    await database.close()
    return took, cpu, times


@contextmanager
def recorded() -> Iterator[list[Statements]]:
    """Every statement of the check-ins that one caller files meanwhile, by check-in."""
    found: list[Statements] = []

    def note(statement: str, values: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")):
            found[-1].append((threading.current_thread().name == "database-writer", statement, values))

    with watched(note):
        yield found


async def statements(path: Path, at: datetime) -> list[Statements]:
    """What each check-in runs, as one caller files them in turn."""
    database = SqliteDatabase(path)
    database.open()
    dispatch = Dispatcher(services(database), database, time.monotonic)  # noqa: TID251 - a measurement
    with recorded() as found:
        for member in range(CHECKINS):
            found.append([])
            await dispatch(invocation("checkin.save", "form", member, at))
    await database.close()
    return found


def raw(path: Path, series: list[Statements]) -> tuple[float, float]:
    """Seconds, and processor seconds, for the same statements, one check-in after the other, each its own transaction
    on disk.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        began, cpu = time.perf_counter(), time.process_time()
        for each in series:
            for writing, group in itertools.groupby(each, key=lambda one: one[0]):
                connection.execute("BEGIN IMMEDIATE" if writing else "BEGIN")
                for _, statement, values in group:
                    if isinstance(values, list):
                        connection.executemany(statement, values)
                    else:
                        connection.execute(statement, values).fetchall()
                connection.execute("COMMIT")
        return time.perf_counter() - began, time.process_time() - cpu


async def ask(sizes: Mapping[Path, int], at: datetime) -> list[list[float]]:
    """Milliseconds of members' own progress by database, each of so many cohorts.

    The databases take turns, query by query, so that all see the same noise; the first few, which warm the interpreter,
    are left out.
    """
    databases = [SqliteDatabase(path) for path in sizes]
    given = [services(database) for database in databases]
    times: list[list[float]] = [[] for _ in databases]
    for number in range(ASKED + WARMING):
        for each, groups, mine in zip(given, sizes.values(), times, strict=True):
            member = number * 37 % (groups * progress.MEMBERS)
            before = time.perf_counter()
            card = await own(each, invocation("progress", "command", member, at, groups))
            mine.append((time.perf_counter() - before) * 1000)
            assert isinstance(card, Message)
    for database in databases:
        await database.dispose()
    return [mine[WARMING:] for mine in times]


def filing(folder: Path) -> list[Figure]:
    """Ours and the raw series in turn, each on a fresh copy, so that both see the same noise."""
    base = folder / "base.db"
    at = progress.fill(base, rounds=10) + timedelta(days=7)  # in the round after those that all have checked in for

    def fresh() -> Path:
        return Path(shutil.copy(base, folder / f"{next(names)}.db"))

    names = itertools.count()
    settle()  # as the bot does: a collection of all that is loaded, half way, would be its slowest check-in
    series = asyncio.run(statements(fresh(), at))
    rates, ratios, costs, raw_costs, all_times = [], [], [], [], []
    for _ in range(RUNS):
        took, cpu, times = asyncio.run(file(fresh(), at))
        rates.append(CHECKINS / took)
        raw_took, raw_cpu = raw(fresh(), series)
        ratios.append(raw_took / took)
        costs.append(cpu / CHECKINS * 1000)
        raw_costs.append(raw_cpu / CHECKINS * 1000)
        all_times += times
    return [
        Figure(
            "durable check-ins, 64 callers, handler and storage",
            median(rates),
            "a second",
            "",
            f"one processor: rules, words and {len(series[0])} statements in one interpreter, not the disk",
        ),
        Figure("processor time of one of those", median(costs), "ms"),
        Figure("the same statements by raw sqlite3 in series", median(rates) / median(ratios), "a second"),
        Figure("processor time of one of those by raw sqlite3", median(raw_costs), "ms"),
        Figure(
            "share of raw sqlite3",
            median(ratios) * 100,
            "%",
            "at least 20",
            "raw builds no statement, checks no rule and writes no reply, but commits and waits for the disk each time;"
            " here about 32, who wait at the same time, share a commit",
        ),
        Figure(
            "a check-in among 64 callers, p99",
            percentile(all_times, 0.99),
            "ms",
            "below 150",
            "64 share one processor, so about 64 divided by the rate: 150 ms needs 430 a second",
        ),
    ]


def asking(folder: Path) -> list[Figure]:
    """Every member has the same hundred check-ins, so only what lies beside them differs."""
    few, many = folder / "few.db", folder / "many.db"
    at = progress.fill(few, groups=1)
    progress.fill(many)
    small, large = asyncio.run(ask({few: 1, many: progress.COHORTS}, at))
    return [
        Figure("own progress beside 10,000 check-ins, median", median(small), "ms"),
        Figure("own progress beside 1,000,000 check-ins, median", median(large), "ms"),
        Figure(
            "ratio of those",
            median(large) / median(small),
            "×",
            "at most 1.5",
            "hops to the reader's thread and the page's words; the record comes from an index that covers it",
        ),
    ]


def run() -> list[Figure]:
    """First the writing, then the reading."""
    with tempfile.TemporaryDirectory() as folder:
        return filing(Path(folder)) + asking(Path(folder))
