"""Looking for a post whose answer was lost, under Slack's limits, on clocks that disagree, with marks withheld."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cohort_bot.app.ports.platform import Reason, Refused, Search, Unknown
from cohort_bot.chat.message import Message, paragraph, text
from cohort_bot.chat.place import Place
from cohort_bot.platforms.slack import history
from cohort_bot.platforms.slack.adapter import SlackPlatform
from tests.fakes.bot import StillClock
from tests.fakes.slack_server import SlackServer
from tests.fakes.slack_world import HistoryLimit, Posted
from tests.fakes.toy import LATELY
from tests.platforms.slack.cohort import running
from tests.platforms.slack.conftest import Toy, connected, started

C1 = Place("slack", "T1", "C1")
SUNDAY = datetime(2027, 1, 3, 20, 0, tzinfo=UTC)
MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
LONG = Message("A long one", tuple(paragraph(f"line {number}") for number in range(120)))


def chatter(slack: SlackServer, number: int) -> None:
    """So many people write something."""
    for each in range(number):
        slack.world.channels["C1"].messages.append(Posted(slack.world.ts(), "C1", f"people talk {each}", []))


def cards(slack: SlackServer, week: int = 1) -> int:
    return sum(post.said.startswith(f"Week {week} ") for post in slack.world.posts())


def reads(slack: SlackServer) -> int:
    return [method for method, _ in slack.world.calls].count("conversations.history")


async def test_a_page_that_is_refused_is_where_the_next_call_goes_on(
    slack: SlackServer, platform: SlackPlatform
) -> None:
    ref = await platform.send(C1, text("once"), "m")
    chatter(slack, 40)
    limit = slack.world.history_limit = HistoryLimit(seconds=0.05)
    search = Search("m", LATELY)
    for page in (1, 2):
        with pytest.raises(Refused) as refused:
            await platform.find(C1, search)
        assert (refused.value.reason, search.pages) == (Reason.BUSY, page)
        await asyncio.sleep(refused.value.retry_after or 0)
    assert await platform.find(C1, search) == ref
    assert len(limit.asked) == 3, "each page once"
    assert set(limit.asked) == {history.CAPPED}
    assert limit.refused == 2


async def test_an_app_that_is_not_held_to_fifteen_a_minute_reads_more_at_once(
    slack: SlackServer, platform: SlackPlatform
) -> None:
    ref = await platform.send(C1, text("once"), "m")
    chatter(slack, 500)
    assert await platform.find(C1, Search("m", LATELY)) == ref
    assert reads(slack) == 5, "two pages of 15, then of 200"


async def test_it_stops_minutes_before_the_first_try(
    slack: SlackServer, platform: SlackPlatform, clock: StillClock
) -> None:
    chatter(slack, 3000)
    clock.move_to(clock.now() + timedelta(minutes=20))
    assert await platform.find(C1, Search("m", LATELY)) is None
    assert reads(slack) == 1


@pytest.mark.parametrize("hours", [-26, 26])
async def test_slacks_own_clock_counts(hours: int, tmp_path: Path) -> None:
    """The machine's calendar is a day and more ahead of Slack's, or behind it."""
    clock = StillClock()
    async with (
        SlackServer(lambda: clock.now() - timedelta(hours=hours)) as slack,
        running(tmp_path, "socket", slack=slack, clock=clock) as bot,
    ):
        await bot.create()
        slack.world.lose_answer("chat.postMessage")
        await bot.until(MONDAY)
        assert cards(slack) == 1


async def test_a_post_of_ours_without_a_readable_mark_may_be_the_one(
    slack: SlackServer, platform: SlackPlatform, clock: StillClock
) -> None:
    slack.world.metadata_withheld = True
    chatter(slack, 3)
    assert await platform.find(C1, Search("m", LATELY)) is None, "none of ours is there, whatever is withheld"
    await platform.send(C1, text("once"), "m")
    with pytest.raises(Refused) as refused:
        await platform.find(C1, Search("m", LATELY))
    assert refused.value.reason is Reason.NOT_ALLOWED
    assert "metadata.message:read" in refused.value.cure
    clock.move_to(clock.now() + timedelta(minutes=20))
    assert await platform.find(C1, Search("other", LATELY)) is None


@pytest.mark.parametrize("first", [True, False])
async def test_marks_withheld_hold_the_post_and_are_told(tmp_path: Path, first: bool) -> None:
    async with running(tmp_path, "socket") as bot:
        world = bot.slack.world
        if not first:
            await bot.create()
        world.metadata_withheld = True
        world.lose_answer("chat.postMessage")
        if first:
            await bot.create()
        else:
            await bot.until(MONDAY)
        posted = len(world.posts())
        assert posted == (1 if first else 2)
        assert "metadata.message:read" in " ".join(world.inbox("U1"))
        world.metadata_withheld = False
        await bot.slack.press("U1", world.dm_of("U1").messages[-1], "Try again")
        await bot.settle()
        assert len(world.posts()) == posted, "it was there"


@pytest.mark.parametrize("kind", ["drop", "lose_answer"])
async def test_sixty_messages_since_and_fifteen_a_minute(tmp_path: Path, kind: str) -> None:
    async with running(tmp_path, "socket") as bot:
        slack = bot.slack
        await bot.create()
        await bot.until(MONDAY - timedelta(minutes=1))
        chatter(slack, 60)
        slack.world.history_limit = HistoryLimit(seconds=0.1)
        getattr(slack.world, kind)("chat.postMessage")
        await bot.until(MONDAY)
        assert cards(slack) == 1
        await bot.days(7)
        assert cards(slack, 2) == 1


async def test_a_message_of_several_parts_needs_no_history_at_its_first_try(
    slack: SlackServer, platform: SlackPlatform
) -> None:
    await platform.send(C1, LONG, "long")
    assert reads(slack) == 0


async def test_a_part_that_is_refused_after_another_is_looked_up(slack: SlackServer, platform: SlackPlatform) -> None:
    """A certain refusal of the second part says nothing about the first, which is there."""
    slack.world._add("chat.postMessage", slack.world.none(), 1)
    slack.world.fail("chat.postMessage", "ratelimited", retry_after=0.01)
    with pytest.raises(Unknown):
        await platform.send(C1, LONG, "long")
    search = Search("long", LATELY)
    assert await platform.find(C1, search) is None
    slack.world.fail("chat.postMessage", "ratelimited", retry_after=0.01)
    with pytest.raises(Refused):
        await platform.send(C1, LONG, "long", search)
    await platform.send(C1, LONG, "long", search)
    assert "\n".join(slack.world.timeline()) == "\n".join(f"line {number}" for number in range(120))


async def test_marks_of_another_shape_hold_the_post(tmp_path: Path) -> None:
    """Slack has neither nonces nor a word that anything is different: without a check the card would come twice."""
    async with running(tmp_path, "socket") as bot:
        world = bot.slack.world
        await bot.create()
        world.metadata_renamed = True
        world.lose_answer("chat.postMessage")
        await bot.until(MONDAY)
        assert cards(bot.slack) == 1, "not twice"
        assert "can't recognise my own posts" in " ".join(world.inbox("U1"))
        world.lose_answer("chat.postMessage")
        await bot.days(3.5)
        await bot.days(3.5)
        world.metadata_renamed = False
        bot.clock.skip(3600)
        await bot.runtime.courier.sender.marks.look()
        await bot.settle()
        assert (cards(bot.slack), cards(bot.slack, 2)) == (1, 1)
        assert not await bot.runtime.database.read(lambda store: store.deliveries.parked(1))


async def test_where_the_operator_wants_a_repeat_nothing_is_held(slack: SlackServer, clock: StillClock) -> None:
    """SLACK_HISTORY=repost: nobody looked, so that nothing was found shows nothing."""
    slack.world.scopes.discard("channels:history")
    async with started(connected(slack, clock, history="repost"), Toy()) as bot:
        search = Search("m", LATELY)
        assert await bot.find(C1, search) is None
        assert search.blind
