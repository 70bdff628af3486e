"""Several processes deliver from one PostgreSQL; one is killed, the server is restarted: what does the room show?

python -m tests.harness.crowd --messages 10000
"""

import argparse
import asyncio
import contextlib
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from cohort_bot.bootstrap import same_time_zones_everywhere
from cohort_bot.storage.postgres import PostgresDatabase
from tests.harness import scenario
from tests.harness.cluster import Cluster, cluster
from tests.harness.nemesis import ROOT, process


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    wrong: list[str]
    expected: int
    killed_at: int
    restarted_at: int
    seconds: float
    log: str


@contextlib.asynccontextmanager
async def worker(url: str, server: str, now: str, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """One process, gone afterwards."""
    arguments = ("-m", "tests.harness.several", url, server, now)
    with log.open("ab") as out:
        child = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdout=out, stderr=out)
    try:
        yield child
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()


async def run(messages: int, *, faults: bool = True, seed: int = 1) -> Outcome:
    """The whole run on a server of its own."""
    with cluster() as server, tempfile.TemporaryDirectory() as folder:
        return await _run(server, Path(folder), messages, faults=faults, seed=seed)


async def _run(server: Cluster, folder: Path, messages: int, *, faults: bool, seed: int) -> Outcome:
    rows = await scenario.build(PostgresDatabase(server.url), "slack-like", messages)
    due = scenario.stops(rows)[0]
    now, history, log = due[-1].due.isoformat(), folder / "history.jsonl", folder / "log"
    options = ["--manner", "slack-like", "--history", str(history), "--seed", str(seed), "--settle", "0.5"]
    options += [] if faults else ["--no-faults"]
    async with contextlib.AsyncExitStack() as stack:
        service = await stack.enter_async_context(process([], "tests.harness.server", *options))
        url = f"http://127.0.0.1:{(await service.hears())[1]}"
        session = await stack.enter_async_context(aiohttp.ClientSession(url))

        async def posts(at_least: int) -> int:
            async with session.get("/posts", params={"at_least": str(at_least)}) as answer:
                return int((await answer.json())["posts"])

        async with session.put("/clock", json={"now": now}) as answer:
            await answer.read()
        began = time.perf_counter()
        first, second = [await stack.enter_async_context(worker(server.url, url, now, log)) for _ in range(2)]
        killed_at = await posts(messages // 4)
        first.send_signal(signal.SIGKILL)
        await first.wait()
        await stack.enter_async_context(worker(server.url, url, now, log))
        restarted_at = await posts(messages // 2)
        await asyncio.to_thread(server.restart)
        await _closed(server, len(due))
        seconds = time.perf_counter() - began
        second.send_signal(signal.SIGTERM)
        ended = await second.wait()
    wrong = scenario.check(scenario.read(history), due)
    wrong += [f"the process ended with {ended}"] if ended else []
    return Outcome(wrong, len(due), killed_at, restarted_at, seconds, log.read_text(errors="replace"))


async def _closed(server: Cluster, expected: int) -> None:
    """Until the ledger holds the rows and every one of them is closed."""
    database = PostgresDatabase(server.url, 1)
    while True:
        standing = await database.read(lambda store: store.health.standing())
        if not standing.oldest_due and expected:
            break
        await asyncio.sleep(0.2)  # nobody tells what a database holds
    await database.close()


def main() -> int:
    """Run, print the figures, return 1 when anything is wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    same_time_zones_everywhere()
    outcome = asyncio.run(run(given.messages, seed=given.seed))
    print(  # noqa: T201
        f"{outcome.expected} expected, {len(outcome.wrong)} wrong, in {outcome.seconds:.0f} s; one of two was "
        f"killed after {outcome.killed_at} posts, PostgreSQL restarted after {outcome.restarted_at}"
    )
    for line in outcome.wrong[:20]:
        print(f"  {line}")  # noqa: T201
    return int(bool(outcome.wrong))


if __name__ == "__main__":
    sys.exit(main())
