"""Questions on earlier weeks, over whole programmes: three a round, each at its distances, none twice too soon."""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, time

import pytest

from cohort_bot.core import recall
from cohort_bot.core.programme import Programme, Recall
from cohort_bot.core.recall import Answer, Asked
from cohort_bot.core.rounds import Calendar, Holiday, Move
from tests.properties.worlds import programme

CALENDAR = Calendar(date(2027, 1, 4), time(9), "Europe/Berlin", holidays=(Holiday(9, 2), Holiday(30, 1)))
PLAIN = Calendar(date(2027, 1, 4), time(9), "Europe/Berlin")


def guide(weeks: int, a_week: int) -> Programme:
    """So many questions a week."""
    plain = programme(weeks)
    own = tuple(
        replace(week, recall=tuple(Recall(f"{week.number}/{n}?", "Yes.", "Here") for n in range(a_week)))
        for week in plain.weeks
    )
    return replace(plain, weeks=own)


def life(
    book: Programme, calendar: Calendar, rounds: int, knows: Callable[[Asked], bool], skips: Callable[[int], bool]
) -> Mapping[int, tuple[Asked, ...]]:
    """What is asked in each round of somebody who answers all, except in the rounds that they skip."""
    answers: list[Answer] = []
    asked = {}
    for number in range(1, rounds + 1):
        learnt = {week: week for week in range(1, min(number, book.length) + 1) if not skips(week)}
        asked[number] = recall.asked(book, calendar, learnt, answers, number)
        if not skips(number):
            answers += [Answer(each.recall.question, number, knows(each)) for each in asked[number]]
        assert recall.asked(book, calendar, learnt, answers, number) == asked[number], "the same all round"
    return asked


def test_with_one_question_a_week_each_comes_at_its_three_distances_exactly() -> None:
    asked = life(guide(60, 1), PLAIN, 100, lambda _: True, lambda _: False)
    came = defaultdict(list)
    for number, some in asked.items():
        for each in some:
            came[each.week].append(number - each.week)
    assert came == {week: [4, 13, 26] for week in range(1, 61)}


@pytest.mark.parametrize("seed", range(3))
def test_never_too_many_too_soon_or_on_what_was_never_done(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a simulation
    a_week = 1 + seed
    skipped = {number for number in range(1, 140) if chance.random() < 0.2}
    asked = life(guide(110, a_week), CALENDAR, 140, lambda _: chance.random() < 0.75, lambda number: number in skipped)
    last: dict[str, tuple[int, int]] = {}
    for number, some in asked.items():
        assert len(some) <= recall.MOST
        assert len({each.recall.question for each in some}) == len(some)
        assert not {each.week for each in some} & skipped, "only on weeks with a check-in"
        for each in some:
            since, stage = last.get(each.recall.question, (each.week, 0))
            weeks = (CALENDAR.opens_on(number) - CALENDAR.opens_on(since)).days / 7
            assert weeks >= recall.GAPS[each.stage], f"not before its time: {each} in {number}"
            assert each.stage in {0, stage}
            if number not in skipped:
                last[each.recall.question] = (number, each.stage + 1)
    full = [number for number in asked if len(some) == recall.MOST]
    assert len(full) > 50, "the simulation is alive"
    late = [each.late for number in range(20, 111) for each in asked[number]]
    assert sorted(late)[len(late) // 2] <= 2, "most come at about their distance"


def test_what_was_not_known_comes_before_what_is_new() -> None:
    forgotten = "1/0?"
    asked = life(guide(20, 2), PLAIN, 9, lambda each: each.recall.question != forgotten, lambda _: False)
    assert [each.recall.question for each in asked[9]] == [forgotten, "5/0?", "5/1?"]
    answers = [Answer(forgotten, 5, known=False)]
    assert recall.next_gap(answers, forgotten, 9, known=True) == 9
    assert recall.next_gap(answers, forgotten, 9, known=False) == 4
    known = [Answer(forgotten, number, known=True) for number in (5, 14)]
    assert recall.next_gap(known, forgotten, 27, known=True) is None, "three times in a row"
    assert recall.next_gap(known, forgotten, 27, known=False) == 4
    others = [Answer("5/0?", 1, known=True), Answer(forgotten, 9, known=True)]
    assert recall.next_gap(others, forgotten, 9, known=True) == 9, "another question, or the same round"


def test_of_many_come_three_the_newest_first_and_first_what_was_forgotten() -> None:
    done = {week: week for week in range(1, 5)}
    assert [each.recall.question for each in recall.asked(guide(9, 2), PLAIN, done, [], 9)] == ["3/0?", "4/0?", "4/1?"]
    again = [Answer("1/2?", 5, known=False)]
    asked = recall.asked(guide(9, 4), PLAIN, {1: 1, 5: 5}, again, 9)
    assert [each.recall.question for each in asked] == ["1/2?", "5/0?", "5/1?"]


def test_one_of_each_distance_comes_however_late_it_is() -> None:
    answers = [Answer("10/0?", 14, known=True), *(Answer("1/0?", number, known=True) for number in (5, 14))]
    asked = recall.asked(guide(30, 3), PLAIN, {1: 1, 10: 10, 26: 26}, answers, 30)
    assert [(each.recall.question, each.stage, each.late) for each in asked] == [
        ("26/0?", 0, 0), ("10/0?", 1, 7), ("1/0?", 2, 3)
    ]  # fmt: skip


def test_the_third_is_of_the_longer_distance_where_all_else_is_equal() -> None:
    forgotten = [Answer(f"1/{n}?", 10, known=False) for n in (0, 1)]
    known = [Answer(f"1/{n}?", 5, known=True) for n in (2, 3)]
    asked = recall.asked(guide(9, 4), PLAIN, {1: 1}, [*known, *forgotten], 14)
    assert [(each.recall.question, each.stage) for each in asked] == [("1/0?", 0), ("1/2?", 1), ("1/3?", 1)]


def test_a_week_that_is_repeated_is_learnt_the_last_time_before_the_round() -> None:
    assert recall.learnt({4: 3, 1: 1, 3: 3, 5: 4}, 4) == {1: 1, 3: 4}


def test_the_button_of_an_earlier_version_still_names_its_question() -> None:
    (asked,) = recall.asked(guide(9, 1), PLAIN, {1: 1}, [], 5)
    assert asked.key == recall.key_of("1/0?") == "932131eee692"


def test_weeks_are_counted_by_the_calendar_to_the_nearest() -> None:
    assert recall.weeks_between(CALENDAR, 8, 9) == 3
    for weekday, days, then in ((2, 9, 19), (3, 10, 19), (4, 4, 12)):
        once = Move(2, weekday, time(9), PLAIN.zone, PLAIN.opens(1))
        moved = replace(PLAIN, moves=(once,))
        again = replace(PLAIN, moves=(once, Move(3, 5, time(9), PLAIN.zone, moved.opens(2))))
        assert [(again.opens_on(number) - PLAIN.start).days for number in (2, 3)] == [days, then]
        assert [recall.weeks_between(again, 1, number) for number in (2, 3)] == [1, 2 if then == 12 else 3]


def test_a_question_that_is_worded_anew_is_a_new_one() -> None:
    book = guide(9, 1)
    before = recall.asked(book, PLAIN, {1: 1}, [Answer("1/0?", 3, known=True)], 5)
    assert before == ()
    week = replace(book.weeks[0], recall=(Recall("1/0, once more?", "Yes.", "Here"),))
    anew = replace(book, weeks=(week, *book.weeks[1:]))
    (asked,) = recall.asked(anew, PLAIN, {1: 1}, [Answer("1/0?", 3, known=True)], 5)
    assert asked.recall.question == "1/0, once more?"
    given = [Answer("1/0, once more?", 1, known=False), Answer("1/0, once more?", 5, known=True)]
    assert recall.card(anew, PLAIN, {1: 1}, given, 5) == ((asked,), {asked.key: True})
    assert recall.asked(anew, PLAIN, {1: 1, 30: 2}, [], 9), "a week that the programme no longer has is passed over"
