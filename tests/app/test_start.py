"""The start: platforms connect while the schema is made; one that fails takes all down in order."""

import asyncio
import threading
from pathlib import Path

import pytest

from cohort_bot.app.commands import Table
from cohort_bot.app.ports import CannotStart, Complete, Dispatch
from cohort_bot.application import Application
from cohort_bot.storage.database import SqliteDatabase
from tests.fakes.bot import LIBRARY, QUICK, StillClock
from tests.fakes.memory import MemoryPlatform


class SlowDatabase(SqliteDatabase):
    """Its migration takes until `go_on` is set."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.go_on = threading.Event()

    def upgrade(self) -> None:
        self.go_on.wait(10)
        super().upgrade()


class Connected(MemoryPlatform):
    """Says when it has connected and when it was stopped."""

    def __init__(self, clock: StillClock) -> None:
        super().__init__(clock.now)
        self.connected = asyncio.Event()
        self.stops = 0

    async def start(self, table: Table, dispatch: Dispatch, complete: Complete) -> None:
        await super().start(table, dispatch, complete)
        self.connected.set()

    async def stop(self, grace: float) -> None:
        self.stops += 1
        await super().stop(grace)


class Denied(Connected):
    """Cannot start, once the other has."""

    def __init__(self, clock: StillClock, other: Connected) -> None:
        super().__init__(clock)
        self.name = "denied"
        self._other = other

    async def start(self, table: Table, dispatch: Dispatch, complete: Complete) -> None:
        await self._other.connected.wait()
        raise CannotStart("DENIED_TOKEN is wrong")


async def test_what_is_typed_while_the_schema_is_made_is_answered_after_it(tmp_path: Path) -> None:
    clock = StillClock()
    chat, database = Connected(clock), SlowDatabase(tmp_path / "bot.db")
    application = Application(database, LIBRARY, {chat.name: chat}, clock, QUICK)
    starting = asyncio.create_task(application.__aenter__())
    await chat.connected.wait()
    answer = asyncio.create_task(chat.type("member-1", "/plan"))
    await asyncio.wait([answer], timeout=0.05)
    assert not answer.done()
    assert not starting.done()
    database.go_on.set()
    assert "no cohort here yet" in str(await answer)
    await starting
    await application.stop()


async def test_one_platform_that_cannot_start_stops_the_others_and_its_reason_is_told(tmp_path: Path) -> None:
    clock = StillClock()
    chat = Connected(clock)
    denied = Denied(clock, chat)
    database = SqliteDatabase(tmp_path / "bot.db")
    with pytest.raises(CannotStart, match="DENIED_TOKEN"):
        async with Application(database, LIBRARY, {chat.name: chat, denied.name: denied}, clock, QUICK):
            raise AssertionError("it must not run")
    assert (chat.stops, denied.stops) == (1, 1)


async def test_a_schema_that_cannot_be_made_is_told_and_nothing_runs_on(tmp_path: Path) -> None:
    clock = StillClock()
    chat = Connected(clock)
    (tmp_path / "bot.db").write_text("this is no database, but a text that somebody put in its place" * 20)
    with pytest.raises(CannotStart, match="no SQLite database"):
        async with Application(SqliteDatabase(tmp_path / "bot.db"), LIBRARY, {chat.name: chat}, clock, QUICK):
            raise AssertionError("it must not run")
    assert chat.stops == 1
