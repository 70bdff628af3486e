"""10,000 cohorts due at once: our ledger beside a bare loop that records nothing, and beside APScheduler's store."""

import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from benchmarks.world import OPENING, Counter, Figure, fill, median
from cohort_bot.app.commands import Table
from cohort_bot.app.ports.platform import ASGIApp, Complete, Dispatch, Finding, Identity, Pace, Search
from cohort_bot.app.ports.store import AHEAD
from cohort_bot.bootstrap import settle
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Place, Ref
from cohort_bot.programmes.library import Library, shipped_folder
from cohort_bot.runtime import Bot
from cohort_bot.storage.database import SqliteDatabase

COHORTS = 10_000
AT_ONCE = 100


class StillClock:
    """A calendar that stands at the opening."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def elapsed(self) -> float:
        return time.monotonic()  # noqa: TID251 - this is a clock


class HttpPlatform:
    """A platform without limits: one POST a message."""

    name = "bench"

    def __init__(self, url: str, per_second: float = 1_000_000.0) -> None:
        self.pace = Pace(per_second=per_second, shared=True)
        self.url = url
        self.times: list[float] = []
        self.bodies: list[str] = []
        self._session: aiohttp.ClientSession | None = None

    async def start(self, table: Table, dispatch: Dispatch, complete: Complete) -> None:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE))

    async def stop(self, grace: float) -> None:
        assert self._session
        await self._session.close()

    def asgi(self) -> ASGIApp | None:
        return None

    async def dm(self, workspace: str, user: str) -> Place:
        return Place(self.name, workspace, user)

    async def identity(self, workspace: str, user: str) -> Identity | None:
        """Everybody is there."""
        return Identity(user)

    async def send(self, place: Place, message: Message, mark: str, again: Search | None = None) -> Ref:
        assert self._session
        body = message.summary  # what a platform makes of a message is not measured
        async with self._session.post(self.url, data=body) as answer:
            number = json.loads(await answer.read())["id"]  # as the bare loop reads it
        self.times.append(time.monotonic())  # noqa: TID251 - a measurement
        self.bodies.append(body)
        return Ref(place, number)

    async def thread(self, root: Ref, title: str) -> Place:
        return root.place

    async def find(self, place: Place, search: Search) -> Ref | None:
        return None

    def link(self, ref: Ref) -> str | None:
        return None

    async def edit(self, ref: Ref, message: Message) -> None:
        return None

    async def invited_only(self, place: Place) -> bool:
        return False

    def findings(self) -> Sequence[Finding]:
        """Nothing: what cannot be reached is told by each call."""
        return ()

    async def check(self, place: Place) -> Sequence[Finding]:
        return ()


async def lag(stop: asyncio.Event, into: list[float]) -> None:
    """How late a 5 ms timer of the event loop comes, in milliseconds."""
    while not stop.is_set():
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        into.append((time.perf_counter() - before - 0.005) * 1000)


async def ours(url: str, number: int, *, ahead: bool) -> tuple[float, float, list[float], list[str]]:
    """Seconds from the due instant to the last message handed over; CPU seconds of all of it, also of what was done
    `ahead` of the instant; the loop's lags from the instant on; the bodies. Else it looks first then.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        fill(path, number)
        clock = StillClock(OPENING - timedelta(hours=1))
        platform = HttpPlatform(url)
        lags: list[float] = []
        async with Bot(SqliteDatabase(path), Library([shipped_folder()]), {"bench": platform}, clock) as bot:
            await bot.settle()  # what is planned at the start is no part of it
            cpu = time.process_time()
            if ahead:
                clock.at = OPENING - AHEAD
                await bot.ticker.tick()
                assert not platform.times
            stop = asyncio.Event()
            watching = asyncio.create_task(lag(stop, lags))
            began = time.monotonic()  # noqa: TID251 - a measurement
            clock.at = OPENING
            await bot.settle()
            took, cpu = platform.times[-1] - began, time.process_time() - cpu
            stop.set()
            await watching
        assert len(platform.times) == number
        return took, cpu, lags, platform.bodies


async def bare(url: str, bodies: Sequence[str]) -> tuple[float, float]:
    """The same bodies by a loop that records nothing, watched by the same timer."""
    todo = iter(bodies)
    stop = asyncio.Event()
    watching = asyncio.create_task(lag(stop, []))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:

        async def work() -> None:
            for body in todo:
                async with session.post(url, data=body) as answer:
                    json.loads(await answer.read())

        began, cpu = time.monotonic(), time.process_time()  # noqa: TID251 - a measurement
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        took, cpu = time.monotonic() - began, time.process_time() - cpu  # noqa: TID251 - a measurement
    stop.set()
    await watching
    return took, cpu


async def idle_lags(seconds: float) -> list[float]:
    """The control: the same timer beside nothing."""
    lags: list[float] = []
    stop = asyncio.Event()
    watching = asyncio.create_task(lag(stop, lags))
    await asyncio.sleep(seconds)
    stop.set()
    await watching
    return lags


_fired: list[float] = []
_all_fired = asyncio.Event()
_expected = COHORTS


async def job() -> None:
    """What APScheduler runs."""
    _fired.append(time.monotonic())  # noqa: TID251 - a measurement
    if len(_fired) == _expected:
        _all_fired.set()


async def cron_jobs(number: int) -> tuple[float, float]:
    """One APScheduler job per cohort in its SQLAlchemy store: seconds to register, seconds until the last has fired."""
    global _expected  # noqa: PLW0603 - a job of a store has nothing else to reach
    _expected = number
    _fired.clear()
    _all_fired.clear()
    with tempfile.TemporaryDirectory() as folder:
        store = SQLAlchemyJobStore(url=f"sqlite:///{folder}/jobs.db")
        scheduler = AsyncIOScheduler(jobstores={"default": store}, timezone="UTC")
        scheduler.start(paused=True)
        began = time.monotonic()  # noqa: TID251 - a measurement
        due = datetime.now(OPENING.tzinfo)  # noqa: TID251 - a measurement
        every_monday = {"day_of_week": "mon", "hour": 9, "misfire_grace_time": None, "coalesce": True}
        for index in range(number):
            scheduler.add_job(job, "cron", id=str(index), next_run_time=due, **every_monday)
        registered = time.monotonic() - began  # noqa: TID251 - a measurement
        began = time.monotonic()  # noqa: TID251 - a measurement
        scheduler.resume()
        await _all_fired.wait()
        took = _fired[number - 1] - began
        scheduler.shutdown(wait=False)
    return registered, took


def percentile(values: Sequence[float], share: float) -> float:
    """The value that the share of all lies below."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def run(rounds: int = 5, number: int = COHORTS) -> list[Figure]:
    """Ours and the bare loop in turn, so that both see the same noise, in a process as the bot makes it."""
    settle()
    with Counter() as server:
        pairs, lags, unprepared = [], [], []
        for _ in range(rounds):
            took, cpu, late, bodies = asyncio.run(ours(server.url, number, ahead=True))
            control, control_cpu = asyncio.run(bare(server.url, bodies))
            pairs.append((took, cpu, control, control_cpu))
            unprepared.append(asyncio.run(ours(server.url, number, ahead=False))[0] / control)
            lags += late
        still = asyncio.run(idle_lags(3))
    registered, fired = asyncio.run(cron_jobs(number))
    mine = median([took for took, *_ in pairs])
    return [
        Figure(
            f"{number} cohorts due at once, from the instant to the last handed over;"
            f" planned and composed in the {AHEAD.seconds} s before",
            mine,
            "s",
        ),
        Figure("the bare loop, same bodies, nothing recorded", median([took for *_, took, _ in pairs]), "s"),
        Figure(
            "ratio to the bare loop",
            median([took / control for took, _, control, _ in pairs]),
            "×",
            "at most 2",
            "claiming and recording share one interpreter with the sending, and two processors with the disk and the "
            "server; without a head start planning and composing do, too",
        ),
        Figure("ratio without a head start: nothing was planned when they came due", median(unprepared), "×"),
        Figure(
            "CPU of a post, ours, with what is done ahead", median([cpu for _, cpu, _, _ in pairs]) / number * 1e6, "µs"
        ),
        Figure("CPU of a post, the bare loop", median([cpu for *_, cpu in pairs]) / number * 1e6, "µs"),
        Figure("event-loop lag p99.9 meanwhile", percentile(lags, 0.999), "ms"),
        Figure("event-loop lag p99.9, idle control", percentile(still, 0.999), "ms"),
        Figure("APScheduler, a cron job per cohort: register", registered, "s"),
        Figure("APScheduler, a cron job per cohort: last fired, nothing sent", fired, "s"),
        Figure(
            "how much faster than registering and firing those",
            (registered + fired) / mine,
            "×",
            "at least 10",
            "those send nothing, ours also claims, posts and records; what is done ahead is not in it",
        ),
    ]
