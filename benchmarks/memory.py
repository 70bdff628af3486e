"""Memory and start of real processes on the loopback servers: resident MiB from /proc, seconds to the first answer."""

import asyncio
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.fakes.discord_server import DiscordServer
from tests.fakes.process import bot_process, cpu_seconds, resident
from tests.fakes.slack_server import SlackServer

from benchmarks.discord import bare_process
from benchmarks.guild import address, form, guild, person
from benchmarks.world import Figure, median

STARTS = 5
FORMS = 10_000
LIBRARIES = "aiosqlite click dotenv sqlalchemy structlog"
"""What our bot uses of others when it has Discord alone; the bare bot has discord.py anyway."""

TOGETHER = 20
"""Forms that are asked for at the same time."""


@dataclass(frozen=True, slots=True)
class Start:
    """What a process took until its first command was answered, and holds after a few."""

    seconds: float
    cpu: float
    memory: float


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - another process cannot be lent a clock


async def start(folder: Path, server: DiscordServer, **more: str) -> Start:
    """One start on a database that is there already but for the first."""
    began = time.monotonic()  # noqa: TID251 - a measurement
    async with bot_process(folder, **address(server), **more) as process:
        await server.until(lambda: server.gateway.sessions, within=60)
        await server.slash("member-1", "general", "help")
        took, cpu = time.monotonic() - began, cpu_seconds(process)  # noqa: TID251 - a measurement
        for command in ("plan", "progress", "checkin"):
            await server.slash("moderator", "general", command)
        found = Start(took, cpu, resident(process))
    server.gateway.sessions.clear()
    return found


async def bare_start(server: DiscordServer) -> tuple[float, float]:
    """Seconds until the bare bot with our libraries is connected, and MiB."""
    began = time.monotonic()  # noqa: TID251 - a measurement
    process = await bare_process(server, libraries=LIBRARIES)
    found = time.monotonic() - began, resident(process)  # noqa: TID251 - a measurement
    process.terminate()
    await process.wait()
    server.gateway.sessions.clear()
    return found


async def opened_forms(folder: Path) -> tuple[float, float]:
    """MiB after a hundred opened forms, and after so many more."""
    async with guild(folder / "bot.db") as server, bot_process(folder, **address(server)) as process:
        await server.until(lambda: server.gateway.sessions, within=60)
        wrong = await server.submit(person(0, 0), await form(server, person(0, 0), 0), done="x", blockers="y")
        button = next(label for label in wrong.buttons if wrong.buttons[label].startswith("checkin"))

        async def some(number: int) -> None:
            for start in range(0, number, TOGETHER):
                count = min(TOGETHER, number - start)
                await asyncio.gather(*(server.press(person(0, 0), wrong, button) for _ in range(count)))

        await some(100)
        before = resident(process)
        await some(FORMS)
        return before, resident(process)


async def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        alone, both, forms = (Path(folder) / name for name in ("alone", "both", "forms"))
        for path in (alone, both, forms):
            path.mkdir()
        async with DiscordServer(now) as server, SlackServer(now) as slack:
            world = slack.world
            tokens = {"SLACK_BOT_TOKEN": world.bot_token, "SLACK_APP_TOKEN": world.app_token}
            starts, twos, bare = [], [], []
            for _ in range(STARTS + 1):
                starts.append(await start(alone, server))
                bare.append(await bare_start(server))
                twos.append(await start(both, server, **tokens, SLACK_API_URL=slack.api_url))
            del starts[0], twos[0], bare[0]
        before, after = await opened_forms(forms)
    return [
        Figure("start to the first answered command", median([each.seconds for each in starts]), "s", "at most 0.8"),
        Figure("the same, CPU of the process", median([each.cpu for each in starts]), "s"),
        Figure("a bare bot of the same libraries, until it is connected", median([each[0] for each in bare]), "s"),
        Figure("resident with Discord alone", median([each.memory for each in starts]), "MiB", "at most 85"),
        Figure("the bare bot of the same libraries", median([each[1] for each in bare]), "MiB"),
        Figure("resident with Discord and Slack", median([each.memory for each in twos]), "MiB", "at most 105"),
        Figure("resident after 100 opened forms", before, "MiB"),
        Figure(f"resident after {FORMS:,} more", after, "MiB", "the same, flat"),
    ]


def run() -> list[Figure]:
    """Starts, both platforms, forms."""
    return asyncio.run(measure())
