"""`cohort-bot run` where Discord, Slack or PostgreSQL is away at the start: it waits, serves what is there, and each
room gets one card when its platform is back.
"""

import asyncio
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cohort_bot.app.ports.store import Store
from cohort_bot.core.rounds import Calendar
from cohort_bot.storage.database import SqliteDatabase
from tests.fakes.bot import LIBRARY
from tests.fakes.discord_server import DiscordServer
from tests.fakes.gate import Gate
from tests.fakes.process import bot_process
from tests.fakes.slack_server import SlackServer

pytestmark = pytest.mark.process


def system_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - another process cannot be lent a clock


def readyz(port: int) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


async def until(true: Callable[[], bool], within: float = 60) -> None:
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110 - another process tells nobody when
            await asyncio.sleep(0.2)


async def says(port: int, *words: str, missing: tuple[str, ...] = ()) -> None:
    """Until /readyz names these problems and not the others."""
    async with asyncio.timeout(60):
        while True:
            _, body = await asyncio.to_thread(readyz, port)
            found: Any = json.loads(body)["findings"] if body else None
            problems = " ".join(each["problem"] for each in found or ())
            if found is not None and all(w in problems for w in words) and not any(m in problems for m in missing):
                return
            await asyncio.sleep(0.2)


async def a_cohort_that_has_opened(file: Path, *rooms: tuple[str, str, str]) -> None:
    opened = system_now().replace(second=0, microsecond=0) - timedelta(minutes=2)

    def add(store: Store) -> None:
        cohort = store.cohorts.add(
            platform=rooms[0][0],
            workspace=rooms[0][1],
            name="AI 2027",
            programme=LIBRARY.slugs()[0],
            calendar=Calendar(opened.date(), opened.time(), "UTC"),
            at=opened - timedelta(minutes=1),
            creator="nobody",
        )
        for room in rooms:
            store.cohorts.add_room(cohort.id, *room)

    database = SqliteDatabase(file)
    await asyncio.to_thread(database.upgrade)
    database.open()
    await database.write(add)
    await database.close()


@pytest.mark.timeout(240)
async def test_both_platforms_are_away_then_fail_then_come_back_one_by_one(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    async with (
        Gate() as before_discord,
        Gate() as before_slack,
        DiscordServer(system_now) as discord,
        SlackServer(system_now) as slack,
    ):
        channel = discord.channel("general")
        rooms = [("discord", str(discord.world.guild), str(channel.id)), ("slack", "T1", "C1")]
        await a_cohort_that_has_opened(tmp_path / "bot.db", *rooms)
        settings = {
            "DISCORD_TOKEN": discord.token,
            "DISCORD_API_URL": before_discord.before(discord.api_url),
            "DISCORD_GATEWAY_URL": discord.gateway_url,
            "SLACK_BOT_TOKEN": slack.world.bot_token,
            "SLACK_APP_TOKEN": slack.world.app_token,
            "SLACK_API_URL": before_slack.before(slack.api_url),
            "PORT": str(port),
        }

        def cards() -> list[int]:
            on_slack = [post for post in slack.world.posts("C1") if "Week 1" in post.said]
            return [len(channel.messages), len(on_slack)]

        async with bot_process(tmp_path, **settings) as process:
            await says(port, "Discord is not connected yet", "Slack is not connected yet")
            for gate in (before_discord, before_slack):
                await gate.answer("503")
                await gate.tried.wait()
            assert process.returncode is None
            await before_slack.answer("well")
            await until(lambda: cards() == [0, 1])
            await says(port, "Discord is not connected yet", missing=("Slack",))
            await before_discord.answer("well")
            await until(lambda: cards() == [1, 1])
            await says(port)
            assert (await asyncio.to_thread(readyz, port))[0] == 200
        assert cards() == [1, 1]
