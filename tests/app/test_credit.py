"""What is credited: the tasks that are ticked, the same wherever it is shown. A blank check-in is no work."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cohort_bot.core.checkins import CheckIn, TaskState
from cohort_bot.core.programme import Item, Programme, Task
from cohort_bot.core.progress import completion, credit
from tests.fakes.bot import TUESDAY, OneGuide, running
from tests.properties.worlds import programme
from tests.pseudo_locale import english

ESTIMATES: tuple[int | None, ...] = (20, 45, None, 130)


def guide(weeks: int) -> Programme:
    """Weeks of four tasks, one of them without an estimate; every second week serves the first phase's one action."""
    plain_guide = programme(weeks, papers=())
    first, *rest = plain_guide.phases
    tasks = tuple(Task(f"Do {index}.", f"Do {index}", minutes) for index, minutes in enumerate(ESTIMATES, start=1))
    return replace(
        plain_guide,
        phases=(replace(first, actions=(Item("a", "An action"),)), *rest),
        weeks=tuple(
            replace(week, hours=6, tasks=tasks, covers=("a",) if week.number % 2 else ()) for week in plain_guide.weeks
        ),
    )


GUIDE = guide(6)
NO_ESTIMATE = 6 * 60 // 4
WORTH = {"Do 1": 20, "Do 2": 45, "Do 3": NO_ESTIMATE, "Do 4": 130}


WHEN = datetime(2027, 1, 5, tzinfo=UTC)


@given(st.lists(st.tuples(st.integers(1, 8), st.sets(st.sampled_from(sorted(WORTH)))), max_size=12))
def test_work_against_a_slow_oracle(life: list[tuple[int, set[str]]]) -> None:
    """`life` is the week of each round and what is ticked in it; a guide of six weeks, so seven and eight are none."""
    made = [
        CheckIn(1, number, week, WHEN, tuple(TaskState(text, text in ticked) for text in sorted(WORTH)))
        for number, (week, ticked) in enumerate(life, start=1)
    ]
    pairs = {(week, text) for week, ticked in life for text in ticked if week <= GUIDE.length}
    weeks = {week for week, _text in pairs}
    done = completion(GUIDE, made)
    assert (set(done.weeks), done.minutes) == (weeks, sum(WORTH[text] for _week, text in pairs))
    assert done.actions == (("a",) if {1, 3, 5} <= weeks else ())
    assert sum(credit(GUIDE, reversed(made)).values()) == done.minutes, "in whatever order they are read"


async def test_every_view_credits_the_tasks_that_are_ticked_and_no_blank_check_in(tmp_path: Path) -> None:
    ticks = (("1", "3"), (), ("2",), (), ("1", "2", "3", "4"))
    texts = {f"Do {each}" for ticked in ticks for each in ticked}
    assert texts == set(WORTH)
    spent = sum(WORTH[f"Do {each}"] for ticked in ticks for each in ticked)
    weeks, hours = sum(map(bool, ticks)), round(spent / 60)
    async with running(tmp_path, programmes=OneGuide(GUIDE)) as bot:
        await bot.create()
        await bot.join("member-1")
        await bot.until(TUESDAY)
        said = ""
        for ticked in ticks:
            said = await bot.check_in("member-1", tasks=ticked)
            await bot.days(7)
        assert "Streak: 5 rounds" in said
        shown = f"{weeks} of 6 weeks, {hours} hours of the programme."
        assert shown in await bot.say("member-1", "/progress")
        assert shown in await bot.say("moderator", "/cohort progress member:member-1")
        assert "Phase 1: 2 of 3 weeks" in await bot.say("member-1", "/progress")

        await bot.press("member-1", await bot.message("member-1", "/profile"), "Export")
        await bot.settle()
        portfolio, data = bot.chat.inbox("member-1")[-1].message.files
        assert f"- {weeks} of 6 weeks, about {hours} hours" in english(portfolio.text)
        kept = json.loads(data.text)["progress"]
        assert (kept["weeks_done"], kept["hours"], kept["minutes"]) == ([1, 3, 5], hours, spent)
        assert kept["actions_completed"] == ["a"]

        (table,) = (await bot.message("moderator", "/cohort export")).files
        rows = list(csv.DictReader(io.StringIO(table.text)))
        assert [int(row["minutes"]) for row in rows] == [sum(WORTH[f"Do {each}"] for each in t) for t in ticks]


def test_a_task_of_a_week_that_is_repeated_counts_once_and_one_that_is_gone_takes_its_share() -> None:
    twice = [CheckIn(1, number, 2, WHEN, (TaskState("Do 4", done=True),)) for number in (2, 3)]
    assert credit(GUIDE, twice) == {2: WORTH["Do 4"], 3: 0}
    gone = CheckIn(1, 1, 1, WHEN, (TaskState("Of an older edition", done=True), TaskState("Do 1", done=False)))
    assert credit(GUIDE, [gone]) == {1: 6 * 60 // 2}
