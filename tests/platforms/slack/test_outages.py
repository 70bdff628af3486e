"""Slack takes the bot's access away, and gives it back: each card comes once, and nobody is taken for gone."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cohort_bot.app.delivery import recovery
from cohort_bot.app.ports.platform import Pace
from cohort_bot.platforms.slack import failures
from cohort_bot.platforms.slack.adapter import SlackPlatform
from tests.fakes.slack_world import PostLimit
from tests.platforms.slack.cohort import Cohort, running

EVERYWHERE = ("chat.postMessage", "conversations.history", "conversations.open", "users.info")
MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)


def cards(bot: Cohort) -> int:
    return sum(text.startswith("Week 1 ") for text in bot.slack.world.timeline())


async def later(bot: Cohort, seconds: float) -> None:
    bot.clock.skip(seconds)
    await bot.runtime.recovery.look()
    await bot.runtime.courier.drain()


@pytest.mark.parametrize(
    ("error", "methods"),
    [
        ("account_inactive", EVERYWHERE),  # the workspace is suspended
        ("token_revoked", EVERYWHERE),
        ("channel_not_found", EVERYWHERE[:2]),  # removed from a private channel
        ("is_archived", EVERYWHERE[:1]),
        ("restricted_action", EVERYWHERE[:1]),
    ],
)
async def test_what_was_parked_goes_out_when_access_is_back(
    tmp_path: Path, error: str, methods: tuple[str, ...]
) -> None:
    async with running(tmp_path, "socket") as bot:
        await bot.create()
        await bot.join("U2", "U3")
        for each in methods:
            bot.slack.world.fail(each, error, times=10**6)
        await bot.until(MONDAY)
        await later(bot, 0)
        await later(bot, recovery.FIRST)
        assert cards(bot) == 0
        assert len(await bot.runtime.database.read(lambda store: store.members.in_cohort(1))) == 2
        bot.slack.world._faults.clear()
        await later(bot, recovery.LONGEST)
        assert cards(bot) == 1
        await later(bot, recovery.LONGEST)
        assert cards(bot) == 1


@pytest.mark.parametrize("error", ["org_login_required", "team_added_to_org"])
async def test_a_workspace_that_is_being_moved_is_waited_for(
    tmp_path: Path, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "MOVING", 0.01)
    async with running(tmp_path, "socket") as bot:
        await bot.create()
        bot.slack.world.fail("chat.postMessage", error)
        await bot.until(MONDAY)
        assert cards(bot) == 1
        assert not any("can't post" in text for text in bot.slack.world.inbox("U1"))


@pytest.mark.parametrize(("gap", "refused"), [(0.06, False), (0.0, True)])
async def test_one_message_a_second_in_a_channel(tmp_path: Path, gap: float, refused: bool) -> None:
    """With its pace the bot is never refused, and without it each post comes once all the same."""
    assert SlackPlatform.pace.channel_gap == PostLimit().seconds
    async with running(tmp_path, "socket") as bot:
        limit = bot.slack.world.post_limit = PostLimit(seconds=0.05)
        bot.runtime.platforms["slack"].pace = Pace(channel_gap=gap)
        for number in range(4):
            await bot.create(f"Cohort {number}")
        await bot.until(MONDAY)
        assert cards(bot) == 4
        assert (limit.refused > 0) is refused
