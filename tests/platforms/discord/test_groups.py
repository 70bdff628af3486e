"""Small groups on Discord, with the real client library: private threads, or a thread in the room."""

import contextlib
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cohort_bot.app.ports.platform import Refused, SeesActivity
from cohort_bot.app.ports.store import Store
from cohort_bot.chat.place import Place
from cohort_bot.core.checkins import CheckIn
from tests.fakes.bot import StillClock
from tests.fakes.discord_http import Fault
from tests.fakes.discord_server import DiscordServer
from tests.fakes.discord_world import CREATE_PRIVATE, PRIVATE, Posted
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


async def test_it_is_seen_whether_people_write_and_a_moderator_hears_when_they_do_not(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        world = bot.server.world
        await ask(bot)
        await bot.until(MATCHED)
        thread, began = world.group(*PEOPLE), bot.clock.now()
        place = Place("discord", str(world.guild), str(bot.server.channel("general").id), str(thread.id))
        platform = bot.runtime.platforms["discord"]
        assert isinstance(platform, SeesActivity)
        assert await platform.last_written(place, began) is None, "what the bot wrote"
        person = world.people["member-1"]
        thread.messages.append(Posted(world.new_id(), thread, {"content": ""}, world.now(), by=person))
        assert await platform.last_written(place, began) == began
        assert await platform.last_written(place, began + timedelta(seconds=1)) is None, "that was before"
        await keep_up(bot)
        await bot.until(datetime(2027, 1, 26, 12, tzinfo=UTC))
        assert not quiet(bot), "they wrote in the week in which they met"
        await bot.until(datetime(2027, 2, 2, 12, tzinfo=UTC))
        assert quiet(bot) == ["Nobody has written in the small group"]
        del world.channels[thread.id]
        with pytest.raises(Refused):
            await platform.last_written(place, began)


async def test_a_thread_that_somebody_deleted_is_not_called_quiet(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await ask(bot)
        await bot.until(MATCHED)
        await keep_up(bot)
        del bot.server.world.channels[bot.server.world.group(*PEOPLE).id]
        await bot.until(datetime(2027, 2, 9, 12, tzinfo=UTC))
        assert quiet(bot) == ["I can't see whether anybody still writes in the small group"]


async def test_a_restart_before_it_is_known_that_a_thread_was_opened_opens_no_second_one(tmp_path: Path) -> None:
    """Whoever left or has another name by then changes nothing: it is found as it was opened."""
    clock = StillClock()
    async with DiscordServer(clock.now) as server:
        async with running(tmp_path, server=server, clock=clock) as bot:
            await ask(bot)
            await bot.until(MATCHED)
        thread = server.world.group(*PEOPLE)
        with contextlib.closing(sqlite3.connect(tmp_path / "bot.db")) as file:
            forgotten = "UPDATE deliveries SET state = 'unknown', message_id = NULL, thread = NULL, channel = NULL"
            assert file.execute(f"{forgotten} WHERE kind = 'group'").rowcount == 1
            file.execute("UPDATE members SET shown = 'Zoë' WHERE id = 1")
            file.execute("UPDATE members SET left_at = joined_at WHERE id = 3")
            file.commit()
        async with running(tmp_path, server=server, clock=clock) as bot:
            await bot.runtime.settle()
            threads = [each for each in server.world.threads() if each.type == PRIVATE]
            assert [(each.id, len(each.messages)) for each in threads] == [(thread.id, 1)]
            assert f"/{thread.id}" in (await server.slash("member-2", "general", "group show")).text


async def keep_up(bot: Cohort) -> None:
    """All three check in for the first four rounds."""

    def write(store: Store) -> None:
        for member in store.members.in_cohort(1):
            for number in range(1, 5):
                store.checkins.save(CheckIn(member.id, number, number, bot.clock.now()), bot.clock.now())

    await bot.runtime.database.write(write)


def quiet(bot: Cohort) -> list[str]:
    """What the moderator was told of quiet groups."""
    told = " ".join(message.text for message in bot.server.inbox("moderator").messages)
    return re.findall(r"(?:Nobody has written|I can't see whether anybody still writes) in the small group", told)
