"""Small groups on Slack, with the real client library: a conversation of several, or a thread in the room."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.platforms.slack.cohort import Cohort, running

MATCHED = datetime(2027, 1, 12, 10, 15, tzinfo=UTC)
PEOPLE = ("U2", "U3", "U4")


async def ask(bot: Cohort) -> None:
    await bot.create()
    await bot.join(*PEOPLE)
    for person in PEOPLE:
        assert "looking for a small group" in (await bot.type(person, "/cohort group join")).text


async def test_three_get_a_conversation_and_others_hear_nothing_of_it(tmp_path: Path) -> None:
    async with running(tmp_path, "socket") as bot:
        await ask(bot)
        await bot.until(MATCHED)
        (first,) = bot.slack.world.group_of(PEOPLE).messages
        assert "what would you most like to be able to do a month from now" in first.said
        assert all(f"<@{person}>" in str(first.blocks) or person in str(first.blocks) for person in PEOPLE)
        assert "You're in a small group" in (await bot.type("U2", "/cohort group show")).text
        assert "Small groups in AI 2027" in (await bot.type("U1", "/cohort groups")).text
        assert "Sample Member 2" not in (await bot.type("U2", "/cohort groups")).text
        assert "haven't told anybody" in (await bot.type("U4", "/cohort group leave")).text
        assert not [post for post in bot.slack.world.posts() if "small group" in post.said]


@pytest.mark.parametrize("method", ["conversations.open", "chat.postMessage"])
async def test_an_answer_that_is_lost_makes_no_second_message(tmp_path: Path, method: str) -> None:
    async with running(tmp_path, "socket") as bot:
        await ask(bot)
        await bot.until(datetime(2027, 1, 12, 8, 59, tzinfo=UTC))
        bot.slack.world.lose_answer(method)
        await bot.until(MATCHED)
        assert bot.slack.world.fault(method) is None, "the answer was lost"
        assert len(bot.slack.world.group_of(PEOPLE).messages) == 1


async def test_without_the_scope_there_is_a_thread_in_the_room(tmp_path: Path) -> None:
    async with running(tmp_path, "socket") as bot:
        bot.slack.world.scopes -= {"mpim:write", "mpim:history"}
        await ask(bot)
        await bot.until(MATCHED)
        (post,) = [each for each in bot.slack.world.posts() if "small group" in each.said]
        assert "Anybody in this channel can read along." in post.said
