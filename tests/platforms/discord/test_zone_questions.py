"""A time zone that may be several, on Discord: the question, its buttons, another answer, the correction."""

from pathlib import Path

from tests.platforms.discord.cohort import running


async def test_the_question_is_answered_with_a_button_or_with_another_form(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        server = bot.server
        invitation = server.channel("general").messages[0]
        form = await server.press("member-1", invitation, "Join")
        asked = await server.submit("member-1", form, timezone="IST", hours="8", why="To teach")
        assert asked.private
        assert "Asia/Kolkata" in asked.text
        assert "Welcome" not in asked.text
        welcome = await server.press("member-1", asked, "Kolkata, India, 17:30")
        assert "Asia/Kolkata, where it's Friday 17:30 now" in welcome.text
        form = await server.press("member-1", welcome, "Change the time zone")
        saved = await server.submit("member-1", form, timezone="Munich")
        assert "Europe/Berlin, where it's Friday 13:00 now" in saved.text

        asked = await server.slash("member-2", "general", "join", timezone="CST", hours=5)
        form = await server.press("member-2", asked, "Another time zone")
        welcome = await server.submit("member-2", form, value="Taipei")
        assert "Asia/Taipei, where it's Friday 20:00 now" in welcome.text

        asked = await server.slash("member-3", "general", "join", timezone="USA")
        assert len(asked.buttons) == 9


async def test_a_cohorts_preview_is_seen_again_with_another_zone(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        server = bot.server
        name = "A name as long as a cohort's name can be: 50 chars"
        preview = await server.slash(
            "moderator", "general", "cohort create", name=name, timezone="GMT+5", starts="13/1"
        )
        assert "Asia/Karachi, where it's Friday 17:00 now" in preview.text
        form = await server.press("moderator", preview, "Change the time zone")
        preview = await server.submit("moderator", form, value="Dubai")
        assert "Asia/Dubai, where it's Friday 16:00 now" in preview.text
        assert name in preview.text


async def test_completion_offers_cities(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        found = await bot.server.suggest("member-1", "general", "join", "timezone", "berl")
        assert found[0] == "Berlin, Germany"
        assert len(found) == len(set(found)) <= 25
