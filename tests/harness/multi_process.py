"""Two gateways, two couriers and one web process on one PostgreSQL: what do the rooms show?

All are `cohort-bot run --role …`, on the loopback Discord and Slack, whose answers get lost now and then. In the middle
of the posts a courier and a gateway are killed and started again, and PostgreSQL is restarted; people type commands
before, between and after.

python -m tests.harness.multi_process --messages 10000
"""

import argparse
import asyncio
import contextlib
import copy
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import aiohttp

from cohort_bot.app.ports.store import Store
from cohort_bot.bootstrap import same_time_zones_everywhere
from cohort_bot.core.rounds import Calendar
from cohort_bot.storage.ledger_rows import mark_of
from cohort_bot.storage.postgres import PostgresDatabase
from tests.fakes.bot import LIBRARY
from tests.fakes.discord_server import DiscordServer, Fault
from tests.fakes.process import environment
from tests.fakes.slack_delivery import HttpDelivery
from tests.fakes.slack_server import SlackServer
from tests.fakes.slack_world import Channel
from tests.harness.cluster import Cluster, cluster
from tests.harness.fault_injector import ROOT

IN_A_ROOM = 10
"""So many cohorts meet in each channel, and keep their order there."""

ON_SLACK = 20
"""One post of so many is Slack's, which takes few a second."""

LOST = 20
"""One answer of so many never arrives."""

REAL = (str(Path(sys.executable).with_name("cohort-bot")),)
SHORT_TIMEOUTS = (sys.executable, "-m", "tests.harness.short_timeouts")


@dataclass
class Outcome:
    """What came of it. `wrong` has a line for each thing that is not as it must be."""

    expected: int
    wrong: list[str] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)
    seconds: float = 0.0
    log: str = ""


class Forgetful(dict[tuple[int, str], object]):
    """Discord remembers nonces for minutes, and so hides a second post. This one does not."""

    def __setitem__(self, key: tuple[int, str], value: object) -> None:
        return


def system_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - other processes cannot be lent a clock


def elapsed() -> float:
    return time.monotonic()  # noqa: TID251 - a measurement


@dataclass
class Process:
    """A `cohort-bot run --role …`."""

    name: str
    child: asyncio.subprocess.Process
    said: list[str]

    async def says(self, words: str, within: float = 60) -> None:
        """Return when it has said so."""
        assert self.child.stdout is not None
        async with asyncio.timeout(within):
            while line := (await self.child.stdout.readline()).decode():
                self.said.append(f"{self.name}: {line.rstrip()}")
                if words in line:
                    return
        raise AssertionError(f"{self.name} never said {words!r}: {self.said}")

    async def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.child.kill()
        await self.child.wait()

    async def end(self) -> int:
        """Ask it to stop; its exit code."""
        self.child.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            return await self.child.wait()


class Crowd:
    """One run."""

    def __init__(self, server: Cluster, folder: Path, command: Sequence[str]) -> None:
        self._server = server
        self._folder = folder
        self._command = command
        self._stack = contextlib.AsyncExitStack()
        self.discord = DiscordServer(system_now)
        self.slack = SlackServer(system_now)
        self.said: list[str] = []
        self._processes: list[Process] = []
        self._lost = 0
        self._marks: dict[str, str] = {}
        self._rooms: list[list[object]] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = str(free.getsockname()[1])

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.discord)
        await self._stack.enter_async_context(self.slack)
        session = await self._stack.enter_async_context(aiohttp.ClientSession())

        async def post(body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
            address = f"http://127.0.0.1:{self._port}/slack/events"
            async with session.post(address, data=body, headers=headers) as response:
                return response.status, await response.text()

        self.over_http = copy.copy(self.slack)
        self.over_http._http = HttpDelivery(self.slack.world.signing_secret, post)
        self.discord.http._nonces = Forgetful()  # type: ignore[assignment]
        return self

    async def __aexit__(self, *what: object) -> None:
        await asyncio.gather(*(process.kill() for process in self._processes))
        await self._stack.aclose()

    async def fill(self, messages: int) -> None:
        """Cohorts whose first week has just begun: one post each, and none of them planned yet."""
        opened = (system_now() - timedelta(minutes=1)).replace(second=0, microsecond=0)
        calendar = Calendar(opened.date(), opened.time(), "UTC")
        on_slack, before = messages // ON_SLACK, opened - timedelta(minutes=1)
        rooms: list[tuple[str, str, str]] = []
        for number in range(-(-(messages - on_slack) // IN_A_ROOM)):
            there = self.discord.world.add_channel(f"room-{number}")
            self._rooms.append(there.messages)  # type: ignore[arg-type]
            rooms += [("discord", str(self.discord.world.guild), str(there.id))] * IN_A_ROOM
        del rooms[messages - on_slack :]
        for number in range(-(-on_slack // IN_A_ROOM)):
            channel = self.slack.world.channels[f"C{number + 100}"] = Channel(f"C{number + 100}", f"room-{number}")
            self._rooms.append(channel.messages)  # type: ignore[arg-type]
            rooms += [("slack", "T1", channel.id)] * IN_A_ROOM
        del rooms[messages:]

        def add(store: Store, first: int) -> list[str]:
            keys = []
            for number, (platform, workspace, channel) in enumerate(rooms[first : first + 500], start=first):
                made = store.cohorts.add(
                    platform=platform,
                    workspace=workspace,
                    name=f"Cohort {number}",
                    programme=LIBRARY.slugs()[0],
                    calendar=calendar,
                    at=before,
                    creator="nobody",
                )
                room = store.cohorts.add_room(made.id, platform, workspace, channel)
                keys.append(f"opening:{made.id}:r1:{room.id}")
            return keys

        database = PostgresDatabase(self._server.url)
        await asyncio.to_thread(database.upgrade)
        for first in range(0, messages, 500):
            keys = await database.write(lambda store, first=first: add(store, first))  # type: ignore[misc]
            self._marks.update(
                {mark_of(key): channel for key, (_, _, channel) in zip(keys, rooms[first:], strict=False)}
            )
        await database.close()

    async def start(self, role: str, shards: str = "") -> Process:
        """A process that has begun to work."""
        process = await self._spawn(role, shards)
        await process.says(f"works as {role} for discord and slack")
        return process

    async def _spawn(self, role: str, shards: str) -> Process:
        world = self.slack.world
        settings = {
            "DATABASE_URL": self._server.url,
            "DISCORD_TOKEN": self.discord.token,
            "DISCORD_API_URL": self.discord.api_url,
            "DISCORD_GATEWAY_URL": self.discord.gateway_url,
            "SLACK_BOT_TOKEN": world.bot_token,
            "SLACK_API_URL": self.slack.api_url,
            "PYTHONPATH": str(ROOT),
        }
        settings |= (
            {"SLACK_SIGNING_SECRET": world.signing_secret, "PORT": self._port}
            if role == "web"
            else {"SLACK_APP_TOKEN": world.app_token}
        )
        with (self._folder / "log").open("ab") as out:
            child = await asyncio.create_subprocess_exec(
                *self._command,
                *("run", "--role", role),
                *(("--shards", shards) if shards else ()),
                env=environment(self._folder, **settings),
                cwd=self._folder,
                stdout=asyncio.subprocess.PIPE,
                stderr=out,
            )
        self._processes.append(Process(f"{role} {shards}".strip(), child, self.said))
        return self._processes[-1]

    async def end(self) -> None:
        """Stop all of them, each in good order."""
        living = [process for process in self._processes if process.child.returncode is None]
        codes = await asyncio.gather(*(process.end() for process in living))
        assert not any(codes), [(process.name, code) for process, code in zip(living, codes, strict=True)]

    def posts(self) -> int:
        return sum(map(len, self._rooms))

    async def until(self, posts: int, within: float) -> int:
        """Return when so many are there; on the way some answers get lost."""
        async with asyncio.timeout(within):
            while (there := self.posts()) < posts:
                if there // LOST > self._lost:
                    self._lost += 1
                    kind = ("error", "lose", "drop")[self._lost % 3]
                    self.discord.fail(Fault(kind, "POST", r"/channels/\d+/messages$"))  # type: ignore[arg-type]
                await asyncio.sleep(0.02)  # nobody tells how many there are
        return there

    async def everybody_is_answered(self, name: str) -> None:
        """A command by each way that leads in, one of them with a post that follows from it."""
        member = self.discord.inbox("member-1")
        preview, direct, by_socket, by_http = await asyncio.gather(
            self.discord.slash("moderator", "general", "cohort create", name=name, timezone="UTC"),
            self.discord.slash("member-1", member, "help"),
            self.slack.command("U2", "/cohort help"),
            self.over_http.command("U3", "/cohort help"),
        )
        assert "What I can do" in direct.text
        assert "What I can do" in by_socket.text
        assert "What I can do" in by_http.text
        await self.discord.press("moderator", preview, "Create it and invite the room")

    async def overlapping_is_refused(self) -> None:
        """A gateway for shards that others have takes none of them, and says so."""
        identified = self.discord.gateway.identified
        process = await self._spawn("gateway", "0-1/2")
        await process.says("another gateway has the shards 0-1/2; waiting until it is gone")
        assert await process.end() == 0, "it was asked to, and ends in order"
        assert self.discord.gateway.identified == identified

    async def ready(self) -> None:
        """The web process says that all is well with it."""
        async with aiohttp.request("GET", f"http://127.0.0.1:{self._port}/readyz") as answer:
            assert answer.status == 200, await answer.text()

    def wrong(self, created: Sequence[str]) -> list[str]:
        """Each post once in its channel, nothing else; each invitation once."""
        seen: Counter[tuple[str, str]] = Counter()
        for channel in self.discord.world.channels.values():
            seen.update((str(channel.id), message.nonce or "none") for message in channel.messages)
        for there in self.slack.world.channels.values():
            for post in there.messages:
                seen[there.id, str(post.metadata.get("event_payload", {}).get("mark"))] += 1
        found = [f"missing: {mark}" for mark, channel in self._marks.items() if not seen[channel, mark]]
        found += [f"{count} times: {mark} in {channel}" for (channel, mark), count in seen.items() if count > 1]
        general = self.discord.channel("general")
        stray = [key for key in seen if self._marks.get(key[1]) != key[0] and key[0] != str(general.id)]
        found += [f"unexpected: {mark} in {channel}" for channel, mark in stray]
        invited = [(name, sum(name in text for text in general.texts)) for name in created]
        found += [f"{name}: invited {times} times" for name, times in invited if times != 1]
        if len(general.messages) != len(created):
            found.append(f"{len(general.messages)} messages in #general, {len(created)} expected")
        return found + [f"Discord refused an answer: {code}" for code in self.discord.errors]


async def run(messages: int, *, short: bool = False, within: float = 90) -> Outcome:
    """The whole run on a server of its own; with `short` the leases are short, and the rest is as it is."""
    outcome = Outcome(messages)
    with cluster() as server, tempfile.TemporaryDirectory() as folder:
        async with Crowd(server, Path(folder), SHORT_TIMEOUTS if short else REAL) as crowd:
            await crowd.fill(messages)
            try:
                await _run(crowd, server, outcome, within)
            except (AssertionError, TimeoutError) as error:
                outcome.wrong.append(f"{type(error).__name__}: {error}; {crowd.posts()} posts")
            outcome.wrong += crowd.wrong(("Before", "Between", "After"))
            outcome.log = "\n".join([*crowd.said, (Path(folder) / "log").read_text(errors="replace")])
    return outcome


async def _run(crowd: Crowd, server: Cluster, outcome: Outcome, within: float) -> None:
    messages = outcome.expected
    guild = (crowd.discord.world.guild >> 22) % 2  # the shard that has the server; the other one has conversations
    starts = [("gateway", f"{guild}/2"), ("gateway", f"{1 - guild}/2"), ("web", "")]
    gateway, *_ = await asyncio.gather(*(crowd.start(*each) for each in starts))
    await crowd.everybody_is_answered("Before")
    await crowd.overlapping_is_refused()
    began = elapsed()
    first, _ = await asyncio.gather(*(crowd.start("courier") for _ in range(2)))
    there = await crowd.until(messages // 4, within)
    await first.kill()
    outcome.happened.append(f"a courier killed after {there}")
    starting = [asyncio.create_task(crowd.start("courier"))]
    there = await crowd.until(messages * 3 // 8, within)
    await gateway.kill()
    outcome.happened.append(f"a gateway killed after {there}")
    starting.append(asyncio.create_task(crowd.start("gateway", f"{guild}/2")))
    there = await crowd.until(messages // 2, within)
    await asyncio.to_thread(server.restart)
    outcome.happened.append(f"PostgreSQL restarted after {there}")
    await asyncio.gather(*starting)
    await crowd.everybody_is_answered("Between")
    await crowd.until(messages, within)
    await _closed(server)
    outcome.seconds = elapsed() - began
    await crowd.everybody_is_answered("After")
    await crowd.discord.until(lambda: len(crowd.discord.channel("general").messages) >= 3, 20)
    await _closed(server)
    await crowd.ready()
    await crowd.end()


async def _closed(server: Cluster) -> None:
    """Until every row of the ledger is closed."""
    database = PostgresDatabase(server.url, 1)
    async with asyncio.timeout(120):
        while True:
            if not await database.read(lambda store: store.health.standing().oldest_due):
                break
            await asyncio.sleep(0.1)  # nobody tells what a database holds
    await database.close()


def main() -> int:
    """Run, print the figures, return 1 when anything is wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--short-timeouts", action="store_true")
    given = parser.parse_args()
    same_time_zones_everywhere()
    outcome = asyncio.run(run(given.messages, short=given.short_timeouts, within=1800))
    print(  # noqa: T201
        f"{outcome.expected} posts by two couriers, {len(outcome.wrong)} wrong, in {outcome.seconds:.0f} s; "
        + ", ".join(outcome.happened)
    )
    for line in outcome.wrong[:20]:
        print(f"  {line}")  # noqa: T201
    if outcome.wrong:
        print(outcome.log[-6000:])  # noqa: T201
    return int(bool(outcome.wrong))


if __name__ == "__main__":
    sys.exit(main())
