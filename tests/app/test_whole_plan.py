"""The whole plan, for those who have not seen the guide behind it."""

from pathlib import Path

import pytest

from cohort_bot.chat.message import plain
from cohort_bot.platforms.discord import limits
from tests.fakes.bot import BotUnderTest, running, shipped


async def test_the_invitation_leads_to_the_whole_plan_also_before_joining(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.settle()
        invitation = bot.chat.posts("general")[-1]
        assert "[Join]  [See the whole plan]" in invitation.text
        plan = await bot.press("member-1", invitation, "See the whole plan")
        words = plain(plan)
        programme = shipped()
        assert all(f"Weeks {p.first_week} to {p.last_week}: {p.title}" in words for p in programme.phases)
        assert all(action.text in words for p in programme.phases for action in p.actions)
        assert all(item.text in words for items in (programme.horizons or {}).values() for item in items)
        assert limits.size(words) < limits.TEXT


@pytest.mark.parametrize(
    ("person", "line", "says"),
    [
        ("member-1", "/plan week:0", "a number between 1 and 116, not 0."),
        ("member-1", "/plan week:117", "no week 117."),
        ("member-1", "/plan week:99999", "a number between 1 and 116, not 99999."),
        ("member-1", "/checkin round:0", "a number between 1 and 2, not 0."),
        ("moderator", "/cohort pick week:0 paper:x", "a number between 1 and 116, not 0."),
        ("moderator", "/cohort post repair:0", "a number between 1 and 116, not 0."),
        ("moderator", "/cohort excuse member:member-1 round:0 reason:x", "a number between 1 and 2, not 0."),
        ("moderator", "/cohort record member:member-1 round:0 reason:x", "a number between 1 and 2, not 0."),
    ],
)
async def test_a_number_that_cannot_be_is_answered_with_those_that_can(
    cohort: BotUnderTest, person: str, line: str, says: str
) -> None:
    await cohort.days(7)
    assert says in await cohort.say(person, line)


async def test_before_the_first_round_there_is_no_highest(joined: BotUnderTest) -> None:
    assert "to 1 or more, not 0." in await joined.say("member-1", "/checkin round:0")


async def test_the_preview_of_a_cohort_names_its_room_and_takes_days_as_people_say_them(bot: BotUnderTest) -> None:
    said = await bot.say("moderator", "/cohort create name:AI starts:tomorrow timezone:Berlin channel:study-hall")
    assert "It meets in #study-hall." in said
    assert "Week 1: Sat 02 Jan 2027 08:00 UTC" in said
    assert "a later date, such as 2027-01-02." in await bot.say("moderator", "/cohort create name:AI starts:2026-12-30")
