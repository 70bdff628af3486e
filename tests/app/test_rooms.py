"""More rooms for a cohort: here, elsewhere by a code that works once, and fewer again."""

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from cohort_bot.app.ports.platform import ChatPlatform, Reason, Refused
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Actions, Message, plain
from cohort_bot.chat.place import Actor, Place
from cohort_bot.runtime import Bot
from cohort_bot.storage.database import SqliteDatabase
from tests.fakes.bot import LIBRARY, QUICK, BotUnderTest, StillClock, running
from tests.fakes.memory import WORKSPACE, MemoryPlatform

_ids = count()


@dataclass
class Both:
    """One bot with a cohort on the playground, and a second platform beside it."""

    bot: BotUnderTest
    other: MemoryPlatform
    boss: Actor = field(default=Actor("slack", WORKSPACE, "boss", "Boss", admin=True, zone="Europe/Berlin"))
    place: Place = field(default=Place("slack", WORKSPACE, "general"))

    async def act(self, action: str, actor: Actor | None = None, place: Place | None = None, **args: str) -> Message:
        self.bot.clock.skip(10)
        kind = "command" if action == "cohort.room" else "button"
        who, where = actor or self.boss, place or self.place
        invocation = Invocation(f"rooms-{next(_ids)}", action, kind, who, where, self.bot.clock.now(), args=args)  # type: ignore[arg-type]
        reply = await self.bot.runtime.dispatcher(invocation)
        assert isinstance(reply, Message)
        await self.bot.settle()
        return reply

    async def code(self) -> str:
        shown = await self.bot.message("moderator", "/cohort room")
        reply = await self.bot.chat.press("moderator", shown, "Code for another place")
        found = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", plain(reply))  # type: ignore[arg-type]
        assert found
        return found[0]

    async def enter(self, code: str, actor: Actor | None = None) -> str:
        return plain(await self.act("cohort.room", actor, code=code))

    async def rooms(self) -> list[tuple[str, str]]:
        found = await self.bot.read(lambda store: store.cohorts.rooms(1))
        return [(room.platform, room.channel) for room in found]


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Both]:
    clock = StillClock()
    local, other = MemoryPlatform(clock.now), MemoryPlatform(clock.now, name="slack")
    platforms: dict[str, ChatPlatform] = {"local": local, "slack": other}
    database = SqliteDatabase(tmp_path / "bot.db")
    async with Bot(database, LIBRARY, platforms, clock, QUICK) as application:
        bot = BotUnderTest(application, local, clock, tmp_path)
        await bot.create()
        yield Both(bot, other)


ROOMS = [("local", "general")]
TWO = [*ROOMS, ("slack", "general")]


async def test_a_code_brings_the_cohort_to_the_other_side_once(both: Both) -> None:
    code = await both.code()
    assert "now meets here too" in await both.enter(code.lower().replace("-", " "))
    assert await both.rooms() == TWO
    assert ["[Join]" in text for text in both.other.timeline()] == [True]
    hall = Place("slack", WORKSPACE, "study-hall")
    assert "doesn't work" in plain(await both.act("cohort.room", place=hall, code=code)), "used up"
    assert "already" in await both.enter(await both.code()), "the same channel"
    assert await both.rooms() == TWO


async def test_only_the_digest_of_a_code_is_kept(both: Both) -> None:
    code = (await both.code()).replace("-", "")
    with closing(sqlite3.connect(f"file:{both.bot.folder / 'bot.db'}?mode=ro", uri=True)) as base:
        assert code not in "".join(base.iterdump())


async def test_a_code_is_good_for_ten_minutes_and_until_the_next_one(both: Both) -> None:
    first = await both.code()
    second = await both.code()
    assert "doesn't work" in await both.enter(first)
    await both.bot.until(both.bot.clock.now() + timedelta(minutes=10))
    assert "doesn't work" in await both.enter(second)
    third = await both.code()
    await both.bot.until(both.bot.clock.now() + timedelta(minutes=9, seconds=59))
    assert "now meets here" in await both.enter(third)


async def test_guessing_ends_after_five_wrong_codes_and_the_right_one_is_refused_then_too(both: Both) -> None:
    code = await both.code()
    for _ in range(5):
        assert "doesn't work" in await both.enter("AAAA-AAAA")
    assert "wait ten minutes" in await both.enter(code)
    another = Actor("slack", WORKSPACE, "other", "Other", admin=True)
    assert "now meets here" in await both.enter(code, another), "nobody else is held up"


async def test_a_code_alone_opens_no_door(both: Both) -> None:
    code = await both.code()
    somebody = Actor("slack", WORKSPACE, "member-1", "Sample Member 1")
    assert "manages this server" in await both.enter(code, somebody)
    assert await both.rooms() == ROOMS
    assert "now meets here" in await both.enter(code), "and it is still good"


async def test_a_channel_in_which_the_bot_cannot_work_is_not_added_and_the_code_stays_good(both: Both) -> None:
    code = await both.code()
    nowhere = Place("slack", WORKSPACE, "nowhere")
    assert "I can't work" in plain(await both.act("cohort.room", place=nowhere, code=code))
    assert await both.rooms() == ROOMS
    assert "now meets here" in await both.enter(code)


async def test_who_enters_a_code_looks_after_the_cohort_there_and_other_admins_do_not(both: Both) -> None:
    await both.enter(await both.code())
    assert "Nobody has joined" in plain(await both.act("cohort.members"))
    other = Actor("slack", WORKSPACE, "other", "Other", admin=True)
    assert "Only moderators" in plain(await both.act("cohort.members", other))
    assert "Nobody has joined" in await both.bot.say("moderator", "/cohort members")


async def test_a_new_room_gets_the_open_weeks_card_and_nothing_that_was_before(both: Both) -> None:
    await both.bot.days(18)  # a Tuesday, in the third week
    await both.enter(await both.code())
    await both.bot.join("member-1")  # the calendar is gone through again
    cards = [text.splitlines()[0] for text in both.other.timeline()]
    assert [card for card in cards if card.startswith("Week")] == [
        next(t.splitlines()[0] for t in both.bot.chat.timeline() if t.startswith("Week 3"))
    ]
    assert not any("While I was away" in text or "is late" in text for text in both.other.timeline())
    await both.bot.days(7)
    here, there = ([t for t in chat.timeline() if t.startswith("Week 4")] for chat in (both.bot.chat, both.other))
    assert len(here) == len(there) == 1
    assert "While I was away" not in there[0]


async def test_a_room_can_be_dropped_after_a_question_and_added_again(both: Both) -> None:
    await both.enter(await both.code())
    shown = await both.bot.message("moderator", "/cohort room")
    assert "Room 1: the playground: #general (here)" in plain(shown)
    assert "Room 2: a channel on Slack" in plain(shown)
    labels = [each.label for block in shown.blocks if isinstance(block, Actions) for each in block.buttons]
    assert labels == ["Code for another place", "Drop room 2"], "the room at home stays"
    question = await both.bot.press("moderator", shown, "Drop room 2")
    assert await both.rooms() == TWO
    await both.bot.chat.press("moderator", question, "Drop it")
    assert await both.rooms() == ROOMS
    assert "no cohort here" in plain(await both.act("cohort.members")), "nothing is seen there any more"
    again = await both.bot.chat.press("moderator", question, "Drop it")
    assert "no longer one of its rooms" in plain(again)  # type: ignore[arg-type]
    assert "now meets here" in await both.enter(await both.code())


async def test_the_question_says_who_would_be_cut_off(both: Both) -> None:
    await both.enter(await both.code())
    reply = await both.other.type("member-1", "/cohort join timezone:UTC")
    assert "Welcome" in plain(reply)  # type: ignore[arg-type]
    assert "1 member is only in that room" in plain(await both.act("cohort.room.drop", id="1", room="2"))
    home = await both.act("cohort.room.drop.yes", id="1", room="1")
    assert "keep a room where it was created" in plain(home)


async def test_another_channel_of_the_same_place_needs_no_code(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        shown = await bot.message("moderator", "/cohort room", "study-hall")
        assert "a new room" in plain(await bot.chat.press("moderator", shown, "Add this channel", "study-hall"))  # type: ignore[arg-type]
        await bot.settle()
        assert len(bot.chat.timeline("study-hall")) == 1, "the invitation"
        await bot.days(4)
        for channel in ("general", "study-hall"):
            assert sum(text.startswith("Week 1") for text in bot.chat.timeline(channel)) == 1
        assert "use /cohort room to add or drop one" in await bot.say("moderator", "/cohort edit channel:nowhere")


async def test_one_roster_shows_where_everybody_is_and_posts_come_once_in_each_room(both: Both) -> None:
    await both.enter(await both.code())
    await both.bot.join("member-1")
    assert "Welcome" in plain(await both.other.type("member-2", "/cohort join timezone:UTC"))  # type: ignore[arg-type]
    for listed in (await both.bot.say("moderator", "/cohort members"), plain(await both.act("cohort.members"))):
        assert re.search(r"Sample Member 1 · the playground · ", listed)
        assert re.search(r"Sample Member 2 · Slack · ", listed)
    await both.bot.days(0.01)  # the second one is greeted a little later
    both.other.fail_next(Refused(Reason.NOT_ALLOWED))
    await both.bot.days(4)
    for chat, posted in ((both.bot.chat, 1), (both.other, 0)):
        assert sum(text.startswith("Week 1") for text in chat.timeline()) == posted, (
            "one refused room holds up no other"
        )
    await both.bot.say("moderator", "/cohort post")
    await both.bot.settle()
    for chat in (both.bot.chat, both.other):
        assert sum(text.startswith("Week 1") for text in chat.timeline()) == 1
