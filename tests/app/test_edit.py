"""What a moderator puts right after a cohort was created: its name, time zone and start."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from cohort_bot.app.ports.audits import MOVED, RENAMED
from cohort_bot.chat.message import plain
from tests.fakes.bot import BotUnderTest, Step

FIRST = datetime(2027, 1, 4, 8, tzinfo=UTC)


async def begin(bot: BotUnderTest) -> None:
    """A cohort in Berlin that is to begin on Monday at nine."""
    await bot.create("AI 2072", "timezone:Berlin starts:2027-01-04")
    await bot.join("member-1")


@pytest.fixture
def beginning() -> Sequence[Step]:
    return (begin,)


async def change(bot: BotUnderTest, line: str) -> str:
    """What the preview says; then it is done."""
    preview = await bot.message("moderator", f"/cohort edit {line}")
    assert "Nothing has changed yet." in plain(preview), plain(preview)
    done = await bot.chat.press("moderator", preview, "Change it")
    assert "has been changed" in str(done), done
    await bot.settle()
    return plain(preview)


async def audits(bot: BotUnderTest) -> list[str]:
    return [each.action for each in await bot.read(lambda store: store.audits.newest(1, 9))]


async def test_a_name_is_put_right_and_the_invitation_with_it(bot: BotUnderTest) -> None:
    assert "Its new name would be “AI 2027”." in await change(bot, 'name:"AI 2027"')
    assert bot.chat.posts()[0].text.startswith("AI 2027: ")
    assert "AI 2072 has joined" not in bot.chat.timeline()[-1], "what was said stays"
    assert "AI 2027" in await bot.say("member-1", "/progress")
    assert RENAMED in await audits(bot)
    members = await bot.message("moderator", "/cohort members")
    changed = plain(await bot.press("moderator", members, "What moderators changed"))
    assert "changed the cohort's name: AI 2027" in changed
    assert "already like that" in await bot.say("moderator", '/cohort edit name:"AI 2027"')


async def test_a_name_that_another_living_one_has_is_refused(bot: BotUnderTest) -> None:
    await bot.create("Other", "timezone:Berlin")
    assert "already" in await bot.say("moderator", '/cohort edit cohort:"AI 2072" name:other')
    assert "1 to 50 characters" in await bot.say("moderator", f'/cohort edit cohort:Other name:"{"x" * 51}"')


async def test_only_who_looks_after_it_may(bot: BotUnderTest) -> None:
    assert "Only moderators" in await bot.say("member-1", "/cohort edit name:Mine")
    preview = await bot.message("moderator", "/cohort edit name:Ours")
    assert "Only moderators" in str(await bot.chat.press("member-1", preview, "Change it"))


async def test_the_start_is_put_right_before_the_first_week(bot: BotUnderTest) -> None:
    said = await change(bot, "starts:2027-01-11")
    assert "Week 1: Mon 04 Jan 2027 08:00 UTC → Mon 11 Jan 2027 08:00 UTC" in said
    assert "The first one opens Mon 11 Jan 2027" in bot.chat.posts()[0].text
    await bot.until(FIRST + timedelta(days=1))
    assert not any(text.startswith("Week 1") for text in bot.chat.timeline())
    await bot.until(FIRST + timedelta(days=7, hours=1))
    assert sum(text.startswith("Week 1") for text in bot.chat.timeline()) == 1
    assert "started on 2027-01-11" in await bot.say("moderator", "/cohort edit starts:2027-02-01")


async def test_it_can_begin_sooner_too_and_not_in_the_past(bot: BotUnderTest) -> None:
    assert "has already passed" in await bot.say("moderator", "/cohort edit starts:2026-12-28")
    assert "more than two years away" in await bot.say("moderator", "/cohort edit starts:2030-01-07")
    await change(bot, "starts:2027-01-02")
    await bot.until(FIRST - timedelta(days=2) + timedelta(hours=1))
    assert any(text.startswith("Week 1") for text in bot.chat.timeline())


async def test_a_time_zone_is_put_right_before_the_first_week(bot: BotUnderTest) -> None:
    said = await change(bot, 'timezone:"New York"')
    assert "Mondays at 09:00 (America/New_York), where it's" in said
    assert "Week 1: Mon 04 Jan 2027 08:00 UTC → Mon 04 Jan 2027 14:00 UTC" in said
    await bot.until(FIRST + timedelta(hours=5))
    assert not any(text.startswith("Week 1") for text in bot.chat.timeline())
    await bot.until(FIRST + timedelta(hours=7))
    assert any(text.startswith("Week 1") for text in bot.chat.timeline())
    assert MOVED in await audits(bot)


async def test_and_afterwards_from_the_next_week_on(bot: BotUnderTest) -> None:
    await bot.until(FIRST + timedelta(hours=1))
    said = await change(bot, "timezone:Tokyo")
    assert "Week 2: Mon 11 Jan 2027 08:00 UTC → Mon 11 Jan 2027 00:00 UTC" in said
    await bot.until(FIRST + timedelta(days=6, hours=17))
    assert any(text.startswith("Week 2") for text in bot.chat.timeline())
    assert "already like that" in await bot.say("moderator", "/cohort edit timezone:Tokyo")


async def test_start_day_time_and_zone_go_together(bot: BotUnderTest) -> None:
    said = await change(bot, "starts:2027-01-11 day:wednesday time:18:00 timezone:UTC")
    assert "Week 1: Mon 04 Jan 2027 08:00 UTC → Wed 13 Jan 2027 18:00 UTC" in said


async def test_a_zone_that_may_be_several_is_asked_and_the_answer_leads_to_the_preview(bot: BotUnderTest) -> None:
    asked = await bot.message("moderator", "/cohort edit timezone:IST")
    assert "more than one time zone" in plain(asked)
    preview = await bot.chat.press("moderator", asked, "Kolkata")
    assert "(Asia/Kolkata)" in str(preview)
