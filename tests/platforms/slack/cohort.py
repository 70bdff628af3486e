"""The whole bot on a loopback Slack: real table, real handlers, a real SQLite file, the real bolt."""

import contextlib
import copy
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.app.ports.platform import Pace
from cohort_bot.chat.place import Place
from cohort_bot.platforms.slack.adapter import SlackPlatform
from cohort_bot.platforms.slack.connection import PING, WATCH
from cohort_bot.runtime import Bot, DemoTime
from tests.fakes.bot import LIBRARY, StillClock
from tests.fakes.databases import database_at
from tests.fakes.slack_oauth import Browser, asgi_get
from tests.fakes.slack_server import Answer, SlackServer
from tests.fakes.slack_world import Posted
from tests.platforms.slack.conftest import SECRET_KEY, connected

QUICK = Pacing(lease=2.0, settle=0.01, first_wait=0.01, longest_wait=0.05)
TEAMS = ("T1", "T2")
GENERAL = Place("slack", "T1", "C1")


class Cohort:
    """The bot on Slack, and people in #general."""

    def __init__(self, runtime: Bot, slack: SlackServer, clock: StillClock) -> None:
        self.runtime = runtime
        self.slack = slack
        self.clock = clock
        self.time = DemoTime(clock, clock.move_to)
        self.time.bot = runtime

    @property
    def platform(self) -> SlackPlatform:
        """The bot's Slack."""
        found = self.runtime.platforms["slack"]
        assert isinstance(found, SlackPlatform)
        return found

    def at(self, team: str) -> Self:
        """The same bot, as the people of a workspace meet it."""
        there = copy.copy(self)
        there.slack = self.slack.at(team)
        return there

    async def install(self, team: str) -> None:
        """Somebody of the workspace installs the app."""
        status, page = await Browser(asgi_get(self.platform.asgi())).install(self.slack.oauth, team)
        assert status == 200, page

    async def type(self, user: str, line: str, channel: str = "C1") -> Answer:
        """Type a command, in nobody's haste."""
        self.clock.skip(10)
        return await self.slack.command(user, line, channel)

    async def create(self, name: str = "AI 2027") -> None:
        preview = await self.type("U1", f'/cohort create name:"{name}" timezone:Europe/Berlin starts:2027-01-04')
        await self.slack.press("U1", preview, "Create it and invite the room")
        await self.settle()

    async def join(self, *people: str) -> None:
        for person in people:
            assert "Welcome" in (await self.type(person, "/cohort join timezone:Europe/Berlin")).text
        await self.settle()

    async def until(self, at: datetime) -> None:
        await self.time.advance(at)

    async def days(self, number: float) -> None:
        await self.until(self.clock.now() + timedelta(days=number))

    async def settle(self) -> None:
        await self.runtime.settle()

    def card(self, week: int) -> Posted:
        """The opening card of a week."""
        return next(post for post in self.slack.world.posts() if post.said.startswith(f"Week {week} "))


@contextlib.asynccontextmanager
async def running(
    folder: Path,
    mode: str,
    *,
    slack: SlackServer | None = None,
    clock: StillClock | None = None,
    secret_key: str = SECRET_KEY,
    board_url: str = "",
) -> AsyncIterator[Cohort]:
    """The bot on `folder`/bot.db; give it the server and the clock of an earlier run to restart it.

    In the mode "oauth" every workspace of the server installs it first, unless it did in an earlier run.
    """
    clock = clock or StillClock()
    async with contextlib.AsyncExitStack() as stack:
        new = slack is None
        if slack is None:
            slack = await stack.enter_async_context(SlackServer(clock.now, TEAMS if mode == "oauth" else TEAMS[:1]))
        # A test that has to wait for its turn on the machine is not taken for a dead connection.
        platform = connected(slack, clock, mode, secret_key=secret_key, ping=PING, watch=WATCH)
        platform.pace = Pace()  # one message a second would make this a test of patience
        application = Bot(database_at(folder), LIBRARY, {platform.name: platform}, clock, QUICK, board_url=board_url)
        bot = Cohort(await stack.enter_async_context(application), slack, clock)
        if mode == "oauth" and new:
            for team in TEAMS:
                await bot.install(team)
        yield bot
