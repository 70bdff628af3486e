"""`cohort-bot run` as a process of its own, on the loopback Slack."""

import asyncio
import signal
import socket
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from tests.fakes.command_line import cohort_bot
from tests.fakes.process import environment
from tests.fakes.slack_delivery import HttpDelivery
from tests.fakes.slack_oauth import Browser
from tests.fakes.slack_server import SlackServer

pytestmark = pytest.mark.process


async def bot(folder: Path, **settings: str) -> asyncio.subprocess.Process:
    """The bot with these settings and no others."""
    return await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("cohort-bot"),
        "run",
        env=environment(folder, **settings),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


def system_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - another process cannot be lent a clock


async def connected(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    async with asyncio.timeout(30):
        line = await process.stdout.readline()
    if b"connected to slack" not in line:
        raise AssertionError(f"{line!r} {(await process.communicate())[1].decode()}")


async def ended(process: asyncio.subprocess.Process) -> None:
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(15):
        _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()


async def test_socket_mode(tmp_path: Path) -> None:
    async with SlackServer(system_now) as slack:
        world = slack.world
        process = await bot(
            tmp_path, SLACK_BOT_TOKEN=world.bot_token, SLACK_APP_TOKEN=world.app_token, SLACK_API_URL=slack.api_url
        )
        await connected(process)
        preview = await slack.command("U1", '/cohort create name:"AI 2027"')
        await slack.press("U1", preview, "Create it")
        await world.until(world.posts)
        assert "[Join]" in world.timeline()[0]
        await ended(process)


async def test_http(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with SlackServer(system_now) as slack, aiohttp.ClientSession() as session:
        world = slack.world

        async def post(body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
            address = f"http://127.0.0.1:{port}/slack/events"
            async with session.post(address, data=body, headers=headers) as response:
                return response.status, await response.text()

        slack._http = HttpDelivery(world.signing_secret, post)
        process = await bot(
            tmp_path,
            SLACK_BOT_TOKEN=world.bot_token,
            SLACK_SIGNING_SECRET=world.signing_secret,
            SLACK_API_URL=slack.api_url,
            PORT=str(port),
        )
        await connected(process)
        assert "/cohort join" in (await slack.command("U1", "/cohort")).text
        assert (await post(b"x", {}))[0] == 401
        await ended(process)


OAUTH = {"SLACK_CLIENT_ID": "11.22", "SLACK_CLIENT_SECRET": "client-secret"}
KEY = {"SECRET_KEY": "a key that is long enough for tests"}
SIGNED = {"SLACK_SIGNING_SECRET": "loopback-secret"}


async def test_two_workspaces_by_oauth(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    teams = ("T1", "T2")
    async with SlackServer(system_now, teams) as slack, aiohttp.ClientSession() as session:
        here = f"http://127.0.0.1:{port}"

        async def post(body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
            async with session.post(f"{here}/slack/events", data=body, headers=headers) as response:
                return response.status, await response.text()

        async def get(path: str, headers: Mapping[str, str]) -> tuple[int, str, list[tuple[str, str]]]:
            async with session.get(f"{here}{path}", headers=headers) as response:
                pairs = [(name.lower(), value) for name, value in response.headers.items()]
                return response.status, await response.text(), pairs

        slack._http = HttpDelivery(slack.world.signing_secret, post)
        process = await bot(tmp_path, SLACK_API_URL=slack.api_url, PORT=str(port), **OAUTH, **KEY, **SIGNED)
        await connected(process)
        for team in teams:
            assert (await Browser(get).install(slack.oauth, team))[0] == 200
            there = slack.at(team)
            preview = await there.command("U1", '/cohort create name:"AI 2027"')
            await there.press("U1", preview, "Create it")
            await there.world.until(there.world.posts)
        await ended(process)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (OAUTH, "SLACK_SIGNING_SECRET"),
        (OAUTH | KEY | SIGNED, "PORT"),
        (OAUTH | SIGNED | {"PORT": "8123"}, "SECRET_KEY"),
        (OAUTH | SIGNED | {"PORT": "8123", "SECRET_KEY": "short"}, "SECRET_KEY needs at least 16"),
        ({"SLACK_CLIENT_ID": "11.22"} | KEY | SIGNED | {"PORT": "8123"}, "SLACK_CLIENT_SECRET"),
        ({"SLACK_BOT_TOKEN": "xoxb-wrong", "SLACK_APP_TOKEN": "xapp-loopback"}, "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxb-loopback", "SLACK_APP_TOKEN": "xapp-wrong"}, "SLACK_APP_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxb-loopback"}, "SLACK_APP_TOKEN"),
    ],
)
async def test_a_wrong_setting_is_one_line(tmp_path: Path, settings: dict[str, str], words: str) -> None:
    async with SlackServer(system_now) as slack:
        env = environment(tmp_path, SLACK_API_URL=slack.api_url, **settings)
        done = await asyncio.to_thread(cohort_bot, "run", cwd=tmp_path, env=env)
    assert done.returncode == 2
    said = [line for line in done.stderr.splitlines() if " INFO " not in line]
    assert len(said) == 1
    assert words in said[0]
