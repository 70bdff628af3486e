"""How short programmes end, who comes after the end, and what is left of a cohort that has ended."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cohort_bot.app.features.export import the_one_called
from cohort_bot.chat.form import ChoiceField, FieldErrors, Form
from cohort_bot.chat.message import plain
from tests.fakes.bot import BotUnderTest, OneGuide, running
from tests.fakes.memory import answers
from tests.properties.worlds import programme

FIRST = datetime(2027, 1, 4, 9, tzinfo=UTC)
WEEK = timedelta(days=7)
WRONG = re.compile(r"(?<![\d,])1 (?:weeks|rounds|members|people|check-ins|tasks|days|hours|papers|actions|messages)\b")
OPTIONS = "timezone:UTC starts:2027-01-04"


@pytest.mark.parametrize("weeks", [1, 2])
async def test_a_short_programme_speaks_of_its_weeks_as_people_do(tmp_path: Path, weeks: int) -> None:
    async with running(tmp_path, programmes=OneGuide(programme(weeks, papers=()))) as bot:
        said = [await bot.say("moderator", f"/cohort create name:Other {OPTIONS} channel:study-hall")]
        await bot.create(options=OPTIONS)
        await bot.join("member-1")
        await bot.until(FIRST + timedelta(hours=1))
        said += [await bot.say("member-1", line) for line in ("/plan", "/progress", "/profile")]
        said += [await bot.check_in("member-1", tasks=("1",))]
        said += [await bot.say("moderator", line) for line in ("/cohort progress", "/cohort members", "/cohort export")]
        await bot.until(FIRST + weeks * WEEK + timedelta(days=3))
        said += [await bot.say("moderator", line) for line in ("/cohort progress", "/cohort members")]
        overview = said[-2]
        assert "It has closed, and it was the last one." in overview
        assert "open until" not in overview
        assert f"round {weeks + 1}" not in overview.lower()
        assert "at the end of the programme" in said[-1]
        digests = [text for card in bot.chat.posts() for text in bot.chat.timeline(thread=card.ref.message_id)]
        assert any("checked in" in text for text in digests)
        assert "The next one" not in digests[-1]
        said += [await bot.say("member-1", line) for line in ("/plan", "/progress", "/slip weeks:5")]
        posted = [each.text for each in bot.chat.sent]
        assert [text for text in said + posted if WRONG.search(text)] == []


def test_a_year_is_fifty_two_weeks() -> None:
    from cohort_bot.app.words.week import join_card  # noqa: PLC0415
    from tests.platforms.discord.test_moderators_card import COHORT  # noqa: PLC0415

    assert "52 weeks, together. The first one opens" in plain(join_card(COHORT, programme(52, papers=())))
    assert "1 week, together. It opens" in plain(join_card(COHORT, programme(1, papers=())))


@pytest.fixture
async def over(tmp_path: Path) -> AsyncIterator[BotUnderTest]:
    """A programme of two weeks, half a day after its last one has closed."""
    async with running(tmp_path, programmes=OneGuide(programme(2, papers=()))) as bot:
        await bot.create(options=OPTIONS)
        await bot.join("member-1")
        await bot.until(FIRST + 2 * WEEK + timedelta(hours=12))
        yield bot


@pytest.mark.parametrize("line", ["/join", "/join timezone:Berlin", "/join timezone:Berlin pace:cohort"])
async def test_who_comes_after_the_end_is_told_so_and_may_begin_with_week_1(over: BotUnderTest, line: str) -> None:
    told = await over.message("member-2", line)
    assert "is over. Its last week ended on Mon 18 Jan 2027" in plain(told).replace("\n", " ")
    form = await over.chat.press("member-2", told, "Start from week 1")
    assert isinstance(form, Form)
    (pace,) = [field for field in form.fields if isinstance(field, ChoiceField)]
    assert [option.value for option in pace.options] == ["week-1"]
    welcome = await over.chat.submit("member-2", form, timezone="Berlin")
    assert "Welcome" in str(welcome)
    await over.until(FIRST + 3 * WEEK + timedelta(hours=1))
    assert "Week 2" in over.chat.inbox("member-2")[-1].text, "the rounds go on for them, by direct message"
    assert "It's open until" in await over.say("moderator", "/cohort progress"), "as long as somebody is on the way"


async def test_in_the_last_days_it_says_until_when_and_a_form_from_before_says_what_is_left(tmp_path: Path) -> None:
    async with running(tmp_path, programmes=OneGuide(programme(2, papers=()))) as bot:
        await bot.create(options=OPTIONS)
        await bot.until(FIRST + WEEK + timedelta(days=1))
        form = await bot.form("member-1", "/join")
        await bot.until(FIRST + WEEK + timedelta(days=5))
        assert "Its last week closes" in await bot.say("member-2", "/join timezone:Berlin")
        reply = await bot.chat.submit("member-1", form, timezone="Berlin", pace="cohort")
        assert "no weeks left" in answers(reply)["pace"]
        assert isinstance(reply, FieldErrors)


@pytest.fixture
async def ended(tmp_path: Path) -> AsyncIterator[BotUnderTest]:
    """A cohort that a moderator ended in its first week, with one check-in."""
    async with running(tmp_path) as bot:
        await bot.create(options=OPTIONS)
        await bot.join("member-1", "member-2")
        await bot.until(FIRST + timedelta(hours=1))
        await bot.check_in("member-1", done="Read it")
        await end(bot)
        yield bot


async def end(bot: BotUnderTest) -> None:
    preview = await bot.message("moderator", "/cohort archive")
    await bot.chat.press("moderator", preview, "End it")
    await bot.settle()


async def test_what_was_is_looked_at_after_the_end(ended: BotUnderTest) -> None:
    assert "Your progress in AI 2027" in await ended.say("member-1", "/progress")
    assert "1 check-in by 1 person" in await ended.say("moderator", "/cohort export")
    assert "checked in" in await ended.say("moderator", "/cohort progress")


@pytest.mark.parametrize("line", ["/checkin", "/break until:2027-02-01", "/slip weeks:1", "/join timezone:Berlin"])
async def test_nothing_of_it_can_be_changed_and_that_is_said(ended: BotUnderTest, line: str) -> None:
    assert "“AI 2027” has ended" in await ended.say("member-1", line)


async def test_its_buttons_say_so_too(ended: BotUnderTest) -> None:
    card = next(post for post in ended.chat.posts() if post.text.startswith("Week 1"))
    for person in ("member-1", "member-3"):
        assert "“AI 2027” has ended" in str(await ended.chat.press(person, card, "Check in"))


async def test_its_name_is_free_again_and_the_export_is_of_the_living_one(ended: BotUnderTest) -> None:
    await ended.create(options="timezone:UTC starts:2027-01-11")
    taken = await ended.say("moderator", '/cohort create name:"ai 2027" timezone:UTC')
    assert "already" in taken
    await ended.join("member-3")

    async def rows(name: str) -> list[object]:
        return list(await ended.read(lambda store: store.checkins.of_cohort(the_one_called(store, name).id)))

    assert await rows("AI 2027") == [], "of the living one, in which nobody has checked in"
    await end(ended)
    assert await rows("playground/ai 2027") == [], "of the newest"


async def test_what_was_under_a_name_is_still_found_when_another_cohort_has_it(ended: BotUnderTest) -> None:
    await ended.create(options="timezone:UTC starts:2027-01-11")
    before = 'cohort:"AI 2027 (ended 2027-01-04)"'
    assert f"add {before}" in await ended.say("moderator", "/cohort export")
    reply = await ended.say("moderator", f"/cohort export {before}")
    assert "1 check-in by 1 person" in reply
    assert "--cohort 'playground/AI 2027 (ended 2027-01-04)'" in reply

    async def done(name: str) -> list[str]:
        made = await ended.read(lambda store: store.checkins.of_cohort(the_one_called(store, name).id))
        return [each.done for each in made]

    for name in ("AI 2027 (ended 2027-01-04)", "playground/AI 2027 (ended 2027-01-04)"):
        assert await done(name) == ["Read it"]
    for line in ("/progress", '/progress cohort:"AI 2027"', f"/progress {before}"):
        assert "Your progress in AI 2027" in await ended.say("member-1", line)
    await ended.join("member-1")
    assert "● on time" not in await ended.say("member-1", "/progress")
    assert "● on time" in await ended.say("member-1", f"/progress {before}")
    assert "You're not in “AI 2027” yet" in await ended.say("member-3", "/progress")


async def test_who_left_sees_their_record_and_how_to_come_back(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create(options=OPTIONS)
        await bot.join("member-1")
        await bot.until(FIRST + timedelta(hours=1))
        leave = await bot.message("member-1", "/leave")
        await bot.chat.press("member-1", leave, "Leave")
        assert "Your progress in AI 2027" in await bot.say("member-1", "/progress")
        assert "/join brings you back, and /progress still shows your record" in await bot.say("member-1", "/plan")
        assert "You're not in “AI 2027” yet" in await bot.say("member-2", "/progress")


async def test_the_card_of_an_ended_cohort_says_so_and_asks_for_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create(options=OPTIONS)
        await bot.join("member-1")
        await bot.until(FIRST + WEEK)
        last = await bot.message("moderator", "/cohort archive")
        await bot.press("moderator", last, "End")
        await bot.until(FIRST + 5 * WEEK)
        said = await bot.say("moderator", "/cohort progress")
        assert "It ended on Mon 11 Jan 2027, with 1 member." in said
        assert "Who needs someone" not in said
        assert "open until" not in said
        assert "[Export]" in said
        assert "Write" not in said
        assert "○" not in said, "no round that came after its end is missed"


async def test_the_card_of_an_ended_cohort_without_members_offers_no_button_that_is_gone(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create(options=OPTIONS)
        await bot.until(FIRST + WEEK)
        last = await bot.message("moderator", "/cohort archive")
        await bot.press("moderator", last, "End")
        said = await bot.say("moderator", "/cohort progress")
        assert "with 0 members" in said
        assert "Join" not in said
