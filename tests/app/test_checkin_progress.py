"""What a check-in is answered with besides what was recorded: how far one is, milestones, and the group, kindly."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from cohort_bot.core.progress import GROUP
from cohort_bot.platforms.local.chat import Person
from tests.fakes.bot import TUESDAY, BotUnderTest, OneGuide, begun, running
from tests.properties.worlds import programme

pytestmark = pytest.mark.both_databases

PEOPLE = [f"member-{number}" for number in range(1, GROUP + 3)]
MODERATOR = Person("moderator", "Sample Moderator", "Europe/Berlin", admin=True)
_START = partial(running, programmes=OneGuide(programme(8, papers=())))
SCREEN = 15
"""Lines that a phone shows of an answer, at a guess."""


async def begin(bot: BotUnderTest) -> None:
    """Tuesday of the first of eight weeks in two phases, with seven members."""
    bot.chat.people = {
        person.id: person for person in (MODERATOR, *(Person(each, each, "Europe/Berlin") for each in PEOPLE))
    }
    await bot.create()
    await bot.join(*PEOPLE)
    await bot.until(TUESDAY)


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotUnderTest]:
    async with begun(tmp_path, begin, start=_START) as it:
        yield it


async def test_the_group_is_told_of_when_it_draws_along_and_its_numbers_name_nobody(bot: BotUnderTest) -> None:
    first, second, third, fourth, *rest = PEOPLE
    said = await bot.check_in(first, tasks=("1",))
    assert "You're the first in the group to check in." in said
    assert "finished this" not in said
    said = await bot.check_in(second)
    assert "have checked in" not in said, "two of seven draw nobody along"
    assert "finished this" not in said, "what is not ticked has no others"
    assert "✓ Read · 1 other finished this" in await bot.check_in(third, tasks=("1",))
    assert "4 of 7 have checked in." in await bot.check_in(fourth)
    assert "4 of 7 have checked in." in await bot.say(rest[0], "/progress")
    said = ""
    for person in rest:
        said = await bot.check_in(person, tasks=("1",))
    assert "✓ Read · 4 others finished this" in said
    assert "Everyone in the group has checked in." in said
    assert not any(person in said for person in PEOPLE)


async def test_who_is_away_excused_or_gone_is_not_waited_for_and_a_late_one_is_not_compared(bot: BotUnderTest) -> None:
    first, second, third, fourth, fifth, sixth, seventh = PEOPLE
    await bot.say(first, "/break from:today until:2027-01-10")
    await bot.say("moderator", f'/cohort excuse member:{second} round:1 reason:"ill"')
    await bot.press(third, await bot.message(third, "/leave"), "Leave")
    for person in (fourth, fifth, sixth):
        said = await bot.check_in(person)
        assert "have checked in." not in said, "three of four: that would tell who is missing"
    assert "Everyone in the group has checked in." in await bot.check_in(seventh)
    await bot.days(14)
    late = await bot.check_in(first, "/checkin round:1")
    assert "late, and it counts" in late
    assert "the group" not in late


async def test_a_phase_fills_its_bar_and_milestones_are_told_once(bot: BotUnderTest) -> None:
    person = PEOPLE[0]
    said = [await bot.check_in(person, tasks=("1",))]
    for _ in range(4):
        await bot.days(7)
        said.append(await bot.check_in(person, tasks=("1",)))
    bars = ["▰▱▱▱ Phase 1: 1 of 4 weeks", "▰▰▱▱ Phase 1: 2 of 4 weeks", "▰▰▰▱ Phase 1: 3 of 4 weeks"]
    bars += ["▰▰▰▰ Phase 1: 4 of 4 weeks", "▰▱▱▱ Phase 2: 1 of 4 weeks"]
    assert all(bar in text for bar, text in zip(bars, said, strict=True))
    month, end = "Four check-ins: you've kept coming back for a month.", "That was the last week of “Phase 1”."
    assert [(month in text, end in text) for text in said] == [(False, False)] * 3 + [(True, True), (False, False)]
    assert f"{end} You worked in 4 of its 4 weeks." in said[3]
    edited = await bot.check_in(person, "/checkin round:4", done="More of it", tasks=())
    assert "Updated for week 4" in edited
    assert month not in edited
    assert end not in edited
    assert "▰▰▰▱ Phase 1: 3 of 4 weeks" in edited, "what is not ticked any more is not credited"
    assert "5 check-ins. The next milestone is 10." in await bot.say(person, "/progress")


async def test_the_shields_are_the_misses_that_are_left(bot: BotUnderTest) -> None:
    person, seen = PEOPLE[0], []
    for _ in range(4):
        seen.append(await bot.say(person, "/progress"))
        await bot.check_in(person) if len(seen) == 1 else None
        await bot.days(7)
    seen.append(await bot.check_in(person, "/checkin round:5"))
    assert [next((sign for sign in ("◆◆", "◆◇", "◇◇") if sign in text), "") for text in seen] == [
        "",
        "◆◆",
        "◆◇",
        "◇◇",
        "◇◇",
    ]


async def test_the_answer_stays_within_a_screen_of_a_phone_when_everything_comes_together(bot: BotUnderTest) -> None:
    for _ in range(3):
        await bot.check_in(PEOPLE[0], tasks=("1",))
        await bot.days(7)
    for person in PEOPLE[1:-1]:
        await bot.check_in(person, tasks=("1",))
    said = await bot.check_in(PEOPLE[0], tasks=("1",), next="Chapter 1, Tuesday", share=("thread",))
    assert len(said.splitlines()) <= SCREEN
    assert "6 of 7 have checked in." in said
    assert "Four check-ins" in said


async def test_after_the_guides_end_nothing_is_said_of_the_group(tmp_path: Path) -> None:
    async with running(tmp_path, programmes=OneGuide(programme(2, papers=()))) as bot:
        await bot.create()
        await bot.join("member-1", "member-2")
        await bot.until(TUESDAY)
        await bot.say("member-1", "/slip weeks:1")
        await bot.until(datetime(2027, 1, 19, 12, tzinfo=UTC))
        said = await bot.check_in("member-1", "/checkin round:3")
        assert "Checked in for week 2, on time" in said
        assert "the group" not in said
        assert "the group" not in await bot.say("member-1", "/progress")
