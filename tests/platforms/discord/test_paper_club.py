"""The paper club on Discord, with the real client library: the vote, and the meeting among the server's events."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cohort_bot.chat.place import Place
from tests.fakes.discord_http import Fault
from tests.fakes.discord_world import CREATE_EVENTS
from tests.platforms.discord.cohort import Cohort, running

CHOSEN = datetime(2027, 1, 11, 10, tzinfo=UTC)
"""The vote on the first paper is over."""

TUESDAY, FRIDAY = (datetime(2027, 1, day, 18, tzinfo=UTC) for day in (12, 15))
"""19:00 in Berlin."""


async def present(bot: Cohort, person: str, date: str = "2027-01-12") -> None:
    told = await bot.server.slash(person, "general", "club present", date=date, time="19:00")
    assert "You're presenting “" in told.text, told.text
    await bot.runtime.settle()


async def step_back(bot: Cohort, person: str) -> None:
    asked = await bot.server.slash(person, "general", "club cancel")
    await bot.server.press(person, asked, "Tell the group")
    await bot.runtime.settle()


async def begin(bot: Cohort) -> None:
    await bot.create()
    await bot.join("member-1", "member-2")
    await bot.until(CHOSEN)


def shown(bot: Cohort) -> list[tuple[str, datetime]]:
    """The server's events: the post to which each leads, and when it begins."""
    return [
        (each["entity_metadata"]["location"], datetime.fromisoformat(each["scheduled_start_time"]))
        for each in bot.server.http.events.shown
    ]


def posts(bot: Cohort) -> list[str]:
    """The addresses of what the room was told about who presents, in order."""
    room, world = bot.server.channel("general"), bot.server.world
    return [
        f"https://discord.com/channels/{world.guild}/{room.id}/{each.id}"
        for each in room.messages
        if " presents " in each.text
    ]


async def test_members_propose_vote_and_present(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        server = bot.server
        await bot.create()
        await bot.join("member-1", "member-2")
        mine = await server.slash("member-1", "general", "club propose", title="Attention", link="arXiv:1706.03762")
        assert mine.private
        assert "(https://arxiv.org/abs/1706.03762" in mine.text.replace("(<", "(")
        other = await server.slash("member-2", "general", "club show")
        assert "2 votes" in (await server.press("member-2", other, "Vote for 1")).text
        assert "you're not" in (await server.slash("member-3", "general", "club show")).text.lower()
        await bot.until(CHOSEN)
        await present(bot, "member-1")
        said = [each.text for each in server.channel("general").messages]
        assert any("presents" in text and f"<t:{int(TUESDAY.timestamp())}" in text for text in said)


async def test_the_meeting_is_an_event_that_moves_and_is_cancelled_with_it(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        events = bot.server.http.events
        await begin(bot)
        theirs = events.by_somebody(
            name="Movie night",
            scheduled_start_time=FRIDAY.isoformat(),
            scheduled_end_time=datetime(2027, 1, 15, 20, tzinfo=UTC).isoformat(),
            privacy_level=2,
            entity_type=3,
            entity_metadata={"location": "my place"},
        )
        await present(bot, "member-1")
        assert shown(bot) == [("my place", FRIDAY), (posts(bot)[0], TUESDAY)]
        event = events.shown[-1]
        assert event["name"].startswith("Paper club: ")
        assert "AI 2027 talks about this paper" in event["description"]
        assert "https://" in event["description"]
        assert "member" not in str((event["name"], event["description"])).lower(), "it says no names"
        await present(bot, "member-1", "2027-01-15")
        assert shown(bot) == [("my place", FRIDAY), (posts(bot)[1], FRIDAY)], "moved"
        await step_back(bot, "member-1")
        assert shown(bot) == [("my place", FRIDAY)]
        await present(bot, "member-2")
        assert shown(bot)[1:] == [(posts(bot)[2], TUESDAY)]
        events.known.pop(int(events.shown[-1]["id"]))  # a moderator of the server has cancelled it
        await step_back(bot, "member-2")
        assert events.shown == [theirs]
        assert events.changes == ["create", "modify", "delete", "create"]


@pytest.mark.parametrize(
    ("kind", "method", "path"),
    [
        ("lose", "POST", r"/scheduled-events$"),
        ("drop", "POST", r"/scheduled-events$"),
        ("error", "GET", r"/scheduled-events$"),
        ("lose", "POST", r"/messages$"),
    ],
)
async def test_a_lost_answer_makes_no_second_event(tmp_path: Path, kind: Any, method: str, path: str) -> None:
    """And that of the post, as a crash does: it is looked up, and then comes by its event again."""
    async with running(tmp_path) as bot:
        await begin(bot)
        bot.server.fail(fault := Fault(kind, method, path, status=503))
        await present(bot, "member-1")
        assert fault not in bot.server.http.faults
        assert len(posts(bot)) == 1
        assert shown(bot) == [(posts(bot)[0], TUESDAY)]
        assert bot.server.http.events.changes == ["create"]


async def test_without_the_permission_the_post_comes_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(tmp_path) as bot:
        bot.server.world.withheld = CREATE_EVENTS
        await begin(bot)
        with caplog.at_level(logging.WARNING):
            await present(bot, "member-1")
        assert len(posts(bot)) == 1
        assert shown(bot) == []
        assert "no event for delivery" in caplog.text
        assert "Create Events" in caplog.text, "the line has the cure"
        bot.server.world.withheld = 0
        await present(bot, "member-1", "2027-01-15")
        assert shown(bot) == [(posts(bot)[1], FRIDAY)], "from the next change on"


async def test_a_cohort_in_a_private_channel_shows_the_server_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await begin(bot)
        await set_private(bot, private=True)
        await present(bot, "member-1")
        assert len(posts(bot)) == 1
        assert bot.server.http.events.changes == []
        await set_private(bot, private=False)
        await present(bot, "member-1", "2027-01-15")
        assert len(shown(bot)) == 1
        await set_private(bot, private=True)
        await present(bot, "member-1")
        assert shown(bot) == [], "one from before is cancelled with the next change"


async def set_private(bot: Cohort, *, private: bool) -> None:
    """As the daily look at the rooms does it."""
    room = Place("discord", str(bot.server.world.guild), str(bot.server.channel("general").id))
    await bot.runtime.database.write(lambda store: store.cohorts.set_private(room, private=private))


async def test_with_the_cohort_its_events_end(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await begin(bot)
        await present(bot, "member-1")
        asked = await bot.server.slash("moderator", "general", "cohort archive")
        await bot.server.press("moderator", asked, next(label for label in asked.buttons if label.startswith("End")))
        await bot.runtime.settle()
        assert shown(bot) == []


async def test_the_event_is_in_the_cohorts_language(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await begin(bot)
        await bot.runtime.database.write(lambda store: store.cohorts.set_language(1, "de", bot.runtime.clock.now()))
        await present(bot, "member-1")
        assert bot.server.http.events.shown[0]["name"].startswith("Lesekreis: ")


async def test_two_rooms_of_a_server_have_one_event(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await begin(bot)
        asked = await bot.server.slash("moderator", "study-hall", "cohort room")
        await bot.server.press("moderator", asked, "Add this channel")
        await bot.runtime.settle()
        await present(bot, "member-1")
        assert any(" presents " in text for text in bot.server.channel("study-hall").texts)
        assert shown(bot) == [(posts(bot)[0], TUESDAY)]
