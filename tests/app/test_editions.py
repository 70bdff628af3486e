"""A cohort that has begun with one edition of a programme goes on with the next one."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cohort_bot.app.queries.programme import with_posted
from cohort_bot.chat.message import plain
from cohort_bot.core.programme import Programme
from tests.fakes.bot import BotUnderTest, OneGuide, running, shipped
from tests.fakes.memory import Sent

pytestmark = pytest.mark.both_databases


NEW = shipped()
FIRST, SECOND = [paper for paper in NEW.papers if paper.week and not paper.spare][:2]
assert (FIRST.week, SECOND.week) == (2, 4)


def old_edition() -> Programme:
    """The edition before: without minutes and questions, with other words, and the paper of week 4 in week 2."""
    weeks = tuple(
        replace(
            week,
            title=f"As it was {week.number}",
            tasks=tuple(replace(task, short=f"Old {n}", minutes=None) for n, task in enumerate(week.tasks)),
            recall=(),
        )
        for week in NEW.weeks
    )
    others = tuple(paper for paper in NEW.papers if paper.id not in {FIRST.id, SECOND.id})
    papers = (replace(SECOND, week=2), replace(FIRST, week=6), *(p for p in others if p.week is None or p.week > 6))
    return replace(NEW, weeks=weeks, papers=papers)


@pytest.fixture
async def guide() -> OneGuide:
    return OneGuide(old_edition())


@pytest.fixture
async def bot(tmp_path: Path, guide: OneGuide) -> AsyncIterator[BotUnderTest]:
    async with running(tmp_path, programmes=guide) as it:
        await it.create()
        await it.join("member-1")
        await it.until(datetime(2027, 1, 13, 18, tzinfo=UTC))  # Wednesday of week 2, its paper is out
        await it.chat.press("member-1", papers(it)[0], "I've read it")
        await it.until(datetime(2027, 1, 19, 12, tzinfo=UTC))  # Tuesday of week 3
        guide.programme = NEW
        yield it


def papers(bot: BotUnderTest) -> list[Sent]:
    return [sent for sent in bot.chat.posts() if sent.text.startswith("Paper of the month")]


def cards(bot: BotUnderTest) -> list[str]:
    return [sent.message.summary for sent in bot.chat.posts() if sent.message.summary.startswith("Week")]


async def test_the_next_unopened_week_is_the_new_one_and_what_was_posted_stays(bot: BotUnderTest) -> None:
    await bot.days(7)
    assert cards(bot) == ["Week 1: As it was 1", "Week 2: As it was 2", "Week 3: As it was 3", f"Week 4: {title(4)}"]
    assert "(15 min)" in next(sent.text for sent in bot.chat.posts() if sent.message.summary.startswith("Week 4"))


async def test_a_repair_brings_the_new_words_to_a_week_that_was_posted(bot: BotUnderTest) -> None:
    before = len(bot.chat.posts())
    reply = await bot.message("moderator", "/cohort post repair:3")
    assert "I'm rewriting 1 post of week 3" in plain(reply)
    await bot.type("moderator", "/cohort post repair:2")
    await bot.settle()
    assert cards(bot) == ["Week 1: As it was 1", f"Week 2: {title(2)}", f"Week 3: {title(3)}"]
    assert len(bot.chat.posts()) == before, "where they are"
    assert SECOND.title in papers(bot)[0].text, "week 2 keeps the paper that it read"


async def test_a_paper_that_moved_is_not_given_twice_and_stays_where_it_was_read(bot: BotUnderTest) -> None:
    await bot.days(7 * 6)
    assert SECOND.title in papers(bot)[0].text
    assert sum(SECOND.title in sent.text for sent in papers(bot)) == 1
    past = plain(await bot.press("member-1", await bot.message("member-1", "/paper"), "Past papers"))
    assert f"✓ Week 2: {SECOND.title}" in past
    assert f"Week 4: {SECOND.title}" not in past
    assert SECOND.title in await bot.say("member-1", "/plan week:2")
    assert "Paper of the month" not in await bot.say("member-1", "/plan week:4")


def test_what_went_out_stands_in_its_week_and_in_no_other() -> None:
    as_it_went = with_posted(NEW, {2: SECOND.id, 9: "no-longer-there"})
    assert [paper.id for paper in as_it_went.papers_of(2)] == [SECOND.id]
    assert as_it_went.papers_of(4) == ()
    assert with_posted(NEW, {2: FIRST.id}) is NEW
    assert with_posted(NEW, {}) is NEW


def title(number: int) -> str:
    week = NEW.week(number)
    assert week is not None
    return week.title
