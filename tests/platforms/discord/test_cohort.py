"""A cohort lives on Discord: the whole application on the real client."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from discord.webhook import async_

from cohort_bot.platforms.discord import answers
from cohort_bot.platforms.discord.adapter import DiscordPlatform
from tests.fakes import discord_server
from tests.fakes.discord_server import Fault
from tests.platforms.discord.cohort import CREATE, running
from tests.pseudo_locale import english

pytestmark = pytest.mark.both_languages

MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)


async def test_create_join_check_in(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        server = bot.server
        preview = await server.slash("moderator", "general", "cohort create", name="AI 2027", timezone="Berlin")
        assert "Preview" not in preview.text
        assert CREATE in preview.buttons
        await server.press("moderator", preview, CREATE)
        await bot.runtime.settle()
        invitation = server.channel("general").messages[0]
        assert "AI 2027" in invitation.text

        form = await server.press("member-1", invitation, "Join")
        assert form.title == "Join AI 2027"
        welcome = await server.submit("member-1", form, timezone="Berlin", hours="8", why="To teach")
        assert "Europe/Berlin" in welcome.text
        assert welcome.private
        await bot.join("member-2")

        await bot.until(MONDAY)
        card = bot.card(1)
        thread = server.world.thread(card)
        assert english(thread.name).startswith("Week 1")

        # By command and by the card's button.
        form = await server.slash("member-1", "general", "checkin")
        assert form.title == "Check in: week 1"
        summary = await server.submit(
            "member-1", form, tasks=["1", "2"], done="https://example.org/nb **bold** @everyone", share=["thread"]
        )
        assert "on time" in summary.text
        form = await server.press("member-2", card, "Check in")
        await server.submit("member-2", form, blockers="No quiet hour")
        await bot.runtime.settle()
        assert len(thread.messages) == 1
        assert "<https://example.org/nb>" in thread.texts[0]
        assert "\\*\\*bold" in thread.texts[0]
        assert thread.messages[0].pings == ()
        assert not any("No quiet hour" in text for text in [*thread.texts, *server.channel("general").texts])

        own = await server.slash("member-1", "general", "progress")
        assert "Streak: 1 round" in own.text
        state = await server.slash("moderator", "general", "cohort progress")
        assert "2 of 2 checked in" in state.text
        assert "Only moderators" in (await server.slash("member-1", "general", "cohort progress")).text


async def test_a_moderator_writes_to_somebody_from_their_line(tmp_path: Path) -> None:
    """From the card, and from the digest that came to them: both with the prepared message of that person."""
    async with running(tmp_path) as bot:
        server = bot.server
        await bot.create()
        await bot.join("member-1", "member-2")
        await bot.until(MONDAY + timedelta(weeks=2, days=2))
        card = await server.slash("moderator", "general", "cohort progress")
        digest = server.inbox("moderator").messages[-1]
        label = next(each for each in card.buttons if each.startswith("Write to"))
        assert label in digest.buttons
        name = label.removeprefix("Write to ")
        forms = [await server.press("moderator", where, label) for where in (card, digest)]
        for form in forms:
            assert form.title == label
            assert english(form.form["text"]["value"]).startswith(f"Hi {name}, ")
        await server.submit("moderator", forms[-1], text="How are you?")
        await bot.runtime.settle()
        written = [each for each in ("member-1", "member-2") if "How are you?" in server.inbox(each).texts[-1]]
        assert [server.world.people[each].name for each in written] == [name]


async def test_a_moderator_writes_to_one_after_the_other_and_is_asked_a_week_later(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        server = bot.server
        await bot.create()
        await bot.join("member-1", "member-2")
        await bot.until(MONDAY + timedelta(weeks=2, days=2))
        card = await server.press("moderator", server.inbox("moderator").messages[-1], "Write to them one by one")
        assert "1 of 2" in card.text
        form = await server.press("moderator", card, "Edit")
        card = await server.submit("moderator", form, text="Come for a walk?")
        assert "2 of 2" in card.text
        ended = await server.press("moderator", card, "Not now")
        assert "In a week I'll ask you what came of it." in ended.text
        await bot.runtime.settle()
        assert sum("Come for a walk?" in str(server.inbox(each).texts) for each in ("member-1", "member-2")) == 1
        await bot.until(MONDAY + timedelta(weeks=3, days=2, hours=1))
        asked = next(each for each in server.inbox("moderator").messages if "what came of it?" in each.text)
        assert "they're coming back" in (await server.press("moderator", asked, "Coming back")).text
        form = await server.slash("moderator", "general", "cohort features")
        assert "all of these are off" in (await server.submit("moderator", form, on=[])).text
        assert "is off in AI 2027" in (await server.slash("moderator", "general", "cohort outreach")).text


async def test_leaving_a_removal_and_an_announcement_are_undone(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        server = bot.server
        await bot.create()
        await bot.join("member-1", "member-2")
        left = await server.press("member-1", await server.slash("member-1", "general", "leave"), "Leave")
        assert "You're back in AI 2027" in (await server.press("member-1", left, "Undo")).text
        preview = await server.slash("moderator", "general", "cohort remove", member="member-2")
        removed = await server.press("moderator", preview, "Remove them")
        assert "is back in AI 2027" in (await server.press("moderator", removed, "Undo")).text
        preview = await server.slash("moderator", "general", "cohort announce", text="Pizza!")
        done = await server.press("moderator", preview, "Post it")
        await bot.runtime.settle()
        before = server.channel("general").messages[-1]
        assert "Pizza!" in before.text
        assert "Undone" in (await server.press("moderator", done, "Undo")).text
        await bot.runtime.settle()
        after = server.channel("general").messages[-1]
        assert (after.id, after.text) == (before.id, "A moderator withdrew an announcement.")
        bot.clock.skip(10)
        assert "already withdrawn" in (await server.press("moderator", done, "Undo")).text


async def test_an_answer_that_is_lost_doubles_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1")
        bot.server.fail(Fault("lose", "POST", "/messages$"))
        await bot.until(MONDAY)
        assert sum(text.startswith("### Week 1 ") for text in bot.server.channel("general").texts) == 1

        # The nonce is forgotten meanwhile: the look-back alone must find it.
        bot.server.fail(Fault("lose", "POST", "/messages$"))
        task = bot.until(datetime(2027, 1, 11, 8, 0, tzinfo=UTC))
        bot.server.http.forget_nonces()
        await task
        assert sum(text.startswith("### Week 2 ") for text in bot.server.channel("general").texts) == 1
        assert bot.card(2).id in bot.server.world.channels, "its thread is there too"


async def test_a_form_that_is_wrong_can_be_mended_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        form = await bot.server.press("member-1", bot.server.channel("general").messages[0], "Join")
        wrong = await bot.server.submit("member-1", form, timezone="Atlantis", hours="eight", why="To teach")
        assert "“Atlantis”" in wrong.text
        await bot.runtime.__aexit__()
        async with running(tmp_path, server=bot.server, clock=bot.clock) as again:
            form = await again.server.press("member-1", wrong, "Fix it")
            assert form.form["why"]["value"] == "To teach"
            assert form.form["timezone"]["value"] == "Atlantis"
            assert "Welcome" in (await again.server.submit("member-1", form, timezone="Berlin", hours="8")).text


async def test_a_restart_in_the_middle(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1", "member-2")
        await bot.until(MONDAY)
        form = await bot.server.slash("member-1", "general", "checkin")
        before = len(bot.server.channel("general").messages)
        # The process ends while the form is open, and another takes over.
        await bot.runtime.__aexit__()
        async with running(tmp_path, server=bot.server, clock=bot.clock) as again:
            await again.runtime.settle()
            assert len(again.server.channel("general").messages) == before
            assert again.server.http.registrations == 1, "the commands were there already"
            assert "on time" in (await again.server.submit("member-1", form, done="Read it")).text
            form = await again.server.press("member-2", again.card(1), "Check in")
            assert "on time" in (await again.server.submit("member-2", form)).text


async def test_rounds_weeks_and_cohorts_are_suggested(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        server = bot.server
        await bot.create()
        await bot.join("member-1")
        assert await server.suggest("member-1", "general", "checkin", "round", "") == [], "none has opened"
        await bot.until(MONDAY)
        await bot.days(7 * 5 + 2)
        await server.submit("member-1", await server.slash("member-1", "general", "checkin", round=5))
        assert await server.suggest("member-1", "general", "checkin", "round", "") == ["6", "5", "4", "3"]
        assert await server.suggest("member-1", "general", "checkin", "round", "4") == ["4"]
        assert await server.suggest("member-2", "general", "checkin", "round", "") == [], "not a member"
        weeks = await server.suggest("member-1", "general", "plan", "week", "")
        assert weeks[:3] == ["4", "5", "6"]
        assert len(weeks) == 25
        assert (await server.suggest("member-1", "general", "plan", "week", "11"))[:2] == ["11", "110"]
        record = ("cohort record", "round")
        assert await server.suggest("moderator", "general", *record, "") == ["6", "5", "4", "3", "2", "1"]
        assert await server.suggest("member-1", "general", *record, "") == [], "not for members"
        assert await server.suggest("member-1", "general", "checkin", "cohort", "ai") == ["AI 2027"]
        assert (await server.suggest("member-1", "general", "join", "timezone", "berl"))[0] == "Berlin, Germany"


async def test_a_cohort_in_a_private_channel_is_there_for_who_is_in_it(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        server = bot.server
        channel = server.channel("general")
        channel.hidden = True
        await server.gateway.emit("CHANNEL_UPDATE", server.world.channel_json(channel))
        preview = await server.slash("moderator", "general", "cohort create", name="Secret", starts="2027-01-04")
        assert "The channel is private, so only people in it" in preview.text
        await server.press("moderator", preview, CREATE)
        await bot.runtime.settle()
        outside = await server.slash("member-1", "study-hall", "join", timezone="Berlin")
        assert "no cohort here" in outside.text
        assert "Secret" not in outside.text
        assert "Welcome to Secret" in (await server.slash("member-1", "general", "join", timezone="Berlin")).text
        assert "Week 1" in (await server.slash("member-1", "study-hall", "plan")).text


async def test_a_channel_that_becomes_private_is_noticed(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        server = bot.server
        channel = server.channel("general")
        await bot.create()
        for hidden, said in ((True, "no cohort here"), (False, "Welcome to")):
            channel.hidden = hidden
            await server.gateway.emit("CHANNEL_UPDATE", server.world.channel_json(channel))
            await server.slash("moderator", "general", "help")  # the gateway keeps the order: the change has arrived
            bot.clock.move_to(bot.clock.now() + timedelta(days=1))
            await bot.runtime.room_privacy.look()
            assert said in (await server.slash("member-1", "study-hall", "join", timezone="Berlin")).text


class Hasty:
    """asyncio for discord.py, which waits ten seconds between the five tries of an answer."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, _: float) -> None:
        await asyncio.sleep(0)


@pytest.mark.parametrize("late", [False, True])
async def test_an_answer_that_never_arrived_is_told_at_the_next_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, late: bool
) -> None:
    """Refused at once because the thread is archived, or in the place of “thinking” because Discord is down."""
    async with running(tmp_path) as bot:
        server = bot.server
        await bot.create()
        await bot.join("member-1", "member-2")
        await bot.until(MONDAY)
        form = await server.slash("member-1", "general", "checkin")
        patience = discord_server.PATIENCE
        monkeypatch.setattr(discord_server, "PATIENCE", 0.3)
        if late:
            monkeypatch.setattr(answers, "DEFER_AFTER", 0.0)
            monkeypatch.setattr(async_, "asyncio", Hasty())
            server.fail(Fault("error", "PATCH", "/@original$", 503, {"code": 0}, times=60))
        else:
            server.fail(Fault("error", "POST", "/callback$", 400, {"code": 50083}))
        with pytest.raises(discord_server.NoAnswer):
            await server.submit("member-1", form, tasks=["1"], done="evidence")
        platform = bot.runtime.platforms["discord"]
        assert isinstance(platform, DiscordPlatform)
        assert platform._answers is not None
        await platform._answers._running.drain(10)
        server.http.faults.clear()
        monkeypatch.setattr(discord_server, "PATIENCE", patience)
        monkeypatch.setattr(answers, "DEFER_AFTER", 1.5)
        monkeypatch.setattr(discord_server, "PATIENCE", 10.0)
        await bot.runtime.settle()
        told = "My last answer didn't reach you, but what you did with /checkin is saved."
        assert told not in (await server.slash("member-2", "general", "plan")).text
        assert told in (await server.slash("member-1", "general", "plan")).text
        assert told not in (await server.slash("member-1", "general", "plan")).text
