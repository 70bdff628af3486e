"""Small groups on Discord, with the real client library: private threads, or a thread in the room."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fakes.discord_http import Fault
from tests.fakes.discord_world import CREATE_PRIVATE, PRIVATE
from tests.platforms.discord.cohort import Cohort, running

MATCHED = datetime(2027, 1, 12, 9, tzinfo=UTC)
PEOPLE = ("member-1", "member-2", "member-3")


async def ask(bot: Cohort) -> None:
    await bot.create()
    await bot.join(*PEOPLE)
    for person in PEOPLE:
        assert "looking for a small group" in (await bot.server.slash(person, "general", "group join")).text


async def test_three_get_a_private_thread_and_others_hear_nothing_of_it(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await ask(bot)
        await bot.until(MATCHED)
        thread = bot.server.world.group(*PEOPLE)
        assert len(thread.messages) == 1
        assert "what would you most like to be able to do a month from now" in thread.texts[0]
        assert set(thread.messages[0].pings) == {str(bot.server.world.people[each].id) for each in PEOPLE}
        shown = await bot.server.slash("member-1", "general", "group show")
        assert shown.private
        assert f"/{thread.id}" in shown.text
        assert "Small groups in AI 2027" in (await bot.server.slash("moderator", "general", "cohort groups")).text
        assert "member-2" not in (await bot.server.slash("member-1", "general", "cohort groups")).text
        assert "haven't told anybody" in (await bot.server.slash("member-3", "general", "group leave")).text
        assert len(thread.messages) == 1


@pytest.mark.parametrize("path", [r"/threads$", r"/thread-members/", r"/messages$"])
async def test_an_answer_that_is_lost_makes_no_second_thread(tmp_path: Path, path: str) -> None:
    async with running(tmp_path) as bot:
        await ask(bot)
        await bot.until(datetime(2027, 1, 12, 8, 59, tzinfo=UTC))
        method = "PUT" if "members" in path else "POST"
        bot.server.http.faults.append(fault := Fault("lose", method, path))
        await bot.until(MATCHED)
        assert fault not in bot.server.http.faults, "the answer was lost"
        threads = [each for each in bot.server.world.threads() if each.type == PRIVATE]
        assert [len(each.messages) for each in threads] == [1]


async def test_without_the_permission_there_is_a_thread_in_the_room(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        bot.server.channel("general").denied |= CREATE_PRIVATE
        await ask(bot)
        await bot.until(MATCHED)
        (post,) = [each for each in bot.server.channel("general").messages if "small group" in each.text]
        assert "Anybody in this channel can read along." in post.text
        assert bot.server.world.thread(post).name.startswith("Small group 1: ")
