"""Lets a worker deliver two weeks of many cohorts while everything happens to it that can happen to a process.

What happens follows from the seed; when exactly it hits is up to the machine.
"""

import asyncio
import contextlib
import json
import os
import random
import resource
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from cohort_bot.storage.database import SqliteDatabase
from tests.harness import scenario
from tests.harness.worker import LEASE, POINTS

ROOT = Path(__file__).parents[2]
STEP = timedelta(hours=3)
FATES = ("point", "point", "point", "random", "random", "full and killed", "full", "paused", "stopped")
"""How a life ends, or what happens in it; in turn, so that each comes up."""

NOTHING_WRITTEN = 5
"""So many transactions fail before a full disk has space again."""


@dataclass
class Plan:
    """One run. `stops` limits it to the first ones; `fates` and `kill_at` are for tests that know what they want."""

    folder: Path
    manner: str
    seed: int
    cohorts: int = 19
    stops: int | None = None
    fates: Sequence[str] = FATES
    lives: int = 12
    kill_at: Sequence[str] = ()
    plant: str = "none"
    settle: float = 0.3
    faults: bool = True
    capped: bool = False

    @property
    def database(self) -> Path:
        """The worker's file."""
        return self.folder / "bot.db"

    @property
    def history(self) -> Path:
        """The chat service's file."""
        return self.folder / "history.jsonl"


@dataclass
class Report:
    """What came of it."""

    wrong: list[str]
    expected: int
    happened: Counter[str]
    figures: dict[str, int]
    log: str

    def summary(self) -> str:
        """One line of figures."""
        happened = ", ".join(f"{count} {what}" for what, count in sorted(self.happened.items()))
        figures = ", ".join(f"{count} {what}" for what, count in sorted(self.figures.items()))
        return f"{self.expected} expected, {len(self.wrong)} wrong; {happened}; chat service: {figures}"


class Process:
    """A child whose lines that begin with @ are answers, and whose other lines are its log."""

    def __init__(self, child: asyncio.subprocess.Process, log: list[str]) -> None:
        self._child = child
        self._log = log
        self._said: asyncio.Queue[list[str]] = asyncio.Queue()
        self._faults = asyncio.Semaphore(0)
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, log: list[str], *arguments: str) -> "Process":
        pipe = asyncio.subprocess.PIPE
        command = (sys.executable, "-m", *arguments)
        both = asyncio.subprocess.STDOUT
        child = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=both)
        return cls(child, log)

    async def _read(self) -> None:
        assert self._child.stdout is not None
        async for line in self._child.stdout:
            text = line.decode(errors="replace").rstrip()
            if text == "@fault":
                self._faults.release()
            elif text.startswith("@"):
                self._said.put_nowait(text.removeprefix("@").split())
            elif text:
                self._log.append(text)
        self._said.put_nowait(["gone"])

    async def hears(self) -> list[str]:
        """The next answer, in words."""
        return await self._said.get()

    async def fault(self) -> None:
        """Return when the worker could not write once more."""
        await self._faults.acquire()

    def tell(self, line: str) -> None:
        """Say something to the process, which may be gone."""
        assert self._child.stdin is not None
        with contextlib.suppress(ConnectionError):
            self._child.stdin.write(f"{line}\n".encode())

    async def end(self) -> None:
        """Kill it and wait for the end."""
        with contextlib.suppress(ProcessLookupError):
            self._child.kill()
        await self._reading
        await self._child.wait()


@dataclass
class FaultInjector:
    """Drives one run."""

    plan: Plan
    url: str
    session: aiohttp.ClientSession
    nursery: Process
    log: list[str]
    spread: int
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.plan.seed)  # noqa: S311 - a plan that can be repeated
        self._whims = random.Random(f"{self.plan.seed} clock")  # noqa: S311 - apart: its draws come in a fixed order
        self._lives = 0
        self._turn = self._chance.randrange(len(self.plan.fates)) if self.plan.fates else 0
        self._pid = 0
        self._fate: asyncio.Task[None] | None = None
        self._asked = 0

    async def run(self, rows: Sequence[scenario.Expected]) -> None:
        """Deliver and end in good order, or give it up when nothing more comes."""
        delivering = asyncio.create_task(self.deliver(rows))
        silence = asyncio.create_task(self._get("/silence", {}))
        try:
            await asyncio.wait({delivering, silence}, return_when=asyncio.FIRST_COMPLETED)
            if delivering.done():
                await delivering
                await self.end()
            else:
                self.happened["silence"] += 1
        finally:
            delivering.cancel()
            silence.cancel()
            await asyncio.gather(delivering, silence, return_exceptions=True)
            self.abandon()

    async def deliver(self, rows: Sequence[scenario.Expected]) -> None:
        """Stop by stop: move both calendars there, let the worker deliver, and step its own one now and then."""
        for stop in scenario.stops(rows)[: self.plan.stops]:
            at = stop[-1].due
            await self._put("/clock", {"now": at.isoformat()})
            for worker_at in (*self._steps(at, stop), at):
                await self._settle(worker_at)
        await self._spared()

    def _steps(self, at: datetime, stop: Sequence[scenario.Expected]) -> list[datetime]:
        """Where the worker's calendar is wrongly set first. A nudge that comes three hours late is rightly left out."""
        if not self.plan.fates or self._whims.random() < 1 / 4:
            return []
        step = -STEP if any(row.nudge for row in stop) else STEP
        self.happened[f"calendar {'+' if step > timedelta() else '-'}3 h"] += 1
        return [at + step]

    async def _settle(self, at: datetime) -> None:
        """Until a worker says that all is delivered, through as many lives as it takes."""
        self._asked += 1
        while True:
            if not self._pid and not await self._born(at):
                continue
            self.nursery.tell(f"clock {at.isoformat()}")
            self.nursery.tell(f"settle {self._asked}")
            while True:
                match await self.nursery.hears():
                    case ["settled", number] if int(number) == self._asked:
                        return
                    case ["ended", code]:
                        await self._buried(int(code))
                        break

    async def _born(self, at: datetime) -> bool:
        """Begin the next life; whether it came as far as being ready."""
        self._lives += 1
        fate, kill_at = self._next_fate()
        options = ["--database", str(self.plan.database), "--server", self.url, "--manner", self.plan.manner]
        options += ["--now", at.isoformat(), "--plant", self.plan.plant, "--settle", str(self.plan.settle)]
        self.nursery.tell("life " + json.dumps([kill_at, *options]))
        while True:
            match await self.nursery.hears():
                case ["pid", pid]:
                    self._pid = int(pid)
                case ["ready"]:
                    break
                case ["ended", code]:
                    await self._buried(int(code))
                    return False
                case ["gone"]:
                    raise AssertionError("\n".join(self.log[-40:]))
        if fate not in {"", "point"}:
            self._fate = asyncio.create_task(self._befalls(self._pid, fate))
        return True

    def _next_fate(self) -> tuple[str, str]:
        """What will happen in the next life, and at which point it kills itself."""
        if self.plan.kill_at:
            return "point", self.plan.kill_at[self._lives - 1] if self._lives <= len(self.plan.kill_at) else ""
        if self._lives > self.plan.lives or not self.plan.fates:
            return "", ""
        fate = self.plan.fates[(self._turn + self._lives) % len(self.plan.fates)]
        point = f"{self._chance.choice(POINTS)}:{self._chance.randint(1, self.spread)}"
        return fate, point if fate == "point" else ""

    async def _befalls(self, pid: int, fate: str) -> None:
        """Wait until some more messages are posted, then strike; who survives that is killed later."""
        await self._some_more_posts()
        self.happened[fate] += 1
        match fate:
            case "random":
                _signal(pid, signal.SIGKILL)
                return
            case "stopped":
                _signal(pid, signal.SIGTERM)
                return
            case "paused":
                _signal(pid, signal.SIGSTOP)
                await asyncio.sleep(LEASE * 1.2)  # elapsed time itself is what is tested
                _signal(pid, signal.SIGCONT)
            case _:
                await self._full(pid, until_killed=fate == "full and killed")
        await self._some_more_posts()
        _signal(pid, signal.SIGKILL)

    async def _full(self, pid: int, *, until_killed: bool) -> None:
        """No file of the worker can grow, until several transactions have failed."""
        with contextlib.suppress(ProcessLookupError):
            _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, most))
            for _ in range(NOTHING_WRITTEN):
                await self.nursery.fault()
            if until_killed:
                _signal(pid, signal.SIGKILL)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))

    async def _some_more_posts(self) -> None:
        posted = (await self._get("/posts", {"at_least": "0"}))["posts"]
        await self._get("/posts", {"at_least": str(posted + self._chance.randint(1, self.spread))})

    async def _buried(self, code: int) -> None:
        """The worker has ended: that is fine if it was killed or asked to stop, and only then."""
        self._pid = 0
        await self._spared()
        self.happened["kills" if code == -signal.SIGKILL else "ends in good order"] += 1
        assert code in {0, -signal.SIGKILL}, f"the worker ended with {code}:\n" + "\n".join(self.log[-40:])

    async def _spared(self) -> None:
        """Nothing befalls this worker any more."""
        if self._fate is not None:
            self._fate.cancel()
            await asyncio.gather(self._fate, return_exceptions=True)
            self._fate = None

    async def end(self) -> None:
        """Stop the last worker in good order."""
        self.nursery.tell("stop")
        while (said := await self.nursery.hears())[0] not in {"ended", "gone"}:
            pass
        self._pid = 0
        assert said == ["ended", "0"], f"{said}\n" + "\n".join(self.log[-40:])

    def abandon(self) -> None:
        """Leave nothing behind."""
        if self._pid:
            _signal(self._pid, signal.SIGKILL)

    async def _get(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        async with self.session.get(path, params=query) as answer:
            result: dict[str, Any] = await answer.json()
            return result

    async def _put(self, path: str, body: dict[str, Any]) -> None:
        async with self.session.put(path, json=body) as answer:
            await answer.read()

    async def figures(self) -> dict[str, int]:
        """What the chat service counted, when nothing is under way any more."""
        return await self._get("/idle", {})


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


@contextlib.asynccontextmanager
async def process(log: list[str], *arguments: str) -> AsyncIterator[Process]:
    """A child that is gone afterwards."""
    child = await Process.start(log, *arguments)
    try:
        yield child
    finally:
        await child.end()


async def run(plan: Plan) -> Report:
    """The whole run, then the check of the chat service's own history."""
    rows = await scenario.build(SqliteDatabase(plan.database), plan.manner, plan.cohorts)
    if plan.stops is not None:
        rows = [row for stop in scenario.stops(rows)[: plan.stops] for row in stop]
    log: list[str] = []
    options = ["--manner", plan.manner, "--history", str(plan.history), "--seed", str(plan.seed)]
    options += ["--settle", str(plan.settle), *([] if plan.faults else ["--no-faults"])]
    options += ["--capped"] if plan.capped else []
    async with (
        process(log, "tests.harness.worker", "--nursery") as nursery,
        process(log, "tests.harness.server", *options) as server,
    ):
        said = await server.hears()
        assert said[0] == "port", "\n".join(log)
        url = f"http://127.0.0.1:{said[1]}"
        async with aiohttp.ClientSession(url) as session:
            faults = FaultInjector(plan, url, session, nursery, log, spread=max(1, len(rows) // plan.lives))
            await faults.run(rows)
            figures = await faults.figures()
    wrong = scenario.check(scenario.read(plan.history), rows)
    return Report(wrong, len(rows), faults.happened, figures, "\n".join(log))
