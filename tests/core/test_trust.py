"""When the machine's calendar is believed: a leap is held wherever it comes from, and what is right counts again."""

from datetime import UTC, datetime, timedelta

import pytest

from cohort_bot.core.trust import LEAP, QUIET, Reading, Trust, begin, observe, platform_said, platforms_silent

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
YEARS = timedelta(days=730)


class Machine:
    """A machine and what is believed of its calendar. The truth goes on with elapsed time; `off` is the calendar's."""

    def __init__(self, off: timedelta = timedelta()) -> None:
        self.elapsed = 100.0
        self.truth = NOON
        self.off = off
        self.trust = begin(self.reading)

    @property
    def reading(self) -> Reading:
        return Reading(self.truth + self.off, self.elapsed)

    @property
    def believed(self) -> datetime:
        return self.trust.anchor.later(self.elapsed)

    def passes(self, seconds: float, *, asleep: bool = False) -> None:
        self.truth += timedelta(seconds=seconds)
        self.elapsed += 0 if asleep else seconds
        self.looks()

    def holds(self) -> bool:
        return self.trust.holding

    def looks(self) -> None:
        self.trust = observe(self.trust, self.reading)

    def hears(self, newest: datetime | None = NOON, off: timedelta = timedelta()) -> None:
        self.trust = platform_said(self.trust, self.reading, self.truth + off, newest)

    def hears_nothing(self, newest: datetime | None = NOON) -> None:
        self.trust = platforms_silent(self.trust, self.reading, newest)


def known(off: timedelta = timedelta()) -> Machine:
    machine = Machine(off)
    machine.hears()
    assert machine.trust.doubt is None
    return machine


@pytest.mark.parametrize("leap", [-DAY, -timedelta(seconds=31), timedelta(seconds=31), DAY, YEARS])
def test_a_calendar_that_is_wrong_for_three_seconds_is_never_believed(leap: timedelta) -> None:
    machine = known()
    machine.off = leap
    for _ in range(3):
        machine.passes(1)
        assert machine.holds()
        assert machine.believed == machine.truth
    machine.off = timedelta()
    machine.passes(1)
    assert machine.trust == Trust(machine.reading)


@pytest.mark.parametrize("off", [-timedelta(seconds=30), timedelta(seconds=30)])
def test_a_time_server_sets_the_clock_right_by_seconds(off: timedelta) -> None:
    machine = known()
    machine.off = off
    machine.passes(1)
    assert not machine.holds()
    assert machine.believed == machine.truth + off


def test_a_leap_that_a_platform_bears_out_is_believed_at_once() -> None:
    machine = known()
    machine.passes(5 * 3600, asleep=True)  # a laptop that was closed
    assert machine.holds()
    assert machine.believed == NOON
    machine.hears()
    assert machine.trust == Trust(machine.reading)
    assert machine.believed == machine.truth


def test_where_a_platform_disagrees_its_time_is_used_until_the_calendar_is_right() -> None:
    machine = known()
    machine.off = YEARS
    machine.passes(1)
    machine.hears()
    machine.passes(2 * QUIET)
    machine.hears_nothing()
    assert (machine.holds(), machine.trust.doubt is None) == (False, False)
    assert machine.believed == machine.truth
    machine.off = timedelta()
    machine.passes(1)
    assert machine.trust == Trust(machine.reading)


def test_after_a_second_leap_the_platform_is_asked_again() -> None:
    machine = known()
    machine.off = YEARS
    machine.passes(1)
    machine.hears()
    machine.passes(5 * 3600, asleep=True)
    assert machine.holds()
    machine.hears()
    assert not machine.holds()
    assert abs(machine.believed - machine.truth) <= LEAP


def test_where_no_platform_says_the_time_five_quiet_minutes_do() -> None:
    machine = known()
    machine.passes(5 * 3600, asleep=True)
    machine.passes(299)
    machine.hears_nothing()
    assert machine.holds()
    machine.off = DAY  # it moves again: the minutes begin anew
    machine.passes(1)
    machine.hears_nothing()
    assert machine.holds()
    machine.passes(299)
    machine.hears_nothing()
    assert machine.holds()
    machine.passes(1)
    machine.hears_nothing()
    assert machine.believed == machine.truth + DAY


def test_without_anybody_to_ask_nothing_is_ever_believed() -> None:
    machine = known()
    machine.off = YEARS
    machine.passes(100 * QUIET)
    assert machine.holds()


@pytest.mark.parametrize("off", [datetime(1970, 1, 1, tzinfo=UTC) - NOON, 36 * YEARS])
def test_a_start_without_the_time_goes_by_the_platform_and_then_by_the_calendar_that_was_set_right(
    off: timedelta,
) -> None:
    machine = Machine(off)
    machine.passes(10)
    assert machine.holds()
    machine.hears_nothing()
    assert machine.holds()
    machine.hears()
    assert not machine.holds()
    assert machine.believed == machine.truth
    machine.off = timedelta()
    machine.passes(60)
    assert machine.trust == Trust(machine.reading)


def test_a_start_without_the_time_that_is_set_right_before_anybody_was_asked() -> None:
    machine = Machine(36 * YEARS)
    machine.off = timedelta()
    machine.passes(60)
    machine.hears()
    assert machine.trust == Trust(machine.reading)


@pytest.mark.parametrize("newest", [None, NOON - DAY, NOON - timedelta(hours=5), NOON + timedelta(seconds=30)])
def test_with_nobody_to_ask_the_database_bears_a_start_out(newest: datetime | None) -> None:
    machine = Machine()
    machine.hears_nothing(newest)
    assert machine.trust == Trust(machine.reading)


@pytest.mark.parametrize(
    "newest",
    [NOON - timedelta(days=60), NOON - DAY - timedelta(seconds=1), NOON + timedelta(seconds=31), NOON + DAY],
)
def test_a_start_that_the_database_does_not_bear_out_waits(newest: datetime) -> None:
    machine = Machine()
    machine.hears_nothing(newest)
    assert machine.holds()
    machine.passes(QUIET)
    machine.hears_nothing(newest)
    assert machine.trust.doubt is None


def test_a_machine_whose_calendar_is_a_month_ahead_goes_on_as_it_began() -> None:
    """What is planned by it stays planned; a leap is measured against the platform's clock all the same."""
    month = timedelta(days=30)
    machine = Machine(month)
    machine.hears(newest=None)
    assert machine.trust.doubt is None
    later = Machine(month)
    later.hears(newest=NOON + month - timedelta(hours=1))
    assert later.trust.doubt is None
    later.off = month + YEARS
    later.passes(1)
    later.hears()
    assert later.believed == later.truth + month
    later.off = timedelta()
    later.passes(1)
    later.hears()
    assert later.trust == Trust(later.reading), "set right for good"


def test_a_machine_that_is_known_to_be_ahead_and_was_asleep_goes_on_as_far_ahead() -> None:
    month = timedelta(days=30)
    machine = Machine(month)
    machine.hears(newest=None)
    before = machine.trust
    machine.passes(5 * 3600, asleep=True)
    assert machine.holds()
    machine.hears()
    assert machine.trust == Trust(machine.reading, ahead=month)
    machine.hears()
    assert machine.trust == Trust(machine.reading, ahead=month) != before, "a platform's time changes nothing"


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("off", "newest", "trusted"),
    [
        (timedelta(days=365), None, True),
        (-timedelta(days=365), None, True),
        (timedelta(days=365) + SECOND, None, False),
        (-timedelta(days=365) - SECOND, None, False),
        (DAY, NOON + timedelta(seconds=30), False),  # planned while the calendar was right
        (DAY, NOON + timedelta(seconds=31), True),
        (DAY, NOON + DAY + timedelta(seconds=60), True),
        (DAY, NOON + DAY + timedelta(seconds=61), False),  # planned by a calendar that was further ahead
    ],
)
def test_a_start_is_trusted_against_a_platform_if_all_was_planned_by_the_same_calendar(
    off: timedelta, newest: datetime | None, trusted: bool
) -> None:
    machine = Machine(off)
    machine.hears(newest)
    assert machine.trust.holding is False
    assert machine.believed == machine.truth + (off if trusted else timedelta())


def test_a_clock_in_local_time_at_the_start_is_not_taken_for_the_database_s() -> None:
    machine = Machine(timedelta(hours=2))
    machine.hears(newest=NOON - timedelta(minutes=10))
    assert machine.believed == machine.truth
