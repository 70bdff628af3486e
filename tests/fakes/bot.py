"""The whole bot in a test: real table, real handlers, a real database, the in-memory platform, a still clock.

async with running(tmp_path) as bot:
    form = await bot.type("member-1", "/join")
"""

import contextlib
import re
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import Delivery, Store
from cohort_bot.app.ports.watch import Watch
from cohort_bot.chat.catalogues import CATALOGUES, ENGLISH
from cohort_bot.chat.form import Form, Reply
from cohort_bot.chat.message import Message, plain
from cohort_bot.core.membership import Member
from cohort_bot.core.programme import Programme
from cohort_bot.programmes.library import Library, shipped_folder
from cohort_bot.runtime import Bot, DemoTime
from tests.fakes.databases import Current, database_at
from tests.fakes.lists import OneGuide as OneGuide  # noqa: PLC0414 - part of what a bot under test is given
from tests.fakes.memory import MemoryPlatform, Remembered, Sent
from tests.pseudo_locale import english

T = TypeVar("T")
START = datetime(2027, 1, 1, 12, 0, tzinfo=UTC)
"""A Friday."""

MONDAY = datetime(2027, 1, 4, 8, tzinfo=UTC)
"""When the first week of the cohort of `create` opens: 09:00 in Berlin."""

TUESDAY = datetime(2027, 1, 5, 12, tzinfo=UTC)
"""In its first week."""

QUICK = Pacing(lease=5.0, settle=0.01, first_wait=0.01, longest_wait=0.05)
LIBRARY = Library([shipped_folder()])


def shipped() -> Programme:
    """The programme that comes with the bot."""
    found = LIBRARY.get(LIBRARY.slugs()[0])
    assert found is not None
    return found


class StillClock:
    """A calendar that stands until it is moved; elapsed time runs, and can be skipped."""

    def __init__(self, at: datetime = START) -> None:
        self._at = at
        self._skipped = 0.0

    def now(self) -> datetime:
        return self._at

    def elapsed(self) -> float:
        return time.monotonic() + self._skipped  # noqa: TID251 - this is a clock

    def move_to(self, at: datetime) -> None:
        self._at = max(self._at, at)

    def skip(self, seconds: float) -> None:
        self._skipped += seconds


class BotUnderTest:
    """A bot with one in-memory platform, and people who use it."""

    def __init__(self, runtime: Bot, chat: MemoryPlatform, clock: StillClock, folder: Path) -> None:
        self.folder = folder
        self.runtime = runtime
        self.chat = chat
        self.clock = clock
        self.time = DemoTime(clock, clock.move_to)
        self.time.bot = runtime

    async def type(self, person: str, line: str, channel: str = "general") -> Reply:
        """Type a command, in nobody's haste."""
        self.clock.skip(10)
        return await self.chat.type(person, line, channel)

    async def message(self, person: str, line: str, channel: str = "general") -> Message:
        """Type a command that is answered by a message."""
        reply = await self.type(person, line, channel)
        assert isinstance(reply, Message), f"not a message: {reply}"
        return reply

    async def press(self, person: str, message: Sent | Message, label: str) -> Message:
        """Press the button that begins with the label and is answered by a message."""
        reply = await self.chat.press(person, message, label)
        assert isinstance(reply, Message), f"not a message: {reply}"
        return reply

    async def say(self, person: str, line: str, channel: str = "general") -> str:
        """Type a command and read the answer."""
        return english(plain(await self.message(person, line, channel)))

    async def form(self, person: str, line: str, channel: str = "general") -> Form:
        """Type a command that opens a form."""
        reply = await self.type(person, line, channel)
        assert isinstance(reply, Form), f"not a form: {reply}"
        return reply

    async def check_in(self, person: str, line: str = "/checkin", **answers: str | Sequence[str]) -> str:
        """Type, fill in, send, read the answer."""
        reply = await self.chat.submit(person, await self.form(person, line), "general", **answers)
        assert isinstance(reply, Message), f"not a message: {reply}"
        return english(plain(reply))

    async def create(self, name: str = "AI 2027", options: str = "timezone:Europe/Berlin") -> None:
        """The moderator starts a cohort in #general."""
        preview = await self.message("moderator", f'/cohort create name:"{name}" {options}')
        await self.chat.press("moderator", preview, "Create")
        await self.settle()

    async def join(self, *people: str, line: str = "/join timezone:Europe/Berlin") -> None:
        """People join the cohort."""
        for person in people:
            assert "Welcome" in await self.say(person, line)
        await self.settle()

    async def until(self, at: datetime) -> None:
        """Let the calendar go there, through all that falls due."""
        await self.time.advance(at)

    async def days(self, number: float) -> None:
        """Let so many days pass."""
        await self.until(self.clock.now() + timedelta(days=number))

    async def settle(self) -> None:
        """Plan and deliver what is due now."""
        await self.runtime.settle()

    async def read(self, fn: Callable[[Store], T]) -> T:
        """Look into the database."""
        return await self.runtime.database.read(fn)

    async def write(self, fn: Callable[[Store], T]) -> T:
        """Change what is in the database, past all commands."""
        return await self.runtime.database.write(fn)

    async def members(self) -> Sequence[Member]:
        """Who is in the first cohort."""
        return await self.read(lambda store: store.members.in_cohort(1))

    async def member(self, number: int = 1) -> Member:
        found = await self.read(lambda store: store.members.get(number))
        assert found is not None
        return found

    async def delivery(self, key: str) -> Delivery:
        found = await self.read(lambda store: store.deliveries.by_key(key))
        assert found is not None, key
        return found

    def titles(self, person: str = "member-1") -> list[str]:
        """What was sent to a person directly, each by its summary."""
        return [sent.message.summary for sent in self.chat.inbox(person)]

    def cards(self, channel: str = "general") -> list[int]:
        """The weeks whose cards are in the channel, in the order in which they came."""
        found = (re.match(r"Week (\d+):(?!.* checked in)", sent.message.summary) for sent in self.chat.posts(channel))
        return [int(week[1]) for week in found if week]


@contextlib.asynccontextmanager
async def running(
    folder: Path,
    *,
    chat: MemoryPlatform | None = None,
    clock: StillClock | None = None,
    programmes: Programmes = LIBRARY,
    watch: Watch | None = None,
    board_url: str = "",
    content: bytes | str | None = None,
) -> AsyncIterator[BotUnderTest]:
    """The bot on the database of `folder`; give it the chat and the clock of an earlier run to restart it."""
    clock = clock or StillClock()
    chat = chat or MemoryPlatform(clock.now)
    database = database_at(folder, content)
    async with Bot(database, programmes, {chat.name: chat}, clock, QUICK, watch, board_url=board_url) as runtime:
        yield BotUnderTest(runtime, chat, clock, folder)


Step = Callable[[BotUnderTest], Awaitable[object]]


@dataclass(frozen=True)
class _Kept:
    """What is there after some steps when the bot has stopped."""

    content: bytes | str
    chat: Remembered
    at: datetime


_kept: dict[tuple[object, ...], _Kept] = {}


@contextlib.asynccontextmanager
async def begun(
    folder: Path, *steps: Step, start: Callable[..., AbstractAsyncContextManager[BotUnderTest]] = running
) -> AsyncIterator[BotUnderTest]:
    """The bot after these steps: module-level functions, for they are taken once for each kind of database and
    language. A test begins with what was in the database and in the chat then, as after a restart.

    `start` is `running` with arguments of its own, a module-level function, too.
    """
    if not steps:
        async with start(folder) as it:
            yield it
        return
    key = (Current.databases.kind, type(CATALOGUES[ENGLISH]), start, steps)
    if key not in _kept:
        with tempfile.TemporaryDirectory() as once:
            async with start(Path(once)) as it:
                for step in steps:
                    await step(it)
            _kept[key] = _Kept(Current.databases.content(Path(once)), it.chat.remember(), it.clock.now())
    kept = _kept[key]
    clock = StillClock(kept.at)
    chat = MemoryPlatform(clock.now)
    chat.recall(kept.chat)
    async with start(folder, chat=chat, clock=clock, content=kept.content) as it:
        await it.settle()  # the first tick plans again what was there
        yield it
