"""What a member has before them: openings, weeks off, and the last time that a week opens."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

from cohort_bot.core.agenda import ahead, opening_of, own_rounds, weeks_off
from cohort_bot.core.membership import Account, Break, Member, Slip
from cohort_bot.core.rounds import Calendar, Holiday

BEFORE = datetime(2027, 1, 1, tzinfo=UTC)
PLAIN = Calendar(date(2027, 1, 4), time(9), "UTC")


def member(first: int = 1, *slips: Slip) -> Member:
    return Member(1, 1, Account(1, 1, "local", "w", "u", "Sample", "UTC"), BEFORE, first, slips=slips)


def off(*holidays: Holiday) -> Calendar:
    return Calendar(PLAIN.start, PLAIN.at, PLAIN.zone, holidays=holidays)


def test_every_week_of_the_programme_is_ahead_and_none_after_its_end() -> None:
    seen = ahead(PLAIN, member(), BEFORE, weeks=3, most=9)
    assert [(each.week, each.opens) for each in seen] == [(week, PLAIN.opens(week)) for week in (1, 2, 3)]
    assert all((each.off, each.since) == (0, None) for each in seen)
    assert [each.week for each in ahead(PLAIN, member(), PLAIN.opens(1), weeks=9, most=2)] == [2, 3]


def test_weeks_off_are_told_from_the_end_of_the_round_before() -> None:
    calendar = off(Holiday(1, 1), Holiday(2, 1), Holiday(4, 2), Holiday(4, 1))
    seen = ahead(calendar, member(), BEFORE, weeks=4, most=4)
    assert [each.off for each in seen] == [1, 1, 0, 3]
    assert [each.since for each in seen] == [None, calendar.closes(1), None, calendar.closes(3)]


def test_a_week_that_is_repeated_opens_the_last_time() -> None:
    slower = member(1, Slip(3, 1))
    assert [opening_of(PLAIN, slower, week) for week in (1, 2, 3)] == [PLAIN.opens(number) for number in (1, 3, 4)]
    assert opening_of(PLAIN, member(3), 2) is None
    assert list(own_rounds(PLAIN, slower, 3)) == [1, 2, 3, 4]
    away = replace(slower, breaks=(Break(date(2027, 1, 11), date(2027, 1, 17)),))
    assert list(own_rounds(PLAIN, away, 3)) == [1, 3, 4]


def test_weeks_off_count_between_ones_own_first_and_last_round() -> None:
    calendar = off(*(Holiday(before, before) for before in (2, 3, 5, 6)))
    expected = [(number, number, calendar.closes(number - 1), calendar.opens(number)) for number in (3, 5)]
    assert list(weeks_off(calendar, member(2, Slip(3, 1)), 4)) == expected
