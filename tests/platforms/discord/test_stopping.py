"""A stop waits for the answers under way, and not for ever."""

import asyncio

from cohort_bot.platforms.discord.adapter import DiscordPlatform
from tests.fakes.discord_server import DiscordServer
from tests.fakes.toy import Toy


async def test_stopping_lets_what_runs_end(server: DiscordServer, platform: DiscordPlatform, toy: Toy) -> None:
    waiting = asyncio.create_task(server.slash("member-1", "general", "wait"))
    await toy.begun.wait()
    stopping = asyncio.create_task(platform.stop(5))
    await asyncio.sleep(0)
    assert "restarting" in (await server.slash("member-2", "general", "echo", words="x")).text
    toy.go_on.set()
    assert (await waiting).text == "That took a while."
    await stopping


async def test_stopping_does_not_wait_for_ever(server: DiscordServer, platform: DiscordPlatform, toy: Toy) -> None:
    waiting = asyncio.create_task(server.slash("member-1", "general", "wait"))
    await toy.begun.wait()
    async with asyncio.timeout(2):
        await platform.stop(0.05)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
