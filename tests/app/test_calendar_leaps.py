"""A machine's calendar that leaps: nothing is planned or posted by it, and then everything is, once."""

import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cohort_bot.app.ports.platform import Unknown
from cohort_bot.clocks import CheckedClock
from cohort_bot.runtime import Bot
from tests.fakes.bot import LIBRARY, MONDAY, QUICK, START, BotUnderTest, StillClock
from tests.fakes.databases import database_at
from tests.fakes.memory import MemoryPlatform


class Machine(StillClock):
    """A calendar that a test sets, forward and back."""

    def set(self, at: datetime) -> None:
        self._at = at


class Timed(MemoryPlatform):
    """Its servers say what time it is by `truth`; None when they do not, and `away` when they do not answer."""

    def __init__(self, truth: Callable[[], datetime | None], machine: Machine) -> None:
        super().__init__(machine.now)
        self.truth = truth
        self.away = False

    async def server_time(self) -> datetime | None:
        if self.away:
            raise Unknown("away")
        return self.truth()


class Situation:
    """The bot on a machine whose calendar is not believed at once. `truth` is what the platform's servers say."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.truth: datetime | None = START
        self.machine = Machine()
        self.chat = Timed(lambda: self.truth, self.machine)

    @contextlib.asynccontextmanager
    async def runs(self) -> AsyncIterator[BotUnderTest]:
        clock, chats = CheckedClock(self.machine), {self.chat.name: self.chat}
        async with Bot(database_at(self.folder), LIBRARY, chats, clock, QUICK) as application:
            await application.time.settle()
            yield BotUnderTest(application, self.chat, self.machine, self.folder)

    async def passes(self, bot: BotUnderTest, at: datetime) -> None:
        """Time goes on by the calendar, by elapsed time and for the platform."""
        self.machine.skip((at - self.machine.now()).total_seconds())
        self.machine.set(at)
        self.truth = at
        await bot.settle()

    def weeks(self) -> list[str]:
        found = (message.message.summary for message in self.chat.posts("general"))
        return [words.split(":")[0] for words in found if words.startswith("Week")]


@pytest.fixture
def situation(tmp_path: Path) -> Situation:
    return Situation(tmp_path)


@pytest.mark.parametrize("leap", [timedelta(days=-1), timedelta(days=730)])
@pytest.mark.parametrize("told", [True, False])
async def test_a_moment_of_a_wrong_calendar_costs_no_week_and_doubles_none(
    situation: Situation, leap: timedelta, told: bool
) -> None:
    async with situation.runs() as bot:
        await bot.create()
        await situation.passes(bot, MONDAY - timedelta(seconds=20))
        situation.machine.set(situation.machine.now() + leap)
        situation.truth = situation.truth if told else None
        if told:
            await bot.runtime.time.settle()
        await bot.settle()
        assert situation.weeks() == []
        (finding,) = await bot.runtime.findings()
        assert "clock says" in finding.problem
        situation.machine.set(situation.machine.now() - leap)
        await bot.settle()
        assert await bot.runtime.findings() == []
        await situation.passes(bot, MONDAY)
        assert situation.weeks() == ["Week 1"]
    async with situation.runs() as bot:
        for week in (1, 2, 3):
            await situation.passes(bot, MONDAY + timedelta(weeks=week))
    assert situation.weeks() == ["Week 1", "Week 2", "Week 3", "Week 4"]


async def test_a_post_that_falls_due_while_the_calendar_is_wrong_comes_by_the_platform_s_time(
    situation: Situation,
) -> None:
    async with situation.runs() as bot:
        await bot.create()
        await situation.passes(bot, MONDAY - timedelta(seconds=2))
        situation.machine.set(datetime(2029, 1, 1, tzinfo=UTC))
        situation.machine.skip(3)
        situation.truth = MONDAY + timedelta(seconds=1)
        await bot.settle()
        assert situation.weeks() == [], "nobody knows what time it is"
        await bot.runtime.time.settle()
        await bot.settle()
        assert situation.weeks() == ["Week 1"]


async def test_after_a_sleep_of_hours_posts_come_as_soon_as_a_platform_can_be_asked(situation: Situation) -> None:
    async with situation.runs() as bot:
        await bot.create()
        situation.machine.set(MONDAY + timedelta(hours=3))
        situation.chat.away = True
        await bot.runtime.time.settle()
        await bot.settle()
        assert situation.weeks() == []
        situation.chat.away, situation.truth = False, MONDAY + timedelta(hours=3)
        await bot.runtime.time.settle()
        await bot.settle()
        assert situation.weeks() == ["Week 1"]


async def test_a_start_in_2099_plans_nothing_until_it_is_known_what_time_it_is(situation: Situation) -> None:
    async with situation.runs() as bot:
        await bot.create()
    situation.machine.set(datetime(2099, 6, 1, tzinfo=UTC))
    situation.chat.away = True
    async with situation.runs() as bot:
        await bot.settle()
        assert situation.weeks() == []
        assert bot.runtime.time.holding()
        situation.machine.set(START + timedelta(minutes=1))
        situation.machine.skip(60)
        situation.chat.away, situation.truth = False, situation.machine.now()
        await bot.runtime.time.settle()
        await situation.passes(bot, MONDAY)
        assert situation.weeks() == ["Week 1"]
