"""What members decide about themselves: a break, a slower pace, reminders, their data; each answer read aloud."""

from datetime import UTC, date, datetime

import pytest

from cohort_bot.chat.form import ChoiceField, Form
from cohort_bot.chat.message import Message, plain
from cohort_bot.core.membership import Break, Slip
from tests.fakes.bot import BotUnderTest
from tests.fakes.memory import answers

pytestmark = pytest.mark.both_databases


# Breaks


async def test_a_break_names_its_rounds_and_what_still_counts(cohort: BotUnderTest) -> None:
    said = await cohort.say("member-1", "/break from:2027-01-07 until:2027-01-20")
    assert said == (
        "Your break is set: Thursday, 7 January 2027 to Wednesday, 20 January 2027.\n"
        "Rounds 1 and 2 are paused, because at least four of their seven days are off. Your streak is safe, and I "
        "won't remind you. If you check in anyway, it counts.\n"
        "[End my break]"
    )
    assert (await cohort.member()).breaks == (Break(date(2027, 1, 7), date(2027, 1, 20)),)


async def test_timeline_5_a_break_from_thursday_to_wednesday_takes_out_the_first_round_only(
    cohort: BotUnderTest,
) -> None:
    said = await cohort.say("member-1", "/break from:2027-01-07 until:2027-01-13")
    assert "Round 1 is paused" in said
    await cohort.until(datetime(2027, 1, 11, 7, 59, tzinfo=UTC))
    assert cohort.titles() == []
    await cohort.until(datetime(2027, 1, 18, 7, 59, tzinfo=UTC))
    assert cohort.titles() == ["Week 2 of AI 2027"] * 2, "the second round is none, and has its reminders"
    assert "‖ on break" in await cohort.say("member-1", "/progress")


async def test_checking_in_on_a_break_counts(cohort: BotUnderTest) -> None:
    await cohort.say("member-1", "/break until:2027-01-20")
    assert "Streak: 1 round" in await cohort.check_in("member-1", tasks=("1",))


async def test_a_short_break_says_that_no_round_becomes_a_break_round(cohort: BotUnderTest) -> None:
    said = await cohort.say("member-1", "/break from:2027-01-08 until:2027-01-12")
    assert "too short to pause a round" in said


async def test_two_breaks_merge_in_effect(cohort: BotUnderTest) -> None:
    await cohort.say("member-1", "/break from:2027-01-05 until:2027-01-07")
    said = await cohort.say("member-1", "/break from:2027-01-07 until:2027-01-09")
    assert "Round 1 is paused" in said


async def test_the_same_break_twice_is_one(cohort: BotUnderTest) -> None:
    assert "break is set:" in await cohort.say("member-1", "/break from:2027-01-05 until:2027-01-20")
    assert "already set" in await cohort.say("member-1", "/break from:2027-01-05 until:2027-01-20")
    assert len((await cohort.member()).breaks) == 1


async def test_without_dates_a_form_asks_with_today_and_seven_days(cohort: BotUnderTest) -> None:
    form = await cohort.form("member-1", "/break")
    assert [(field.key, getattr(field, "value", "")) for field in form.fields] == [
        ("from", "2027-01-05"),
        ("until", "2027-01-12"),
    ]
    reply = await cohort.chat.submit("member-1", form, until="soon")
    assert "year-month-day" in answers(reply)["until"]
    reply = await cohort.chat.submit("member-1", reply, **{"from": "2027-01-04", "until": "2027-01-20"})
    assert "has already passed" in answers(reply)["from"]
    reply = await cohort.chat.submit("member-1", reply, **{"from": "2027-01-05", "until": "2027-01-20"})
    assert isinstance(reply, Message)
    assert "Rounds 1 and 2" in plain(reply)


async def test_a_break_is_ended_early_and_reminders_come_again(cohort: BotUnderTest) -> None:
    reply = await cohort.message("member-1", "/break until:2027-01-31")
    await cohort.until(datetime(2027, 1, 12, 12, tzinfo=UTC))
    assert "over as of today. Your streak is as you left it" in str(
        await cohort.chat.press("member-1", reply, "End my break")
    )
    assert (await cohort.member()).breaks == (Break(date(2027, 1, 5), date(2027, 1, 11)),)
    await cohort.until(datetime(2027, 1, 15, 12, tzinfo=UTC))
    assert cohort.titles() == ["Week 2 of AI 2027"]
    assert "You have no break" in str(await cohort.chat.press("member-1", reply, "End my break"))


async def test_a_break_begins_today_where_the_cohort_is(bot: BotUnderTest) -> None:
    await bot.create(options="timezone:Pacific/Kiritimati")
    await bot.join("member-1")
    await bot.until(datetime(2027, 1, 5, 12, tzinfo=UTC))  # there it is the 6th already
    assert "has already passed" in await bot.say("member-1", "/break from:2027-01-05 until:2027-01-20")
    assert "is set" in await bot.say("member-1", "/break from:2027-01-06 until:2027-01-20")


# A slower pace


async def test_a_slip_says_the_week_how_it_comes_and_the_new_end(cohort: BotUnderTest) -> None:
    await cohort.days(14)
    before = await cohort.say("member-1", "/progress")
    said = await cohort.say("member-1", "/slip weeks:1")
    assert said == (
        "You get an extra week: in round 4 you'll repeat week 3.\n"
        "I'll send it to you by direct message Mon 25 Jan 2027 08:00 UTC, and the weeks after it too.\n"
        "You'll now finish on Mon 02 Apr 2029. Nothing you did is lost, and your streak stays.\n"
        "You can undo this until round 4 opens.\n"
        "[Undo]"
    )
    assert "Mon 26 Mar 2029" in before
    assert "Mon 02 Apr 2029" in await cohort.say("member-1", "/progress")


async def test_a_slip_is_taken_back_until_it_begins_and_stays_afterwards(cohort: BotUnderTest) -> None:
    await cohort.days(14)
    await cohort.type("member-1", "/slip weeks:1")
    reply = await cohort.message("member-1", "/slip weeks:1")
    said = await cohort.press("member-1", reply, "Undo")
    assert plain(said) == "Undone: round 4 will be your week 4. You'll finish on Mon 26 Mar 2029."
    assert (await cohort.member()).slips == ()
    assert "already undone" in str(await cohort.chat.press("member-1", reply, "Undo"))
    await cohort.type("member-1", "/slip weeks:1")
    await cohort.days(7)
    assert "the slower pace stays" in str(await cohort.chat.press("member-1", reply, "Undo"))
    assert (await cohort.member()).slips == (Slip(4, 1),)
    assert any("Week 3:" in title for title in cohort.titles()), "their own card has come"


async def test_two_slips_in_one_round_add_up(cohort: BotUnderTest) -> None:
    await cohort.days(28)
    await cohort.say("member-1", "/slip weeks:1")
    said = await cohort.say("member-1", "/slip weeks:2")
    assert "in round 6 you'll go back to week 3" in said
    assert "that's 3 weeks in this round" in said
    assert "by 2 weeks at most" in await cohort.say("member-1", "/slip weeks:3")
    assert (await cohort.member()).slips == (Slip(6, 1), Slip(6, 2))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/break from:soon until:2027-01-20", "year-month-day"),
        ("/break from:2027-02-30", "2027-02-30"),
        ("/break from:2027-01-04 until:2027-01-20", "has already passed"),
        ("/break from:2027-01-10 until:2027-01-09", "end before it begins"),
        ("/break until:2027-01-04", "end before it begins"),
        ("/break from:2027-01-05 until:2027-03-30", "until 2027-03-29"),
        ("/break from:9999-12-31 until:9999-12-31", "more than a year away"),
        ("/break from:9999-12-31", "more than a year away"),
        ("/break until:9999-12-31", "12 weeks at most"),
        ("/slip", "Please add weeks, such as weeks:1."),
        ("/slip weeks:0", "between 1 and 52"),
        ("/slip weeks:53", "between 1 and 52"),
        ("/slip weeks:some", "whole number"),
        ("/slip weeks:2", "by 1 week at most"),
        ("/slip weeks:52", "by 1 week at most"),
    ],
)
async def test_a_wrong_option_is_named_with_what_would_be_right(cohort: BotUnderTest, line: str, said: str) -> None:
    assert said in await cohort.say("member-1", line)
    unchanged = await cohort.member()
    assert (unchanged.breaks, unchanged.slips) == ((), ())


@pytest.mark.parametrize("line", ["/break", "/break until:2027-01-20", "/slip weeks:1"])
async def test_who_is_not_in_a_cohort_is_told_how_to_join(cohort: BotUnderTest, line: str) -> None:
    assert "/join" in await cohort.say("member-3", line)


async def test_before_the_cohort_begins_there_is_no_earlier_week(bot: BotUnderTest) -> None:
    await bot.create()
    await bot.join("member-1")
    assert "no earlier week" in await bot.say("member-1", "/slip weeks:1")
    assert isinstance(await bot.type("member-1", "/break"), Form)
    assert "Rounds 1 and 2" in await bot.say("member-1", "/break from:2027-01-04 until:2027-01-17")


# The plan loop, and the way back


async def test_the_next_step_is_quoted_back(cohort: BotUnderTest) -> None:
    await cohort.check_in("member-1", next="Back-propagation on paper, Tuesday 19:00, kitchen table")
    await cohort.check_in("member-2")
    words = "Last time you planned: Back-propagation on paper, Tuesday 19:00, kitchen table"
    await cohort.days(10)
    assert words in await cohort.say("member-1", "/plan")
    assert words in cohort.chat.inbox("member-1")[-1].text
    assert "planned" not in await cohort.say("member-1", "/plan week:7"), "another week is only looked at"
    assert "planned" not in await cohort.say("member-2", "/plan")
    assert "planned" not in cohort.chat.inbox("member-2")[-1].text


async def test_the_next_form_quotes_it_too_for_who_needs_no_reminder(cohort: BotUnderTest) -> None:
    def hint(form: Form) -> str:
        return next(field.hint for field in form.fields if field.key == "done")

    assert hint(await cohort.form("member-1", "/checkin")) == ""
    await cohort.check_in("member-1", next="Tuesday 19:00, kitchen table " * 6)
    assert hint(await cohort.form("member-1", "/checkin")) == "", "not in the form that it was written in"
    await cohort.days(7)
    quoted = hint(await cohort.form("member-1", "/checkin"))
    assert quoted.startswith("You planned: Tuesday 19:00, kitchen table")
    assert len(quoted) <= 100, "as much as Discord shows"


async def test_what_a_missed_round_does_to_the_streak_is_said_once_and_kindly(cohort: BotUnderTest) -> None:
    await cohort.check_in("member-1")
    await cohort.days(12)
    first, last = (sent.text for sent in cohort.chat.inbox("member-1")[-2:])
    assert "forgiven" not in first + last, "nothing is missed yet"
    await cohort.days(7)
    first, last = (sent.text for sent in cohort.chat.inbox("member-1")[-2:])
    words = (
        "Last week's miss is forgiven. Streak: 1 round. You can still miss one more in these eight weeks and keep it."
    )
    assert words in first
    assert "forgiven" not in last


async def test_a_reminder_names_no_task_that_was_done_when_the_week_was_done_before(cohort: BotUnderTest) -> None:
    await cohort.days(7)
    form = await cohort.form("member-1", "/checkin")
    await cohort.say("member-1", "/slip weeks:1")
    options = next(field for field in form.fields if isinstance(field, ChoiceField)).options
    done = options[0]
    await cohort.chat.submit("member-1", form, tasks=(done.value,))
    await cohort.days(10)
    reminder = cohort.chat.inbox("member-1")[-1].text
    assert "Week 2 of AI 2027 is under way." in reminder
    assert done.label not in reminder
    assert any(f"- {option.label}" in reminder for option in options)


async def test_a_long_next_step_is_quoted_in_part(cohort: BotUnderTest) -> None:
    await cohort.check_in("member-1", next="n" * 500)
    assert f"{'n' * 199}…" in await cohort.say("member-1", "/plan")


def ways_back(bot: BotUnderTest, person: str = "member-1") -> list[str]:
    return [sent.at.strftime("%d %b %H:%M") for sent in bot.chat.inbox(person) if "A way back" in sent.message.summary]


async def test_after_two_missed_rounds_one_message_takes_the_place_of_the_reminders(cohort: BotUnderTest) -> None:
    await cohort.until(datetime(2027, 1, 19, 8, 59, tzinfo=UTC))
    assert cohort.titles() == ["Week 1 of AI 2027"] * 2 + ["Week 2 of AI 2027"] * 2
    await cohort.days(70)
    assert cohort.titles()[4:] == ["A way back into AI 2027"], "and then silence"
    sent = cohort.chat.inbox("member-1")[-1]
    lines = sent.text.split("\n")
    assert lines[0] == "AI 2027 has a new round open, and your place is still yours."
    assert lines[1].startswith("Got 15 minutes? Start here: ")
    assert lines[2] == (
        "A blank check-in counts too. If the pace or the timing is wrong, one button changes it. I'll only send this "
        "once, and stay quiet until you check in again."
    )
    assert lines[3].startswith("Or just answer here")
    assert lines[4:] == ["[Check in]  [Slip a week]  [Take a break]  [Leave]"]
    assert ways_back(cohort) == ["19 Jan 09:00"], "an hour after the second round's grace"


async def test_checking_in_again_brings_the_reminders_back_and_later_another_message(cohort: BotUnderTest) -> None:
    await cohort.until(datetime(2027, 1, 19, 12, tzinfo=UTC))
    form = await cohort.chat.press("member-1", cohort.chat.inbox("member-1")[-1], "Check in")
    assert "You came back" in str(await cohort.chat.submit("member-1", form))
    await cohort.days(7)
    assert cohort.titles()[-1] == "A way back into AI 2027", "nothing more in a round that is checked in"
    await cohort.days(70)
    assert cohort.titles()[5:] == ["Week 4 of AI 2027"] * 2 + ["Week 5 of AI 2027"] * 2 + ["A way back into AI 2027"]


async def test_the_buttons_of_the_way_back(cohort: BotUnderTest) -> None:
    await cohort.until(datetime(2027, 1, 19, 12, tzinfo=UTC))
    sent = cohort.chat.inbox("member-1")[-1]
    assert "in round 4 you'll repeat week 3" in str(await cohort.chat.press("member-1", sent, "Slip a week"))
    assert "already used that button" in str(await cohort.chat.press("member-1", sent, "Slip a week"))
    assert (await cohort.member()).slips == (Slip(4, 1),)
    form = await cohort.chat.press("member-1", sent, "Take a break")
    assert "Rounds 3 to 5" in str(await cohort.chat.submit("member-1", form, until="2027-02-07"))
    await cohort.days(40)
    assert len(ways_back(cohort)) == 1, "a break begins no new count"
    leave = await cohort.press("member-1", sent, "Leave")
    assert "You've left" in str(await cohort.chat.press("member-1", leave, "Leave"))


async def test_no_way_back_is_offered_without_reminders_on_a_break_or_at_night(bot: BotUnderTest) -> None:
    await bot.create()
    await bot.join("member-1", "member-2")
    await bot.join("member-3", line="/join timezone:Los_Angeles")
    await bot.say("member-1", "/profile reminders:off")
    await bot.until(datetime(2027, 1, 18, 12, tzinfo=UTC))
    await bot.say("member-2", "/break until:2027-01-31")
    await bot.days(60)
    assert ways_back(bot, "member-1") == []
    assert ways_back(bot, "member-2") == ["02 Feb 09:00"], "after the break"
    assert ways_back(bot, "member-3") == ["19 Jan 16:00"], "08:00 in Los Angeles"
