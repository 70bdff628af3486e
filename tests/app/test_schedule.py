"""The room is told when the dates of its weeks change, unless the moderator chooses otherwise; its open card agrees."""

from datetime import UTC, datetime, timedelta

import pytest

from cohort_bot.app.ports.platform import Reason, Refused
from cohort_bot.chat.message import Message, plain
from cohort_bot.core.delivery_states import State
from tests.fakes.bot import MONDAY, BotUnderTest

pytestmark = pytest.mark.usefixtures("cohort")

CHANGES = {
    "holiday rounds:1": ("Give the week off", "AI 2027 has 1 week off. Week 2 opens Mon 18 Jan 2027"),
    "skip": ("Skip week 2", "In AI 2027, week 2 comes without a card. The week itself stays: it opens Mon 11 Jan 2027"),
    "edit day:Wednesday time:19:00": (
        "Change it",
        "AI 2027 has a new schedule. Weeks now open on Wednesdays at 19:00 (Europe/Berlin). Week 2 opens Wed 13 Jan",
    ),
}

QUIETLY = ("Give the week off without telling", "Skip week 2's card without telling", "Change it without telling")


def told(bot: BotUnderTest) -> list[str]:
    """What the room read since its first week opened, besides its card."""
    return [post.text for post in bot.chat.posts() if post.at > MONDAY]


async def pressed(bot: BotUnderTest, message: Message, label: str) -> Message:
    reply = await bot.press("moderator", message, label)
    await bot.settle()
    return reply


@pytest.mark.parametrize(("line", "label", "post"), [(line, *rest) for line, rest in CHANGES.items()])
async def test_the_room_is_told_what_the_preview_showed(bot: BotUnderTest, line: str, label: str, post: str) -> None:
    preview = await bot.message("moderator", f"/cohort {line}")
    assert f"I'd tell the room:\n{post}" in plain(preview)
    assert told(bot) == []
    await pressed(bot, preview, label)
    (said,) = told(bot)
    assert said.startswith(post)
    assert said in plain(preview), "word for word"


@pytest.mark.parametrize(("line", "label"), list(zip(CHANGES, QUIETLY, strict=True)))
async def test_the_room_is_not_told_when_the_moderator_says_so(bot: BotUnderTest, line: str, label: str) -> None:
    done = await pressed(bot, await bot.message("moderator", f"/cohort {line}"), label)
    assert told(bot) == []
    if not line.startswith("edit"):
        await pressed(bot, done, "Undo")
    assert told(bot) == [], "nor that it is over"


async def test_an_edit_of_the_name_alone_tells_the_room_nothing(bot: BotUnderTest) -> None:
    preview = await bot.message("moderator", "/cohort edit name:Other")
    assert "tell the room" not in plain(preview)
    await pressed(bot, preview, "Change it")
    assert told(bot) == []


@pytest.mark.parametrize(
    ("line", "back"),
    [
        ("holiday rounds:1", "The week off in AI 2027 is cancelled. Week 2 opens Mon 11 Jan 2027 08:00 UTC instead of"),
        (
            "holiday rounds:2",
            "The 2 weeks off in AI 2027 are cancelled. Week 2 opens Mon 11 Jan 2027 08:00 UTC instead",
        ),
        ("skip", "In AI 2027, week 2 comes with its card after all. It's due Mon 11 Jan 2027 08:00 UTC."),
    ],
)
async def test_who_was_told_hears_that_it_is_over(bot: BotUnderTest, line: str, back: str) -> None:
    label = CHANGES.get(line, CHANGES["holiday rounds:1"])[0]
    done = await pressed(bot, await bot.message("moderator", f"/cohort {line}"), label)
    await pressed(bot, done, "Undo")
    assert len(told(bot)) == 2
    assert told(bot)[1].startswith(back)


@pytest.mark.parametrize("line", ["holiday rounds:1", "skip"])
async def test_what_is_undone_before_it_was_posted_is_not_posted_at_all(bot: BotUnderTest, line: str) -> None:
    bot.chat.fail_next(Refused(Reason.NOT_ALLOWED))
    done = await pressed(bot, await bot.message("moderator", f"/cohort {line}"), CHANGES[line][0])
    await pressed(bot, done, "Undo")
    assert "trying 1 of these again" in await bot.say("moderator", "/cohort post")
    await bot.settle()
    assert told(bot) == []


async def test_a_notice_is_of_no_use_once_the_week_has_opened(bot: BotUnderTest) -> None:
    bot.chat.fail_next(Refused(Reason.NOT_ALLOWED))
    preview = await bot.message("moderator", "/cohort edit day:Wednesday")
    await pressed(bot, preview, "Change it")
    (row,) = await bot.read(lambda store: store.deliveries.parked(1))
    assert row.what.kind == "schedule"
    await bot.until(datetime(2027, 1, 14, tzinfo=UTC))
    await bot.say("moderator", "/cohort post")
    await bot.settle()
    assert (await bot.delivery(row.what.key)).state is State.SKIPPED
    assert bot.cards() == [1, 2]


async def test_of_two_changes_in_a_row_the_room_reads_the_one_that_holds(bot: BotUnderTest) -> None:
    bot.chat.fail_next(Refused(Reason.NOT_ALLOWED))
    for day in ("Wednesday", "Friday"):
        await pressed(bot, await bot.message("moderator", f"/cohort edit day:{day}"), "Change it")
    await bot.say("moderator", "/cohort post")
    await bot.settle()
    (said,) = told(bot)
    assert "Weeks now open on Fridays at 09:00" in said


async def test_the_card_of_the_open_week_shows_until_when_it_is_open_now(bot: BotUnderTest) -> None:
    (card,) = (post for post in bot.chat.posts() if post.text.startswith("Week 1"))
    assert "Mon 11 Jan 2027 08:00 UTC" in card.text
    await pressed(bot, await bot.message("moderator", "/cohort edit day:Wednesday time:19:00"), "Change it")
    (card,) = (post for post in bot.chat.posts() if post.text.startswith("Week 1"))
    assert "Mon 11 Jan 2027 08:00 UTC" not in card.text
    assert "Wed 13 Jan 2027 18:00 UTC" in card.text
    assert "is late" not in card.text
    await bot.until(MONDAY + timedelta(days=7, hours=1))
    assert "Checked in" in await bot.check_in("member-1")


async def test_each_of_several_rooms_is_told_once(bot: BotUnderTest) -> None:
    await bot.say("moderator", "/cohort room channel:study-hall")
    await bot.settle()
    preview = await bot.message("moderator", "/cohort holiday rounds:1")
    assert "I'd tell all 2 rooms:" in plain(preview)
    await pressed(bot, preview, "Give the week off")
    for channel in ("general", "study-hall"):
        assert sum("has 1 week off" in text for text in bot.chat.timeline(channel)) == 1, channel


async def test_the_plan_shows_the_dates_of_the_next_weeks_and_what_is_off(bot: BotUnderTest) -> None:
    await pressed(bot, await bot.message("moderator", "/cohort holiday rounds:2 from:2027-01-18"), "Give the week off")
    plan = await bot.say("member-1", "/plan")
    dates = plan[plan.index("Coming up:") :].splitlines()[1:6]
    assert [line.lstrip("•- ").split(",")[0] for line in dates] == [
        "Mon 11 Jan 2027: week 2",
        "From Mon 18 Jan 2027: 2 weeks off",
        "Mon 01 Feb 2027: week 3",
        "Mon 08 Feb 2027: week 4",
        "Mon 15 Feb 2027: week 5",
    ]
    assert "It opens Mon 01 Feb 2027 08:00 UTC." in await bot.say("member-1", "/plan week:3")
    assert "It opened Mon 04 Jan 2027 08:00 UTC." in await bot.say("member-1", "/plan week:1")
