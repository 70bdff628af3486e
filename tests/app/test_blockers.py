"""“None” in a check-in is nobody's blocker, in whatever the group or the moderators read."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cohort_bot.core.checkins import CheckIn
from tests.fakes.bot import BotUnderTest, Step


async def begin(bot: BotUnderTest) -> None:
    await bot.create()
    await bot.join("member-1", "member-2")
    await bot.until(datetime(2027, 1, 4, 10, tzinfo=UTC))


@pytest.fixture
def beginning() -> Sequence[Step]:
    return (begin,)


async def recorded(bot: BotUnderTest) -> CheckIn:
    found = await bot.read(lambda store: store.checkins.get(1, 1))
    assert found is not None
    return found


async def test_words_for_nothing_are_recorded_as_nothing(bot: BotUnderTest) -> None:
    said = await bot.check_in("member-1", done="-", blockers="No blockers!", next="n/a", share=("thread", "blocker"))
    assert "Next:" not in said
    made = await recorded(bot)
    assert (made.done, made.blockers, made.next_step) == ("", "", "")
    assert "blocker" not in (await bot.say("moderator", "/cohort progress")).lower()
    await bot.settle()
    thread = bot.chat.timeline(thread=bot.chat.posts()[-1].ref.message_id)
    assert "checked in" in thread[-1]
    assert "Blocker" not in thread[-1]


async def test_nor_is_one_that_was_recorded_before_they_were_known(bot: BotUnderTest) -> None:
    await bot.check_in("member-1", blockers="my laptop broke", share=("thread", "blocker"))
    before = await recorded(bot)

    async def write(words: str) -> str:
        old = replace(before, blockers=words)
        await bot.write(lambda store: store.checkins.save(old, bot.clock.now()))
        return await bot.say("moderator", "/cohort progress")

    assert "Open blockers: 1" in await write("My laptop broke")
    assert "blocker" not in (await write("None.")).lower()
    await bot.until(datetime(2027, 1, 12, 12, tzinfo=UTC))
    card = next(post for post in bot.chat.posts() if post.text.startswith("Week 1"))
    digest = bot.chat.timeline(thread=card.ref.message_id)[-1]
    assert "checked in" in digest
    assert "Can you help" not in digest
