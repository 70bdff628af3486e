"""The start: platforms connect while the schema is made; one that fails takes all down in order."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cohort_bot import startup
from cohort_bot.app.commands import Table
from cohort_bot.app.delivery import ledger
from cohort_bot.app.ports.platform import Complete, Dispatch
from cohort_bot.app.ports.startup import CannotStart, Unreachable
from cohort_bot.app.ports.store import Store
from cohort_bot.core.rounds import Calendar
from cohort_bot.runtime import Bot
from cohort_bot.storage.database import SqliteDatabase
from tests.fakes.bot import LIBRARY, QUICK, StillClock
from tests.fakes.memory import WORKSPACE, MemoryPlatform

OPENS = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
WEEK_1 = "Week 1"


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


class Away(Connected):
    """Cannot be reached so many times, and then it can."""

    def __init__(self, clock: StillClock, name: str, times: int) -> None:
        super().__init__(clock)
        self.name = name
        self.times = times
        self.back = asyncio.Event()
        self.back.set()

    async def start(self, table: Table, dispatch: Dispatch, complete: Complete) -> None:
        if self.times:
            self.times -= 1
            raise Unreachable(f"{self.name} cannot be reached; check the network")
        await self.back.wait()
        await super().start(table, dispatch, complete)


class AwayDatabase(SqliteDatabase):
    """Its server cannot be reached so many times, and then it can."""

    times = 2

    def upgrade(self) -> None:
        if self.times:
            self.times -= 1
            raise Unreachable("DATABASE_URL: PostgreSQL cannot be used at postgresql://db; start it")
        super().upgrade()


@pytest.fixture
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "PAUSES", (0.01,))


def cards(platform: MemoryPlatform) -> list[str]:
    return [text.split(" · ")[0] for text in platform.timeline() if text.startswith("Week")]


async def problems(bot: Bot) -> str:
    return " ".join(finding.problem for finding in await bot.findings())


@pytest.mark.usefixtures("_quickly")
async def test_platforms_that_are_away_are_waited_for_each_by_itself_and_get_one_card(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = StillClock(OPENS)
    first, second = Away(clock, "discord", 2), Away(clock, "slack", 3)
    second.back.clear()
    database = SqliteDatabase(tmp_path / "bot.db")
    async with Bot(database, LIBRARY, {each.name: each for each in (first, second)}, clock, QUICK) as bot:
        await add_cohort(bot, first, second)
        await first.connected.wait()
        await bot.settle()
        assert [cards(first), cards(second)] == [[WEEK_1], []]
        assert await problems(bot) == "Slack is not connected yet: slack cannot be reached; check the network."
        assert "Welcome" in str(await first.type("member-1", "/join timezone:UTC"))
        second.back.set()
        await second.connected.wait()
        await bot.settle()
        assert [cards(first), cards(second)] == [[WEEK_1], [WEEK_1]]
        assert await bot.findings() == []
    lines = [record for record in caplog.records if "discord cannot be reached" in record.message]
    assert len(lines) == 2
    assert not any(record.exc_info for record in lines)


@pytest.mark.usefixtures("_quickly")
async def test_a_database_that_is_away_is_waited_for(tmp_path: Path) -> None:
    clock = StillClock()
    chat = Connected(clock)
    database = AwayDatabase(tmp_path / "bot.db")
    async with Bot(database, LIBRARY, {chat.name: chat}, clock, QUICK) as bot:
        assert "PostgreSQL cannot be used" in await problems(bot)
        assert await bot.figures() == (None, {"local": True}, ())
        assert "no cohort here yet" in str(await chat.type("member-1", "/plan"))
        assert await bot.findings() == []


@pytest.mark.usefixtures("_quickly")
async def test_a_token_that_turns_out_wrong_later_ends_it_when_nothing_else_works(tmp_path: Path) -> None:
    class Wrong(Away):
        async def start(self, table: Table, dispatch: Dispatch, complete: Complete) -> None:
            if not self.times:
                await self.back.wait()
                raise CannotStart("SLACK_BOT_TOKEN is wrong")
            await super().start(table, dispatch, complete)

    clock = StillClock()
    denied = Wrong(clock, "slack", 1)
    denied.back.clear()
    database = SqliteDatabase(tmp_path / "bot.db")
    async with Bot(database, LIBRARY, {denied.name: denied}, clock, QUICK) as bot:
        denied.back.set()
        await bot.ended.wait()
        assert str(bot.wrong) == "SLACK_BOT_TOKEN is wrong"
        assert "SLACK_BOT_TOKEN is wrong" in await problems(bot)


async def test_planning_that_fails_for_a_minute_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = StillClock(OPENS)
    chat = Connected(clock)
    async with Bot(SqliteDatabase(tmp_path / "bot.db"), LIBRARY, {chat.name: chat}, clock, QUICK) as bot:
        await add_cohort(bot, chat)

        def full(*_: object) -> None:
            raise OSError("no space left on device")

        monkeypatch.setattr(ledger, "materialise", full)
        await bot.ticker.tick()
        assert await bot.findings() == []
        clock.skip(61)
        assert "No posts have been planned for 6" in await problems(bot)
        monkeypatch.undo()
        await bot.ticker.tick()
        assert await bot.findings() == []


async def add_cohort(bot: Bot, *platforms: MemoryPlatform) -> None:
    """One that opens now, with a room on each platform."""

    def add(store: Store) -> None:
        cohort = store.cohorts.add(
            platform=platforms[0].name,
            workspace=WORKSPACE,
            name="AI 2027",
            programme=LIBRARY.slugs()[0],
            calendar=Calendar(OPENS.date(), OPENS.time(), "UTC"),
            at=OPENS - timedelta(hours=1),
            creator="moderator",
        )
        for platform in platforms:
            store.cohorts.add_room(cohort.id, platform.name, WORKSPACE, "general")

    await bot.database.write(add)


async def test_what_is_typed_while_the_schema_is_made_is_answered_after_it(tmp_path: Path) -> None:
    clock = StillClock()
    chat, database = Connected(clock), SlowDatabase(tmp_path / "bot.db")
    application = Bot(database, LIBRARY, {chat.name: chat}, clock, QUICK)
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
        async with Bot(database, LIBRARY, {chat.name: chat, denied.name: denied}, clock, QUICK):
            raise AssertionError("it must not run")
    assert (chat.stops, denied.stops) == (1, 1)


async def test_a_schema_that_cannot_be_made_is_told_and_nothing_runs_on(tmp_path: Path) -> None:
    clock = StillClock()
    chat = Connected(clock)
    (tmp_path / "bot.db").write_text("this is no database, but a text that somebody put in its place" * 20)
    with pytest.raises(CannotStart, match="no SQLite database"):
        async with Bot(SqliteDatabase(tmp_path / "bot.db"), LIBRARY, {chat.name: chat}, clock, QUICK):
            raise AssertionError("it must not run")
    assert chat.stops == 1
