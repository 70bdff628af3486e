"""The board's *Cohort* page of 200 members and 116 rounds beside a million check-ins, and how long others wait."""

import asyncio
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx2

from benchmarks import progress
from benchmarks.world import Figure, median
from cohort_bot.app.board_links import Visitor
from cohort_bot.app.dispatch import Dispatcher
from cohort_bot.app.services import Services
from cohort_bot.app.table import TABLE
from cohort_bot.board.app import Board
from cohort_bot.board.sessions import COOKIE, Sessions, key_of
from cohort_bot.bootstrap import settle
from cohort_bot.chat.place import Actor
from cohort_bot.programmes.guides import Guides
from cohort_bot.programmes.library import Library, shipped_folder
from cohort_bot.storage.database import SqliteDatabase

COHORTS, MEMBERS, ROUNDS = 44, 200, 116
"""A million check-ins: 44 cohorts of 200 members at the end of the programme."""

HOST = "board.example.org"
PAGES = 40


class StandingClock:
    """A calendar that stands at an instant."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def elapsed(self) -> float:
        return time.perf_counter()


@dataclass(frozen=True, slots=True)
class Seen:
    """Milliseconds of each page; the longest that somebody else waited for the event loop, and that it computed without
    a break; the bytes of the largest page.
    """

    times: list[float]
    waited: float
    computed: float
    largest: int


async def pages(path: Path, at: datetime, number: int, cohorts: int = COHORTS, *, settled: bool = False) -> Seen:
    """So many pages, each of another cohort as long as there are some; `settled`: as the bot is after its start."""
    database = SqliteDatabase(path)
    database.open()
    clock = StandingClock(at)
    sessions = Sessions(key_of("a key of the benchmark, long enough"), clock.now)
    services = Services(database, Library([shipped_folder()]), Guides(), {}, TABLE, lambda _: None)
    dispatch = Dispatcher(services, database, clock.elapsed)
    board = Board(f"https://{HOST}/board", sessions, services, database, dispatch, clock)
    if settled:
        settle()
    waits, computed = [0.0], [0.0]

    async def beat() -> None:
        while True:
            before, spent = time.perf_counter(), time.thread_time()
            await asyncio.sleep(0.001)
            waits.append((time.perf_counter() - before - 0.001) * 1000)
            computed.append((time.thread_time() - spent) * 1000)

    cookie = sessions.begin(Visitor(Actor("bench", None, "boss", "Boss"), "w"))
    transport = httpx2.ASGITransport(app=board.app, root_path="")
    times, largest = [], 0
    async with httpx2.AsyncClient(transport=transport, base_url=f"https://{HOST}", cookies={COOKIE: cookie}) as browser:
        heart = asyncio.create_task(beat())
        for cohort in range(1, number + 1):
            before = time.perf_counter()
            answer = await browser.get(f"/{1 + cohort % cohorts}/cohort")
            times.append((time.perf_counter() - before) * 1000)
            assert answer.status_code == 200, answer.text
            assert answer.text.count("/member/") == MEMBERS
            largest = max(largest, len(answer.content))
            await asyncio.sleep(0.01)
        heart.cancel()
    await database.close()
    return Seen(times, max(waits), max(computed), largest)


def run() -> list[Figure]:
    """Each page is of another cohort, so nothing is warm but the schema."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        at = progress.fill(path, COHORTS, ROUNDS, MEMBERS)
        seen = asyncio.run(pages(path, at, PAGES, settled=True))
    return [
        Figure(
            "board: the page of 200 members and 116 rounds beside 1,000,000 check-ins, median",
            median(seen.times),
            "ms",
            "below 150",
        ),
        Figure("the same, slowest of 40", max(seen.times), "ms"),
        Figure("its size", seen.largest / 1000, "kB", "below 300"),
        Figure("longest wait of the event loop meanwhile", seen.waited, "ms", "below 50"),
    ]
