"""The bot of a soak in a process of its own, so that the memory that is measured is the bot's and nobody else's.

The parent tells it the time: `due` asks when something is next to go out, `go AT` moves the calendar there and settles,
`clock AT` only moves it, `memory` measures. Everything else is as in production: both real libraries, a real database,
logs as JSON. With an address of PostgreSQL it is one of several; `--role courier` is one more that delivers.
"""

import argparse
import asyncio
import contextlib
import gc
import json
import re
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import discord

from cohort_bot import bootstrap, logs
from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.app.ports.platform import ChatPlatform, Pace
from cohort_bot.app.ports.store import Store
from cohort_bot.platforms.discord.adapter import DiscordPlatform
from cohort_bot.platforms.slack.adapter import SlackPlatform
from cohort_bot.process_role import ProcessRole
from cohort_bot.programmes.library import Library, shipped_folder
from cohort_bot.runtime import Bot, DemoTime
from cohort_bot.storage import open as opening_of
from cohort_bot.storage.jobs import Beat, Jobs
from cohort_bot.storage.postgres import PostgresDatabase
from tests.harness.worker import ToldClock, say

PACING = Pacing(lease=12.0, settle=0.05, first_wait=0.05, longest_wait=0.5)
BEAT = Beat(heartbeat=1.0, stalled=40.0, look=0.5, poll=0.1, again=1)
BETWEEN = 60.0
"""Elapsed seconds that count as passed with each step of the calendar: nobody is held up by a rate of people."""


class SteppedClock(ToldClock):
    """A calendar that stands where it was told; elapsed time runs, and can be skipped."""

    skipped = 0.0

    def elapsed(self) -> float:
        return super().elapsed() + self.skipped


async def at_once(_client: object, _shard: int, *, initial: bool = False) -> None:
    """In place of the library's five seconds between two identifications: Discord's limit, which loopback has not."""


def memory() -> dict[str, float]:
    """MiB that are resident, and of these the process's own (Linux), and what the interpreter keeps."""
    gc.collect()
    said = Path("/proc/self/smaps_rollup").read_text(encoding="ascii")
    kib = {name: int(number) for name, number in re.findall(r"^(\w+):\s+(\d+) kB", said, re.MULTILINE)}
    own = kib["Private_Clean"] + kib["Private_Dirty"]
    return {
        "resident": kib["Rss"] / 1024,
        "own": own / 1024,
        "objects": len(gc.get_objects()),
        "tasks": len(asyncio.all_tasks()),
    }


def kinds() -> dict[str, int]:
    """The most frequent kinds of objects, to find out what grows."""
    counted = Counter(f"{type(thing).__module__}.{type(thing).__qualname__}" for thing in gc.get_objects())
    return dict(counted.most_common(400))


async def others_settle(bot: Bot, at: datetime) -> None:
    """Until nothing is due for whoever plans and delivers, this process or another; one at a time plans."""

    def due(store: Store) -> bool:
        planned = store.cohorts.next_due()
        unplanned = planned is not None and planned <= at
        return unplanned or bool(store.health.waiting(at, 1)) or store.revisions.waiting(at)

    while await bot.database.read(due):
        await bot.ticker.tick()
        bot.courier.wake()
        await asyncio.sleep(0.02)  # nobody tells what a database holds


async def obey(time: DemoTime, clock: SteppedClock, bot: Bot) -> None:
    """Do what the parent says, until it says stop or is gone."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := (await reader.readline()).decode().split():
        match line:
            case ["due"]:
                await others_settle(bot, clock.at)
                due = await time.next_due()
                say(f"due {due.isoformat() if due else 'never'}")
            case ["go", at]:
                clock.at = max(clock.at, datetime.fromisoformat(at))
                clock.skipped += BETWEEN
                await bot.settle()
                await others_settle(bot, clock.at)
                say("settled")
            case ["clock", at]:
                clock.at = max(clock.at, datetime.fromisoformat(at))
                clock.skipped += BETWEEN
                bot.courier.wake()
                say("moved")
            case ["memory"]:
                say(f"memory {json.dumps(memory(), separators=(',', ':'))}")
            case ["kinds"]:
                say(f"kinds {json.dumps(kinds(), separators=(',', ':'))}")
            case ["stop"]:
                return


async def work(given: argparse.Namespace) -> None:
    """One life, from the start to a graceful end."""
    clock = SteppedClock(datetime.fromisoformat(given.now))
    role = ProcessRole(given.role)
    first = DiscordPlatform(given.discord_token, clock, given.discord_api, given.discord_gateway, process=role)
    second = SlackPlatform(
        clock,
        bot_token=given.slack_bot_token,
        app_token=given.slack_app_token,
        api_url=given.slack_api,
        ping=1.0,
        watch=1.0,
        part_gap=0.0,
        connects=role.connects,
        posts_only=not role.connects,
    )
    first.pace = second.pace = Pace()  # with Slack's one message a second a quarter would take a day
    platforms: dict[str, ChatPlatform] = {first.name: first, second.name: second}
    database, library = opening_of.database(given.database), Library([shipped_folder()])
    engine = Jobs(database, clock.now, BEAT) if isinstance(database, PostgresDatabase) else None
    async with Bot(database, library, platforms, clock, PACING, engine=engine) as bot:
        bootstrap.settle()
        time = DemoTime(clock, lambda at: setattr(clock, "at", at))
        time.bot = bot
        say("ready")
        await obey(time, clock, bot)
    say("stopped")


def main() -> None:
    """Live once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", required=True)
    parser.add_argument("--role", default="all", choices=["all", "courier"])
    parser.add_argument("--log", type=Path, required=True)
    for name in ("now", "discord-token", "discord-api", "discord-gateway"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("slack-bot-token", "slack-app-token", "slack-api"):
        parser.add_argument(f"--{name}", required=True)
    given = parser.parse_args()
    bootstrap.same_time_zones_everywhere()
    discord.Client.before_identify_hook = at_once  # type: ignore[assignment, method-assign]
    with given.log.open("a", encoding="utf-8") as log, contextlib.closing(log):
        logs.configure("INFO", "json", stream=log)
        asyncio.run(work(given))


if __name__ == "__main__":
    main()
