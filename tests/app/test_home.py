"""One's own page: one thing to do, one picture, one list; for moderators who needs them; for others how to join."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from gettext import NullTranslations
from itertools import count
from pathlib import Path

import pytest

from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Actions, Bullets, Heading, Message, Paragraph, Section, buttons, plain
from cohort_bot.chat.place import Place
from cohort_bot.platforms.slack import forms
from tests.fakes.bot import LIBRARY, TUESDAY, BotUnderTest, OneGuide, running
from tests.fakes.memory import WORKSPACE
from tests.fakes.slack_checks import view_problems
from tests.pseudo_locale import PseudoLocale, instead_of_english

NOON = datetime(2027, 1, 5, 11, tzinfo=UTC)
_ids = count()


async def home(bot: BotUnderTest, person: str = "member-1") -> Message:
    """What the page shows; it is no channel, so there is no place."""
    actor = bot.chat._origin(person, Place("local", WORKSPACE, "general")).actor
    bot.clock.skip(10)
    asked = Invocation(f"home-{next(_ids)}", "home", "button", actor, None, bot.clock.now())
    reply = await bot.runtime.dispatcher(asked)
    assert isinstance(reply, Message)
    assert not view_problems(forms.home([reply], ()))
    return reply


async def test_there_is_one_thing_to_do_one_picture_and_one_list(cohort: BotUnderTest) -> None:
    page = await home(cohort)
    kinds = [type(block) for block in page.blocks]
    assert kinds == [Heading, Section, Paragraph, Bullets, Paragraph, Actions]
    heading, to_do, picture, tasks, links, _more = (plain(Message("", (block,))) for block in page.blocks)
    assert heading == "AI 2027"
    assert to_do.startswith("Week 1: ")
    assert "Check in by Mon 11 Jan 2027 08:00 UTC." in to_do
    assert to_do.endswith("[Check in]")
    assert "▱▱▱▱▱▱▱▱▱▱ Foundation" in picture
    assert all(line.startswith("- ☐ ") for line in tasks.split("\n"))
    assert links.startswith("Helpful: ")
    assert [each.label for each in buttons(page)] == ["Check in", "This week", "My record"]


async def test_a_check_in_from_the_page_is_shown_on_it(cohort: BotUnderTest) -> None:
    form = await cohort.chat.press("member-1", await home(cohort), "Check in")
    await cohort.chat.submit("member-1", form, tasks=("1", "2"))
    page = plain(await home(cohort))
    assert "You've checked in. The next week opens Mon 11 Jan 2027 08:00 UTC." in page
    assert "[Check in]" not in page
    assert [page.count(sign) for sign in "☑☐"] == [2, len(cohort_tasks()) - 2]
    assert "Streak: 1 round. You can still miss two of any eight weeks and keep it. ◆◆" in page
    assert "▰" in page


def cohort_tasks() -> tuple[object, ...]:
    programme = LIBRARY.get(LIBRARY.slugs()[0])
    assert programme is not None
    return programme.weeks[0].tasks


async def test_in_the_day_of_grace_it_is_the_round_before_that_is_asked_for(cohort: BotUnderTest) -> None:
    await cohort.until(datetime(2027, 1, 11, 12, tzinfo=UTC))
    page = plain(await home(cohort))
    assert "Week 1: " in page
    assert "Check in by Tue 12 Jan 2027 08:00 UTC." in page
    await cohort.check_in("member-1", "/checkin round:1")
    assert "Week 2: " in plain(await home(cohort))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/break from:2027-01-11 until:2027-01-17", "You're on a break, so nothing is due."),
        ("/leave", "Pick one to join:\nAI 2027: From backend developer to AI professor  [Join]"),
    ],
)
async def test_on_a_break_nothing_is_due_and_who_has_left_may_join(cohort: BotUnderTest, line: str, said: str) -> None:
    await cohort.check_in("member-1")
    reply = await cohort.message("member-1", line)
    if line == "/leave":
        await cohort.press("member-1", reply, "Leave")
    await cohort.until(datetime(2027, 1, 13, 12, tzinfo=UTC))
    assert said in plain(await home(cohort))


async def test_before_the_first_week_it_says_when_that_opens(joined: BotUnderTest) -> None:
    page = plain(await home(joined))
    assert "Your first week opens Mon 04 Jan 2027 08:00 UTC." in page
    assert "▱" not in page, "there is nothing to draw yet"
    assert "☐" in page


async def test_at_the_end_there_is_nothing_left_to_do(tmp_path: Path) -> None:
    programme = LIBRARY.get(LIBRARY.slugs()[0])
    assert programme is not None
    first = replace(programme.phases[0], last_week=2, actions=())
    short = replace(programme, weeks=programme.weeks[:2], phases=(first,), papers=())
    async with running(tmp_path, programmes=OneGuide(short)) as bot:
        await bot.create()
        await bot.join("member-1")
        await bot.until(TUESDAY + timedelta(weeks=1))
        await bot.check_in("member-1", "/checkin round:1")
        await bot.check_in("member-1", "/checkin round:2")
        assert "That was the last week, and you've checked in. Well done!" in plain(await home(bot))
        await bot.days(14)
        page = plain(await home(bot))
        assert "You've reached the end of the programme." in page
        assert "[My record]" in page
        assert "☐" not in page


async def test_a_moderator_sees_in_one_line_who_needs_them(cohort: BotUnderTest) -> None:
    assert "Nobody needs you right now.  [See the cohort]" in plain(await home(cohort, "moderator"))
    await cohort.until(NOON + timedelta(weeks=2, days=1))
    page = await home(cohort, "moderator")
    assert plain(page) == "AI 2027\nWho needs you: Sample Member 1, Sample Member 2  [See why]"
    card = await cohort.press("moderator", page, "See why")
    assert "[Write to Sample Member 1]" in plain(card)
    assert "Who needs you" not in plain(await home(cohort)), "members do not see it"


async def test_who_is_in_no_cohort_is_shown_those_that_they_may_join(created: BotUnderTest) -> None:
    page = await home(created, "member-3")
    assert plain(page) == (
        "You're not in a cohort yet. Pick one to join:\nAI 2027: From backend developer to AI professor  [Join]"
    )
    form = await created.chat.press("member-3", page, "Join")
    await created.chat.submit("member-3", form, timezone="Berlin")
    assert "Your first week opens" in plain(await home(created, "member-3"))
    await created.write(lambda store: store.cohorts.set_channel(1, "general", private=True))
    nothing = plain(await home(created, "member-2"))
    assert "AI 2027" not in nothing
    assert "none meets where you can see it" in nothing


@pytest.mark.parametrize("language", [NullTranslations(), PseudoLocale()])
async def test_with_many_cohorts_it_is_within_the_limits_of_a_view(
    created: BotUnderTest, language: NullTranslations
) -> None:
    for number in range(2, 9):
        await created.create(f"C{number} " + "N" * 40)
    with instead_of_english(language):
        await home(created, "member-1")
        for number in range(2, 9):
            await created.say("member-1", f'/join timezone:Berlin cohort:"C{number} {"N" * 40}"')
        await created.until(NOON)
        page = await home(created, "member-1")
        await home(created, "moderator")
    assert sum(each.action == "checkin" for each in buttons(page)) == 5
