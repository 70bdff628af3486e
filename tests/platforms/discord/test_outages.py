"""A server that is unavailable for a while, and a bot that was removed: nobody is lost, and every post comes once."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cohort_bot.app.ports.reasons import DeliveryReason
from tests.fakes.discord_server import Fault
from tests.platforms.discord.cohort import Cohort, running

MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
REMINDER = datetime(2027, 1, 7, 17, 0, tzinfo=UTC)
NO_SERVER_IN_COMMON = Fault("error", "POST", "/messages$", 403, {"code": 50278, "message": "No mutual guilds"}, {}, 99)


def told(bot: Cohort) -> list[str]:
    return bot.server.inbox("moderator").texts


def cards(bot: Cohort, week: int = 1) -> list[str]:
    return [text for text in bot.server.channel("general").texts if f"### Week {week} " in text]


async def parked(bot: Cohort) -> list[DeliveryReason | None]:
    return [row.reason for row in await bot.runtime.database.read(lambda store: store.deliveries.parked(1))]


async def members(bot: Cohort) -> list[str]:
    found = await bot.runtime.database.read(lambda store: store.members.in_cohort(1))
    return [each.account.name for each in found]


async def through(bot: Cohort, at: datetime) -> None:
    """Let the calendar go there although something is due that cannot be brought."""
    bot.clock.move_to(at)
    await bot.runtime.ticker.tick()
    bot.runtime.courier.wake()
    async with asyncio.timeout(5):
        while not await _tried(bot):  # noqa: ASYNC110 - the courier tells nobody what it leaves for later
            await asyncio.sleep(0.01)


async def _tried(bot: Cohort) -> bool:
    """Whether all that is due was tried, and waits."""
    standing = await bot.runtime.database.read(lambda store: store.health.standing())
    return "sending" not in {state for state, _ in standing.open} and not bot.runtime.courier._claimed


async def unavailable(bot: Cohort) -> None:
    """An outage begins, and the bot has heard of it."""
    await bot.server.outage()
    (platform,) = bot.runtime.platforms.values()
    guild = platform.client.get_guild(bot.server.world.guild)  # type: ignore[attr-defined]
    await bot.server.until(lambda: guild.unavailable)


async def available(bot: Cohort) -> None:
    await bot.server.recover()
    await bot.server.until(lambda: bot.server.channel("general").texts[1:])
    await bot.runtime.settle()


@pytest.mark.parametrize(
    ("status", "code"), [(403, 50001), (403, 50013), (404, 10003), (404, 10004), (404, 0), (403, 0)]
)
async def test_the_card_of_an_outage_comes_once_when_it_is_over(tmp_path: Path, status: int, code: int) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1")
        await unavailable(bot)
        bot.server.fail(Fault("error", "POST", "/channels/", status, {"code": code, "message": "x"}, {}, 10**6))
        await through(bot, MONDAY)
        assert await parked(bot) == []
        bot.server.http.faults.clear()
        await available(bot)
        assert len(cards(bot)) == 1
        assert told(bot) == [], "there was nothing that a moderator could do"
        assert await members(bot) == ["member-1"]


async def test_after_a_long_outage_only_the_newest_card_comes_and_says_that_it_is_late(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await unavailable(bot)
        await through(bot, MONDAY)
        await through(bot, MONDAY + timedelta(days=7, hours=3))
        await available(bot)
        (card,) = cards(bot, 2)
        assert cards(bot, 1) == []
        assert "late" in card
        assert told(bot) == []


async def test_a_bot_that_is_started_during_an_outage_waits_for_its_end(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        server, clock = bot.server, bot.clock
        await unavailable(bot)
        async with asyncio.timeout(10):
            await bot.runtime.stop()
        async with running(tmp_path, server=server, clock=clock) as again:
            await through(again, MONDAY)
            assert await parked(again) == []
            await available(again)
            assert len(cards(again)) == 1


async def test_what_another_process_parked_meanwhile_is_free_again(tmp_path: Path) -> None:
    """A courier without a gateway learns of no outage: Discord's refusal is all that it sees."""
    async with running(tmp_path) as bot:
        await bot.create()
        bot.server.world.available = False  # nobody says so
        await bot.until(MONDAY)
        assert DeliveryReason.NOT_ALLOWED in await parked(bot)
        await available(bot)
        assert len(cards(bot)) == 1
        assert await parked(bot) == []
        assert told(bot) == [], "it has mended itself"


@pytest.mark.parametrize(("status", "code"), [(403, 50007), (403, 50278), (404, 10013), (404, 10007)])
async def test_a_reminder_refused_during_an_outage_says_nothing_of_the_member(
    tmp_path: Path, status: int, code: int
) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1", "member-2")
        await bot.until(REMINDER - timedelta(minutes=1))
        await unavailable(bot)
        bot.server.fail(Fault("error", "POST", "/messages$", status, {"code": code, "message": "x"}, {}, 10**6))
        await through(bot, REMINDER)
        assert await members(bot) == ["member-1", "member-2"]
        assert await parked(bot) == []
        bot.server.http.faults.clear()
        await bot.server.recover()
        await bot.server.until(lambda: bot.server.inbox("member-1").texts and bot.server.inbox("member-2").texts)


@pytest.mark.parametrize("code", [50007, 50278])
async def test_the_roster_is_whole_after_the_bot_was_removed_and_invited_again(tmp_path: Path, code: int) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1", "member-2")
        await bot.until(REMINDER - timedelta(minutes=1))
        await bot.server.kick()
        bot.server.fail(Fault("error", "POST", "/messages$", 403, {"code": code, "message": "x"}, {}, 10**6))
        await bot.until(REMINDER + timedelta(days=1))
        assert await members(bot) == ["member-1", "member-2"]
        bot.server.http.faults.clear()
        await bot.server.invite()
        await bot.server.slash("member-1", "general", "plan")  # what the gateway sent before has arrived with it
        await bot.runtime.settle()
        assert await parked(bot) == []
        assert "did not arrive" not in (await bot.server.slash("member-2", "general", "plan")).text
        await bot.until(datetime(2027, 1, 14, 18, tzinfo=UTC))
        assert bot.server.inbox("member-1").texts
        assert bot.server.inbox("member-2").texts
