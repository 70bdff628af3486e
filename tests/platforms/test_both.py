"""One cohort with a room on Discord and one on Slack: both real libraries in one process, on one database."""

import contextlib
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cohort_bot.app.ports.platform import ChatPlatform, Pace
from cohort_bot.platforms.discord.adapter import DiscordPlatform
from cohort_bot.platforms.discord.drafts import StoredDrafts
from cohort_bot.runtime import Bot
from tests.fakes.bot import LIBRARY, StillClock
from tests.fakes.databases import database_at
from tests.fakes.discord_server import DiscordServer
from tests.fakes.slack_server import SlackServer
from tests.platforms.discord.cohort import QUICK
from tests.platforms.discord.cohort import Cohort as OnDiscord
from tests.platforms.slack.cohort import Cohort as OnSlack
from tests.platforms.slack.conftest import connected

MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
WEEKS = 4


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The libraries honour a proxy even for 127.0.0.1."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


@contextlib.asynccontextmanager
async def running(
    folder: Path, discord: DiscordServer, slack: SlackServer, clock: StillClock
) -> AsyncIterator[tuple[OnDiscord, OnSlack]]:
    """The bot on `folder`/bot.db, on both servers; enter it again to restart it."""
    first = DiscordPlatform(discord.token, clock, discord.api_url, discord.gateway_url)
    second = connected(slack, clock)
    second.pace = Pace()  # one message a second would make this a test of patience
    platforms: dict[str, ChatPlatform] = {first.name: first, second.name: second}
    application = Bot(database_at(folder), LIBRARY, platforms, clock, QUICK)
    first.drafts = StoredDrafts(application.database, clock)
    async with application:
        yield OnDiscord(application, discord, clock), OnSlack(application, slack, clock)


@contextlib.asynccontextmanager
async def servers() -> AsyncIterator[tuple[DiscordServer, SlackServer, StillClock]]:
    clock = StillClock()
    async with DiscordServer(clock.now) as discord, SlackServer(clock.now) as slack:
        yield discord, slack, clock


async def bring_to_slack(here: OnDiscord, there: OnSlack) -> None:
    """A moderator makes a code on Discord, an admin of the Slack workspace enters it."""
    rooms = await here.server.slash("moderator", "general", "cohort room")
    shown = await here.server.press("moderator", rooms, "Code for another place")
    assert shown.private
    code = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", shown.text)
    assert code
    answer = await there.type("U1", f"/cohort room code:{code[0]}")
    assert "now meets here too" in answer.text
    await there.settle()
    again = await there.type("U1", f"/cohort room code:{code[0]}", "C2")
    assert "doesn't work" in again.text


async def week(here: OnDiscord, there: OnSlack, number: int) -> None:
    """The week opens, and two people check in: one on each side, each by the card's button, for all to see."""
    await here.until(MONDAY + timedelta(weeks=number - 1, days=1))
    here.clock.skip(20)
    form = await here.server.press("member-1", here.card(number), "Check in")
    answer = await here.server.submit("member-1", form, tasks=["1"], done=f"discord {number}", share=["thread"])
    assert f"week {number}, on time" in answer.text
    form_there = await there.slack.press("U2", there.card(number), "Check in")
    reply = await there.slack.submit("U2", form_there, tasks=["1"], done=f"slack {number}", share=["thread"])
    assert f"week {number}, on time" in reply.text
    await there.settle()


async def test_every_post_comes_once_in_each_room_and_there_is_one_roster(tmp_path: Path) -> None:
    async with servers() as (discord, slack, clock):
        async with running(tmp_path, discord, slack, clock) as (here, there):
            await here.create()
            await bring_to_slack(here, there)
            await here.join("member-1", "member-2")
            await there.join("U2", "U3")
            for number in range(1, WEEKS // 2 + 1):
                await week(here, there, number)
        async with running(tmp_path, discord, slack, clock) as (here, there):  # a restart in the middle
            for number in range(WEEKS // 2 + 1, WEEKS + 1):
                await week(here, there, number)
            await here.until(MONDAY + timedelta(weeks=WEEKS, days=1, hours=12))

            general = discord.channel("general").messages
            opened = [int(found[1]) for post in general if (found := re.match(r"### Week (\d+) ·", post.text))]
            assert opened == list(range(1, WEEKS + 2))
            said = slack.world.posts()
            there_opened = [int(found[1]) for post in said if (found := re.match(r"Week (\d+) ·", post.said))]
            assert there_opened == opened
            for number in range(1, WEEKS + 1):
                thread = discord.world.thread(here.card(number)).texts
                timeline = slack.world.timeline(thread=there.card(number).ts)
                for side in (thread, timeline):
                    assert sum("checked in for week" in text for text in side) == 2, "from both sides, in both threads"
                    assert sum(f"discord {number}" in text for text in side) == 1
                    assert sum(f"slack {number}" in text for text in side) == 1
                    assert sum(f"Week {number}: 2 of 4 checked in" in text for text in side) == 1
            clock.skip(20)
            rosters = (
                (await discord.slash("moderator", "general", "cohort members")).text,
                (await there.type("U1", "/cohort members")).text,
            )
            for roster in rosters:
                assert "4 members" in roster
                assert len(re.findall(r"· Discord ·", roster)) == len(re.findall(r"· Slack ·", roster)) == 2, roster
            clock.skip(20)
            grids = (
                (await discord.slash("moderator", "general", "cohort progress")).text,
                (await there.type("U1", "/cohort progress")).text,
            )
            for grid in grids:
                assert all(name in grid for name in ("member-1", "member-2", "Sample Member 1", "Sample Member 2")), (
                    grid
                )
            assert discord.errors == []


async def test_what_is_down_on_one_side_holds_up_nothing_on_the_other(tmp_path: Path) -> None:
    async with servers() as (discord, slack, clock), running(tmp_path, discord, slack, clock) as (here, there):
        await here.create()
        await bring_to_slack(here, there)
        slack.world.channels["C1"].archived = True
        await here.until(MONDAY)
        assert here.card(1).text
        assert not any(post.said.startswith("Week 1") for post in slack.world.posts())
        alert = [message.text for message in discord.inbox("moderator").messages]
        assert len(alert) == 1
        assert "I can't post for AI 2027" in alert[0]
        assert sum("I can't post for AI 2027" in text for text in slack.world.inbox("U1")) == 1, "who entered the code"
        slack.world.channels["C1"].archived = False
        clock.skip(20)
        await discord.slash("moderator", "general", "cohort post")
        await here.runtime.settle()
        assert there.card(1).said
        weeks = [text for text in slack.world.timeline() if text.startswith("Week 1")]
        assert len(weeks) == 1


async def test_a_room_of_the_other_side_is_dropped_from_here_and_nothing_is_seen_there_any_more(tmp_path: Path) -> None:
    async with servers() as (discord, slack, clock), running(tmp_path, discord, slack, clock) as (here, there):
        await here.create()
        await bring_to_slack(here, there)
        await there.join("U2")
        rooms = await discord.slash("moderator", "general", "cohort room")
        assert "a channel on Slack" in rooms.text
        question = await discord.press("moderator", rooms, "Drop room 2")
        assert "1 member is only in that room" in question.text
        clock.skip(20)
        await discord.press("moderator", question, "Drop it")
        await here.until(MONDAY)
        assert here.card(1).text
        assert not any(post.said.startswith("Week 1") for post in slack.world.posts())
        assert "no cohort here" in (await there.type("U1", "/cohort members")).text
