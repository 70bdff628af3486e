"""To whom a moderator writes first, and who is left in peace."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_bot.core.checkins import Status
from cohort_bot.core.outreach_order import (
    FIVE,
    MINUTES,
    NOT_NOW_FOR,
    Candidate,
    Contact,
    Why,
    in_order,
    rests,
    why,
)
from cohort_bot.core.risks import risks

NOW = datetime(2027, 6, 1, 12, tzinfo=UTC)
TODAY = date(2027, 6, 1)
SIGNS = {
    "●": Status.ON_TIME,
    "◐": Status.LATE,
    "○": Status.FORGIVEN,
    "✕": Status.MISSED,
    "‖": Status.BREAK,
    "·": Status.OUTSIDE,
    "…": Status.OPEN,
}


def someone(signs: str, number: int = 1, blocked: str = "") -> Candidate:
    """A member with this record; `blocked` is what their last two check-ins said was in the way."""
    rounds = tuple(SIGNS[sign] for sign in signs)
    made = [number for number, status in enumerate(rounds, start=1) if status.made]
    seen = NOW - timedelta(days=7 * (len(rounds) - max(made, default=0)))
    return Candidate(number, rounds, risks(rounds, dict.fromkeys(made[-2:], blocked)), seen)


@pytest.mark.parametrize(
    ("signs", "blocked", "expected"),
    [
        ("●●●●●…", "", None),
        ("●●●●●●…", "No GPU", Why.STUCK),
        ("●●●●●○…", "No GPU", Why.STUCK),
        ("●●●●●○○…", "No GPU", Why.LATELY),
        ("○…", "", Why.NEWCOMER),
        ("●○…", "", Why.NEWCOMER),
        ("·····●○…", "", Why.NEWCOMER),
        ("●●●○…", "", Why.NEWCOMER),
        ("●●●●○…", "", Why.FIRST),
        ("●●●●○‖…", "", Why.FIRST),
        ("●●●●○○…", "", Why.LATELY),
        ("●●●●○○✕…", "", Why.LATELY),
        ("●●●●○○✕✕…", "", Why.SILENT),
        ("●●○●○●○…", "", Why.PATCHY),
        ("●●○●○✕●…", "", Why.PATCHY),
        ("●" + "✕" * 8 + "…", "", Why.SILENT),
        ("●" + "✕" * 9 + "…", "", Why.GONE),
        ("✕" * 20, "", Why.GONE),
        ("‖‖‖‖", "", None),
        ("", "", None),
    ],
)
def test_why_a_word_would_help(signs: str, blocked: str, expected: Why | None) -> None:
    assert why(someone(signs, blocked=blocked)) is expected


def test_early_and_recent_comes_before_long_gone() -> None:
    people = {
        "long gone": someone("●" + "✕" * 12, 1),
        "silent": someone("●●●●●✕✕✕✕✕", 2),
        "silent for longer": someone("●●●✕✕✕✕✕✕✕", 3),
        "first time": someone("●●●●●●●●●○", 4),
        "here until lately": someone("●●●●●●●○○", 5),
        "a new one": someone("·······●○", 6),
        "stuck": someone("●●●●●●●●●●", 7, "No GPU"),
        "fine": someone("●●●●●●●●●●", 8),
    }
    ordered = [one.member_id for one, _ in in_order(people.values(), NOW, TODAY)]
    names = {one.member_id: name for name, one in people.items()}
    assert [names[number] for number in ordered] == [
        "stuck",
        "a new one",
        "here until lately",
        "first time",
        "silent",
        "silent for longer",
        "long gone",
    ]


DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("contact", "left_in_peace"),
    [
        (None, False),
        (Contact(NOW - 14 * DAY + SECOND, answered=False), True),
        (Contact(NOW - 14 * DAY, answered=False), False),
        (Contact(NOW - 7 * DAY + SECOND, answered=True), True),
        (Contact(NOW - 7 * DAY, answered=True), False),
        (Contact(NOW - 30 * DAY, answered=False, follow_up=TODAY + DAY), True),
        (Contact(NOW - 30 * DAY, answered=False, follow_up=TODAY), False),
        (Contact(NOW - 8 * DAY, answered=False, follow_up=TODAY), True),
    ],
)
def test_nobody_twice_in_a_fortnight_without_an_answer(contact: Contact | None, *, left_in_peace: bool) -> None:
    one = replace(someone("●●●●○○"), contact=contact)
    assert rests(one, NOW, TODAY) is left_in_peace
    assert bool(in_order([one], NOW, TODAY)) is not left_in_peace


def test_nobody_on_a_break_and_nobody_who_was_put_off() -> None:
    one = someone("●●●●○○")
    assert in_order([replace(one, resting=True)], NOW, TODAY) == []
    assert in_order([replace(one, put_off=NOW + DAY)], NOW, TODAY) == []
    assert len(in_order([replace(one, put_off=NOW)], NOW, TODAY)) == 1


def test_a_sitting_is_short_and_not_now_is_not_never() -> None:
    assert FIVE == 5
    assert timedelta(minutes=15) == MINUTES
    assert 3 * DAY == NOT_NOW_FOR


@given(st.lists(st.text(alphabet="●○✕‖", max_size=20), max_size=12))
def test_whoever_it_is_a_reason_comes_in_its_place_and_the_order_is_total(records: list[str]) -> None:
    people = [someone(signs, number) for number, signs in enumerate(records)]
    found = in_order(people, NOW, TODAY)
    places = [list(Why).index(reason) for _, reason in found]
    assert places == sorted(places)
    assert in_order(people[::-1], NOW, TODAY) == found
    for (one, reason), (other, same) in pairwise(found):
        assert reason is not same or one.seen >= other.seen
    assert {one.member_id for one, _ in found} == {one.member_id for one in people if one.missed or why(one)}
