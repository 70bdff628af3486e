"""Small groups on Slack, with the real client library: a conversation of several, or a thread in the room."""

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
from tests.fakes.slack_server import SlackServer
from tests.fakes.slack_world import HistoryLimit, Posted
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


async def test_it_is_seen_whether_people_write_and_a_moderator_hears_when_they_do_not(tmp_path: Path) -> None:
    async with running(tmp_path, "socket") as bot:
        world = bot.slack.world
        await ask(bot)
        await bot.until(MATCHED)
        group, began = world.group_of(PEOPLE), bot.clock.now()
        place = Place("slack", world.team, group.id)
        platform = bot.runtime.platforms["slack"]
        assert isinstance(platform, SeesActivity)

        def write(thread: str | None = None, subtype: str = "") -> datetime:
            words = Posted(world.ts(), group.id, "no business of the bot", (), thread, by="U2", subtype=subtype)
            group.messages.append(words)
            return datetime.fromtimestamp(float(words.ts), UTC)

        assert await platform.last_written(place, began) is None, "what the bot wrote"
        write(subtype="channel_topic")
        assert await platform.last_written(place, began) is None, "nobody's words"
        latest = write()
        assert await platform.last_written(place, began) == latest
        assert await platform.last_written(place, latest + timedelta(seconds=1)) is None, "that was before"
        latest = write(group.messages[0].ts)
        assert await platform.last_written(place, began) == latest, "in the thread under the first message"
        for _ in range(20):
            write(subtype="group_join")
        world.history_limit = HistoryLimit(seconds=0)
        assert await platform.last_written(place, latest) == latest, "on the second page, in a thread"
        await keep_up(bot)
        await bot.until(datetime(2027, 1, 26, 12, tzinfo=UTC))
        assert not quiet(bot), "they wrote in the week in which they met"
        await bot.until(datetime(2027, 2, 2, 12, tzinfo=UTC))
        assert quiet(bot) == ["Nobody has written in the small group"]
        world.scopes -= {"mpim:history"}
        with pytest.raises(Refused):
            await platform.last_written(place, began)
        del world.channels[group.id]
        with pytest.raises(Refused):
            await platform.last_written(place, began)


async def test_a_thread_in_the_room_is_looked_at_and_what_cannot_be_seen_is_no_silence(tmp_path: Path) -> None:
    async with running(tmp_path, "socket") as bot:
        world = bot.slack.world
        world.scopes -= {"mpim:write"}
        await ask(bot)
        await bot.until(MATCHED)
        (post,) = [each for each in world.posts() if "small group" in each.said]
        platform, place = bot.runtime.platforms["slack"], Place("slack", world.team, "C1", post.ts)
        assert isinstance(platform, SeesActivity)
        assert await platform.last_written(place, MATCHED) is None
        world.channels["C1"].messages.append(Posted(world.ts(), "C1", "here", (), post.ts, by="U3"))
        assert await platform.last_written(place, MATCHED) == bot.clock.now()
        world.scopes -= {"channels:history"}
        await keep_up(bot)
        await bot.until(datetime(2027, 2, 2, 12, tzinfo=UTC))
        assert quiet(bot) == ["I can't see whether anybody still writes in the small group"]


async def test_somebody_whose_account_was_deactivated_is_left_out_and_the_others_are_not_moved_to_the_room(
    tmp_path: Path,
) -> None:
    async with running(tmp_path, "socket") as bot:
        await ask(bot)
        await bot.until(datetime(2027, 1, 12, 8, 59, tzinfo=UTC))
        bot.slack.world.people["U4"].deleted = True
        await bot.until(MATCHED)
        (group,) = [each for each in bot.slack.world.channels.values() if each.group]
        assert (group.group, len(group.messages)) == (frozenset({"U2", "U3"}), 1)
        assert not [post for post in bot.slack.world.posts() if "small group" in post.said]


async def test_a_restart_before_it_is_known_that_it_began_begins_no_second_one(tmp_path: Path) -> None:
    """Slack knows a conversation by its people: it is looked up with those with whom it was opened."""
    clock = StillClock()
    async with SlackServer(clock.now) as slack:
        async with running(tmp_path, "socket", slack=slack, clock=clock) as bot:
            await ask(bot)
            await bot.until(MATCHED)
        with contextlib.closing(sqlite3.connect(tmp_path / "bot.db")) as file:
            forgotten = (
                "UPDATE deliveries SET state = 'unknown', message_id = NULL, channel = NULL WHERE kind = 'group'"
            )
            assert file.execute(forgotten).rowcount == 1
            file.execute("UPDATE members SET left_at = joined_at WHERE id = 3")
            file.commit()
        async with running(tmp_path, "socket", slack=slack, clock=clock) as bot:
            await bot.settle()
            assert [len(each.messages) for each in slack.world.channels.values() if each.group] == [1]
            assert "You're in a small group" in (await bot.type("U2", "/cohort group show")).text


async def keep_up(bot: Cohort) -> None:
    """All three check in for the first four rounds."""

    def write(store: Store) -> None:
        for member in store.members.in_cohort(1):
            for number in range(1, 5):
                store.checkins.save(CheckIn(member.id, number, number, bot.clock.now()), bot.clock.now())

    await bot.runtime.database.write(write)


def quiet(bot: Cohort) -> list[str]:
    """What the moderator was told of quiet groups."""
    told = " ".join(post.said for post in bot.slack.world.dm_of("U1").messages)
    return re.findall(r"(?:Nobody has written|I can't see whether anybody still writes) in the small group", told)
