"""To the second: when a check-in is taken, which missed round is forgiven, when reminders come."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cohort_bot.core.checkins import CheckIn, Leftover, Status, TaskState, history, leftovers, streak, takes, tick
from cohort_bot.core.membership import Account, Break, Member, Slip, first_round
from cohort_bot.core.nudges import nudges
from cohort_bot.core.rounds import Calendar

BERLIN = "Europe/Berlin"
CALENDAR = Calendar(date(2027, 1, 4), time(9, 0), BERLIN)
ACCOUNT = Account(1, 1, "local", "playground", "member-1", "Sample Member 1", BERLIN)


def member(joined: datetime, calendar: Calendar = CALENDAR, **more: object) -> Member:
    base = Member(1, 1, ACCOUNT, joined, first_round(calendar, joined))
    return replace(base, **more)  # type: ignore[arg-type]


def on(number: int, days: float = 0.1) -> datetime:
    return CALENDAR.opens(number) + timedelta(days=days)


def test_a_check_in_is_on_time_until_a_day_after_closing_then_late_for_three_rounds_then_refused() -> None:
    limit = CALENDAR.closes(1) + timedelta(hours=24)
    made = member(on(1))

    def status(filed: datetime) -> Status:
        return history(CALENDAR, made, {1: filed}, max(filed, on(6)))[0]

    assert status(limit) is Status.ON_TIME
    assert status(limit + timedelta(seconds=1)) is Status.LATE
    assert takes(CALENDAR, 1, CALENDAR.closes(4))
    assert not takes(CALENDAR, 1, CALENDAR.closes(4) + timedelta(seconds=1))
    assert takes(CALENDAR, 2, CALENDAR.opens(2))
    assert not takes(CALENDAR, 2, CALENDAR.opens(2) - timedelta(seconds=1))


SECOND = timedelta(seconds=1)
OPENING = CALENDAR.opens(6)
"""Round 5 has just closed; its grace goes on."""


def names(who: Member, at: datetime, filed: Sequence[int] = (), **more: Any) -> str:
    letters = dict(zip(Status, "xlofmbe-", strict=False))
    return "".join(letters[each] for each in history(CALENDAR, who, {n: on(n) for n in filed}, at, **more))


@pytest.mark.parametrize(
    ("changes", "at", "seen"),
    [
        ({}, CALENDAR.opens(1) - SECOND, ""),
        ({}, CALENDAR.opens(1), "o"),
        ({}, CALENDAR.grace_ends(1), "oo"),
        ({}, CALENDAR.grace_ends(1) + SECOND, "fo"),
        ({"first_round": 3}, OPENING, "--ffoo"),
        ({"left_at": CALENDAR.closes(3) - SECOND}, OPENING, "ff----"),
        ({"left_at": CALENDAR.closes(3)}, OPENING, "ffm---"),
        ({"account": replace(ACCOUNT, gone_at=CALENDAR.closes(3) - SECOND)}, OPENING, "ff----"),
        ({"breaks": (Break(date(2027, 1, 11), date(2027, 1, 14)),)}, OPENING, "fbfmoo"),
        ({"breaks": (Break(date(2027, 1, 11), date(2027, 1, 13)),)}, OPENING, "ffmmoo"),
    ],
)
def test_what_a_round_without_a_check_in_is(changes: Mapping[str, Any], at: datetime, seen: str) -> None:
    assert names(member(on(1), **changes), at) == seen


def test_what_is_excused_or_comes_after_the_programme_does_not_count_and_a_check_in_does_wherever_it_is() -> None:
    slower = member(on(1), slips=(Slip(3, 2),))
    assert names(member(on(1)), OPENING, excused=iter([2, 6])) == "fefmoe"
    assert names(member(on(1)), OPENING, weeks=3) == "ffm---"
    assert names(slower, OPENING, weeks=3) == "ffmmo-"
    assert names(member(on(1), first_round=3), OPENING, [1, 6], excused=[1, 6], weeks=5) == "x-ffox"


def test_a_missed_round_is_forgiven_unless_it_is_the_third_of_eight() -> None:
    at = CALENDAR.opens(12)
    assert names(member(on(1)), at, [1, 3, 4, 5, 6, 8, 9]) == "xfxxxxfxxfoo"  # 2, 7 and 10: nine in a row
    assert names(member(on(1)), at, [1, 2, 4, 5, 6, 8, 9]) == "xxfxxxfxxmoo"
    assert names(member(on(1)), at, [1, 3, 5, 6, 8, 9], excused=[4]) == "xfxexxfxxmoo", "one between is not counted"


def entry(round_: int, tasks: str, week: int | None = None) -> CheckIn:
    """A check-in with these tasks: `+Read` is ticked in it, `+7Read` was ticked in the form of round 7."""
    states = []
    for word in tasks.split():
        done = re.fullmatch(r"(\+?)(\d*)(\w+)", word)
        assert done is not None
        states.append(TaskState(done[3], done=bool(done[1]), done_in=int(done[2]) if done[2] else None))
    return CheckIn(1, round_, week or round_, on(round_), tuple(states))


@pytest.mark.parametrize(
    ("made", "offered", "left"),
    [
        ([entry(6, "Read +Write Draw")], "", ["6.1 Read", "6.3 Draw"]),
        ([entry(3, "A"), entry(4, "B"), entry(5, "C"), entry(6, "D")], "", ["6.1 D", "5.1 C", "4.1 B"]),
        ([entry(7, "A"), entry(8, "B")], "", []),
        ([entry(6, "Read"), entry(8, "Draw")], "", ["6.1 Read"]),
        ([entry(6, "Read Write")], "Read", ["6.2 Write"]),
        ([entry(5, "Read Write"), entry(6, "Read")], "", ["6.1 Read", "5.2 Write"]),
        ([entry(6, "+7Read +5Write +Draw")], "", ["6.1 Read ticked"]),
        ([entry(4, "Read Write", week=4), entry(5, "+Read Write", week=4)], "", ["5.2 Write"]),
        ([entry(3, "+Read", week=3), entry(6, "Read", week=3)], "", []),
        ([entry(5, "+Read"), entry(6, "Read")], "", ["6.1 Read"]),
        ([entry(6, "Read", week=4), entry(7, "+Read", week=4)], "", ["6.1 Read"]),
    ],
)
def test_what_the_last_three_rounds_left_open_is_offered_again_newest_first(
    made: Sequence[CheckIn], offered: str, left: Sequence[str]
) -> None:
    """For the form of round 7."""
    found = leftovers(iter(made), 7, offered.split())
    assert [f"{each.round}.{each.index} {each.text}{' ticked' * each.done}" for each in found] == left
    assert {each.week for each in found} == {entry.week for entry in made if entry.round in {e.round for e in found}}


def test_a_leftover_knows_where_it_came_from() -> None:
    assert leftovers([entry(6, "+Read Write", week=5)], 7, ()) == (Leftover(6, 5, 2, "Write", done=False),)


@pytest.mark.parametrize(
    ("tasks", "ticks", "after"),
    [
        ("Read Write", {1: True}, "+7Read Write"),
        ("Read Write", {2: True}, "Read +7Write"),
        ("Read +7Write", {1: False, 2: False}, "Read Write"),
        ("+Read +5Write", {1: False, 2: False}, "+Read +5Write"),
        ("+Read +5Write +7Draw", {1: True, 2: True, 3: True}, "+Read +5Write +7Draw"),
        ("Read +7Write", {}, "Read +7Write"),
    ],
)
def test_a_later_form_ticks_what_is_open_and_unticks_only_its_own(
    tasks: str, ticks: Mapping[int, bool], after: str
) -> None:
    assert tick(entry(6, tasks), ticks, 7) == entry(6, after)


def test_nothing_is_shared_unless_somebody_says_so() -> None:
    assert (entry(1, "").share_thread, entry(1, "").share_blocker) == (False, False)


def rounds_of(pattern: str) -> tuple[Status, ...]:
    """History of a pattern: x checked in, . missed."""
    filed: Mapping[int, datetime] = {n: on(n) for n, mark in enumerate(pattern, start=1) if mark == "x"}
    at = CALENDAR.grace_ends(max(1, len(pattern))) + timedelta(seconds=1)
    return history(CALENDAR, member(on(1)), filed, at)[: len(pattern)]


@pytest.mark.parametrize(
    ("pattern", "length", "skips"),
    [
        ("", 0, 2),
        ("x", 1, 2),
        ("xx.", 2, 1),
        ("x..x", 2, 0),
        ("x...", 0, 0),
        ("x...x", 1, 0),
        ("..x.x", 1, 0),
        (".xxxxxx.x", 7, 1),
        (".xxxxxxx", 7, 2),
        ("..xxxxxx.x", 7, 1),
        ("...xxxxxxx", 7, 2),
        ("....xxx.xx", 2, 0),
    ],
)
def test_two_skips_in_any_eight_rounds_are_forgiven(pattern: str, length: int, skips: int) -> None:
    found = streak(rounds_of(pattern))
    assert (found.length, found.skips_left) == (length, skips)


def test_nobody_is_reminded_at_night_or_twice_within_a_day() -> None:
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kathmandu", BERLIN, "UTC"):
        for number in range(1, 53):
            found = nudges(CALENDAR, number, zone)
            assert len(found) <= 2
            for nudge in found:
                assert time(8) <= nudge.at.astimezone(ZoneInfo(zone)).time() < time(22)
                assert CALENDAR.opens(number) < nudge.at < CALENDAR.closes(number)
            if len(found) == 2:
                assert found[1].at - found[0].at >= timedelta(hours=24)


def test_naive_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.latest(datetime(2027, 1, 1))  # noqa: DTZ001 - that is the point
    assert datetime(2027, 1, 1, tzinfo=UTC) < CALENDAR.opens(1)
