"""A loopback Discord and the platform on it, with the toy bot."""

import contextlib
import warnings
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # discord.py imports audioop, which goes with Python 3.13
    import discord  # noqa: F401

from cohort_bot.app.commands import Table
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.platform import Complete
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


@contextlib.asynccontextmanager
async def started(
    server: DiscordServer,
    toy: Toy,
    *,
    clock: Clock | None = None,
    complete: Complete | None = None,
    table: Table = TABLE,
    **more: Any,
) -> AsyncIterator[DiscordPlatform]:
    """A platform on the loopback server, taking interactions; stopped whatever happens, or the test would hang."""
    bot = DiscordPlatform(server.token, clock or SystemClock(), server.api_url, server.gateway_url, **more)
    await bot.start(table, toy.dispatch, complete or toy.complete)
    try:
        yield bot
    finally:
        await bot.stop(1)


@pytest.fixture
async def platform(server: DiscordServer, toy: Toy) -> AsyncIterator[DiscordPlatform]:
    async with started(server, toy) as bot:
        yield bot
