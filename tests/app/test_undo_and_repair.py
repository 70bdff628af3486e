"""What a moderator takes back or mends: a skipped card, weeks off, a card whose words were wrong."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cohort_bot.chat.message import Message, plain
from cohort_bot.core.programme import Programme
from tests.fakes.bot import LIBRARY, BotUnderTest, running


class Editable:
    """The shipped programme, which can be corrected while the bot runs."""

    def __init__(self) -> None:
        found = LIBRARY.get(LIBRARY.slugs()[0])
        assert found is not None
        self.programme: Programme = found

    def get(self, slug: str) -> Programme | None:
        return self.programme if slug == self.programme.slug else None

    def slugs(self) -> list[str]:
        return [self.programme.slug]

    def correct(self, goal: str) -> None:
        first, *others = self.programme.weeks
        self.programme = replace(self.programme, weeks=(replace(first, goal=goal), *others))


@pytest.fixture
def content() -> Editable:
    return Editable()


@pytest.fixture
async def bot(tmp_path: Path, content: Editable) -> AsyncIterator[BotUnderTest]:
    async with running(tmp_path, programmes=content) as it:
        await it.create()
        await it.join("member-1")
        await it.days(4)
        yield it


async def pressed(bot: BotUnderTest, message: Message, label: str) -> Message:
    reply = await bot.press("moderator", message, label)
    await bot.settle()
    return reply


MONDAY = datetime(2027, 1, 11, 8, tzinfo=UTC)


async def test_a_skipped_card_comes_after_all_and_at_its_time(bot: BotUnderTest) -> None:
    done = await pressed(bot, await bot.message("moderator", "/cohort skip"), "Skip week 2")
    assert "is back on" in plain(await pressed(bot, done, "Undo"))
    assert bot.cards() == [1]
    assert "isn't skipped" in plain(await pressed(bot, done, "Undo"))
    await bot.until(MONDAY)
    assert bot.cards() == [1, 2]
    assert "has opened in the meantime" in plain(await pressed(bot, done, "Undo"))


async def test_weeks_off_are_taken_back_once_and_only_until_they_begin(bot: BotUnderTest) -> None:
    done = await pressed(bot, await bot.message("moderator", "/cohort holiday rounds:2"), "Give the week off")
    undone = plain(await pressed(bot, done, "Undo"))
    assert "Week 2 opens Mon 11 Jan 2027 08:00 UTC instead of Mon 25 Jan 2027 08:00 UTC" in undone
    assert "has changed since" in plain(await pressed(bot, done, "Undo"))
    again = await pressed(bot, await bot.message("moderator", "/cohort holiday rounds:1"), "Give the week off")
    await bot.until(MONDAY)
    assert bot.cards() == [1]
    assert "has started" in plain(await pressed(bot, again, "Undo"))
    await bot.days(7)
    assert bot.cards() == [1, 2]


async def test_a_card_is_mended_where_it_stands(bot: BotUnderTest, content: Editable) -> None:
    before = len(bot.chat.posts())
    content.correct("A goal without the mistake")
    assert "I'm rewriting 1 post of week 1 in AI 2027" in plain(await bot.message("moderator", "/cohort post repair:1"))
    await bot.settle()
    (card,) = (sent for sent in bot.chat.posts() if sent.text.startswith("Week 1"))
    assert "A goal without the mistake" in card.text
    assert len(bot.chat.posts()) == before, "nothing is posted again"


async def test_the_invitation_is_mended_with_them_also_before_the_first_week(tmp_path: Path, content: Editable) -> None:
    async with running(tmp_path, programmes=content) as bot:
        await bot.create()
        content.programme = replace(content.programme, title="A title without the mistake")
        said = plain(await bot.message("moderator", "/cohort post repair:1"))
        assert said.startswith(
            "Nothing of week 1 has been posted yet, so I'm only rewriting the invitation in AI 2027."
        )
        await bot.settle()
        (card,) = bot.chat.posts()
        assert "A title without the mistake" in card.text


@pytest.mark.parametrize(("week", "said"), [("2", "has been posted yet"), ("117", "a week 117"), ("0", "between 1")])
async def test_what_cannot_be_mended_is_told(bot: BotUnderTest, week: str, said: str) -> None:
    assert said in plain(await bot.message("moderator", f"/cohort post repair:{week}"))
