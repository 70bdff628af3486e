"""Many workspaces: one that leaves takes only its own with it and can come back, and none sees another."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.platforms.slack.adapter import SlackPlatform
from tests.fakes.bot import StillClock
from tests.fakes.slack_server import SlackServer
from tests.platforms.slack.cohort import running
from tests.platforms.slack.conftest import TABLE, Toy, connected
from tests.platforms.slack.installing import app

MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
SUNDAY = datetime(2027, 1, 10, 23, 0, tzinfo=UTC)


@pytest.fixture
def teams() -> tuple[str, ...]:
    return ("T1", "T2")


async def left(platform: SlackPlatform, team: str) -> None:
    """Wait until the workspace is forgotten: events are acknowledged before they are worked on."""
    assert platform.installations is not None
    async with asyncio.timeout(5):
        while await platform.installations.token(team) is not None:  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0)


@pytest.mark.parametrize("mode", ["oauth", "oauth-socket"])
async def test_an_uninstalled_workspace_is_forgotten_and_the_other_is_not(
    slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path, mode: str
) -> None:
    async with app(slack, clock, toy, tmp_path, mode) as (platform, browser):
        for team in ("T1", "T2"):
            await browser.install(slack.oauth, team)
        await slack.at("T2").uninstall()
        await left(platform, "T2")
        assert platform.installations is not None
        assert await platform.installations.token("T1") is not None


async def test_a_persons_own_token_is_not_the_bots(
    slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path
) -> None:
    async with app(slack, clock, toy, tmp_path) as (platform, browser):
        await browser.install(slack.oauth, "T1")
        await slack.event({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}})
        assert platform.installations is not None
        assert await platform.installations.token("T1") is not None


async def test_an_event_that_slack_repeats_after_a_new_installation_takes_nothing_away(
    slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path
) -> None:
    async with app(slack, clock, toy, tmp_path) as (platform, browser):
        await browser.install(slack.oauth, "T1")
        slack.world.calls.clear()
        await slack.event({"type": "app_uninstalled"}, retry=2)
        await slack.world.until(lambda: "auth.test" in [method for method, _ in slack.world.calls])
        await platform._running.drain(1)
        assert platform.installations is not None
        assert await platform.installations.token("T1") is not None
        slack.world.revoked = True
        await slack.event({"type": "app_uninstalled"}, retry=2)
        await left(platform, "T1")


async def test_one_workspace_that_takes_its_access_away_is_a_finding(
    slack: SlackServer, clock: StillClock, toy: Toy
) -> None:
    platform = connected(slack, clock, "http")
    await platform.start(TABLE, toy.dispatch, toy.complete)
    assert not platform.findings()
    await slack.uninstall()
    async with asyncio.timeout(5):
        while not platform.findings():  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0)
    (finding,) = platform.findings()
    assert "SLACK_BOT_TOKEN" in finding.cure
    await platform.stop(1)


async def test_posts_wait_for_a_workspace_and_go_out_when_it_is_back(tmp_path: Path) -> None:
    async with running(tmp_path, "oauth") as bot:
        away, stays = bot.at("T2"), bot.at("T1")
        for each in (away, stays):
            await each.create()
            await each.join("U2")
        await away.slack.uninstall()
        await left(bot.platform, "T2")
        await bot.until(MONDAY)
        assert [post for post in stays.slack.world.posts() if post.said.startswith("Week 1 ")]
        assert not [post for post in away.slack.world.posts() if post.said.startswith("Week 1 ")]
        parked = await bot.runtime.database.read(
            lambda store: [(row.what.kind, row.reason) for row in store.deliveries.parked(1)]
        )
        assert ("opening", DeliveryReason.REVOKED) in parked

        await bot.install("T2")
        await bot.settle()
        assert away.card(1).blocks
        form = await away.slack.press("U2", away.card(1), "Check in")
        assert "on time" in (await away.slack.submit("U2", form, tasks=["1"])).text


async def test_two_workspaces_see_nothing_of_each_other(tmp_path: Path) -> None:
    """They have the same people's and channels' ids, and cohorts of the same name."""
    async with running(tmp_path, "oauth") as bot:
        one, other = bot.at("T1"), bot.at("T2")
        await one.create()
        await one.join("U2", "U3")
        answer = (await other.type("U2", "/cohort join")).text
        assert "AI 2027" not in answer
        await other.create()
        await other.join("U4")
        await bot.until(MONDAY)
        assert "just joined" in "\n".join(one.slack.world.timeline())
        form = await one.type("U2", "/checkin")
        await one.slack.submit("U2", form, tasks=["1"], done="ONLY-IN-ONE", share=["thread"])
        await bot.until(SUNDAY + timedelta(days=2))
        for team, mine in (("T1", True), ("T2", False)):
            world = bot.slack.worlds[team]
            everything = json.dumps([post.blocks for channel in world.channels.values() for post in channel.messages])
            assert ("ONLY-IN-ONE" in everything) is mine
        for line in ("/cohort progress", "/cohort members", "/cohort plan", "/checkin round:1"):
            said = (await other.type("U1", line)).text
            assert "ONLY-IN-ONE" not in said
            assert "Sample Member 1" not in said
        assert "of 1 checked in" in (await other.type("U1", "/cohort progress")).text
        assert "of 2 checked in" in (await one.type("U1", "/cohort progress")).text
        # A button of the one's card, pressed by the same person's id in the other workspace.
        pressed = await other.slack.press("U3", one.card(1), "Check in")
        assert pressed.view is None, pressed.text
        home = json.dumps(await other.slack.open_home("U3"))
        assert "Sample" not in home
