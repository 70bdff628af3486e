"""Answering a reminder on Discord and on Slack, with their own client libraries: nothing without a yes, nothing lost,
nobody else sees it.
"""

import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import pytest

from cohort_bot.core.checkins import CheckIn
from tests.fakes.bot import StillClock
from tests.fakes.discord_server import DiscordServer
from tests.fakes.discord_world import GROUP, Channel
from tests.fakes.slack_server import SlackServer
from tests.platforms.discord import cohort as discord_cohort
from tests.platforms.slack import cohort as slack_cohort

THURSDAY = datetime(2027, 1, 7, 17, 30, tzinfo=UTC)
SAID = "Read chapter one: https://example.org/a?b=1&c=2 <3 *really*"
ONE, OTHER, STRANGER = "one", "other", "stranger"


class Chat(Protocol):
    """A platform with the whole bot on it, in the first week after the first reminder."""

    bot: Any

    async def write(self, who: str, words: str, *, answers: Any = None, files: int = 0) -> Any:
        """Write to the bot directly."""

    async def rewrite(self, message: Any, words: str) -> None:
        """Edit that."""

    async def again(self, message: Any) -> None:
        """The platform delivers the message once more."""

    async def answered(self, message: Any, number: int = 1) -> Any:
        """What the bot answers."""

    async def press(self, who: str, answer: Any, label: str) -> Any:
        """Press a button under an answer."""

    async def fill_in(self, who: str, form: Any, **fields: Any) -> str:
        """Send the form."""

    def text(self, answer: Any) -> str:
        """What somebody reads."""

    def labels(self, answer: Any) -> list[str]:
        """The labels of its buttons."""

    def inbox(self, who: str) -> Sequence[Any]:
        """What the bot sent to somebody directly."""

    def everybody_reads(self) -> str:
        """All that is in channels and in the direct conversations of others than ONE."""

    async def elsewhere(self, words: str) -> None:
        """Write where others read: in a channel, and in a group conversation."""

    async def by_a_bot(self, words: str) -> None:
        """A bot writes to the bot."""


class OnDiscord:
    def __init__(self, bot: discord_cohort.Cohort) -> None:
        self.bot = bot
        self.people = {ONE: "member-1", OTHER: "member-2", STRANGER: "member-3"}

    async def write(self, who: str, words: str, *, answers: Any = None, files: int = 0) -> Any:
        self.bot.clock.skip(10)
        return await self.bot.server.write(self.people[who], words, answers=answers, files=files)

    async def rewrite(self, message: Any, words: str) -> None:
        await self.bot.server.rewrite(message, words)

    async def again(self, message: Any) -> None:
        await self.bot.server.tell("MESSAGE_CREATE", message)

    async def answered(self, message: Any, number: int = 1) -> Any:
        return await self.bot.server.answered(message, number)

    async def press(self, who: str, answer: Any, label: str) -> Any:
        return await self.bot.server.press(self.people[who], answer, label)

    async def fill_in(self, who: str, form: Any, **fields: Any) -> str:
        return (await self.bot.server.submit(self.people[who], form, **fields)).text

    def text(self, answer: Any) -> str:
        return str(answer.text).replace("\\", "").replace("<http", "http").replace("2>", "2")

    def labels(self, answer: Any) -> list[str]:
        return list(answer.buttons)

    def inbox(self, who: str) -> Sequence[Any]:
        return self.bot.server.inbox(self.people[who]).messages

    def everybody_reads(self) -> str:
        mine = self.bot.server.inbox(self.people[ONE])
        channels = [each for each in self.bot.server.world.channels.values() if each is not mine]
        return "\n".join(text for channel in channels for text in channel.texts)

    async def elsewhere(self, words: str) -> None:
        world = self.bot.server.world
        person = world.person(self.people[ONE])
        group = Channel(world.new_id(), "", GROUP, person=person.id)
        world.channels[group.id] = group
        for where in (self.bot.server.channel("general"), group):
            await self.bot.server.write(self.people[ONE], words, where=where)

    async def by_a_bot(self, words: str) -> None:
        message = self.bot.server.http.add(self.bot.server.inbox(self.people[ONE]), {"content": words})
        message.by = self.bot.server.world.bot
        await self.bot.server.tell("MESSAGE_CREATE", message)


class OnSlack:
    def __init__(self, bot: slack_cohort.Cohort) -> None:
        self.bot = bot
        self.people = {ONE: "U2", OTHER: "U3", STRANGER: "U4"}

    async def write(self, who: str, words: str, *, answers: Any = None, files: int = 0) -> Any:
        self.bot.clock.skip(10)
        sent = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")  # as Slack's client does
        thread = answers.ts if answers else None
        return await self.bot.slack.write(self.people[who], sent, thread=thread, files=files)

    async def rewrite(self, message: Any, words: str) -> None:
        await self.bot.slack.rewrite(message, words)

    async def again(self, message: Any) -> None:
        event = {**message.record(metadata=False), "channel": message.channel, "channel_type": "im"}
        await self.bot.slack.event(event, identity=f"Ev-{message.ts}", retry=1)

    async def answered(self, message: Any, number: int = 1) -> Any:
        return await self.bot.slack.answered(message, number)

    async def press(self, who: str, answer: Any, label: str) -> Any:
        return await self.bot.slack.press(self.people[who], answer, label)

    async def fill_in(self, who: str, form: Any, **fields: Any) -> str:
        return (await self.bot.slack.submit(self.people[who], form, **fields)).text

    def text(self, answer: Any) -> str:
        return str(answer.said if hasattr(answer, "said") else answer.text)

    def labels(self, answer: Any) -> list[str]:
        actions = [block for block in answer.blocks if block["type"] == "actions"]
        return [each["text"]["text"] for block in actions for each in block["elements"]]

    def inbox(self, who: str) -> Sequence[Any]:
        return self.bot.slack.world.dm_of(self.people[who]).messages

    def everybody_reads(self) -> str:
        mine = self.people[ONE]
        channels = [each for each in self.bot.slack.world.channels.values() if each.with_user != mine]
        return "\n".join(post.said for channel in channels for post in channel.messages)

    async def elsewhere(self, words: str) -> None:
        await self.bot.slack.write(self.people[ONE], words, channel="C1", kind="channel")
        await self.bot.slack.write(self.people[ONE], words, channel="G1", kind="mpim")

    async def by_a_bot(self, words: str) -> None:
        await self.bot.slack.write("UBOT", words, channel=self.inbox(ONE)[0].channel, bot_id="B1")
        await self.bot.slack.write("U4", words, channel=self.inbox(ONE)[0].channel, subtype="bot_message", bot_id="B9")


@contextlib.asynccontextmanager
async def living(folder: Path, platform: str, server: Any, clock: StillClock) -> AsyncIterator[Chat]:
    """The bot on a server; enter it again to restart it."""
    if platform == "discord":
        async with discord_cohort.running(folder, server=server, clock=clock) as bot:
            yield OnDiscord(bot)
    else:
        async with slack_cohort.running(folder, "socket", slack=server, clock=clock) as bot:
            yield OnSlack(bot)


@pytest.fixture(params=["discord", "slack"])
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
async def server(platform: str, clock: StillClock) -> AsyncIterator[Any]:
    async with DiscordServer(clock.now) if platform == "discord" else SlackServer(clock.now) as it:
        yield it


async def reminded(chat: Any) -> None:
    await chat.bot.create()
    await chat.bot.join(chat.people[ONE], chat.people[OTHER])
    await chat.bot.until(THURSDAY)


@pytest.fixture
async def chat(tmp_path: Path, platform: str, server: Any, clock: StillClock) -> AsyncIterator[Chat]:
    async with living(tmp_path, platform, server, clock) as it:
        await reminded(it)
        yield it


async def recorded(chat: Chat, member: int = 1) -> list[CheckIn]:
    found = await chat.bot.runtime.database.read(lambda store: store.checkins.of_member(member))
    return list(found)


async def preview(chat: Chat, words: str = SAID, who: str = ONE, **more: Any) -> Any:
    return await chat.answered(await chat.write(who, words, **more))


async def test_it_is_shown_saved_after_a_yes_and_read_by_nobody_else(chat: Chat) -> None:
    assert "Or just answer here" in chat.text(chat.inbox(ONE)[0])
    shown = await preview(chat)
    assert "Save this as your check-in for week 1 of AI 2027?" in chat.text(shown)
    assert SAID in chat.text(shown)
    assert chat.labels(shown) == ["Save", "Add tasks", "Discard"]
    assert await recorded(chat) == []
    saved = await chat.press(ONE, shown, "Save")
    assert "Checked in for week 1, on time." in chat.text(saved)
    assert [entry.done for entry in await recorded(chat)] == [SAID]
    assert "saved already" in chat.text(await chat.press(ONE, shown, "Save"))
    await chat.bot.runtime.settle()
    assert "chapter one" not in chat.everybody_reads()


async def test_tasks_are_added_in_the_form_that_has_it_already(chat: Chat) -> None:
    form = await chat.press(ONE, await preview(chat), "Add tasks")
    assert "Checked in" in await chat.fill_in(ONE, form, tasks=["1"])
    (entry,) = await recorded(chat)
    assert (entry.done, entry.tasks[0].done) == (SAID, True)


async def test_a_no_leaves_nothing(chat: Chat) -> None:
    shown = await preview(chat)
    assert "nothing was recorded" in chat.text(await chat.press(ONE, shown, "Discard"))
    assert "You discarded that one" in chat.text(await chat.press(ONE, shown, "Save"))
    assert await recorded(chat) == []


async def test_an_edit_is_shown_anew_and_the_old_one_saves_nothing_else(chat: Chat) -> None:
    message = await chat.write(ONE, "Reed chapter one")
    old = await chat.answered(message)
    await chat.rewrite(message, "Read chapter one")
    new = await chat.answered(message, 2)
    assert "Read chapter one" in chat.text(new)
    assert "Read chapter one" in chat.text(await chat.press(ONE, old, "Save"))
    assert await recorded(chat) == []
    await chat.press(ONE, new, "Save")
    assert [entry.done for entry in await recorded(chat)] == ["Read chapter one"]


async def test_delivered_twice_it_is_answered_once(chat: Chat) -> None:
    message = await chat.write(ONE, SAID)
    await chat.answered(message)
    await chat.again(message)
    await chat.answered(await chat.write(ONE, "And chapter two"))
    assert len(chat.inbox(ONE)) == 5, "a reminder, two messages and an answer to each"


async def test_a_second_one_is_added(chat: Chat) -> None:
    await chat.press(ONE, await preview(chat, "Chapter one"), "Save")
    second = await preview(chat, "Chapter two")
    assert "Add this to your check-in for week 1" in chat.text(second)
    await chat.press(ONE, second, "Save")
    assert [entry.done for entry in await recorded(chat)] == ["Chapter one\nChapter two"]


async def test_a_long_one_says_what_fits(chat: Chat) -> None:
    message = await chat.write(ONE, "x" * 1900)
    shown = await chat.answered(message)
    assert "That's 1,900 characters, and a check-in has room for 1,500." in chat.text(shown)
    assert chat.labels(shown) == ["Shorten it in the form", "Discard"]
    await chat.rewrite(message, "x" * 1500)
    await chat.press(ONE, await chat.answered(message, 2), "Save")
    assert [entry.done for entry in await recorded(chat)] == ["x" * 1500]


async def test_a_picture_is_not_kept_and_words_with_it_are(chat: Chat) -> None:
    assert "can't keep pictures or files" in chat.text(await preview(chat, "", files=1))
    shown = await preview(chat, files=2)
    assert "the attachment isn't part of it" in chat.text(shown)
    await chat.press(ONE, shown, "Save")
    assert [entry.done for entry in await recorded(chat)] == [SAID]


async def test_an_answer_to_an_old_reminder_is_for_its_round_or_says_that_it_is_closed(chat: Chat) -> None:
    first = chat.inbox(ONE)[0]
    await chat.bot.days(7)
    assert "for week 1 of AI 2027?" in chat.text(await preview(chat, answers=first))
    await chat.bot.days(28)
    shown = chat.text(await preview(chat, answers=first))
    assert "Week 1 no longer takes check-ins" in shown
    assert await recorded(chat) == []


async def test_others_bots_and_other_places_get_no_preview(chat: Chat) -> None:
    assert "joined a cohort yet" in chat.text(await preview(chat, who=STRANGER))
    await chat.elsewhere("not for the bot")
    await chat.by_a_bot("nor from one")
    await chat.bot.runtime.settle()
    message, number = await chat.write(ONE, SAID), 1
    while SAID not in chat.text(await chat.answered(message, number)):  # what came before is answered before, if at all
        number += 1
    shown = "\n".join(chat.text(each) for each in chat.inbox(ONE)) + chat.everybody_reads()
    previews = [line for line in shown.splitlines() if "check-in for week 1 of" in line]
    assert len(previews) == 1
    assert "check-in for week" not in chat.everybody_reads()
    assert await recorded(chat) == []


async def test_somebody_who_left_is_told_so(chat: Chat) -> None:
    leave = "leave" if isinstance(chat, OnDiscord) else "/cohort leave"
    if isinstance(chat, OnDiscord):
        asked = await chat.bot.server.slash("member-1", "general", leave)
        await chat.bot.server.press("member-1", asked, "Leave")
    else:
        asked = await chat.bot.type("U2", leave)
        await chat.bot.slack.press("U2", asked, "Leave")
    assert "You left “AI 2027” on" in chat.text(await preview(chat))
    assert await recorded(chat) == []


async def test_it_can_be_saved_after_a_restart(tmp_path: Path, platform: str, server: Any, clock: StillClock) -> None:
    async with living(tmp_path, platform, server, clock) as chat:
        await reminded(chat)
        shown = await preview(chat)
    async with living(tmp_path, platform, server, clock) as again:
        assert "Checked in" in again.text(await again.press(ONE, shown, "Save"))
        assert [entry.done for entry in await recorded(again)] == [SAID]
