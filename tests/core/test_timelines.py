"""The timelines of the rules that are about one member: joining, breaks, late check-ins, slips, zones."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from cohort_bot.core.checkins import Status, history, streak, takes
from cohort_bot.core.membership import Account, Break, Member, Slip, first_round
from cohort_bot.core.nudges import nudges
from cohort_bot.core.rounds import Calendar, instant

BERLIN = "Europe/Berlin"
CALENDAR = Calendar(date(2027, 1, 4), time(9, 0), BERLIN)
ACCOUNT = Account(1, 1, "local", "playground", "member-1", "Sample Member 1", BERLIN)


def member(joined: datetime, calendar: Calendar = CALENDAR, **more: object) -> Member:
    base = Member(1, 1, ACCOUNT, joined, first_round(calendar, joined))
    return replace(base, **more)  # type: ignore[arg-type]


def on(number: int, days: float = 0.1) -> datetime:
    return CALENDAR.opens(number) + timedelta(days=days)


def test_timeline_1_joining_on_sunday_evening_does_not_count_the_closing_round() -> None:
    sunday = instant(date(2027, 1, 10), time(20, 0), BERLIN)
    late = member(sunday)
    assert late.first_round == 2
    assert history(CALENDAR, late, {}, on(3)) == (Status.OUTSIDE, Status.OPEN, Status.OPEN)
    assert history(CALENDAR, late, {}, on(4, 2)) == (Status.OUTSIDE, Status.FORGIVEN, Status.FORGIVEN, Status.OPEN)


def test_joining_on_thursday_counts_the_round_and_on_friday_the_next() -> None:
    assert member(instant(date(2027, 1, 7), time(23, 0), BERLIN)).first_round == 1
    assert member(instant(date(2027, 1, 8), time(0, 30), BERLIN)).first_round == 2


def test_timeline_2_joining_in_round_10_with_the_cohort() -> None:
    late = member(on(10))
    assert late.first_round == 10
    assert late.week(10) == 10
    assert set(history(CALENDAR, late, {}, on(10, 2))[:9]) == {Status.OUTSIDE}


def test_timeline_3_joining_in_round_10_from_week_1() -> None:
    late = member(on(10), slips=(Slip(10, 9),))
    assert (late.offset(10), late.week(10), late.week(125)) == (9, 1, 116)


def test_timeline_5_a_break_from_thursday_to_wednesday_takes_out_the_first_round_only() -> None:
    resting = member(on(1), breaks=(Break(date(2027, 1, 7), date(2027, 1, 13)),))
    assert history(CALENDAR, resting, {}, on(4, 2))[:2] == (Status.BREAK, Status.FORGIVEN)


def test_timeline_6_a_round_filed_two_rounds_late_repairs_the_streak() -> None:
    filed = {number: on(number) for number in (1, 3, 4)}
    made = member(on(1) - timedelta(days=2))
    assert streak(history(CALENDAR, made, filed, on(5))).length == 3
    filed[2] = on(4, 1)
    rounds = history(CALENDAR, made, filed, on(5))
    assert rounds[1] is Status.LATE
    assert streak(rounds).length == 4
    assert streak(rounds).skips_left == 2


def test_timeline_7_slipping_two_weeks_during_round_20_repeats_two_weeks() -> None:
    slipped = member(on(1), slips=(Slip(21, 2),))
    assert [slipped.week(number) for number in range(18, 24)] == [18, 19, 20, 19, 20, 21]


def test_timeline_10_a_member_in_kiritimati_with_a_cohort_in_new_york() -> None:
    calendar = Calendar(date(2027, 1, 4), time(9, 0), "America/New_York")
    zone = ZoneInfo("Pacific/Kiritimati")
    closes = [calendar.closes(number).astimezone(zone) for number in (1, 30)]
    assert [(at.strftime("%a"), at.hour) for at in closes] == [("Tue", 4), ("Tue", 3)]
    for number in (1, 30):
        closing = next(nudge for nudge in nudges(calendar, number, "Pacific/Kiritimati") if nudge.name == "closing")
        assert closing.at.astimezone(zone).strftime("%a %H:%M") == "Mon 08:00"


def test_timeline_11_a_member_in_los_angeles_with_a_cohort_in_kiritimati() -> None:
    calendar = Calendar(date(2027, 1, 4), time(9, 0), "Pacific/Kiritimati")
    zone = ZoneInfo("America/Los_Angeles")
    assert calendar.closes(1).astimezone(zone).strftime("%a %H:%M") == "Sun 11:00"
    assert calendar.closes(30).astimezone(zone).strftime("%a %H:%M") == "Sun 12:00"
    assert calendar.grace_ends(30).astimezone(zone).strftime("%a %H:%M") == "Mon 12:00"


def test_a_check_in_is_on_time_until_a_day_after_closing_then_late_for_three_rounds_then_refused() -> None:
    limit = CALENDAR.closes(1) + timedelta(hours=24)
    made = member(on(1))

    def status(filed: datetime) -> Status:
        return history(CALENDAR, made, {1: filed}, max(filed, on(6)))[0]

    assert status(limit) is Status.ON_TIME
    assert status(limit + timedelta(seconds=1)) is Status.LATE
    assert takes(CALENDAR, 1, CALENDAR.closes(4))
    assert not takes(CALENDAR, 1, CALENDAR.closes(4) + timedelta(seconds=1))
    assert not takes(CALENDAR, 2, CALENDAR.opens(2) - timedelta(seconds=1))


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
