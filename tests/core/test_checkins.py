"""To the second: when a check-in is taken, which missed round is forgiven, when reminders come."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from cohort_bot.core.checkins import Status, history, streak, takes
from cohort_bot.core.membership import Account, Member, first_round
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
