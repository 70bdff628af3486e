"""A second opinion: the contract and a cohort's first week on simcord, a Discord that this project did not write.

Where simcord differs from Discord's documentation is in docs/independent-servers.md.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from cohort_bot.app.ports.platform import ScheduledEvent
from cohort_bot.chat.place import Place, Ref
from cohort_bot.runtime import Bot, DemoTime
from tests.fakes.bot import LIBRARY, QUICK, StillClock
from tests.fakes.databases import database_at
from tests.fakes.discord_world import walk
from tests.fakes.toy import TABLE, Toy
from tests.platforms.contract import ONE, OTHER, Asked, Harness, PlatformContract
from tests.platforms.discord.markdown import read
from tests.platforms.discord.simulated import SimulatedDiscord
from tests.pseudo_locale import english

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
"""Where simcord's calendar begins, and stands."""

DAY = timedelta(days=1)


def _seen(components: Sequence[Mapping[str, Any]]) -> str:
    parts = list(walk(components))
    _, shown = read("\n".join(item["content"] for item in parts if item["type"] == 10))
    return "\n".join([shown, *(f"[{item['label']}]" for item in parts if item["type"] == 2)])


def _button(components: Sequence[discord.Component], label: str) -> str:
    """The custom id of the button, whose label may stand there in the pseudo-locale."""
    parts = walk([each.to_dict() for each in components])
    return next(str(item["custom_id"]) for item in parts if item["type"] == 2 and english(item["label"]) == label)


class OnSimcord:
    whole = 3900

    def __init__(self, platform: SimulatedDiscord) -> None:
        self.platform = platform
        guild = platform.env.create_guild()
        self._guild = guild
        self._rooms = {name: guild.create_text_channel(name) for name in ("general", "study-hall")}
        self._people = {name: guild.add_member(platform.env.create_user(name)) for name in (ONE, OTHER)}
        self._before: dict[str, simcord.InteractionResult] = {}
        self._errors: dict[str, str] = {}
        self._private: dict[str, list[str]] = {}

    def room(self, name: str = "general") -> Place:
        return Place("discord", str(self._guild.id), str(self._rooms[name].id))

    def nowhere(self) -> Place:
        return Place("discord", str(self._guild.id), "404")

    async def direct(self, person: str) -> Place:
        return await self.platform.dm("", str(self._people[person].id))

    def now(self) -> datetime:
        return self.platform.env.now()

    async def type(self, person: str, command: str, **options: str) -> None:
        await self._got(person, await self._people[person].slash(self._rooms["general"], command, **options))

    async def write(self, person: str, words: str) -> None:
        await self._people[person].send_dm(words)
        await self.platform.env.settle()

    async def press(self, person: str, label: str) -> None:
        newest = self._rooms["general"].last_message
        assert newest is not None
        await self._got(person, await self._people[person].click(newest, custom_id=_button(newest.components, label)))

    async def submit(self, person: str, **answers: str | Sequence[str]) -> None:
        given = {key: value if isinstance(value, str) else list(value) for key, value in answers.items()}
        asked = await self.asked(person)
        # A client sends the options that are selected when the form opens; simcord leaves them out.
        selected = {"tasks": list(asked.filled["tasks"])} if asked and asked.filled.get("tasks") else {}
        await self._got(person, await self._people[person].submit_modal(self._before.pop(person), selected | given))

    async def asked(self, person: str) -> Asked | None:
        if person not in self._before:
            return None
        modal = self._before[person].modal
        assert modal is not None
        filled: dict[str, tuple[str, ...]] = {}
        for label in modal["components"]:
            field = label["component"]
            chosen = tuple(each["value"] for each in field.get("options", ()) if each.get("default"))
            filled[field["custom_id"]] = chosen or ((field["value"],) if field.get("value") else ())
        labels = [label["label"] for label in modal["components"]]
        return Asked(modal["title"], labels, self._errors.get(person, ""), filled)

    async def private(self, person: str) -> Sequence[str]:
        return self._private.get(person, [])

    async def shown(self, place: Place) -> Sequence[str]:
        room = self.platform.client.get_partial_messageable(int(place.thread or place.channel))
        return [_message(each) async for each in room.history(oldest_first=True) if not each.is_system()]

    async def everything(self, person: str) -> Sequence[str]:
        seen = list(await self.private(person))
        for place in (self.room(), self.room("study-hall"), await self.direct(person)):
            seen += await self.shown(place)
        return seen

    async def _got(self, person: str, result: simcord.InteractionResult) -> None:
        answer = result.response
        if answer is not None:
            words = _seen(answer.components)
            if "[Fix it]" in english(words):
                self._errors[person] = words
                to_mend = next(item["custom_id"] for item in walk(answer.components) if item["type"] == 2)
                result = await self._people[person].click(answer, custom_id=to_mend)
            else:
                assert answer.ephemeral
                self._private.setdefault(person, []).append(words)
        if result.modal is not None:
            self._before[person] = result


def _message(message: discord.Message) -> str:
    return _seen([each.to_dict() for each in message.components]) or message.content


class TestSimcord(PlatformContract):
    test_what_runs_ends_when_it_stops_and_nothing_new_begins = None  # type: ignore[assignment]
    """simcord lets nobody act while another's act is under way; the loopback Discord does."""

    @pytest.fixture
    async def harness(self, toy: Toy) -> AsyncIterator[Harness]:
        platform = SimulatedDiscord(StillClock(BEGIN))
        await platform.start(TABLE, toy.dispatch, toy.complete)
        here = OnSimcord(platform)
        await platform.env.settle()
        yield here
        await platform.stop(1)


async def test_an_event_is_made_once_moved_and_cancelled() -> None:
    """simcord wants Manage Events for it, Discord is content with Create Events."""
    platform = SimulatedDiscord(StillClock(BEGIN))
    await platform.start(TABLE, Toy().dispatch, Toy().complete)
    guild = platform.env.create_guild()
    events = platform.env.backend.get_guild(guild.id).scheduled_events
    place = Place("discord", str(guild.id), str(guild.create_text_channel("general").id))
    first, later = Ref(place, "100"), Ref(place, "200")
    event = ScheduledEvent("Paper club: Attention", "Come along.", BEGIN + DAY, BEGIN + DAY + DAY / 24)
    moved = replace(event, starts=BEGIN + 2 * DAY, ends=BEGIN + 2 * DAY + DAY / 24)
    for _ in range(2):
        await platform.schedule(first, event, ())
    (made,) = events.values()
    assert (made.name, made.entity_metadata) == (event.name, {"location": platform.link(first)})
    await platform.schedule(later, moved, (first,))
    assert list(events) == [made.id]
    assert datetime.fromisoformat(events[made.id].scheduled_start_time) == moved.starts
    await platform.schedule(later, None, (first,))
    assert not events
    await platform.stop(1)


async def test_a_first_week_with_an_answer_lost(tmp_path: Path) -> None:
    """simcord ignores the nonce, so that only looking for the mark keeps the repeated post from appearing twice."""
    clock = StillClock(BEGIN)
    platform = SimulatedDiscord(clock)
    async with Bot(database_at(tmp_path), LIBRARY, {"discord": platform}, clock, QUICK) as bot:
        time = DemoTime(clock, clock.move_to)
        time.bot = bot
        env = platform.env
        guild = env.create_guild()
        room = guild.create_text_channel("general")
        may = discord.Permissions(manage_guild=True, view_channel=True, send_messages=True)
        moderator = guild.add_member(env.create_user("moderator"), roles=[guild.create_role("boss", permissions=may)])
        member = guild.add_member(env.create_user("member"))

        async def posted() -> list[str]:
            there = platform.client.get_partial_messageable(room.id)
            return [_message(each) async for each in there.history(oldest_first=True) if not each.is_system()]

        clock.skip(10)
        asked = await moderator.slash(room, "cohort create", name="AI 2027", timezone="Europe/Berlin")
        assert asked.response is not None
        clock.skip(10)
        platform.lose = 1
        await moderator.click(asked.response, label="Create it and invite the room")
        await bot.settle()
        assert platform.lose == 0
        assert len(await posted()) == 1, "the invitation came twice"
        clock.skip(10)
        form = await member.slash(room, "join")
        assert form.modal is not None
        clock.skip(10)
        await member.submit_modal(form, {"timezone": "Europe/Berlin"})
        await bot.settle()
        await time.advance(clock.now() + timedelta(days=8))
        await bot.settle()
        assert sum("Week 1 " in each.split("\n")[0] for each in await posted()) == 1
        clock.skip(10)
        form = await member.slash(room, "checkin")
        assert form.modal is not None
        clock.skip(10)
        said = await member.submit_modal(form, {"tasks": ["1"], "done": "Chapter one @everyone", "share": ["thread"]})
        assert said.response is not None
        assert said.response.ephemeral
        await bot.settle()
        clock.skip(10)
        progress = await moderator.slash(room, "cohort progress")
        assert progress.response is not None
        assert "member" in _seen(progress.response.components)
        assert not env.errors
