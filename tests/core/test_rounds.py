"""The calendar of rounds: wall clock and zone in, instants out."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_bot.core.rounds import Calendar, Holiday, Move, aware, instant, is_zone

MONDAY = date(2027, 1, 4)
NINE = time(9, 0)
BEFORE = datetime(2027, 1, 1, tzinfo=UTC)
ZONES = sorted(available_timezones() - {"Factory", "localtime"})


def calendar(start: date = MONDAY, at: time = NINE, zone: str = "Europe/Berlin", **more: object) -> Calendar:
    return Calendar(start, at, zone, **more)  # type: ignore[arg-type]


def test_a_round_opens_weekly_at_the_wall_time_and_closes_seven_local_days_later() -> None:
    it = calendar()
    assert it.opens(1) == datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
    assert it.opens(40) == datetime(2027, 10, 4, 7, 0, tzinfo=UTC), "summer time"
    assert it.closes(1) == it.opens(2)
    assert len(it.dates(1)) == 7


def test_a_move_never_opens_a_round_in_the_past() -> None:
    sunday_noon = instant(date(2027, 1, 10), time(12, 0), "Europe/Berlin")
    it = calendar(moves=(Move(2, 6, time(8, 0), "Europe/Berlin", sunday_noon),))
    assert it.opens_on(2) == date(2027, 1, 17)


def test_a_holiday_after_a_move_comes_on_top() -> None:
    made = instant(MONDAY, time(15, 0), "Europe/Berlin")
    it = calendar(moves=(Move(2, 3, NINE, "Europe/Berlin", made),), holidays=(Holiday(2, 1), Holiday(5, 3)))
    assert it.opens_on(2) == date(2027, 1, 21)
    assert it.closes(1) == instant(date(2027, 1, 14), NINE, "Europe/Berlin")
    assert it.opens_on(5) == it.opens_on(4) + timedelta(weeks=4)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "Europe", ""])
def test_a_zone_that_the_data_lacks_is_read_as_utc(zone: str) -> None:
    assert not is_zone(zone)
    assert is_zone("UTC")
    assert is_zone("Europe/Berlin")
    assert calendar(zone=zone).opens(1) == datetime(2027, 1, 4, 9, tzinfo=UTC)
    assert calendar(moves=(Move(2, 3, NINE, zone, BEFORE),)).last_zone == zone


def test_naive_instants_and_round_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        calendar().latest(datetime(2027, 1, 4, 9, 0))  # noqa: DTZ001 - that is the point
    assert aware(berlin(1, 4, 9)) == berlin(1, 4, 9)
    with pytest.raises(ValueError, match="count from 1"):
        calendar().opens(0)


@pytest.mark.parametrize("at", [time(0, 0), time(1, 30), time(2, 30), time(9, 0)])
def test_every_zone_from_2026_to_2031_misses_and_doubles_nothing(at: time) -> None:
    weeks = 5 * 52
    for zone in ZONES:
        it = Calendar(date(2026, 1, 5), at, zone)
        opens = [it.opens(number) for number in range(1, weeks + 1)]
        assert all(
            timedelta(days=6, hours=20) <= later - earlier <= timedelta(days=7, hours=4)
            for earlier, later in pairwise(opens)
        ), zone
        local = [moment.astimezone(ZoneInfo(zone)) for moment in opens]
        shown = sum(moment.time() == at for moment in local)
        assert shown >= weeks - 12, f"{zone}: only a skipped wall time may show another one"
        assert [it.latest(moment) for moment in opens[::29]] == list(range(1, weeks + 1, 29)), zone


moves = st.builds(
    Move,
    st.integers(2, 40),
    st.integers(0, 6),
    st.sampled_from([time(0, 0), time(2, 30), NINE, time(23, 45)]),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Australia/Lord_Howe"]),
    st.datetimes(datetime(2027, 1, 4), datetime(2027, 10, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
)
holidays = st.builds(Holiday, st.integers(2, 40), st.integers(1, 4))
calendars = st.builds(
    calendar,
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"]),
    moves=st.lists(moves, max_size=3).map(tuple),
    holidays=st.lists(holidays, max_size=3).map(tuple),
)


@given(calendars)
def test_whatever_is_moved_rounds_follow_each_other_and_do_not_overlap(it: Calendar) -> None:
    for number in range(1, 45):
        assert it.opens(number) < it.closes(number) <= it.opens(number + 1)
        assert it.closes(number) - it.opens(number) >= timedelta(days=3, hours=22), "four days, less a clock change"


@given(calendars, st.integers(1, 44), st.integers(-3, 3))
def test_the_newest_round_at_an_instant_is_the_one_that_has_opened(it: Calendar, number: int, seconds: int) -> None:
    at = it.opens(number) + timedelta(seconds=seconds)
    assert it.latest(at) == max((each for each in range(1, 50) if it.opens(each) <= at), default=0)


BERLIN = "Europe/Berlin"
SECOND = timedelta(seconds=1)
WEEK = timedelta(weeks=1)


def berlin(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=ZoneInfo(BERLIN)).astimezone(UTC)


def test_grace_is_a_day_that_has_passed_whatever_the_clocks_do_and_late_is_three_rounds() -> None:
    it = calendar(start=date(2027, 3, 15), zone=BERLIN)
    assert [it.closes(number) - it.opens(number) for number in (1, 2, 3)] == [WEEK, WEEK - timedelta(hours=1), WEEK]
    assert it.grace_ends(1) == it.closes(1) + timedelta(hours=24)
    assert it.late_until(2) == it.closes(5)


@pytest.mark.parametrize(
    ("at", "open_", "in_grace", "movable"),
    [
        (berlin(1, 4, 9) - SECOND, None, None, 1),
        (berlin(1, 4, 9), 1, None, 2),
        (berlin(1, 11, 9) - SECOND, 1, None, 2),
        (berlin(1, 11, 9), 2, 1, 3),
        (berlin(1, 12, 9), 2, 1, 3),
        (berlin(1, 12, 9) + SECOND, 2, None, 3),
        (berlin(1, 18, 9) - SECOND, 2, None, 3),
        (berlin(1, 18, 9), None, 2, 4),
        (berlin(1, 19, 9), None, 2, 4),
        (berlin(1, 19, 9) + SECOND, None, None, 4),
        (berlin(2, 1, 9) - SECOND, None, None, 4),
        (berlin(2, 1, 9), 3, None, 4),
        (berlin(2, 8, 9), 4, 3, 5),
    ],
)
def test_what_is_open_in_grace_and_movable_at_an_instant(
    at: datetime, open_: int | None, in_grace: int | None, movable: int
) -> None:
    it = calendar(holidays=(Holiday(3, 1), Holiday(3, 1)))
    assert (it.open(at), it.in_grace(at), it.movable(at)) == (open_, in_grace, movable)


@pytest.mark.parametrize(
    ("weekday", "at", "opens", "days"),
    [
        (3, time(9), berlin(1, 14, 9), 10),
        (4, time(8, 59), berlin(1, 15, 8, 59), 11),
        (4, time(9), berlin(1, 8, 9), 4),
        (4, time(9, 1), berlin(1, 8, 9, 1), 4),
        (0, time(18), berlin(1, 11, 18), 7),
        (6, time(9), berlin(1, 10, 9), 6),
    ],
)
def test_a_move_applies_at_the_first_new_time_at_least_four_days_after_the_last_opening(
    weekday: int, at: time, opens: datetime, days: int
) -> None:
    it = calendar(moves=(Move(2, weekday, at, BERLIN, berlin(1, 4, 15)),))
    assert it.opens(2) == it.closes(1) == opens
    assert it.dates(1) == tuple(MONDAY + timedelta(days=each) for each in range(days))
    assert len(it.dates(2)) == 7
    assert (it.opens_at(1), it.opens_at(2)) == (NINE, at)
    assert it.opens(3) == opens + WEEK


@pytest.mark.parametrize(("at", "day"), [(time(11, 59), 10), (time(12), 10), (time(12, 1), 3)])
def test_before_the_first_round_a_move_applies_at_the_first_new_time_to_come(at: time, day: int) -> None:
    it = calendar(moves=(Move(1, 6, at, BERLIN, berlin(1, 3, 12)),))
    assert it.opens_on(1) == date(2027, 1, day)
    early = calendar(moves=(Move(1, 6, at, BERLIN, berlin(1, 3, 12) - WEEK),))
    assert early.opens_on(1) == date(2027, 1, day) - WEEK, "also long before"


def test_of_two_moves_of_one_round_the_one_that_was_decided_last_counts() -> None:
    first, second = (Move(2, day, NINE, BERLIN, berlin(1, day, 12)) for day in (5, 6))
    assert calendar(moves=(second, first)).opens_on(2) == calendar(moves=(second,)).opens_on(2)


def test_today_is_the_date_where_the_newest_round_opened() -> None:
    it = calendar(moves=(Move(2, 0, NINE, "Pacific/Kiritimati", berlin(1, 4, 15)),))
    assert it.today(berlin(1, 3, 23, 30)) == date(2027, 1, 3), "before the first one, where that will open"
    assert it.today(it.opens(2) - SECOND) == date(2027, 1, 10)
    assert it.today(it.opens(2)) == date(2027, 1, 11)
    assert [it.zone_of(number) for number in (1, 2, 3)] == [BERLIN, "Pacific/Kiritimati", "Pacific/Kiritimati"]


def test_a_wall_time_that_comes_twice_is_the_first_one_and_one_that_is_skipped_comes_an_hour_later() -> None:
    twice, skipped = date(2027, 10, 31), date(2027, 3, 28)
    assert instant(twice, time(2, 30), BERLIN) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert instant(twice, time(2, 30, fold=1), BERLIN) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert instant(skipped, time(2, 30), BERLIN) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
