"""Which rounds are somebody's own, and which week they do in them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from cohort_bot.core.membership import (
    Account,
    Break,
    Cohort,
    Member,
    Room,
    Slip,
    away,
    first_round,
    last_round,
    takes_out,
)
from cohort_bot.core.rounds import Calendar, Holiday

ZONE = "Pacific/Auckland"
MONDAY = date(2027, 1, 4)
CALENDAR = Calendar(MONDAY, time(9), ZONE, holidays=(Holiday(3, 1),))
ACCOUNT = Account(1, 1, "local", "w", "member-1", "Sample Member 1", "UTC")
MEMBER = Member(1, 1, ACCOUNT, datetime(2027, 1, 1, tzinfo=UTC), 1)


def wall(words: str) -> datetime:
    return datetime.strptime(f"2027-01-{words}", "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def days(first: int, last: int) -> Break:
    return Break(date(2027, 1, first), date(2027, 1, last))


@pytest.mark.parametrize(
    ("joined", "first"),
    [
        ("01 12:00", 1),
        ("04 08:59", 1),
        ("07 23:59", 1),  # four dates are left, today among them
        ("08 00:00", 2),
        ("10 20:00", 2),
        ("11 09:00", 2),
        ("18 08:59", 3),
        ("18 09:00", 3),  # in the week off
        ("25 09:00", 3),
    ],
)
def test_the_first_round_is_one_of_which_four_dates_are_left(joined: str, first: int) -> None:
    assert first_round(CALENDAR, wall(joined)) == first


@pytest.mark.parametrize(
    ("breaks", "out"),
    [
        ([], False),
        ([days(4, 7)], True),
        ([days(4, 6)], False),
        ([days(7, 13)], True),
        ([days(8, 13)], False),
        ([days(1, 4), days(8, 10)], True),
        ([days(4, 6), days(5, 6)], False),  # a day counts once
    ],
)
def test_breaks_take_a_round_out_when_they_cover_four_of_its_dates(breaks: Sequence[Break], out: bool) -> None:
    assert takes_out(breaks, CALENDAR.dates(1)) is out
    assert replace(MEMBER, breaks=tuple(breaks)).on_break(CALENDAR.dates(1)) is out


@pytest.mark.parametrize(
    ("breaks", "at", "rests"),
    [
        ([days(4, 7)], "10 12:00", True),  # the round is out, also after the break
        ([days(8, 10)], "07 23:59", False),
        ([days(8, 10)], "08 00:00", True),
        ([days(5, 5), days(8, 9)], "09 23:59", True),
        ([days(5, 5), days(8, 9)], "10 00:00", False),
    ],
)
def test_who_is_away_is_not_reminded_on_these_days_or_for_the_whole_round(
    breaks: Sequence[Break], at: str, rests: bool
) -> None:
    assert replace(MEMBER, breaks=tuple(breaks)).resting(CALENDAR, 1, wall(at)) is rests


def test_a_slip_counts_from_its_round_on_and_slips_add_up() -> None:
    slower = replace(MEMBER, slips=(Slip(3, 2), Slip(6, 1)))
    assert [slower.offset(number) for number in (1, 2, 3, 5, 6)] == [0, 0, 2, 2, 3]
    assert [slower.week(number) for number in (1, 2, 3, 5, 6)] == [1, 2, 1, 3, 3]


def test_rounds_go_on_until_the_slowest_is_through() -> None:
    slower = replace(MEMBER, slips=(Slip(3, 2), Slip(6, 1)))
    assert last_round(8, [MEMBER, slower, replace(MEMBER, slips=(Slip(2, 1),))]) == 11
    assert last_round(8, [MEMBER]) == last_round(8, []) == 8


def test_who_comes_back_was_on_a_break_by_the_cohort_s_dates() -> None:
    assert away(CALENDAR, wall("05 00:30"), wall("09 23:30")) == days(5, 9)


def test_who_has_left_or_is_gone_takes_no_part_since_then() -> None:
    left, gone = wall("05 12:00"), wall("06 12:00")
    assert (MEMBER.active, MEMBER.ended_at) == (True, None)
    for member, since in (
        (replace(MEMBER, left_at=left), left),
        (replace(MEMBER, account=replace(ACCOUNT, gone_at=gone)), gone),
        (replace(MEMBER, left_at=left, account=replace(ACCOUNT, gone_at=gone)), left),
    ):
        assert (member.active, member.ended_at) == (False, since)


def test_a_name_that_tells_namesakes_apart_is_used() -> None:
    assert (MEMBER.name, replace(MEMBER, shown="Sample (2)").name) == ("Sample Member 1", "Sample (2)")


def test_the_record_of_a_cohort_ends_when_it_does() -> None:
    ended = wall("18 12:00")
    cohort = Cohort(1, "local", "w", "Sample", "sample", CALENDAR, wall("01 12:00"), "m")
    past = replace(cohort, archived_at=ended)
    assert (cohort.active, past.active) == (True, False)
    hour = timedelta(hours=1)
    assert [each.until(ended + hour) for each in (cohort, past)] == [ended + hour, ended]
    assert [each.until(ended - hour) for each in (cohort, past)] == [ended - hour] * 2


def test_somebody_new_is_reminded_and_asked_and_never_mentioned_and_a_room_is_open() -> None:
    assert ACCOUNT.reminders
    assert MEMBER.questions
    assert not ACCOUNT.mention
    assert not ACCOUNT.erased
    assert not Room(1, 1, "local", "w", "general").private
