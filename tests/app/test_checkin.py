"""The check-in form and what becomes of it: what is left of earlier weeks, and one record however often it is sent."""

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cohort_bot.chat.form import ChoiceField, Form, TextField
from cohort_bot.chat.message import plain
from cohort_bot.core.checkins import CheckIn, Leftover, TaskState, leftovers, tick
from tests.fakes.bot import LIBRARY, TUESDAY, BotUnderTest, Step
from tests.harness.statements import watched

PROGRAMME = LIBRARY.get(next(iter(LIBRARY.slugs())))
assert PROGRAMME is not None
WEEKS = [[task.short for task in week.tasks] for week in PROGRAMME.weeks]


async def begin(bot: BotUnderTest) -> None:
    """Tuesday of the first week."""
    await bot.create()
    await bot.join("member-1")
    await bot.until(TUESDAY)


@pytest.fixture
def beginning() -> Sequence[Step]:
    return (begin,)


async def record(bot: BotUnderTest, number: int) -> CheckIn:
    found = await bot.read(lambda store: store.checkins.get(1, number))
    assert found is not None
    return found


def tasks(form: Form) -> ChoiceField:
    field = form.fields[0]
    assert isinstance(field, ChoiceField)
    return field


def labels(form: Form) -> list[str]:
    return [option.label for option in tasks(form).options]


def history(folder: Path) -> list[dict[str, object]]:
    with sqlite3.connect(folder / "bot.db") as file:
        found = [json.loads(body) for (body,) in file.execute("SELECT body FROM checkin_edits ORDER BY id")]
    file.close()
    return found


async def test_what_a_check_in_asks_the_database_grows_neither_with_the_record_nor_with_the_workspace(
    bot: BotUnderTest,
) -> None:
    async def sent() -> list[str]:
        """What runs from the form's arrival to the reply, which the courier's and the planner's does not delay."""
        form = await bot.form("member-1", "/checkin")
        ran: list[str] = []

        def note(statement: str, _values: object) -> None:
            if statement.startswith("BEGIN IMMEDIATE") and not any("INTO checkins" in each for each in ran):
                ran.clear()
            ran.append(statement)

        with watched(note):
            await bot.chat.submit("member-1", form, share=("thread",))
        end = next(number for number, each in enumerate(ran) if each.startswith("SELECT checkins.week, checkins.tasks"))
        return [each for each in ran[: end + 1] if not each.startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]

    first = await sent()
    for number in range(5):
        await bot.create(f"Beside it {number}", "channel:study-hall")
    await bot.days(14)
    assert await sent() == first
    assert len(first) <= 8, "with the line in the thread"


# What is left of earlier weeks


async def test_tasks_that_were_left_are_offered_again_after_this_weeks_and_ticked_where_they_belong(
    bot: BotUnderTest,
) -> None:
    await bot.check_in("member-1", tasks=("1",))
    await bot.days(7)
    form = await bot.form("member-1", "/checkin")
    count = len(WEEKS[1])
    assert labels(form)[:count] == WEEKS[1], "this week's first"
    assert [label.removeprefix("Week 1: ")[:60] for label in labels(form)[count:]] == [t[:60] for t in WEEKS[0][1:]]
    reply = await bot.chat.submit("member-1", form, tasks=("1", "1.2"))
    assert f"And from earlier weeks:\n✓ Week 1: {WEEKS[0][1]}" in plain(reply)  # type: ignore[arg-type]
    first, second = await record(bot, 1), await record(bot, 2)
    assert [task.done for task in first.tasks] == [True, True, *[False] * (len(WEEKS[0]) - 2)]
    assert [task.text for task in second.tasks] == WEEKS[1], "a week holds its own tasks and no others"
    assert first.edited_at is not None
    assert first.filed_at == TUESDAY, "when it was filed stays"
    assert "2 of 116 weeks" in await bot.say("member-1", "/progress")


async def test_the_form_comes_back_as_it_was_sent_and_a_tick_of_an_earlier_week_can_be_taken_back(
    bot: BotUnderTest,
) -> None:
    await bot.check_in("member-1")
    await bot.days(7)
    await bot.check_in("member-1", tasks=("1", "1.2"), done="words", blockers="No GPU", next="soon", share=("blocker",))
    form = await bot.form("member-1", "/checkin round:2")
    filled = {field.key: field.value for field in form.fields}
    assert filled == {
        "tasks": frozenset({"1", "1.2"}),
        "done": "words",
        "blockers": "No GPU",
        "next": "soon",
        "share": frozenset({"blocker"}),
    }
    await bot.chat.submit("member-1", form, tasks=("1",))
    assert not any(task.done for task in (await record(bot, 1)).tasks)
    assert "1.2" in {option.value for option in tasks(await bot.form("member-1", "/checkin round:2")).options}


async def test_what_was_ticked_in_another_rounds_form_is_not_unticked(bot: BotUnderTest) -> None:
    await bot.check_in("member-1")
    await bot.days(7)
    old = await bot.form("member-1", "/checkin round:2")
    await bot.check_in("member-1", "/checkin round:1", tasks=("2",))
    reply = await bot.chat.submit("member-1", old, tasks=("1",))
    assert "Checked in" in plain(reply)  # type: ignore[arg-type]
    assert (await record(bot, 1)).tasks[1].done, "the old form knew it as open"
    await bot.days(7)
    await bot.check_in("member-1", "/checkin round:3", tasks=("2.1",))
    await bot.check_in("member-1", "/checkin round:2", tasks=("1",))
    first = await record(bot, 1)
    assert first.tasks[0].done
    assert first.tasks[0].done_in == 3


async def test_a_form_that_was_opened_before_there_was_anything_left_still_works(bot: BotUnderTest) -> None:
    await bot.days(7)
    old = await bot.form("member-1", "/checkin round:2")
    await bot.check_in("member-1", "/checkin round:1", tasks=("1",))
    await bot.check_in("member-1", "/checkin round:2", tasks=("1.2",))
    await bot.chat.submit("member-1", old, tasks=("1",))
    first = await record(bot, 1)
    assert [task.done for task in first.tasks[:3]] == [True, True, False]


async def test_a_form_offers_ten_tasks_at_most(bot: BotUnderTest) -> None:
    for _ in range(4):
        form = await bot.form("member-1", "/checkin")
        assert len(labels(form)) <= 10
        assert all(len(label) <= 75 for label in labels(form))
        await bot.chat.submit("member-1", form)
        await bot.days(7)
    form = await bot.form("member-1", "/checkin")
    assert len(labels(form)) == 10
    assert labels(form)[len(WEEKS[4])].startswith("Week 4:"), "the newest first"


async def test_a_shared_check_in_shows_what_was_ticked_a_week_later(bot: BotUnderTest) -> None:
    await bot.check_in("member-1", share=("thread",))
    await bot.settle()
    await bot.days(7)
    await bot.check_in("member-1", tasks=("1.1",))
    await bot.settle()
    card = next(sent for sent in bot.chat.posts() if sent.message.summary.startswith("Week 1:"))
    posts = bot.chat.timeline(thread=card.ref.message_id)
    assert any(f"✓ {WEEKS[0][0]}" in text for text in posts)


def entry(number: int, *done: bool, week: int | None = None) -> CheckIn:
    states = tuple(TaskState(f"week {week or number} task {index}", each) for index, each in enumerate(done, start=1))
    return CheckIn(1, number, week or number, TUESDAY, states)


def test_leftovers_reach_as_far_back_as_a_check_in_may_be_late() -> None:
    made = [entry(number, False) for number in range(1, 8)]
    assert [(left.round, left.index) for left in leftovers(made, 6, ())] == [(5, 1), (4, 1), (3, 1)]


def test_a_task_that_was_done_when_its_week_was_done_again_is_not_left() -> None:
    made = [entry(4, False, False, week=4), entry(5, True, False, week=4)]
    assert leftovers(made, 6, ()) == (Leftover(5, 4, 2, "week 4 task 2", False),)
    assert leftovers([entry(5, False, week=4)], 6, ["week 4 task 1"]) == (), "it is offered anyway"


def test_ticking_is_undone_only_by_the_form_that_did_it() -> None:
    ticked = tick(entry(1, False, True), {1: True, 2: False, 9: True}, 2)
    assert [(task.done, task.done_in) for task in ticked.tasks] == [(True, 2), (True, None)]
    assert tick(ticked, {1: False}, 3) == ticked
    assert tick(ticked, {1: False}, 2) == entry(1, False, True)


# One record, however it is sent


async def test_two_devices_at_once_are_one_record_and_the_first_version_is_kept(
    bot: BotUnderTest, tmp_path: Path
) -> None:
    phone = await bot.form("member-1", "/checkin")
    laptop = await bot.form("member-1", "/checkin")
    assert "Checked in" in plain(await bot.chat.submit("member-1", phone, done="on the phone"))  # type: ignore[arg-type]
    assert "Updated" in plain(await bot.chat.submit("member-1", laptop, done="on the laptop"))  # type: ignore[arg-type]
    made = await bot.read(lambda store: store.checkins.of_member(1))
    assert [each.done for each in made] == ["on the laptop"]
    assert [before["done"] for before in history(tmp_path)] == ["on the phone"]


async def test_the_same_form_twice_is_one_record_without_history(bot: BotUnderTest, tmp_path: Path) -> None:
    form = await bot.form("member-1", "/checkin")
    for _ in range(2):
        await bot.chat.submit("member-1", form, done="words")
    made = await bot.read(lambda store: store.checkins.of_member(1))
    assert [(each.done, each.edited_at) for each in made] == [("words", None)]
    assert history(tmp_path) == []


async def test_an_edit_after_the_round_closed_keeps_when_it_was_filed_and_what_was(
    bot: BotUnderTest, tmp_path: Path
) -> None:
    await bot.check_in("member-1", done="first")
    await bot.days(20)
    said = await bot.check_in("member-1", "/checkin round:1", done="second")
    assert "Updated for week 1, on time." in said
    found = await record(bot, 1)
    assert (found.done, found.filed_at, found.edited_at) == ("second", TUESDAY, bot.clock.now())
    assert [before["done"] for before in history(tmp_path)] == ["first"]
    await bot.check_in("member-1", "/checkin round:1", done="third")
    assert [before["done"] for before in history(tmp_path)] == ["first", "second"]


async def test_a_summary_says_how_long_it_can_be_changed_and_marks_each_task_once(bot: BotUnderTest) -> None:
    said = await bot.check_in("member-1", tasks=("1",))
    assert f"\n✓ {WEEKS[0][0]}\n☐ {WEEKS[0][1]}\n" in said
    assert "- ✓" not in said
    assert "You can change it until Mon 01 Feb 2027 08:00 UTC." in said


async def test_a_round_that_is_closed_for_good_says_since_when_and_what_is_still_open(bot: BotUnderTest) -> None:
    await bot.until(datetime(2027, 2, 2, 12, tzinfo=UTC))
    said = await bot.say("member-1", "/checkin round:1")
    assert said == (
        "Round 1 could be changed until Monday, 1 February 2027; after that it's closed. You can still "
        "check in for rounds 2 to 5. If it matters, a moderator can record it for you, with a reason."
    )
    form = await bot.form("member-1", "/checkin round:2")
    await bot.days(7)
    assert "Round 2 could be changed until" in plain(await bot.chat.submit("member-1", form))  # type: ignore[arg-type]
    assert "Round 9 hasn't opened yet" in await bot.say("member-1", "/checkin round:9")


async def test_late_counts_and_says_so(bot: BotUnderTest) -> None:
    await bot.days(14)
    assert "Checked in for week 1. It's late, and it counts." in await bot.check_in("member-1", "/checkin round:1")


async def test_an_excused_round_is_not_a_miss_in_the_streak_of_a_check_in(bot: BotUnderTest) -> None:
    await bot.days(21)
    for number in (1, 2, 3):
        await bot.say("moderator", f'/cohort excuse member:member-1 round:{number} reason:"ill"')
    assert "Streak: 1 round. You can still miss two" in await bot.check_in("member-1", "/checkin round:4")


async def test_a_text_that_is_too_long_comes_back_with_all_that_was_filled_in(bot: BotUnderTest) -> None:
    await bot.check_in("member-1")
    await bot.days(7)
    form = await bot.form("member-1", "/checkin")
    reply = await bot.chat.submit("member-1", form, tasks=("1", "1.2"), done="d" * 1501, blockers="b")
    again = reply.form  # type: ignore[union-attr]
    assert tasks(again).value == frozenset({"1", "1.2"})
    assert [field.value for field in again.fields if isinstance(field, TextField)] == ["d" * 1501, "b", ""]
    assert "Checked in" in plain(await bot.chat.submit("member-1", again, done="d"))  # type: ignore[arg-type]
    assert (await record(bot, 1)).tasks[1].done


async def test_a_check_in_that_nobody_sees_wakes_nobody_and_a_shared_one_the_courier_alone(
    bot: BotUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(bot.runtime.courier, "wake", lambda: woken.append("courier"))

    async def plan() -> None:
        woken.append("planner")

    monkeypatch.setattr(bot.runtime, "_plan_soon", plan)
    await bot.check_in("member-1")
    assert woken == []
    await bot.check_in("member-1", share=("thread",))
    assert woken == ["courier"]
    await bot.say("member-1", "/slip weeks:1")
    await asyncio.sleep(0)
    assert "planner" in woken, "the card of another week comes"
