"""A reminder that is put off: when it comes again, and what makes it not come."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cohort_bot.app.delivery.ledger import take_back
from cohort_bot.chat.message import Actions, plain
from tests.fakes.bot import BotUnderTest, running
from tests.fakes.memory import Sent

THURSDAY = datetime(2027, 1, 7, 17, 0, tzinfo=UTC)
"""18:00 in Berlin: the first reminder of the first week, which closes on Monday at 09:00."""

FRIDAY = datetime(2027, 1, 8, 17, 0, tzinfo=UTC)
SATURDAY = datetime(2027, 1, 9, 9, 0, tzinfo=UTC)
SUNDAY = datetime(2027, 1, 10, 8, 0, tzinfo=UTC)
"""09:00: the second reminder, a day before the closing."""

CLOSED = datetime(2027, 1, 11, 8, 30, tzinfo=UTC)
TOMORROW, WEEKEND = "Snooze to tomorrow", "Snooze to the weekend"


@pytest.fixture
async def reminded(joined: BotUnderTest) -> BotUnderTest:
    """The first reminder has just come."""
    await joined.until(THURSDAY)
    return joined


def came(bot: BotUnderTest, person: str = "member-1") -> list[datetime]:
    """When reminders came."""
    return [sent.at for sent in reminders(bot, person)]


def reminders(bot: BotUnderTest, person: str = "member-1") -> list[Sent]:
    return [sent for sent in bot.chat.inbox(person) if "Stop reminders" in buttons(sent)]


def buttons(sent: Sent) -> list[str]:
    return [button.label for block in sent.message.blocks if isinstance(block, Actions) for button in block.buttons]


async def put_off(bot: BotUnderTest, to: str, number: int = -1) -> str:
    return plain(await bot.press("member-1", reminders(bot)[number], to))


async def test_it_comes_again_when_they_chose_in_place_of_the_last_one(reminded: BotUnderTest) -> None:
    assert buttons(reminders(reminded)[0]) == ["Check in", TOMORROW, WEEKEND, "Stop reminders"]
    assert "remind you again Sat 09 Jan 2027 09:00 UTC" in await put_off(reminded, WEEKEND)
    await reminded.until(CLOSED)
    assert came(reminded) == [THURSDAY, SATURDAY]
    assert buttons(reminders(reminded)[1]) == ["Check in", "Stop reminders"], "there is no third one"


async def test_the_choice_can_be_changed_until_it_has_come(reminded: BotUnderTest) -> None:
    await put_off(reminded, WEEKEND)
    await put_off(reminded, TOMORROW)
    await put_off(reminded, TOMORROW)
    await reminded.until(FRIDAY)
    assert came(reminded) == [THURSDAY, FRIDAY]
    assert "You've had both reminders for week 1." in await put_off(reminded, WEEKEND, 0)
    await reminded.until(CLOSED)
    assert len(came(reminded)) == 2


async def test_the_last_one_of_two_cannot_be_put_off(reminded: BotUnderTest) -> None:
    await reminded.until(SUNDAY)
    assert came(reminded) == [THURSDAY, SUNDAY]
    assert buttons(reminders(reminded)[1]) == ["Check in", "Stop reminders"]


@pytest.mark.parametrize(
    ("at", "to", "words"),
    [
        (SUNDAY, TOMORROW, "before that reminder would come"),
        (SATURDAY, WEEKEND, "before that reminder would come"),
        (CLOSED, TOMORROW, "has closed"),
    ],
)
async def test_what_would_come_after_the_closing_is_refused_with_what_helps(
    reminded: BotUnderTest, at: datetime, to: str, words: str
) -> None:
    reminded.clock.move_to(at)
    assert words in await put_off(reminded, to, 0)
    await reminded.until(CLOSED)
    assert len(came(reminded)) <= 2


async def test_on_friday_the_weekend_is_tomorrow(reminded: BotUnderTest) -> None:
    reminded.clock.move_to(FRIDAY)
    await put_off(reminded, WEEKEND)
    await reminded.until(CLOSED)
    assert came(reminded) == [THURSDAY, SATURDAY]


async def test_a_reminder_on_friday_offers_saturday_once(bot: BotUnderTest) -> None:
    preview = await bot.message("moderator", '/cohort create name:"AI 2027" timezone:Europe/Berlin day:Tuesday')
    await bot.press("moderator", preview, "Create")
    await bot.join("member-1")
    await bot.until(datetime(2027, 1, 8, 18, tzinfo=UTC))
    (first,) = reminders(bot)
    assert buttons(first) == ["Check in", TOMORROW, "Stop reminders"]


async def check_in(bot: BotUnderTest) -> None:
    await bot.check_in("member-1", done="Chapter one")


async def leave(bot: BotUnderTest) -> None:
    await bot.press("member-1", await bot.message("member-1", "/leave"), "Leave")


async def stop(bot: BotUnderTest) -> None:
    await bot.press("member-1", reminders(bot)[0], "Stop reminders")


async def take_a_break(bot: BotUnderTest) -> None:
    await bot.message("member-1", "/break until:2027-01-09")


async def be_excused(bot: BotUnderTest) -> None:
    await bot.message("moderator", "/cohort excuse member:member-1 round:1 reason:ill")


async def end_the_cohort(bot: BotUnderTest) -> None:
    await bot.press("moderator", await bot.message("moderator", "/cohort archive"), "End")


@pytest.mark.parametrize("act", [check_in, leave, stop, take_a_break, be_excused, end_the_cohort])
async def test_it_does_not_come_when_it_is_no_longer_wanted(reminded: BotUnderTest, act: object) -> None:
    await put_off(reminded, WEEKEND)
    await act(reminded)  # type: ignore[operator]
    await reminded.until(SUNDAY.replace(hour=7))
    assert came(reminded) == [THURSDAY]


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (check_in, "You've checked in for week 1"),
        (stop, "Your reminders are off"),
        (take_a_break, "You'll be on a break then"),
    ],
)
async def test_where_it_would_not_come_the_button_says_so(reminded: BotUnderTest, act: object, words: str) -> None:
    await act(reminded)  # type: ignore[operator]
    assert words in await put_off(reminded, WEEKEND)


async def test_in_another_zone_by_then_it_comes_by_day(reminded: BotUnderTest) -> None:
    await put_off(reminded, TOMORROW)
    await reminded.message("member-1", "/profile timezone:Asia/Tokyo")
    await reminded.until(CLOSED)
    assert all(8 <= (at.hour + 9) % 24 < 22 for at in came(reminded)[1:])


async def test_it_comes_once_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1")
        await bot.until(THURSDAY)
        await put_off(bot, WEEKEND)
        chat, clock = bot.chat, bot.clock
    async with running(tmp_path, chat=chat, clock=clock) as again:
        await again.until(CLOSED)
        assert came(again) == [THURSDAY, SATURDAY]


async def test_a_schedule_that_moves_does_not_take_it_away(reminded: BotUnderTest) -> None:
    await put_off(reminded, WEEKEND)
    preview = await reminded.message("moderator", "/cohort edit time:10:00")
    await reminded.press("moderator", preview, "Change")
    await reminded.until(SATURDAY)
    assert came(reminded) == [THURSDAY, SATURDAY]


@pytest.fixture
async def late(created: BotUnderTest) -> BotUnderTest:
    """Somebody who joined after the time of the first reminder."""
    await created.until(THURSDAY.replace(hour=20))
    await created.join("member-1")
    return created


async def test_the_only_one_of_a_round_can_be_put_off_only_while_the_round_is_open(late: BotUnderTest) -> None:
    await late.until(SUNDAY)
    assert [buttons(each) for each in reminders(late)] in ([], [["Check in", "Stop reminders"]])


async def test_it_keeps_its_instant_when_the_calendar_is_found_to_have_been_ahead(reminded: BotUnderTest) -> None:
    await put_off(reminded, WEEKEND)
    await reminded.write(lambda store: take_back(store, 1, reminded.clock.now()))
    await reminded.settle()
    assert came(reminded) == [THURSDAY]
    await reminded.until(CLOSED)
    assert came(reminded) == [THURSDAY, SATURDAY]
