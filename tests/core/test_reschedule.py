"""Another start, day, time or zone: before the first opening everything is corrected, afterwards the next one moves."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from cohort_bot.core.reschedule import Wish, plan_again_from, rescheduled
from cohort_bot.core.rounds import Calendar, Holiday, Move, instant

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
MONDAY = date(2027, 1, 4)
PLAIN = Calendar(MONDAY, time(9), BERLIN)
BEFORE = datetime(2027, 1, 1, 12, tzinfo=UTC)
OPEN = PLAIN.opens(3) + timedelta(hours=6)
"""Monday afternoon in round 3."""

WEDNESDAYS = replace(PLAIN, moves=(Move(1, 2, time(18), BERLIN, BEFORE),))
LATER = replace(PLAIN, holidays=(Holiday(1, 1), Holiday(4, 2)))


@pytest.mark.parametrize(
    ("calendar", "wish", "expected"),
    [
        (PLAIN, Wish(starts=date(2027, 1, 18)), Calendar(date(2027, 1, 18), time(9), BERLIN)),
        (PLAIN, Wish(starts=date(2027, 1, 13)), Calendar(date(2027, 1, 13), time(9), BERLIN)),
        (PLAIN, Wish(starts=date(2027, 1, 13), weekday=4), Calendar(date(2027, 1, 15), time(9), BERLIN)),
        (PLAIN, Wish(starts=date(2027, 1, 13), weekday=1), Calendar(date(2027, 1, 19), time(9), BERLIN)),
        (PLAIN, Wish(starts=MONDAY, at=time(0)), Calendar(MONDAY, time(0), BERLIN)),
        (PLAIN, Wish(starts=MONDAY, zone=NEW_YORK), Calendar(MONDAY, time(9), NEW_YORK)),
        (PLAIN, Wish(zone=NEW_YORK), Calendar(MONDAY, time(9), NEW_YORK)),
        (PLAIN, Wish(zone=NEW_YORK, weekday=3, at=time(7)), Calendar(date(2027, 1, 7), time(7), NEW_YORK)),
        (PLAIN, Wish(starts=MONDAY), None),
        (PLAIN, Wish(starts=MONDAY, weekday=0, at=time(9), zone=BERLIN), None),
        (WEDNESDAYS, Wish(zone=NEW_YORK), Calendar(date(2027, 1, 6), time(18), NEW_YORK)),
        (WEDNESDAYS, Wish(starts=MONDAY), Calendar(MONDAY, time(18), BERLIN)),
        (WEDNESDAYS, Wish(starts=date(2027, 1, 6)), None),
        (LATER, Wish(starts=MONDAY), Calendar(MONDAY, time(9), BERLIN, holidays=(Holiday(4, 2),))),
        (LATER, Wish(starts=date(2027, 1, 11)), None),
    ],
)
def test_before_the_first_opening_the_start_itself_is_corrected(
    calendar: Calendar, wish: Wish, expected: Calendar | None
) -> None:
    new = rescheduled(calendar, wish, BEFORE)
    assert (new and new.calendar) == expected
    if new and expected:
        assert (new.first, new.move) == (1, None)
        assert (new.weekday, new.at, new.zone) == (expected.start.weekday(), expected.at, expected.zone)


@pytest.mark.parametrize(
    ("calendar", "wish", "now", "first"),
    [
        (PLAIN, Wish(at=time(0)), BEFORE, MONDAY),
        (PLAIN, Wish(at=time(7)), BEFORE, MONDAY),
        (PLAIN, Wish(weekday=3), BEFORE, date(2027, 1, 7)),
        (PLAIN, Wish(weekday=6), BEFORE, date(2027, 1, 10)),
        (PLAIN, Wish(at=time(8)), datetime(2027, 1, 4, 7, 30, tzinfo=UTC), date(2027, 1, 11)),
        (PLAIN, Wish(weekday=0, at=time(9), zone=BERLIN), BEFORE, None),
        (WEDNESDAYS, Wish(weekday=0, at=time(0)), BEFORE, MONDAY),
        (WEDNESDAYS, Wish(weekday=2), BEFORE, None),
    ],
)
def test_another_day_or_time_before_the_first_opening_is_the_first_such_time_from_the_start_on(
    calendar: Calendar, wish: Wish, now: datetime, first: date | None
) -> None:
    new = rescheduled(calendar, wish, now)
    assert (new and new.calendar.opens_on(1)) == first
    if new:
        assert new.move is not None
        assert new.calendar == replace(calendar, moves=(new.move,))
        assert new.calendar.opens(1) > now


@pytest.mark.parametrize(
    ("wish", "first"),
    [
        (Wish(weekday=3), date(2027, 1, 28)),  # Thursday is three days off: the round lasts ten
        (Wish(weekday=4), date(2027, 1, 22)),
        (Wish(at=time(18)), date(2027, 1, 25)),
        (Wish(zone=NEW_YORK), date(2027, 1, 25)),
        (Wish(starts=date(2027, 1, 27), at=time(18)), date(2027, 1, 25)),
        (Wish(), None),
        (Wish(starts=date(2027, 3, 1)), None),
        (Wish(weekday=0, at=time(9), zone=BERLIN), None),
    ],
)
def test_after_the_first_opening_the_next_one_moves_and_the_opened_ones_stay(wish: Wish, first: date | None) -> None:
    new = rescheduled(PLAIN, wish, OPEN)
    assert (new and new.calendar.opens_on(4)) == first
    if new:
        assert new.first == 4
        assert new.move == Move(4, new.weekday, new.at, new.zone, OPEN)
        assert [new.calendar.opens(number) for number in (1, 2, 3)] == [PLAIN.opens(number) for number in (1, 2, 3)]


def test_in_a_week_off_the_round_after_the_announced_one_moves() -> None:
    new = rescheduled(replace(PLAIN, holidays=(Holiday(4, 1),)), Wish(weekday=3), PLAIN.closes(3))
    assert new is not None
    assert (new.first, new.calendar.opens_on(4)) == (5, date(2027, 2, 1))


def test_who_moves_twice_before_the_opening_gets_the_second_and_what_was_moved_before_stays() -> None:
    """What is not wished for is as it was moved last."""
    tuesdays = Move(2, 1, time(9), BERLIN, PLAIN.opens(1))
    now = OPEN + timedelta(days=1)
    once = rescheduled(replace(PLAIN, moves=(tuesdays,)), Wish(weekday=4, zone=NEW_YORK), now)
    assert once is not None
    assert rescheduled(once.calendar, Wish(weekday=4), now) is None
    twice = rescheduled(once.calendar, Wish(at=time(7)), now)
    assert twice is not None
    assert twice.calendar.moves == (tuesdays, Move(4, 4, time(7), NEW_YORK, now))


def test_a_cohort_is_planned_again_from_just_before_the_opening_of_the_round_that_may_be_in_grace() -> None:
    for round_, since in ((4, 3), (3, 2), (2, 1), (1, 1)):
        again = plan_again_from(PLAIN, PLAIN.opens(round_) + timedelta(hours=1))
        assert PLAIN.opens(since) - timedelta(milliseconds=1) <= again < PLAIN.opens(since)
    assert plan_again_from(PLAIN, BEFORE) == BEFORE


def test_the_first_date_is_that_of_the_zone_of_the_cohort() -> None:
    """A move is decided just before the first date begins there, and never before now."""
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        new = rescheduled(replace(PLAIN, zone=zone), Wish(at=time(0)), BEFORE)
        assert new is not None
        assert new.calendar.opens(1) == instant(MONDAY, time(0), zone)
