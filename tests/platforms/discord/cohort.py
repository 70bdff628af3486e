"""The whole bot on a loopback Discord: real table, real handlers, a real SQLite file, the real client."""

import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.platforms.discord.adapter import DiscordPlatform
from cohort_bot.runtime import Bot, DemoTime
from tests.fakes.bot import LIBRARY, StillClock
from tests.fakes.databases import database_at
from tests.fakes.discord_server import DiscordServer, Posted

QUICK = Pacing(lease=2.0, settle=0.01, first_wait=0.01, longest_wait=0.05)
CREATE = "Create it and invite the room"


class Cohort:
    """The bot on Discord, and a moderator who has started a cohort in #general."""

    def __init__(self, runtime: Bot, server: DiscordServer, clock: StillClock) -> None:
        self.runtime = runtime
        self.server = server
        self.clock = clock
        self.time = DemoTime(clock, clock.move_to)
        self.time.bot = runtime

    async def create(self, name: str = "AI 2027") -> None:
        preview = await self.server.slash(
            "moderator", "general", "cohort create", name=name, timezone="Europe/Berlin", starts="2027-01-04"
        )
        await self.server.press("moderator", preview, CREATE)
        await self.runtime.settle()

    async def join(self, *people: str) -> None:
        for person in people:
            answer = await self.server.slash(person, "general", "join", timezone="Europe/Berlin")
            assert "Welcome" in answer.text
        await self.runtime.settle()

    async def until(self, at: datetime) -> None:
        await self.time.advance(at)

    async def days(self, number: float) -> None:
        await self.until(self.clock.now() + timedelta(days=number))

    def card(self, week: int, channel: str = "general") -> Posted:
        """The opening card of a week."""
        return next(m for m in self.server.channel(channel).messages if m.text.startswith(f"### Week {week} "))


@contextlib.asynccontextmanager
async def running(
    folder: Path, *, server: DiscordServer | None = None, clock: StillClock | None = None
) -> AsyncIterator[Cohort]:
    """The bot on `folder`/bot.db; give it the server and the clock of an earlier run to restart it."""
    clock = clock or StillClock()
    async with contextlib.AsyncExitStack() as stack:
        if server is None:
            server = await stack.enter_async_context(DiscordServer(clock.now))
        platform = DiscordPlatform(server.token, clock, server.api_url, server.gateway_url)
        application = Bot(database_at(folder), LIBRARY, {platform.name: platform}, clock, QUICK)
        bot = await stack.enter_async_context(application)
        yield Cohort(bot, server, clock)
