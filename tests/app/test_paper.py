"""The paper of the month: its thread, who has read it, the past ones, and another choice before it goes out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cohort_bot.app.ports.papers import Pick
from cohort_bot.app.queries.programme import with_picks
from cohort_bot.chat.message import Actions, Link, Message, Paragraph, plain
from tests.fakes.bot import BotUnderTest, Step, shipped

PROGRAMME = shipped()
DATED = [paper for paper in PROGRAMME.papers if paper.week and not paper.spare]
SPARE = next(paper for paper in PROGRAMME.papers if paper.spare)
FIRST, SECOND = DATED[0], DATED[1]


def wednesday(week: int) -> datetime:
    """When the paper of a week goes out: Wednesday at 18:00 in Berlin, in winter."""
    return datetime(2027, 1, 6, 17, tzinfo=UTC) + timedelta(weeks=week - 1)


async def begin(bot: BotUnderTest) -> None:
    await bot.create()
    await bot.join("member-1", "member-2")


@pytest.fixture
def beginning() -> Sequence[Step]:
    return (begin,)


def links(message: Message) -> list[str]:
    return [
        span.url
        for block in message.blocks
        if isinstance(block, Paragraph)
        for span in block.spans
        if isinstance(span, Link)
    ]


def posted(bot: BotUnderTest) -> list[str]:
    return [text for text in bot.chat.timeline() if text.startswith("Paper of the month")]


async def test_before_the_first_one_it_says_when_it_comes(bot: BotUnderTest) -> None:
    text = plain(await bot.message("member-1", "/paper"))
    assert FIRST.title in text
    assert f"It comes up in week {FIRST.week}." in text
    assert "I've read it" not in text


async def test_it_leads_to_its_thread_and_reading_is_counted(bot: BotUnderTest) -> None:
    await bot.until(wednesday(FIRST.week or 0))
    post = next(sent for sent in bot.chat.posts() if sent.text.startswith("Paper of the month"))
    message = await bot.message("member-1", "/paper")
    assert "Nobody has marked it as read yet." in plain(message)
    assert f"https://chat.example.org/general/{post.ref.message_id}" in links(message)
    answer = await bot.press("member-2", post, "I've read it")
    assert "You're the first here to read it. It's your first paper." in plain(answer)
    assert "1 member has read it." in plain(await bot.message("member-1", "/paper"))
    mine = await bot.press("member-1", message, "I've read it")
    assert "You've read it, and so has 1 other." in plain(mine)
    again = await bot.press("member-1", message, "I've read it")
    assert "You'd already marked" in plain(again)
    assert "I've read it]" not in plain(await bot.message("member-1", "/paper"))


async def test_past_ones_are_listed_with_their_threads(bot: BotUnderTest) -> None:
    await bot.until(wednesday(SECOND.week or 0))
    past = await bot.press("member-1", await bot.message("member-1", "/paper"), "Past papers")
    text = plain(past)
    assert text.index(SECOND.title) < text.index(FIRST.title)
    assert text.count("discussion (https://chat.example.org/general/") == 2


@pytest.mark.parametrize("week", ["", "0", "3", "99", str(SECOND.week), "x"])
async def test_a_forged_button_counts_nothing(bot: BotUnderTest, week: str) -> None:
    await bot.until(wednesday(FIRST.week or 0))
    post = next(sent for sent in bot.chat.posts() if sent.text.startswith("Paper of the month"))
    forged = replace(
        post.message,
        blocks=tuple(
            Actions(tuple(replace(button, args={**button.args, "week": week}) for button in block.buttons))
            if isinstance(block, Actions)
            else block
            for block in post.message.blocks
        ),
    )
    answer = await bot.press("member-1", forged, "I've read it")
    assert "hasn't come up yet" in plain(answer)
    assert await bot.read(lambda store: store.papers.readers(1)) == {}


async def test_a_spare_is_picked_before_it_goes_out_and_is_what_comes(bot: BotUnderTest) -> None:
    await bot.until(wednesday(1))
    listed = plain(await bot.message("moderator", "/cohort pick"))
    assert f"Week {FIRST.week}: {FIRST.title[:40]}" in listed
    assert SPARE.id in listed
    line = f"/cohort pick week:{FIRST.week} paper:{SPARE.id}"
    assert f"In week {FIRST.week}, AI 2027 will read" in plain(await bot.message("moderator", line))
    assert SPARE.title in plain(await bot.message("member-1", f"/plan week:{FIRST.week}"))
    await bot.until(wednesday(FIRST.week or 0))
    (post,) = posted(bot)
    assert SPARE.title in post
    assert FIRST.title not in post
    assert SPARE.title in plain(await bot.message("member-1", "/paper"))
    assert "has already gone out, so it stays" in plain(await bot.message("moderator", line))


async def test_any_paper_can_be_picked_by_title_and_link_and_taken_back(bot: BotUnderTest) -> None:
    line = f'/cohort pick week:{FIRST.week} title:"A paper <@everyone>" link:https://example.org/paper.pdf'
    await bot.message("moderator", line)
    await bot.message("moderator", f"/cohort pick week:{FIRST.week} paper:{FIRST.id}")
    assert FIRST.title in plain(await bot.message("member-1", "/paper"))
    await bot.message("moderator", line)
    await bot.until(wednesday(FIRST.week or 0))
    (post,) = posted(bot)
    assert "A paper <@everyone> (https://example.org/paper.pdf)" in post
    assert "minutes" not in post


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("week:1 paper:{spare}", "Week 1 has no paper of the month. You can still choose the paper for week"),
        ("paper:{spare}", "For which week"),
        ("week:{first}", "or both title and link"),
        ("week:{first} title:Only", "or both title and link"),
        ("week:{first} title:A link:ftp://example.org", "isn't a link"),
        ("week:{first} title:A link:javascript:alert(1)", "isn't a link"),
        ("week:{first} title:A link:http://[", "isn't a link"),
        ("week:{first} paper:nonsense", "There's no spare paper"),
        ("week:{first} paper:a", "More than one"),
        ("week:{first} paper:{spare} title:A", "either paper, or title and link"),
        ("week:{first} title:{long} link:https://example.org", "200 characters"),
    ],
)
async def test_a_choice_that_cannot_be_is_named_with_what_could(bot: BotUnderTest, options: str, said: str) -> None:
    line = options.format(spare=SPARE.id, first=FIRST.week, long="x" * 201)
    assert said in plain(await bot.message("moderator", f"/cohort pick {line}"))
    assert await bot.read(lambda store: store.papers.picks(1)) == {}


def test_a_pick_changes_its_month_and_nothing_else() -> None:
    week = FIRST.week or 0
    for paper in (SPARE, SECOND):
        changed = with_picks(PROGRAMME, {week: Pick(week, paper.id, paper.title, paper.url)})
        assert [each.id for each in changed.papers_of(week)] == [paper.id]
        for other in DATED[1:]:
            assert [each.id for each in changed.papers_of(other.week or 0)] == [other.id]
    assert with_picks(PROGRAMME, {}) is PROGRAMME
