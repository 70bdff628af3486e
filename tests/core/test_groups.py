"""Small groups, rule by rule (over two years, and against every other way: tests/properties/test_groups.py)."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import combinations
from typing import Any

import pytest

from cohort_bot.core import groups
from cohort_bot.core.checkins import Status
from cohort_bot.core.groups import MOST, Moves, Person, first_shared, match, shared_hours, silent, waking

AT = datetime(2027, 1, 5, 10, tzinfo=UTC)
SIGNS = {"●": Status.ON_TIME, "◐": Status.LATE, "✕": Status.MISSED, "○": Status.FORGIVEN, "‖": Status.BREAK}


def quarters(*hours: tuple[float, float]) -> int:
    """The quarter-hours of UTC from one hour to another."""
    return sum(1 << each for first, last in hours for each in range(int(first * 4), int(last * 4)))


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("UTC", AT, quarters((8, 22))),
        ("Asia/Kathmandu", AT, quarters((2.25, 16.25))),
        ("America/New_York", AT, quarters((13, 24), (0, 3))),
        ("America/New_York", datetime(2027, 7, 5, tzinfo=UTC), quarters((12, 24), (0, 2))),
        ("Pacific/Kiritimati", AT, quarters((18, 24), (0, 8))),
    ],
)
def test_a_day_is_from_eight_to_ten_in_the_evening_by_the_clock_there(zone: str, at: datetime, day: int) -> None:
    assert waking(zone, at) == day


def test_hours_are_shared_by_all() -> None:
    assert shared_hours([]) == 24
    assert shared_hours([quarters((8, 22)), quarters((6, 11.5)), quarters((10, 24))]) == 1.5
    assert shared_hours([quarters((8, 22)), quarters((22, 24))]) == 0


@pytest.mark.parametrize(
    ("awake", "at", "hours"),
    [
        ([quarters((8, 22))], AT, 0),
        ([quarters((8, 22))], AT.replace(hour=21, minute=45), 0),
        ([quarters((8, 22))], AT.replace(hour=22), 10),
        ([quarters((8, 22))], AT.astimezone(timezone(timedelta(hours=9))), 0),
        ([quarters((8, 22)), quarters((15.25, 24))], AT, 5.25),
        ([quarters((8, 22)), quarters((15.25, 24))], AT.replace(minute=7), 5.25),
        ([quarters((8, 22)), quarters((22, 24))], AT.replace(hour=7), 1),
        ([quarters((8, 22)), quarters((22, 24)), quarters((23, 24))], AT, 13),
        ([quarters((8, 9)), quarters((8, 9)), quarters((10, 11))], AT, 22),
    ],
)
def test_they_meet_at_the_first_time_at_which_most_are_awake(awake: Sequence[int], at: datetime, hours: float) -> None:
    assert first_shared(awake, at) == at + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("rounds", "is_silent"),
    [
        ("", False), ("✕✕", False), ("✕✕✕", True), ("✕○✕", True), ("●✕✕✕", True), ("✕✕✕●", False), ("✕✕✕◐", False),
        ("◐✕✕", False), ("✕‖✕‖✕‖", True), ("●✕‖✕", False), ("✕✕●✕✕", False), ("‖‖‖", False),
    ],
)  # fmt: skip
def test_three_counted_rounds_without_a_check_in_are_a_silence(rounds: str, *, is_silent: bool) -> None:
    assert silent([SIGNS[sign] for sign in rounds]) is is_silent


def people(*groups: str, waiting: int = 0) -> dict[int, Person]:
    """People of one room, awake at the same time: groups by the number of their people, then those who wait."""
    placed = [number for number, size in enumerate(groups) for _ in range(int(size))]
    return {
        number: Person(number, 1, quarters((8, 22)), group=group)
        for number, group in enumerate([*placed, *[None] * waiting])
    }


def sizes(moves: Moves) -> list[int]:
    return sorted(map(len, moves.formed))


@pytest.mark.parametrize(
    ("number", "groups"),
    [
        (2, []), (3, [3]), (4, [4]), (5, [5]), (6, [3, 3]), (7, [3, 4]), (8, [4, 4]), (9, [4, 5]), (10, [3, 3, 4]),
        (11, [3, 4, 4]), (12, [4, 4, 4]), (13, [4, 4, 5]), (14, [3, 3, 4, 4]),
    ],
)  # fmt: skip
def test_people_who_wait_are_put_in_groups_of_about_four(number: int, groups: list[int]) -> None:
    moves = match(people(waiting=number).values(), {})
    assert sizes(moves) == groups
    assert sorted(each for team in moves.formed for each in team) == (list(range(number)) if groups else [])


@pytest.mark.parametrize(
    ("groups", "waiting", "formed"),
    [
        ("3", 0, []),
        ("3", 1, [4]),
        ("3", 2, [5]),
        ("4", 1, [5]),
        ("33", 1, [4]),
        ("45", 1, [5]),
        ("5", 1, [3]),  # two of the five move
        ("5", 2, [3]),  # one of them
        ("5", 3, [3]),
        ("55", 1, [3]),
        ("55", 2, [3]),
        ("2", 0, []),
        ("2", 1, [3]),
        ("2", 2, [4]),
        ("2", 4, [3, 3]),
        ("21", 0, [3]),
        ("22", 0, [4]),
        ("23", 0, [5]),
        ("24", 1, [3]),
    ],
)
def test_one_or_two_come_to_others_and_only_where_all_are_full_somebody_moves(
    groups: str, waiting: int, formed: list[int]
) -> None:
    here = people(*groups, waiting=waiting)
    moves = match(here.values(), {})
    assert sizes(moves) == formed
    moved = {each for team in moves.formed for each in team}
    assert {number for number, one in here.items() if one.group is None} <= moved


def test_who_is_silent_gives_up_their_place_and_who_rests_keeps_it_and_gets_no_new_one() -> None:
    here = people("3", "4", waiting=3)
    here[0] = replace(here[0], silent=True)  # of three: the two others need somebody
    here[3] = replace(here[3], resting=True)
    here[7] = replace(here[7], silent=True)
    here[8] = replace(here[8], resting=True)
    assert match(here.values(), {}) == Moves(((1, 2, 9),), (0,))


def test_two_rooms_have_groups_of_their_own() -> None:
    here = [replace(one, home=number % 2) for number, one in people(waiting=6).items()]
    assert match(here, {}).formed == ((0, 2, 4), (1, 3, 5))


def joins(one: Person, first: Person, second: Person, past: Mapping[int, set[int]] | None = None) -> int:
    """Which of two groups of three somebody comes to: to people like `first` or like `second`."""
    groups = [
        replace(like, id=10 * group + each, group=group)
        for group, like in enumerate((first, second))
        for each in range(3)
    ]
    ((*team,),) = match([*groups, replace(one, id=99)], past or {}).formed
    assert len(team) == 4
    return team[0] // 10


ONE = Person(0, 1, quarters((8, 22)), 5, frozenset("abcd"))


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ({}, {}, 0),
        ({"phase": 6}, {}, 1),
        ({"phase": 4}, {}, 1),
        ({"phase": 6}, {"phase": 3}, 0),
        ({}, {"topics": frozenset("a")}, 1),
        ({"topics": frozenset("x")}, {"topics": frozenset("axy")}, 1),
        ({"topics": frozenset("ab")}, {"topics": frozenset("cda")}, 1),
        ({"topics": frozenset("abc")}, {"topics": frozenset("abcd")}, 0),
        ({}, {"phase": 6, "topics": frozenset("a")}, 0),
        ({}, {"phase": 6, "topics": frozenset("ab")}, 0),
        ({}, {"phase": 6, "topics": frozenset("abc")}, 1),
        ({"awake": quarters((9, 23))}, {}, 1),
        ({"awake": quarters((8.75, 22.75))}, {}, 0),
        ({"awake": quarters((11, 24), (0, 1))}, {"phase": 6}, 0),
        ({"awake": quarters((12, 24), (0, 2))}, {"phase": 6}, 0),
        ({"awake": quarters((13, 24), (0, 3))}, {"phase": 6}, 1),
    ],
)
def test_alike_are_phases_then_words_up_to_three_and_days(
    first: dict[str, Any], second: dict[str, Any], joined: int
) -> None:
    plain = replace(ONE, topics=frozenset())
    assert joins(ONE, replace(plain, **first), replace(plain, **second)) == joined


@pytest.mark.parametrize(("until", "joined"), [(11.25, 0), (11, 0), (10.75, 1)])
def test_three_shared_hours_count_more_than_the_phase(until: float, joined: int) -> None:
    one = replace(ONE, awake=quarters((0, until)))
    assert joins(one, ONE, replace(ONE, awake=quarters((0, 11)), phase=9)) == joined


def test_nobody_comes_together_again_while_there_are_others_unless_no_hours_are_shared() -> None:
    alike, unlike, apart = ONE, replace(ONE, phase=9), replace(ONE, awake=quarters((22, 24), (0, 8)))
    assert joins(ONE, alike, unlike, {99: {0}, 0: {99}}) == 1
    assert joins(ONE, alike, unlike, {99: {0, 10, 11}, 0: {99}, 10: {99}, 11: {99}}) == 0
    assert joins(ONE, apart, unlike, {99: {10, 11, 12}, 10: {99}, 11: {99}, 12: {99}}) == 1


def test_people_who_are_together_now_do_not_meet_again_by_staying() -> None:
    here = people("2", waiting=2)
    assert match(here.values(), {0: {1}, 1: {0}}).formed == ((0, 1, 2, 3),)


@pytest.mark.parametrize("met", [{6: {7, 8}, 7: {6, 8}, 8: {6, 7}}, {}])
def test_a_new_group_is_dissolved_into_others_only_if_that_does_less_harm(met: Mapping[int, set[int]]) -> None:
    here = people("3", "3", waiting=3)
    here[0] = replace(here[0], awake=quarters((22, 24)))  # the others' harm, which stays
    room = groups._Room(list(here.values()), met)
    others = [groups._Team(stays=[here[each] for each in ids]) for ids in ((0, 1, 2), (3, 4, 5))]
    new = groups._Team(placed=[here[each] for each in (6, 7, 8)])
    assert room._dissolved(new, [new, *others]) is bool(met)
    assert list(map(len, [new, *others])) == ([0, 4, 5] if met else [3, 3, 3])


AROUND = ("Europe/London", "America/Chicago", "Asia/Tokyo", "Asia/Kolkata", "Pacific/Auckland", "America/Los_Angeles")


def world(seed: int) -> tuple[list[Person], dict[int, set[int]]]:
    """A room of people from all round the world: some in groups, some waiting, some of whom have met."""
    chance = random.Random(seed)  # noqa: S311 - a simulation
    groups = [number for number in range(chance.randint(0, 3)) for _ in range(chance.randint(1, MOST))]
    waiting = [None] * (chance.randint(50, 60) if seed % 40 == 0 else chance.randint(0, 12))
    zones = chance.sample(AROUND, chance.randint(1, 6))
    here = [
        Person(number, 1, waking(chance.choice(zones), AT), chance.randint(1, 4), frozenset(chance.sample("abcdef", 2)),
               group, chance.random() < 0.05, chance.random() < 0.1)
        for number, group in enumerate([*groups, *waiting])
    ]  # fmt: skip
    past: dict[int, set[int]] = {}
    met = chance.choice((0, 0.1, 0.2, 0.4))
    for one, two in combinations(range(len(here)), 2):
        if chance.random() < met:
            past.setdefault(one, set()).add(two)
            past.setdefault(two, set()).add(one)
    return here, past


def measured(here: Sequence[Person], past: Mapping[int, set[int]], moves: Moves) -> Counter[str]:
    """How good the groups are that are formed: less is better, after the first."""
    teams = [[here[each] for each in team] for team in moves.formed]
    pairs = [pair for team in teams for pair in combinations(team, 2)]
    again = [two.id in past.get(one.id, ()) and (one.group is None or one.group != two.group) for one, two in pairs]
    return Counter(
        placed=sum(one.group is None for team in teams for one in team),
        formed=len(teams),
        apart=sum(shared_hours(each.awake for each in team) < 3 for team in teams),
        again=sum(again),
        other_phase=sum(abs(one.phase - two.phase) for one, two in pairs),
        other_words=sum(not one.topics & two.topics for one, two in pairs),
    )


@pytest.mark.parametrize(
    ("looks", "rooms", "figures"),
    [
        (1, range(400, 440), (213, 72, 4, 28, 324, 134)),
        (12, range(440, 480), (259, 86, 3, 33, 485, 146)),
        (200, range(200), (1222, 417, 20, 94, 2128, 740)),
        (2000, range(300, 350), (332, 112, 4, 24, 617, 189)),
    ],
)
def test_how_good_groups_are_does_not_change_unseen(
    monkeypatch: pytest.MonkeyPatch, looks: int, rooms: range, figures: Sequence[int]
) -> None:
    """Figures of three hundred rooms. Whoever finds better groups changes them here, and sees that they are better."""
    monkeypatch.setattr(groups, "_LOOKS", looks)
    found: Counter[str] = Counter()
    for seed in rooms:
        here, past = world(seed)
        found.update(measured(here, past, match(here, past)))
    assert tuple(found.values()) == figures
