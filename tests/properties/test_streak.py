"""Status and streak against a slow oracle that follows the rules word by word, over random records."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from cohort_bot.core.checkins import Status, history, streak
from cohort_bot.core.membership import Member
from cohort_bot.core.rounds import Calendar
from tests.properties.worlds import DAY, Almanac, Plan, account, members, plans

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
    dice, habit = draw(st.randoms(use_true_random=True)), draw(st.sampled_from(("xxxx...gl", "xxxxxxx..gl", "x....l")))
    for number, how in enumerate(dice.choices(habit, k=ROUNDS), start=1):
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
    almanac: Almanac,
    member: Member,
    filed: Mapping[int, datetime],
    excused: frozenset[int],
    at: datetime,
    weeks: int = 1000,
) -> list[str]:
    """What each opened round is for somebody in a guide of `weeks`: made, late, open, out (not counted), or missed."""
    found = []
    for number in range(1, almanac.latest(at) + 1):
        closes = almanac.closes(number)
        resting = sum(any(pause.first <= day <= pause.last for pause in member.breaks) for day in almanac.dates(number))
        gone = member.left_at is not None and member.left_at < closes
        behind = sum(slip.weeks for slip in member.slips if slip.from_round <= number)
        gone = gone or number - behind > weeks
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
@given(records(), st.integers(4, 30))
def test_status_and_streak_are_what_the_rules_say(record: Record, weeks: int) -> None:
    plan, member, filed, excused, at = record
    found = history(plan.calendar, member, filed, at, excused, weeks=weeks)
    rounds = told(plan.almanac, member, filed, excused, at, weeks)
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


def test_every_pattern_of_eleven_rounds_has_the_streak_of_the_oracle_and_one_more_check_in_never_lowers_it() -> None:
    calendar = Calendar(date(2027, 1, 4), time(9), "UTC")
    member = Member(1, 1, account(1, "UTC"), calendar.opens(1), 1)
    at = calendar.grace_ends(11) + timedelta(seconds=1)
    found: dict[tuple[bool, ...], int] = {}
    for pattern in product((False, True), repeat=11):
        filed = {number: calendar.opens(number) for number, made in enumerate(pattern, start=1) if made}
        run = streak(history(calendar, member, filed, at)[:11])
        assert (run.length, run.skips_left) == length(["made" if made else "missed" for made in pattern]), pattern
        found[pattern] = run.length
    for pattern, run_length in found.items():
        for index in range(11):
            assert found[(*pattern[:index], True, *pattern[index + 1 :])] >= run_length
