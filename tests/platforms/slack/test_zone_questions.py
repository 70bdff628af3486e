"""A time zone that may be several, on Slack: the question, its buttons, another answer, the correction."""

from pathlib import Path

import pytest

from tests.platforms.slack.cohort import running


@pytest.mark.parametrize("mode", ["socket"])
async def test_the_question_is_answered_with_a_button_or_with_another_form(tmp_path: Path, mode: str) -> None:
    async with running(tmp_path, mode) as bot:
        await bot.create()
        slack = bot.slack
        form = await slack.press("U2", slack.world.posts()[0], "Join")
        asked = await slack.submit("U2", form, timezone="IST", hours="8", why="To teach")
        assert "Asia/Kolkata" in asked.text
        assert "Welcome" not in asked.text
        welcome = await slack.press("U2", asked, "Kolkata, India, 17:30")
        assert "Asia/Kolkata, where it's Friday 17:30 now" in welcome.text
        form = await slack.press("U2", welcome, "Change the time zone")
        saved = await slack.submit("U2", form, timezone="Munich")
        assert "Europe/Berlin, where it's Friday 13:00 now" in saved.text

        asked = await bot.type("U3", "/cohort join timezone：CST hours:5")
        form = await slack.press("U3", asked, "Another time zone")
        welcome = await slack.submit("U3", form, value="Taipei")
        assert "Asia/Taipei, where it's Friday 20:00 now" in welcome.text


async def test_a_cohorts_preview_is_seen_again_with_another_zone(tmp_path: Path) -> None:
    async with running(tmp_path, "socket") as bot:
        preview = await bot.type("U1", "/cohort create name：“AI 2027” timezone：GMT−3 starts：2027–01–04 time：18：00")
        assert "America/Sao_Paulo" in preview.text
        preview = await bot.slack.press("U1", preview, "São Paulo, Brazil, 09:00")
        assert "America/Sao_Paulo, where it's Friday 09:00 now" in preview.text
        form = await bot.slack.press("U1", preview, "Change the time zone")
        preview = await bot.slack.submit("U1", form, value="Dubai")
        assert "Asia/Dubai, where it's Friday 16:00 now" in preview.text
