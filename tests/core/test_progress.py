"""How a group and one member are doing, counted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from cohort_bot.core.checkins import CheckIn, Status, TaskState
from cohort_bot.core.membership import Member, Slip
from cohort_bot.core.programme import Item, Phase, Programme, Task, Week
from cohort_bot.core.progress import Turnout, by_week, completion, credit, stayed, turnouts, weeks_worked
from tests.properties.worlds import account

ACTIONS = (Item("a1", "Learn to read"), Item("a2", "Learn to write"), Item("a3", "Nothing serves this one"))
ONE = Phase("p1", "One", 1, 2, "#336699", ACTIONS[:1])
TWO = Phase("p2", "Two", 3, 4, "#336699", ACTIONS[1:])
TASKS = (Task("Read it", "Read", 90), Task("Write it", "Write"))


def week(number: int, phase: str, *covers: str) -> Week:
    return Week(number, phase, f"Week {number}", "A goal", 5, TASKS, "It", covers)


WEEKS = (week(1, "p1", "a1"), week(2, "p1", "a1", "a2"), week(3, "p2", "a2"), week(4, "p2"))
GUIDE = Programme("sample", "A sample", "", (ONE, TWO), WEEKS)
AT = datetime(2027, 1, 6, tzinfo=UTC)


def entry(round_: int, week: int, ticked: Sequence[str] = (), offered: Sequence[str] = ("Read", "Write")) -> CheckIn:
    return CheckIn(1, round_, week, AT, tuple(TaskState(text, text in ticked) for text in offered))


def test_a_turnout_is_of_those_for_whom_the_round_counts_or_is_open() -> None:
    made, late, open_ = Status.ON_TIME, Status.LATE, Status.OPEN
    histories = [
        (made, made),
        (late, open_),
        (Status.FORGIVEN, Status.BREAK),
        (Status.MISSED, Status.EXCUSED),
        (Status.OUTSIDE, open_),
        (made,),
    ]
    assert turnouts(iter(histories), (1, 2)) == (Turnout(1, 3, 5), Turnout(2, 1, 3))
    assert turnouts(histories, ()) == turnouts([], ()) == ()


def test_weeks_with_a_ticked_task_are_done_and_actions_when_all_their_weeks_are() -> None:
    made = [entry(1, 1, ["Read"]), entry(2, 2, ["Write"]), entry(3, 3), entry(4, 4, ["Read", "Write"])]
    done = completion(GUIDE, iter(made))
    assert (done.weeks, done.of_weeks) == (frozenset({1, 2, 4}), 4)
    assert (done.actions, done.of_actions) == (("a1",), 3)
    assert completion(GUIDE, [*made, entry(5, 3, ["Read"])]).actions == ("a1", "a2")


def test_weeks_that_the_guide_does_not_have_are_no_part_of_it() -> None:
    done = completion(GUIDE, [entry(1, 0, ["Read"]), entry(5, 5, ["Read"])])
    assert (done.weeks, done.minutes) == (frozenset(), 0)


def test_of_a_phase_its_own_weeks_count_each_once() -> None:
    made = [entry(1, 1, ["Read"]), entry(2, 2), entry(3, 2, ["Read"]), entry(4, 2, ["Write"]), entry(5, 3, ["Read"])]
    assert [weeks_worked(phase, made) for phase in (ONE, TWO)] == [2, 1]
    assert weeks_worked(TWO, [entry(1, 2, ["Read"]), entry(2, 4, ["Read"]), entry(3, 5, ["Read"])]) == 1


def test_a_ticked_task_counts_as_it_is_estimated_else_with_its_share_of_the_hours_and_once_in_its_week() -> None:
    """`Write` has no estimate: half of five hours. The week that is repeated gives what was not ticked before."""
    made = [entry(3, 2, ["Read", "Write"]), entry(1, 1, ["Read"]), entry(2, 2, ["Read"]), entry(4, 3)]
    assert credit(GUIDE, iter(made)) == {1: 90, 2: 90, 3: 150, 4: 0}
    assert completion(GUIDE, made).minutes == 330


def test_a_task_that_the_guide_no_longer_has_counts_with_its_share_of_the_hours() -> None:
    assert credit(GUIDE, [entry(1, 1, ["Draw"], offered=("Read", "Draw", "Write"))]) == {1: 100}
    assert credit(GUIDE, [entry(1, 9, ["Read"])]) == {1: 0}


def test_a_task_that_is_reckoned_at_no_time_counts_as_none() -> None:
    free = replace(WEEKS[0], tasks=(Task("Rest", "Rest", 0),))
    assert credit(replace(GUIDE, weeks=(free,)), [entry(1, 1, ["Rest"], offered=("Rest",))]) == {1: 0}


def test_a_week_that_is_repeated_is_as_it_was_the_last_time() -> None:
    slower = Member(1, 1, account(1, "UTC"), AT, 1, slips=(Slip(3, 1),))
    rounds = (Status.ON_TIME, Status.MISSED, Status.LATE, Status.OPEN)
    assert by_week(slower, rounds) == {1: Status.ON_TIME, 2: Status.LATE, 3: Status.OPEN}


def test_who_comes_back_stayed_all_the_time() -> None:
    assert stayed([3, 0, 1, 5, 3], 4) == (4, 3, 3, 1)
    assert stayed([], 2) == (0, 0)
    assert stayed([1, 2], 0) == ()
