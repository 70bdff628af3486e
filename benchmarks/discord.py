"""Check-ins on Discord: the real client in a process of its own, on the loopback server, with durable writes.

Open loop: 50 forms are sent a second, whatever becomes of those before, and every second one is shared, so that the
courier posts beside it; a latency counts from when the form should have been sent. Closed loop: 200 are under way at
any time, in turn with a bare discord.py bot on a server of its own.
"""

import asyncio
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.fakes.discord_server import Answer, DiscordServer, NoAnswer
from tests.fakes.process import bot_process, cpu_seconds

from benchmarks.delivery import percentile
from benchmarks.guild import COHORTS, MEMBERS, address, channel, forms, guild, person
from benchmarks.world import Figure, median

RATE = 50
SECONDS = 60
IN_FLIGHT = 200
FORMS = 2_000
"""In one turn of the closed loop."""

TURNS = 3
WORDS = "Read chapter one, solved five exercises: https://example.org/notebook"


def elapsed() -> float:
    """Seconds, for measuring."""
    return time.monotonic()  # noqa: TID251 - a measurement


class Sender:
    """Sends filled forms, each of another member; every second one is shared with the room."""

    def __init__(self, server: DiscordServer, opened: list[Answer]) -> None:
        self._server = server
        self._opened = opened
        self._numbers = itertools.count()
        self.deferred = 0
        self.unanswered = 0
        self.acknowledged = 0.0
        """Seconds of the one that waited longest until Discord heard anything."""

    async def send(self, since: float) -> float:
        """Seconds from `since` until it was answered."""
        number = next(self._numbers)
        cohort, member = number % COHORTS, number // COHORTS % MEMBERS
        who = person(cohort, member)
        room = self._server.channel(channel(cohort))
        form = replace(self._opened[cohort], person=self._server.world.person(who), channel=room)
        share = ["thread"] if number % 2 else []
        try:
            answer = await self._server.submit(who, form, tasks=["1"], done=WORDS, share=share)
        except NoAnswer:  # counted, and its latency is the time after which Discord stops waiting
            self.unanswered += 1
        else:
            self.deferred += answer.deferred
            self.acknowledged = max(self.acknowledged, answer.acknowledged)
        return elapsed() - since


async def open_loop(sender: Sender, rate: int, seconds: int) -> list[float]:
    """Latencies at a steady rate."""
    began = elapsed()
    tasks = []
    for number in range(rate * seconds):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - elapsed()))
        tasks.append(asyncio.create_task(sender.send(due)))
    return await asyncio.gather(*tasks)


async def closed_loop(sender: Sender, number: int) -> tuple[float, list[float]]:
    """Forms a second with so many under way, and each one's latency."""
    todo: Iterator[int] = iter(range(number))
    latencies: list[float] = []

    async def work() -> None:
        for _ in todo:
            latency = await sender.send(elapsed())
            latencies.append(latency)

    began = elapsed()
    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
    return number / (elapsed() - began), latencies


async def bare_process(
    server: DiscordServer, database: Path | None = None, libraries: str = ""
) -> asyncio.subprocess.Process:
    """The bare bot, connected; with a durable write to the database, or with libraries that it has only imported."""
    environment = {**os.environ, **address(server), "BARE_LIBRARIES": libraries}
    environment |= {"BARE_DATABASE": str(database)} if database else {}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "benchmarks.bare", env=environment)
    await server.until(lambda: server.gateway.sessions, within=60)
    return process


async def measure(rate: int = RATE, seconds: int = SECONDS, number: int = FORMS, turns: int = TURNS) -> list[Figure]:
    """Both loops, ours beside the bare bot."""
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder) / "ours", Path(folder) / "theirs"
        ours.mkdir()
        theirs.mkdir()
        async with (
            guild(ours / "bot.db") as server,
            guild(theirs / "bot.db") as other,
            bot_process(ours, **address(server)) as process,
        ):
            await server.until(lambda: server.gateway.sessions, within=60)
            opened = await forms(server)
            sender = Sender(server, opened)
            before = cpu_seconds(process)
            steady = await open_loop(sender, rate, seconds)
            load = (cpu_seconds(process) - before) / seconds * 100
            posts = sum(len(place.messages) for place in server.world.channels.values())  # rooms and threads
            bare = await bare_process(other)
            control = Sender(other, opened)
            pairs, worst = [], 0.0
            for _ in range(turns):
                mine, latencies = await closed_loop(sender, number)
                worst = max(worst, *latencies)
                pairs.append((mine, (await closed_loop(control, number))[0]))
            bare.terminate()
            await bare.wait()
            assert server.errors == [], f"Discord refused answers: {server.errors}"
    return [
        Figure(f"{rate} check-ins a second for {seconds} s beside the courier: p50", median(steady) * 1000, "ms"),
        Figure("the same: p99", percentile(steady, 0.99) * 1000, "ms", "below 250"),
        Figure("the same: longest", max(steady) * 1000, "ms", "below 3000"),
        Figure("posted by the courier meanwhile", posts, "messages"),
        Figure("CPU of the bot meanwhile", load, "% of a core"),
        Figure(f"{IN_FLIGHT} check-ins under way: longest", worst * 1000, "ms", "below 3000"),
        Figure(
            "the same and the steady rate: longest until it was acknowledged",
            sender.acknowledged * 1000,
            "ms",
            "below 3000, Discord's limit",
        ),
        Figure("the same and the steady rate: not answered at all", sender.unanswered, "", "0"),
        Figure(f"{IN_FLIGHT} check-ins under way: throughput", median([mine for mine, _ in pairs]), "a second"),
        Figure("a bare discord.py bot, same calls, nothing stored", median([bare for _, bare in pairs]), "a second"),
        Figure("how much slower than the bare bot", median([bare / mine for mine, bare in pairs]), "×"),
    ]


def run() -> list[Figure]:
    """One run of both."""
    return asyncio.run(measure())
