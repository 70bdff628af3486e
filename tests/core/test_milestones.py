"""Milestones, the group's norm and the small pictures, as pure rules."""

from datetime import date, timedelta

import pytest

from cohort_bot.app.words.checkin import _MILESTONES
from cohort_bot.chat.drawing import WIDTH, bar, shields
from cohort_bot.core.membership import Break
from cohort_bot.core.milestones import MILESTONES, Norm, ahead, norm, reached
from cohort_bot.core.progress import GROUP, GroupRound, Turnout

MONDAY = date(2027, 1, 4)
DATES = tuple(MONDAY + timedelta(days) for days in range(7))
TICKED = frozenset({"Read"})


def test_each_milestone_is_told_by_the_check_in_that_reaches_it_and_by_no_edit() -> None:
    life = [(made, new) for made in range(1, 117) for new in (True, False, False)]
    assert [found for made, new in life if (found := reached(made, new=new))] == list(MILESTONES)
    assert [ahead(made) for made in (0, 3, 4, 99, 100)] == [4, 4, 10, 100, None]
    assert tuple(_MILESTONES) == MILESTONES, "each has its words"


@pytest.mark.parametrize(
    ("made", "of", "first", "said"),
    [
        (1, 1, True, None),  # alone
        (1, 2, True, Norm.FIRST),
        (1, 12, True, Norm.FIRST),
        (1, 12, False, None),
        (2, 12, True, None),  # so few would shame the others, or excuse oneself
        (5, 12, False, None),
        (6, 12, False, Norm.MOST),
        (9, 12, True, Norm.MOST),
        (12, 12, False, Norm.ALL),
        (2, 2, False, Norm.ALL),
        (3, 4, False, None),  # that would tell who is missing
        (4, 5, False, Norm.MOST),
        (0, 12, False, None),
        (0, 0, False, None),
    ],
)
def test_of_the_group_is_said_what_draws_along_and_nothing_that_shames(
    made: int, of: int, first: bool, said: Norm | None
) -> None:
    assert norm(Turnout(3, made, of), first=first) is said


def test_who_is_off_for_most_of_the_round_is_not_waited_for() -> None:
    week_off, long_weekend = Break(MONDAY, MONDAY + timedelta(3)), Break(MONDAY + timedelta(4), MONDAY + timedelta(9))
    group = GroupRound([(3, TICKED, 1)], 4, [(long_weekend,), (week_off,), (long_weekend, week_off)])
    assert group.turnout(3, DATES) == Turnout(3, 1, 3)


def test_others_are_those_of_the_same_week_and_only_in_a_group_where_numbers_tell_nobody_apart() -> None:
    made = [(3, TICKED, 2), (3, frozenset(), 1), (2, TICKED, 1), (3, TICKED | {"Draw"}, 1)]
    assert GroupRound(made, 0).others(3, "Read") == 2
    assert GroupRound(made, 0).others(3, "Write") == 0
    few = [(3, TICKED, 2), (3, frozenset(), 1), (2, TICKED, 1)]
    assert sum(count for *_, count in few) == GROUP - 1
    assert GroupRound(few, 0).others(3, "Read") == 0
    assert GroupRound(few, 1).others(3, "Read") == 1


@pytest.mark.parametrize(
    ("done", "of", "drawn"),
    [
        (0, 16, "▱" * 10),
        (1, 116, "▰" + "▱" * 9),
        (8, 16, "▰" * 5 + "▱" * 5),
        (115, 116, "▰" * 9 + "▱"),
        (116, 116, "▰" * 10),
        (2, 4, "▰▰▱▱"),
        (0, 0, "▱" * 10),
    ],
)
def test_a_bar_is_full_only_with_everything_and_empty_only_with_nothing(done: int, of: int, drawn: str) -> None:
    assert bar(done, of).text == drawn
    assert len(drawn) <= WIDTH


def test_shields_are_what_is_left() -> None:
    assert [shields(left, 2).text for left in (2, 1, 0)] == ["◆◆", "◆◇", "◇◇"]
