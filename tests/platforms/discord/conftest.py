"""A loopback Discord and the platform on it, with the toy bot."""

import warnings
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # discord.py imports audioop, which goes with Python 3.13
    import discord  # noqa: F401

from cohort_bot.clocks import SystemClock
from cohort_bot.platforms.discord.adapter import DiscordPlatform
from tests.fakes.discord_server import DiscordServer
from tests.fakes.toy import TABLE, Toy


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer(lambda: datetime.now(UTC)) as running:  # noqa: TID251 - Discord's clock
        yield running


@pytest.fixture
def toy() -> Toy:
    return Toy()


@pytest.fixture
async def platform(server: DiscordServer, toy: Toy) -> AsyncIterator[DiscordPlatform]:
    bot = DiscordPlatform(server.token, SystemClock(), server.api_url, server.gateway_url)
    await bot.start(TABLE, toy.dispatch, toy.complete)
    yield bot
    await bot.stop(1)
