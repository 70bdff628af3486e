"""Slack's people: renamed, deactivated, used again, as an event or the daily look tells it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cohort_bot.app.ports.platform import KnowsPeople
from tests.platforms.slack.cohort import Cohort, running

MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Cohort]:
    async with running(tmp_path, "socket") as it:
        await it.create()
        await it.join("U2", "U3")
        await it.until(MONDAY)
        yield it


async def roster(bot: Cohort) -> list[str]:
    return [each.account.name for each in await bot.runtime.database.read(lambda s: s.members.in_cohort(1))]


async def changed(bot: Cohort, user: str) -> None:
    """Slack tells of it, and it has been dealt with."""
    await bot.slack.user_changed(user)
    (platform,) = bot.runtime.platforms.values()
    async with asyncio.timeout(5):
        await platform._running.drain(5)  # type: ignore[attr-defined]


@pytest.mark.parametrize("told", [True, False])
async def test_who_is_deactivated_is_counted_no_more_although_messages_still_arrive(bot: Cohort, told: bool) -> None:
    await bot.days(3.9)  # the direct conversation is open, and posts to it go on succeeding
    bot.slack.world.people["U2"].deleted = True
    if told:
        await changed(bot, "U2")
    else:
        await bot.days(1.1)
    assert await roster(bot) == ["Sample Member 2"]
    bot.slack.world.people["U2"].deleted = False
    if told:
        await changed(bot, "U2")
    else:
        await bot.days(1.1)
    assert await roster(bot) == ["Sample Member 1", "Sample Member 2"]


@pytest.mark.parametrize("told", [True, False])
async def test_who_is_called_otherwise_is_shown_so(bot: Cohort, told: bool) -> None:
    bot.slack.world.people["U3"].name = "New Name"
    if told:
        await changed(bot, "U3")
    else:
        await bot.days(1.1)
    assert await roster(bot) == ["Sample Member 1", "New Name"]


async def test_an_event_of_somebody_else_changes_nothing(bot: Cohort) -> None:
    await changed(bot, "U4")
    assert await bot.runtime.database.read(lambda store: store.people.account("slack", "T1", "U4")) is None


async def test_a_name_is_kept_while_slack_cannot_be_asked_who_it_is(bot: Cohort) -> None:
    """The payload's own name is a handle that nobody is called by."""
    bot.clock.skip(3600)
    bot.slack.world.fail("users.info", "internal_error", times=9)
    await bot.slack.command("U2", "/cohort plan")
    assert "Sample Member 1" in await roster(bot)


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "invalid_auth", "missing_scope", "ratelimited"])
async def test_nobody_is_gone_while_slack_does_not_take_the_token(bot: Cohort, error: str) -> None:
    bot.slack.world.fail("users.info", error, times=99)
    bot.slack.world.fail("chat.postMessage", "user_disabled", times=99)
    await bot.days(4)
    assert len(await roster(bot)) == 2


async def test_what_somebody_may_do_is_asked_at_any_time(tmp_path: Path) -> None:
    async with running(tmp_path, "socket") as bot:
        platform, world = bot.runtime.platforms["slack"], bot.slack.world
        assert isinstance(platform, KnowsPeople)
        admin, member = await platform.person(world.team, "U1"), await platform.person(world.team, "U2")
        assert admin is not None
        assert member is not None
        assert (admin.admin, member.admin) == (True, False)
        assert await platform.person(world.team, "U99") is None
