"""One's own record, and what moderators change in it: noted, told once, to be looked up and taken along."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cohort_bot.chat.message import plain
from tests.fakes.bot import TUESDAY, BotUnderTest, OneGuide, Step, running
from tests.properties.worlds import programme


async def begin(bot: BotUnderTest) -> None:
    """Tuesday of the first week."""
    await bot.create()
    await bot.join("member-1", line="/join timezone:Europe/Berlin hours:6")
    await bot.until(TUESDAY)


@pytest.fixture
def beginning() -> Sequence[Step]:
    return (begin,)


async def test_progress_shows_rounds_by_phase_hours_streak_actions_and_the_end(bot: BotUnderTest) -> None:
    for _ in range(3):
        await bot.check_in("member-1", tasks=("1", "2", "3"))
        await bot.days(7)
    title, _picture, *said = (await bot.say("member-1", "/progress")).split("\n")
    assert title == "Your progress in AI 2027"
    assert said[0].endswith("3 of 16 weeks")
    assert said[1:4] == ["    1 2 3 4 5 6 7 8", "1–4 ● ● ● …        ", "● on time  … open"]
    assert said[4] == "Streak: 3 rounds. You can still miss two of any eight weeks and keep it. ◆◆"
    assert said[5] == "3 check-ins. The next milestone is 4."
    assert said[6].startswith("3 of 116 weeks, ")
    assert said[6].endswith(" hours of the programme. You set aside 6 hours per week.")
    assert "of the guide's 20 actions completed." in said[7]
    assert said[-1] == "At this pace you'll finish on Mon 26 Mar 2029."


async def test_a_second_phase_begins_a_grid_of_its_own_and_the_legend_comes_once(tmp_path: Path) -> None:
    async with running(tmp_path, programmes=OneGuide(programme(8))) as bot:
        await bot.create()
        await bot.join("member-1")
        await bot.until(TUESDAY)
        await bot.days(7 * 5)
        said = await bot.say("member-1", "/progress")
    assert said.count("1 2 3 4 5 6 7 8") == 2
    assert said.count("✕ missed") == 1
    assert "5–6" in said


async def test_after_the_end_nothing_is_missed_and_nobody_is_at_risk(tmp_path: Path) -> None:
    async with running(tmp_path, programmes=OneGuide(programme(2))) as bot:
        await bot.create()
        await bot.join("member-1", "member-2")
        await bot.until(TUESDAY)
        for _ in range(2):
            await bot.check_in("member-1")
            await bot.days(7)
        assert (await bot.form("member-2", "/checkin")).title == "Check in: week 2", "late, as the portfolio says"
        await bot.days(35)
        said = await bot.say("member-1", "/progress")
        assert "Streak: 2 rounds. You can still miss two" in said
        card = await bot.say("moderator", "/cohort progress")
        assert "missed the last 2 rounds (1 and 2)" in card, "who missed the end did"
        assert "to 7" not in card
        assert said.endswith("You reached the end on Mon 18 Jan 2027.")
        assert "You've reached the end of" in await bot.say("member-1", "/checkin")
        assert "/slip weeks:7 lets you do the last one again" in await bot.say("member-1", "/slip weeks:6")
        assert "in round 9 you'll go back to week 2" in await bot.say("member-1", "/slip weeks:7")


async def changes(bot: BotUnderTest) -> list[str]:
    return [sent.text for sent in bot.chat.inbox("member-1") if sent.message.summary.startswith("A change to your")]


async def test_an_excuse_is_told_once_with_its_reason_and_listed(bot: BotUnderTest) -> None:
    await bot.days(14)
    await bot.say("moderator", '/cohort excuse member:member-1 round:1 reason:"In hospital"')
    await bot.settle()
    await bot.days(1)
    told = await changes(bot)
    assert len(told) == 1
    assert told[0].split("\n") == [
        "Sample Moderator excused you for round 1: it counts neither for nor against you.",
        "The reason: In hospital",
        "No streak yet: your next check-in starts one.",
        "/progress lists changes like this one.",
    ]
    said = await bot.say("member-1", "/progress")
    assert "Changed by moderators\n- Tue 19 Jan 2027: Sample Moderator excused you for round 1" in said
    assert "Why: In hospital" in said


async def test_a_recorded_check_in_is_told(bot: BotUnderTest) -> None:
    await bot.days(14)
    await bot.say("moderator", '/cohort record member:member-1 round:1 reason:"Told me in the call"')
    await bot.settle()
    assert "recorded a check-in for you for round 1." in (await changes(bot))[0]


async def test_what_a_moderator_changes_at_night_is_told_in_the_morning(bot: BotUnderTest) -> None:
    await bot.until(datetime(2027, 1, 19, 23, 30, tzinfo=UTC))
    await bot.say("moderator", '/cohort excuse member:member-1 round:1 reason:"In hospital"')
    await bot.until(datetime(2027, 1, 20, 6, 59, tzinfo=UTC))
    assert await changes(bot) == []
    await bot.until(datetime(2027, 1, 20, 7, 1, tzinfo=UTC))
    assert len(await changes(bot)) == 1


async def test_a_removal_with_a_reason_is_told_with_it(bot: BotUnderTest) -> None:
    preview = await bot.message("moderator", '/cohort remove member:member-1 reason:"asked me to"')
    assert "with your name and this reason: asked me to" in plain(preview)
    await bot.chat.press("moderator", preview, "Remove them")
    await bot.settle()
    told = (await changes(bot))[0]
    assert "Sample Moderator removed you from AI 2027; your record stays." in told
    assert "The reason: asked me to" in told
    assert "Good to have you back" in await bot.say("member-1", "/join timezone:Europe/Berlin")
    assert "removed you from" in await bot.say("member-1", "/progress")


async def test_nobody_else_reads_of_a_change(bot: BotUnderTest) -> None:
    await bot.join("member-2")
    await bot.days(14)
    await bot.say("moderator", '/cohort excuse member:member-1 round:1 reason:"In hospital"')
    await bot.days(14)
    assert "hospital" not in await bot.say("member-2", "/progress")
    assert not any("hospital" in text for text in bot.chat.timeline())
    assert not any("hospital" in sent.text for sent in bot.chat.inbox("member-2"))
