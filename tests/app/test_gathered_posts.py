"""Many at once: few lines in the room, and what belongs to the room itself waits for none of them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.platforms.local.chat import Person
from tests.fakes.bot import BotUnderTest, OneGuide, running
from tests.properties.worlds import programme

FIRST = datetime(2027, 1, 4, 9, tzinfo=UTC)
OPTIONS = "timezone:UTC starts:2027-01-04"
CROWD = [f"guest-{number}" for number in range(1, 61)]


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotUnderTest]:
    async with running(tmp_path, programmes=OneGuide(programme(2, papers=()))) as it:
        it.chat.people |= {who: Person(who, who.title()) for who in CROWD}
        await it.create(options=OPTIONS)
        yield it


def greetings(bot: BotUnderTest) -> list[str]:
    return [post.text for post in bot.chat.sent if "joined AI 2027" in post.text and post.private is None]


async def test_sixty_who_join_within_minutes_are_greeted_in_a_few_lines_each_once(bot: BotUnderTest) -> None:
    for who in CROWD:
        await bot.join(who)
        bot.clock.move_to(bot.clock.now() + timedelta(seconds=5))
    await bot.until(bot.clock.now() + timedelta(minutes=10))
    said = greetings(bot)
    assert said[0] == "Guest-1 just joined AI 2027. Say hello!"
    assert len(said) == 2
    assert said[1].endswith("Guest-51 and 9 more just joined AI 2027. Say hello!")


async def test_who_comes_later_is_greeted_at_once(bot: BotUnderTest) -> None:
    await bot.join("guest-1")
    await bot.until(bot.clock.now() + timedelta(minutes=6))
    await bot.join("guest-2")
    assert greetings(bot)[-1] == "Guest-2 just joined AI 2027. Say hello!"


async def test_a_gathered_greeting_that_fails_is_said_again_with_the_same_names_and_once(bot: BotUnderTest) -> None:
    await bot.join("guest-1", "guest-2", "guest-3")
    bot.chat.lose_answer_next()
    await bot.until(bot.clock.now() + timedelta(minutes=11))
    await bot.join("guest-4")
    assert greetings(bot) == [
        "Guest-1 just joined AI 2027. Say hello!",
        "Guest-2 and Guest-3 just joined AI 2027. Say hello!",
        "Guest-4 just joined AI 2027. Say hello!",
    ]


async def test_who_is_gone_again_is_not_greeted_and_the_others_are(bot: BotUnderTest) -> None:
    await bot.join("guest-1", "guest-2", "guest-3")
    leave = await bot.message("guest-2", "/leave")
    await bot.chat.press("guest-2", leave, "Leave")
    await bot.until(bot.clock.now() + timedelta(minutes=6))
    assert greetings(bot)[1:] == ["Guest-3 just joined AI 2027. Say hello!"]


async def test_what_is_shared_after_the_last_week_stands_under_one_line(bot: BotUnderTest) -> None:
    await bot.until(FIRST + timedelta(days=15))
    for who in CROWD[:3]:
        await bot.join(who, line="/join timezone:UTC pace:week-1")
    before = len(bot.chat.posts())
    for who in CROWD[:3]:
        await bot.check_in(who, tasks=("1",), share=("thread",))
    await bot.settle()
    (line,) = [post for post in bot.chat.posts()[before:] if "checked in" in post.text or "Check-ins" in post.text]
    assert line.text.startswith("Check-ins of round 3: ")
    assert sum("checked in for week 1" in text for text in bot.chat.timeline(thread=line.ref.message_id)) == 3


async def test_an_opening_passes_the_thread_lines_that_wait_before_it(bot: BotUnderTest) -> None:
    await bot.join("guest-1")
    await bot.until(FIRST + timedelta(days=1))
    opens = FIRST + timedelta(days=7)
    lines = [
        NewDelivery(f"shared:x{n}", "shared", "local", 1, opens, room_id=1, member_id=1, round=1, in_thread=True)
        for n in range(20)
    ]

    def write(store: Store) -> list[str]:
        store.deliveries.add(lines)
        opening = NewDelivery("opening:1:r2:1", "opening", "local", 1, opens, room_id=1, round=2)
        store.deliveries.add([opening])
        return [turn.key for turn in store.deliveries.ready(opens, 10)]

    assert await bot.write(write) == ["opening:1:r2:1"]
