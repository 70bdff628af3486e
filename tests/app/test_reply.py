"""Answering a reminder: shown as the check-in that it would be, and recorded only after a yes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cohort_bot.chat.form import Form, Reply, TextField
from cohort_bot.chat.message import Actions, Message, plain
from cohort_bot.core.checkins import CheckIn
from tests.fakes.bot import BotUnderTest, running
from tests.fakes.memory import Sent

THURSDAY = datetime(2027, 1, 7, 17, 30, tzinfo=UTC)
SAID = "Read chapter one: https://example.org/notes"
DECIDE = ["Save", "Add tasks", "Discard"]


@pytest.fixture
async def reminded(joined: BotUnderTest) -> BotUnderTest:
    """The first reminder of the first week has come."""
    await joined.until(THURSDAY)
    return joined


def buttons(message: Message) -> list[str]:
    return [button.label for block in message.blocks if isinstance(block, Actions) for button in block.buttons]


async def write(bot: BotUnderTest, text: str = SAID, person: str = "member-1", **more: object) -> Message:
    bot.clock.skip(10)
    reply = await bot.chat.write(person, text, **more)  # type: ignore[arg-type]
    assert isinstance(reply, Message), reply
    return reply


async def checkins(bot: BotUnderTest, member: int = 1) -> Sequence[CheckIn]:
    return await bot.read(lambda store: store.checkins.of_member(member))


async def recorded(bot: BotUnderTest, member: int = 1) -> list[tuple[int, str]]:
    return [(entry.round, entry.done) for entry in await checkins(bot, member)]


def reminder(bot: BotUnderTest) -> Sent:
    return next(each for each in bot.chat.inbox("member-1")[::-1] if "Stop reminders" in buttons(each.message))


async def test_it_is_shown_as_the_check_in_that_it_would_be_and_nothing_is_recorded(reminded: BotUnderTest) -> None:
    assert "Or just answer here" in reminder(reminded).text
    shown = await write(reminded)
    assert plain(shown).startswith(f"Save this as your check-in for week 1 of AI 2027?\n{SAID}\n☐")
    assert "Nothing is saved yet" in plain(shown)
    assert buttons(shown) == DECIDE
    assert await recorded(reminded) == []
    assert len(reminded.chat.posts()) == len([each for each in reminded.chat.posts() if SAID not in each.text])


async def test_a_yes_records_it_once(reminded: BotUnderTest) -> None:
    shown = await write(reminded)
    saved = await reminded.press("member-1", shown, "Save")
    assert "Checked in for week 1, on time." in plain(saved)
    assert await recorded(reminded) == [(1, SAID)]
    assert "saved already" in plain(await reminded.press("member-1", shown, "Save"))
    assert "saved already" in plain(await reminded.press("member-1", shown, "Discard"))
    assert await recorded(reminded) == [(1, SAID)]
    assert not (await checkins(reminded))[0].share_thread


async def test_the_tasks_are_added_in_the_form(reminded: BotUnderTest) -> None:
    shown = await write(reminded)
    form = await reminded.chat.press("member-1", shown, "Add tasks")
    assert isinstance(form, Form)
    done = next(each for each in form.fields if each.key == "done")
    assert isinstance(done, TextField)
    assert done.value == SAID
    await reminded.chat.submit("member-1", form, tasks=("1",))
    (entry,) = await checkins(reminded)
    assert (entry.done, [task.done for task in entry.tasks][:2]) == (SAID, [True, False])
    await reminded.press("member-1", shown, "Save")
    assert await recorded(reminded) == [(1, SAID)], "it says so already"


async def test_a_no_forgets_it(reminded: BotUnderTest) -> None:
    shown = await write(reminded)
    assert "nothing was recorded" in plain(await reminded.press("member-1", shown, "Discard"))
    assert "You discarded that one" in plain(await reminded.press("member-1", shown, "Save"))
    assert await recorded(reminded) == []
    token = next(b.args["draft"] for block in shown.blocks if isinstance(block, Actions) for b in block.buttons)
    assert "text" not in (await reminded.read(lambda store: store.draft(token)) or {})


async def test_an_edit_replaces_what_was_shown(reminded: BotUnderTest) -> None:
    old = await write(reminded, "Reed chapter one", message="m-1")
    new = await write(reminded, "Read chapter one", message="m-1")
    again = await reminded.press("member-1", old, "Save")
    assert plain(again) == plain(new), "what the old one showed is no longer what was written"
    assert await recorded(reminded) == []
    await reminded.press("member-1", new, "Save")
    assert await recorded(reminded) == [(1, "Read chapter one")]
    late = await write(reminded, "Read chapter two", message="m-1")
    assert "Your check-in stays as you saved it." in plain(late)
    assert await recorded(reminded) == [(1, "Read chapter one")]


async def test_an_edit_after_a_no_is_shown_again(reminded: BotUnderTest) -> None:
    await reminded.press("member-1", await write(reminded, "oops", message="m-1"), "Discard")
    assert buttons(await write(reminded, SAID, message="m-1")) == DECIDE


async def test_delivered_twice_it_is_one(reminded: BotUnderTest) -> None:
    first, second = [await write(reminded, message="m-1") for _ in range(2)]
    assert plain(first) == plain(second)
    await reminded.press("member-1", first, "Save")
    await reminded.press("member-1", second, "Save")
    assert await recorded(reminded) == [(1, SAID)]


async def test_a_second_answer_is_added_after_a_yes_of_its_own(reminded: BotUnderTest) -> None:
    first = await write(reminded, "Chapter one")
    second = await write(reminded, "Chapter two")
    await reminded.press("member-1", first, "Save")
    again = await reminded.press("member-1", second, "Save")
    assert "Add this to your check-in for week 1" in plain(again), "by now it would be another check-in than was shown"
    await reminded.press("member-1", again, "Save")
    third = await write(reminded, "Chapter three")
    assert "Chapter one\nChapter two\nChapter three" in plain(third)
    await reminded.press("member-1", third, "Save")
    assert await recorded(reminded) == [(1, "Chapter one\nChapter two\nChapter three")]


async def test_what_is_recorded_already_stays(reminded: BotUnderTest) -> None:
    await reminded.check_in("member-1", tasks=("2",), blockers="No GPU", next="Tuesday", share=("thread",))
    await reminded.press("member-1", await write(reminded), "Save")
    (entry,) = await checkins(reminded)
    assert (entry.done, entry.blockers, entry.next_step, entry.share_thread) == (SAID, "No GPU", "Tuesday", True)
    assert [task.done for task in entry.tasks][:2] == [False, True]


async def test_a_long_one_is_told_the_limit_and_loses_nothing(reminded: BotUnderTest) -> None:
    shown = await write(reminded, "x" * 1501, message="m-1")
    assert "That's 1,501 characters, and a check-in has room for 1,500." in plain(shown)
    assert buttons(shown) == ["Shorten it in the form", "Discard"]
    form = await reminded.chat.press("member-1", shown, "Shorten")
    assert isinstance(form, Form)
    assert buttons(await write(reminded, "x" * 1500, message="m-1")) == DECIDE
    assert await recorded(reminded) == []


async def test_with_what_is_there_it_may_be_too_long(reminded: BotUnderTest) -> None:
    await reminded.check_in("member-1", done="x" * 1000)
    assert "Together with what your check-in already says, that's 1,601 characters" in plain(
        await write(reminded, "y" * 600)
    )


@pytest.mark.parametrize(("files", "words"), [(1, "can't keep pictures or files"), (0, "can only read text")])
async def test_without_words_there_is_nothing_to_show(reminded: BotUnderTest, files: int, words: str) -> None:
    shown = await write(reminded, "  ", files=files)
    assert words in plain(shown)
    assert buttons(shown) == ["Check in"]


async def test_a_picture_with_words_is_said_to_be_left_out(reminded: BotUnderTest) -> None:
    assert "the attachment isn't part of it" in plain(await write(reminded, files=2))


async def test_nobody_but_the_writer_can_use_it(reminded: BotUnderTest) -> None:
    await reminded.join("member-2")
    shown = await write(reminded)
    for label in DECIDE:
        reply = await reminded.chat.press("member-2", shown, label)
        assert SAID not in str(reply)
        assert "I no longer have that message." in plain(reply)  # type: ignore[arg-type]
    assert await recorded(reminded, 2) == await recorded(reminded) == []


@pytest.mark.parametrize("who", ["member-3", "moderator"])
async def test_somebody_who_never_joined_is_told_how(reminded: BotUnderTest, who: str) -> None:
    assert "joined a cohort yet" in plain(await write(reminded, person=who))


async def test_somebody_who_left_is_told_so(reminded: BotUnderTest) -> None:
    shown = await write(reminded)
    await reminded.press("member-1", await reminded.message("member-1", "/leave"), "Leave")
    assert "You left “AI 2027” on" in plain(await write(reminded))
    assert "You left “AI 2027” on" in plain(await reminded.press("member-1", shown, "Save"))
    assert "nothing was recorded" in plain(await reminded.press("member-1", shown, "Discard"))
    assert await recorded(reminded) == []


async def test_an_answer_to_a_reminder_of_an_earlier_round_is_for_that_round(reminded: BotUnderTest) -> None:
    first = reminder(reminded)
    await reminded.days(7)
    shown = await write(reminded, answers=first)
    assert "for week 1 of AI 2027" in plain(shown)
    assert buttons(shown) == [*DECIDE, "It's for week 2"]
    moved = await reminded.press("member-1", shown, "It's for week 2")
    assert "for week 2 of AI 2027" in plain(moved)
    await reminded.press("member-1", moved, "Save")
    assert await recorded(reminded) == [(2, SAID)]


async def test_an_answer_to_one_that_is_closed_for_good_is_offered_for_the_present_round(
    reminded: BotUnderTest,
) -> None:
    first = reminder(reminded)
    await reminded.days(36)
    shown = plain(await write(reminded, answers=first))
    assert shown.startswith("Week 1 no longer takes check-ins, so this would go into another one.")
    assert "for week 6 of AI 2027" in shown


async def test_without_naming_a_reminder_it_is_for_the_round_that_is_due(reminded: BotUnderTest) -> None:
    await reminded.until(datetime(2027, 1, 11, 12, tzinfo=UTC))
    shown = await write(reminded)
    assert "for week 1 of AI 2027" in plain(shown), "its grace is not over"
    assert "It's for week 2" in buttons(shown)


async def test_before_the_first_week_it_is_told_when_that_is(joined: BotUnderTest) -> None:
    assert "its first week opens on" in plain(await write(joined))


async def test_in_two_cohorts_it_is_for_the_one_whose_reminder_came_last(bot: BotUnderTest) -> None:
    await bot.create()
    await bot.join("member-1")
    preview = await bot.message(
        "moderator", '/cohort create name:"Evenings" timezone:Europe/Berlin day:Thursday channel:study-hall'
    )
    await bot.press("moderator", preview, "Create")
    await bot.join("member-1", line='/join timezone:Europe/Berlin cohort:"Evenings"')
    await bot.until(datetime(2027, 1, 10, 19, tzinfo=UTC))
    inbox = [each for each in bot.chat.inbox("member-1") if "Stop reminders" in buttons(each.message)]
    for sent in inbox:
        name = "Evenings" if "Evenings" in sent.text else "AI 2027"
        assert f"of {name}?" in plain(await write(bot, answers=sent))
    shown = await write(bot)
    (last, other) = ("Evenings", "AI 2027") if "Evenings" in inbox[-1].text else ("AI 2027", "Evenings")
    assert f"of {last}?" in plain(shown)
    moved = await bot.press("member-1", shown, f"It's for {other}")
    assert f"of {other}?" in plain(moved)
    assert f"It's for {last}" in buttons(moved)


async def test_it_survives_a_restart_and_can_be_decided_then(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1")
        await bot.until(THURSDAY)
        shown = await write(bot)
        chat, clock = bot.chat, bot.clock
    async with running(tmp_path, chat=chat, clock=clock) as again:
        await again.press("member-1", shown, "Save")
        assert await recorded(again) == [(1, SAID)]


async def test_whoever_writes_a_lot_at_once_waits_a_moment(reminded: BotUnderTest) -> None:
    replies: list[Reply] = [await reminded.chat.write("member-1", SAID) for _ in range(6)]
    assert isinstance(replies[-1], Message)
    assert "nothing was lost" in plain(replies[-1])


async def test_erasing_oneself_takes_it_along(reminded: BotUnderTest) -> None:
    shown = await write(reminded)
    erase = await reminded.press("member-1", await reminded.message("member-1", "/profile"), "Erase")
    await reminded.press("member-1", erase, buttons(erase)[0])
    assert "I no longer have that message" in plain(await reminded.press("member-1", shown, "Discard"))


@pytest.mark.parametrize("text", ["thanks!", "When does week 3 start?", "/checkin", "none"])
async def test_whatever_is_written_nothing_is_recorded_by_itself(reminded: BotUnderTest, text: str) -> None:
    assert buttons(await write(reminded, text)) == DECIDE
    assert await recorded(reminded) == []


async def test_an_answer_to_a_moderators_letter_is_told_that_nobody_passes_it_on(reminded: BotUnderTest) -> None:
    record = await reminded.message("moderator", "/cohort progress member:member-1")
    form = await reminded.chat.press("moderator", record, "Write")
    await reminded.chat.submit("moderator", form, text="How are you?")
    await reminded.settle()
    letter = reminded.chat.inbox("member-1")[-1]
    assert "How are you?" in letter.text
    meant = "Is this for Sample Moderator? I don't pass messages on"
    assert meant in plain(await write(reminded, "Fine, thanks!"))
    assert meant in plain(await write(reminded, "Fine, thanks!", answers=letter))
    assert meant not in plain(await write(reminded, answers=reminder(reminded)))
    await reminded.days(4)
    assert meant not in plain(await write(reminded, "Fine, thanks!"))
