"""A member's calendar file and questions on earlier weeks on Slack, with the real client library."""

import re
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from cohort_bot.bootstrap import calendar_feed
from tests.fakes.bot import shipped
from tests.platforms.slack.cohort import running

MONDAY = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
FIFTH = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
SATURDAY = datetime(2027, 2, 6, 10, 0, tzinfo=UTC)
FIRST = shipped().weeks[0].recall


async def test_a_calendar_comes_as_a_file_and_by_an_address(tmp_path: Path, mode: str) -> None:
    async with running(tmp_path, mode, board_url="https://bot.example.org/board") as bot:
        slack = bot.slack
        await bot.create()
        await bot.join("U2")
        answer = await bot.type("U2", "/cohort profile calendar")
        (upload,) = slack.world.uploads.values()
        assert upload.name == "calendar-AI-2027.ics"
        made = await slack.press("U2", answer, "Get an address")
        (path,) = set(re.findall(r"https://bot\.example\.org/calendar(/[\w-]+\.ics)", str(made.messages[0].blocks)))
        transport = httpx2.ASGITransport(app=calendar_feed(bot.runtime))
        async with httpx2.AsyncClient(transport=transport, base_url="https://bot.example.org") as app:
            assert (await app.get(path)).text.count("BEGIN:VEVENT") == 143
            assert "no longer works" in (await slack.press("U2", made, "Stop the address")).text
            assert (await app.get(path)).status_code == 404
        assert "your calendar would be empty" in (await bot.type("U1", "/cohort profile calendar")).text
        assert "keep nothing about you" in (await bot.type("U3", "/cohort profile calendar")).text


async def test_questions_come_as_a_card_and_are_answered_with_two_buttons(tmp_path: Path, mode: str) -> None:
    async with running(tmp_path, mode) as bot:
        slack = bot.slack
        await bot.create()
        await bot.join("U2")
        for at in (MONDAY, FIFTH):
            await bot.until(at)
            await slack.submit("U2", await bot.type("U2", "/checkin"))
        await bot.until(SATURDAY)
        card = slack.world.dm_of("U2").messages[-1]
        assert FIRST[0].question in str(card.blocks)
        shown = await slack.press("U2", card, "Show")
        assert FIRST[0].answer in shown.text
        noted = await slack.press("U2", shown, "Knew it")
        assert "about 9 weeks" in noted.text
        shown = await slack.press("U2", noted, "Show")
        assert "the last one this week" in (await slack.press("U2", shown, "Not yet")).text
        again = await bot.type("U2", "/cohort questions")
        assert "You knew it." in again.text
        assert "won't send you questions" in (await slack.press("U2", again, "No more questions")).text
        for stranger in ("U1", "U3"):
            assert "not in “AI 2027” yet" in (await bot.type(stranger, "/cohort questions")).text
