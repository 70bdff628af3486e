"""Status and streak against a slow oracle that follows the rules word by word, over random records."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cohort_bot.core.checkins import Status, history, streak
from cohort_bot.core.membership import Member
from tests.properties.worlds import DAY, Almanac, Plan, members, plans

ROUNDS = 22
Record = tuple[Plan, Member, dict[int, datetime], frozenset[int], datetime]


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A member's check-ins, some on time, some in the grace, some late, some recorded by a moderator much later."""
    plan = draw(plans(rounds=ROUNDS))
    member = draw(members(plan, 1, weeks=6))
    if draw(st.integers(0, 5)) == 0:
        member = replace(member, left_at=plan.almanac.opens(draw(st.integers(10, ROUNDS))) + DAY)
    filed: dict[int, datetime] = {}
    for number, how in enumerate(draw(st.lists(st.sampled_from("xxxxx....gl"), max_size=ROUNDS)), start=1):
        opens, closes = plan.almanac.opens(number), plan.almanac.closes(number)
        waits = {
            "x": opens,
            "g": closes + draw(st.sampled_from((0, 1, 24))) * timedelta(hours=1),
            "l": closes + 9 * DAY,
        }
        if how in waits:
            filed[number] = waits[how]
    excused = frozenset(draw(st.sets(st.integers(1, ROUNDS), max_size=2)))
    at = plan.almanac.closes(draw(st.integers(8, ROUNDS))) + draw(st.integers(-170, 200)) * timedelta(hours=1)
    return plan, member, filed, excused, at


def told(
    almanac: Almanac, member: Member, filed: Mapping[int, datetime], excused: frozenset[int], at: datetime
) -> list[str]:
    """What each opened round is: made, late, open, out (not counted), or missed."""
    found = []
    for number in range(1, almanac.latest(at) + 1):
        closes = almanac.closes(number)
        resting = sum(any(pause.first <= day <= pause.last for pause in member.breaks) for day in almanac.dates(number))
        gone = member.left_at is not None and member.left_at < closes
        if number in filed:
            found.append("made" if filed[number] - closes <= timedelta(hours=24) else "late")
        elif number < member.first_round or gone or number in excused or resting >= 4:
            found.append("out")
        else:
            found.append("open" if at - closes <= timedelta(hours=24) else "missed")
    return found


def length(rounds: list[str]) -> tuple[int, int]:
    """The streak and the skips that are left, by trying every eight rounds in a row."""
    counted = [each in {"made", "late"} for each in rounds if each not in {"out", "open"}]
    alive = 0
    for index, made in enumerate(counted):
        eights = [counted[start : index + 1] for start in range(max(0, index - 7), index + 1)]
        if made:
            alive += 1
        elif any(eight.count(False) >= 3 for eight in eights):
            alive = 0
    next_eight = counted[-7:]
    return alive, max(0, 2 - next_eight.count(False))


WORDS = {
    Status.ON_TIME: "made",
    Status.LATE: "late",
    Status.OPEN: "open",
    Status.FORGIVEN: "missed",
    Status.MISSED: "missed",
    Status.BREAK: "out",
    Status.EXCUSED: "out",
    Status.OUTSIDE: "out",
}


@settings(max_examples=150)
@given(records())
def test_status_and_streak_are_what_the_rules_say(record: Record) -> None:
    plan, member, filed, excused, at = record
    found = history(plan.calendar, member, filed, at, excused)
    rounds = told(plan.almanac, member, filed, excused, at)
    assert [WORDS[status] for status in found] == rounds
    assert (streak(found).length, streak(found).skips_left) == length(rounds)
    for index, status in enumerate(found):
        if status in {Status.FORGIVEN, Status.MISSED}:
            counted = [each for each in rounds[: index + 1] if each not in {"out", "open"}]
            assert (status is Status.MISSED) == (counted[-8:].count("missed") >= 3)


@settings(max_examples=150)
@given(records(), st.integers(1, ROUNDS), st.booleans())
def test_correcting_a_round_never_lowers_and_gives_what_recording_it_in_time_had_given(
    record: Record, number: int, excuse: bool
) -> None:
    plan, member, filed, excused, at = record
    before = streak(history(plan.calendar, member, filed, at, excused))
    if excuse:
        after = streak(history(plan.calendar, member, filed, at, excused | {number}))
        assert after.length >= before.length
        return
    late, in_time = dict(filed), dict(filed)
    late.setdefault(number, at)
    in_time.setdefault(number, plan.almanac.opens(number))
    corrected = streak(history(plan.calendar, member, late, at, excused))
    assert corrected.length >= before.length
    assert corrected == streak(history(plan.calendar, member, in_time, at, excused))


@given(st.lists(st.booleans(), max_size=40), st.integers(0, 39))
def test_one_more_check_in_never_lowers_any_later_streak(made: list[bool], index: int) -> None:
    if index >= len(made):
        return
    better = [*made[:index], True, *made[index + 1 :]]
    words = {True: "made", False: "missed"}
    assert length([words[each] for each in better])[0] >= length([words[each] for each in made])[0]
