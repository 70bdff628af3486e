"""A member's calendar file and questions on earlier weeks on Discord, with the real client library."""

from datetime import UTC, datetime
from pathlib import Path

from tests.fakes.bot import shipped
from tests.platforms.discord.cohort import running

MONDAY = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
FIFTH = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
SATURDAY = datetime(2027, 2, 6, 10, 0, tzinfo=UTC)
FIRST = shipped().weeks[0].recall


async def test_a_calendar_comes_as_a_file_and_to_whom_it_belongs(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        server = bot.server
        await bot.create()
        await bot.join("member-1")
        answer = await server.slash("member-1", "general", "profile", calendar="file")
        assert answer.private
        assert answer.message is not None
        assert "calendar-AI-2027.ics" in answer.message.body["files"]
        assert "no web address" in (await server.slash("member-1", "general", "profile", calendar="address")).text
        assert "keep nothing about you" in (await server.slash("member-2", "general", "profile", calendar="file")).text
        moderator = await server.slash("moderator", "general", "profile", calendar="file")
        assert "your calendar would be empty" in moderator.text


async def test_questions_come_as_a_card_and_are_answered_with_two_buttons(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        server = bot.server
        await bot.create()
        await bot.join("member-1")
        for at in (MONDAY, FIFTH):
            await bot.until(at)
            await server.submit("member-1", await server.slash("member-1", "general", "checkin"))
        await bot.until(SATURDAY)
        card = server.inbox("member-1").messages[-1]
        assert f"**Week 1:** {FIRST[0].question}" in card.text
        shown = await server.press("member-1", card, "Show")
        assert FIRST[0].answer in shown.text
        noted = await server.press("member-1", shown, "Knew it")
        assert "about 9 weeks" in noted.text
        shown = await server.press("member-1", noted, "Show")
        assert "the last one this week" in (await server.press("member-1", shown, "Not yet")).text
        again = await server.slash("member-1", "general", "questions")
        assert again.private
        assert "You knew it." in again.text
        assert "won't send you questions" in (await server.press("member-1", again, "No more questions")).text
        assert "not in “AI 2027” yet" in (await server.slash("member-2", "general", "questions")).text
        assert "not in “AI 2027” yet" in (await server.slash("moderator", "general", "questions")).text
