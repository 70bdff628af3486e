"""A time zone that may be several is asked about, and what was understood can be seen and put right."""

import sqlite3
from contextlib import closing

import pytest

from cohort_bot.chat.form import FieldErrors, Form, Reply
from cohort_bot.chat.message import Actions, Message, plain
from tests.fakes.bot import BotUnderTest

pytestmark = pytest.mark.usefixtures("created")


def message(reply: Reply) -> Message:
    assert isinstance(reply, Message), reply
    return reply


def labels(shown: Message) -> list[str]:
    return [button.label for block in shown.blocks if isinstance(block, Actions) for button in block.buttons]


async def zone_of(bot: BotUnderTest, person: str) -> tuple[str, int | None]:
    found = await bot.read(lambda store: store.members.in_cohort(1))
    return next((each.account.zone, each.hours) for each in found if each.account.user == person)


async def test_several_meanings_are_asked_about_and_one_press_does_the_rest(bot: BotUnderTest) -> None:
    asked = message(await bot.type("member-1", "/join timezone:IST hours:5"))
    said = plain(asked)
    assert "“IST” could be more than one time zone" in said
    assert "Kolkata, India (Asia/Kolkata): 17:30 now" in said
    assert labels(asked) == [
        "Kolkata, India, 17:30",
        "Jerusalem, Israel, 14:00",
        "Dublin, Ireland, 12:00",
        "Another time zone",
    ]
    welcome = message(await bot.chat.press("member-1", asked, "Kolkata, India, 17:30"))
    assert "Welcome" in plain(welcome)
    assert "Asia/Kolkata, where it's Friday 17:30 now" in plain(welcome)
    assert await zone_of(bot, "member-1") == ("Asia/Kolkata", 5)


async def test_what_shows_the_same_time_is_told_apart_by_when_its_clocks_change(bot: BotUnderTest) -> None:
    said = await bot.say("member-1", "/join timezone:13:00")
    assert "Berlin, Germany (Europe/Berlin): 13:00 now; the clocks change in March" in said
    assert "Lagos, Nigeria (Africa/Lagos): 13:00 now; the clocks never change" in said


async def test_another_answer_can_be_written_and_may_be_asked_about_again(bot: BotUnderTest) -> None:
    asked = message(await bot.type("member-1", "/join timezone:CST hours:7"))
    form = await bot.chat.press("member-1", asked, "Another time zone")
    assert isinstance(form, Form)
    again = message(await bot.chat.submit("member-1", form, value="San Juan"))
    assert "“San Juan” could be more than one" in plain(again)
    assert "Welcome" in plain(message(await bot.chat.press("member-1", again, "San Juan, Argentina, 09:00")))
    assert await zone_of(bot, "member-1") == ("America/Argentina/San_Juan", 7)


async def test_the_form_asks_too_and_keeps_what_was_written(bot: BotUnderTest) -> None:
    form = await bot.form("member-1", "/join")
    asked = message(await bot.chat.submit("member-1", form, timezone="6:30", hours="4", why="To teach"))
    assert "Welcome" not in plain(asked)
    assert "Asia/Yangon" in plain(asked), "half past six of no zone but one, at noon in Greenwich"
    asked = message(await bot.chat.submit("member-1", form, timezone="EST", hours="4", why="To teach"))
    welcome = plain(message(await bot.chat.press("member-1", asked, "New York, United States, 07:00")))
    assert "America/New_York, where it's Friday 07:00 now" in welcome
    assert await zone_of(bot, "member-1") == ("America/New_York", 4)


async def test_with_another_mistake_in_the_form_both_are_named(bot: BotUnderTest) -> None:
    form = await bot.form("member-1", "/join")
    reply = await bot.chat.submit("member-1", form, timezone="IST", hours="many", why="")
    assert isinstance(reply, FieldErrors)
    assert "Asia/Kolkata" in reply.errors["timezone"]
    assert "hours" in reply.errors


@pytest.mark.parametrize(
    ("typed", "shown"), [("Berlinn", "Berlin, Germany"), ("Frankfrut", "Frankfurt"), ("Qqqqqqq", "large city")]
)
async def test_what_is_unknown_is_repeated_with_what_looks_like_it(bot: BotUnderTest, typed: str, shown: str) -> None:
    said = await bot.say("member-1", f"/join timezone:{typed}")
    assert f"I don't know the time zone “{typed}”" in said
    assert shown in said
    assert "Etc/" not in said


async def test_somebody_else_cannot_answer(bot: BotUnderTest) -> None:
    asked = message(await bot.type("member-1", "/join timezone:IST hours:5"))
    said = plain(message(await bot.chat.press("member-2", asked, "Kolkata, India, 17:30")))
    assert "nothing was changed" in said
    assert "Welcome" not in said


async def test_the_welcome_and_the_profile_put_the_time_zone_right(bot: BotUnderTest) -> None:
    welcome = message(await bot.type("member-1", "/join timezone:GMT+5"))
    assert "where it's Friday 17:00 now" in plain(welcome)
    form = await bot.chat.press("member-1", welcome, "Change the time zone")
    assert isinstance(form, Form)
    unknown = await bot.chat.submit("member-1", form, timezone="Atlantis")
    assert isinstance(unknown, FieldErrors)
    assert "Atlantis" in unknown.errors["timezone"]
    asked = message(await bot.chat.submit("member-1", unknown, timezone="CST"))
    saved = message(await bot.chat.press("member-1", asked, "Chicago, United States, 06:00"))
    assert plain(saved).startswith("Saved: time zone.")
    assert "America/Chicago, where it's Friday 06:00 now" in plain(saved)
    assert isinstance(await bot.chat.press("member-1", saved, "Change the time zone"), Form)


async def test_the_preview_of_a_cohort_says_what_time_it_is_there_and_can_be_put_right(bot: BotUnderTest) -> None:
    preview = message(await bot.type("moderator", '/cohort create name:"Second" timezone:Munich day:friday'))
    assert "Europe/Berlin, where it's Friday 13:00 now" in plain(preview)
    form = await bot.chat.press("moderator", preview, "Change the time zone")
    assert isinstance(form, Form)
    again = message(await bot.chat.submit("moderator", form, value="Tokyo"))
    assert "Asia/Tokyo, where it's Friday 21:00 now" in plain(again)
    assert "is ready" in plain(message(await bot.chat.press("moderator", again, "Create it and invite the room")))
    second = await bot.read(lambda store: store.cohorts.get(2))
    assert second is not None
    assert (second.calendar.zone, second.calendar.start.weekday()) == ("Asia/Tokyo", 4)


async def other_zone(bot: BotUnderTest, shown: Message, now: str, value: str) -> str:
    """What is answered to another time zone than that of the answer; `now` stands in the field."""
    form = await bot.chat.press("moderator", shown, "Change the time zone")
    assert isinstance(form, Form)
    (field,) = form.fields
    assert field.value == now
    return plain(message(await bot.chat.submit("moderator", form, value=value)))


async def test_who_gives_a_cohort_another_time_zone_sees_the_time_there_and_can_put_it_right(bot: BotUnderTest) -> None:
    preview = message(await bot.type("moderator", "/cohort edit timezone:GMT+5 time:10:00"))
    assert "(Asia/Karachi), where it's 17:00 now" in plain(preview)
    again = await other_zone(bot, preview, "GMT+5", "Munich")
    assert "Mondays at 10:00 (Europe/Berlin), where it's 13:00 now" in again, "the hour is kept"
    done = message(await bot.chat.press("moderator", preview, "Change it"))
    assert "Its time zone is Asia/Karachi, where it's Friday 17:00 now." in plain(done)
    assert "(Asia/Tokyo), where it's 21:00 now" in await other_zone(bot, done, "Asia/Karachi", "Tokyo")
    hour = message(await bot.type("moderator", "/cohort edit time:11:00"))
    assert labels(hour) == ["Change it", "Change it without telling the room"]
    assert "time zone" not in plain(message(await bot.chat.press("moderator", hour, "Change it")))


async def test_a_time_zone_can_be_put_right_after_a_cohort_was_created(bot: BotUnderTest) -> None:
    preview = message(await bot.type("moderator", "/cohort create name:Second timezone:GMT+5"))
    done = message(await bot.chat.press("moderator", preview, "Create it and invite the room"))
    assert "Its time zone is Asia/Karachi, where it's Friday 17:00 now." in plain(done)
    assert "Change Second?" in await other_zone(bot, done, "Asia/Karachi", "Berlin")


async def test_who_joins_twice_hears_where_a_time_zone_is_changed(bot: BotUnderTest) -> None:
    await bot.join("member-1")
    told = message(await bot.type("member-1", "/join timezone:Tokyo"))
    assert "/profile changes your time zone" in plain(told)
    assert isinstance(await bot.chat.press("member-1", told, "Change the time zone"), Form)


async def test_an_answer_is_erased_with_everything_else(bot: BotUnderTest) -> None:
    await bot.say("member-1", "/join timezone:Munich")
    await bot.say("member-1", "/profile timezone:IST")
    sure = message(await bot.chat.press("member-1", message(await bot.type("member-1", "/profile")), "Erase my data"))
    await bot.chat.press("member-1", sure, labels(sure)[0])
    with closing(sqlite3.connect(f"file:{bot.folder / 'bot.db'}?mode=ro", uri=True)) as base:
        assert [body for (body,) in base.execute("SELECT body FROM drafts") if "member-1" in body] == []


COMPLETED = {
    "mun": "Munich, Germany",
    "bomb": "Mumbai, India",
    "köl": "Köln, Germany",
    "": "London, England",
}


async def test_completion_offers_cities_and_each_is_understood(bot: BotUnderTest) -> None:
    for typed, wanted in COMPLETED.items():
        found = await bot.chat.complete("member-1", f"/join timezone:{typed}")
        assert 0 < len(found) <= 25
        assert any(option.value == wanted and "now" in option.label for option in found), (typed, found)
    clock = await bot.chat.complete("member-1", "/join timezone:gmt+5")
    assert [option.value for option in clock] == ["Asia/Karachi"]
