"""Small groups over two years in which people join, fall silent, come back and leave; and every way to make a few."""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from cohort_bot.core.groups import LEAST, MOST, Moves, Person, match, shared_hours, waking
from tests.properties.worlds import ZONES

AT = datetime(2027, 1, 5, 10, tzinfo=UTC)
ROUNDS = 104
AROUND = ("Europe/London", "America/Chicago", "Asia/Tokyo", "Asia/Kolkata", "Pacific/Auckland", "America/Los_Angeles")
Past = defaultdict[int, set[int]]


def apply(moves: Moves, people: dict[int, Person], past: Past, number: int) -> None:
    """Give the groups that are formed new numbers, and note who has met."""
    for person_id in moves.out:
        people[person_id] = replace(people[person_id], group=None)
    for index, team in enumerate(moves.formed):
        for each in team:
            people[each] = replace(people[each], group=number * 1000 + index)
            past[each] |= set(team) - {each}


def groups_of(people: Mapping[int, Person]) -> Mapping[int, list[Person]]:
    found: dict[int, list[Person]] = defaultdict(list)
    for person in people.values():
        if person.group is not None:
            found[person.group].append(person)
    return found


def overlap(team: Sequence[Person]) -> float:
    return shared_hours(each.awake for each in team)


def again(team: Sequence[Person], past: Mapping[int, set[int]]) -> int:
    """Pairs that were together before, and were not until now."""
    return sum(
        two.id in past.get(one.id, ()) and (one.group is None or one.group != two.group)
        for one, two in combinations(team, 2)
    )


def harm(teams: Sequence[Sequence[Person]], past: Mapping[int, set[int]]) -> tuple[int, int]:
    return sum(overlap(team) < 3 for team in teams), sum(again(team, past) for team in teams)


def every_way(free: Sequence[Person], whole: Sequence[Sequence[Person]]) -> Iterator[list[list[Person]]]:
    """All ways to give the free people a place: in groups that are large enough, or in new ones."""

    def place(left: Sequence[Person], teams: list[list[Person]]) -> Iterator[list[list[Person]]]:
        if not left:
            if all(len(team) >= LEAST for team in teams):
                yield [list(team) for team in teams]
            return
        person, rest = left[0], left[1:]
        for team in teams:
            if len(team) < MOST:
                team.append(person)
                yield from place(rest, teams)
                team.pop()
        teams.append([person])
        yield from place(rest, teams)
        teams.pop()

    yield from place(free, [list(team) for team in whole])


def least_harm(there: Sequence[Person], moves: Moves, past: Mapping[int, set[int]]) -> bool:
    """Whether the moves could be compared with all others: then none does less harm. They can where nobody has to be
    taken out of a group, and few need a place.
    """
    groups = groups_of({each.id: each for each in there}).values()
    whole = [team for team in groups if len(team) >= LEAST]
    free = [each for each in there if each.group is None or each not in (one for team in whole for one in team)]
    if not 0 < len(free) <= 4:
        return False
    best = min((harm(way, past) for way in every_way(free, whole)), default=None)
    if best is None:
        return False
    known = {each.id: each for each in there}
    formed = [[known[each] for each in team] for team in moves.formed]
    moved = {each for team in moves.formed for each in team}
    stay = [[each for each in team if each.id not in moved] for team in groups]
    found = harm([*formed, *(team for team in stay if team)], past)
    assert found <= best, "nobody meets again, or without shared hours, where that can be avoided"
    return True


def waiting_world(chance: random.Random) -> tuple[dict[int, Person], dict[int, set[int]]]:
    """Some groups that are large enough, perhaps one that is too small, some people who wait, and who has met."""
    zones = chance.choice((ZONES, AROUND))
    groups = [number for number in range(chance.randint(0, 2)) for _ in range(chance.randint(LEAST, MOST))]
    small = [99] * chance.choice((0, 0, 1, 2))
    alone = [None] * chance.randint(LEAST - len(small), 6 - len(small))
    people = {
        number: Person(number, 1, waking(chance.choice(zones), AT), chance.randint(1, 3), group=group)
        for number, group in enumerate([*groups, *small, *alone])
    }
    past: dict[int, set[int]] = defaultdict(set)
    met = chance.choice((0.0, 0.1, 0.2, 0.5))
    for one, two in combinations(people, 2):
        if chance.random() < met:
            past[one].add(two)
            past[two].add(one)
    return people, past


def test_another_beginning_keeps_the_rules_where_the_first_does_not() -> None:
    """Eleven people, some of whom have met: from the first person on, two come together again."""
    zones = [AROUND[number] for number in (3, 3, 1, 4, 1, 1, 1, 1, 0, 2, 5)]
    met = [(8, 10), (1, 9), (7, 3), (6, 9), (9, 3), (5, 6), (10, 3), (2, 7), (10, 2), (9, 5)]
    people = {number: Person(number, 0, waking(zone, AT)) for number, zone in enumerate(zones)}
    past = Past(set)
    for one, two in met:
        past[one].add(two)
        past[two].add(one)
    teams = [[people[each] for each in team] for team in match(list(people.values()), past).formed]
    assert sum(map(len, teams)) == len(people)
    assert harm(teams, past) == (0, 0)


def test_no_way_to_place_people_is_better() -> None:
    """Compared with every way there is: no group without shared hours, and nobody again with somebody, is avoidable."""
    chance = random.Random(23)  # noqa: S311 - a simulation
    clean, worse = 0, 0
    for _ in range(60):
        people, past = waiting_world(chance)
        free = [each for each in people.values() if each.group in {None, 99}]
        whole = [team for number, team in groups_of(people).items() if number != 99]
        best = min((harm(way, past) for way in every_way(free, whole)), default=None)
        if best is None:  # somebody has to be taken out of a group
            continue
        moves = match(people.values(), past)
        moved = {each for team in moves.formed for each in team}
        stay = [[each for each in team if each.id not in moved] for team in groups_of(people).values()]
        found = harm([[people[each] for each in team] for team in moves.formed] + [team for team in stay if team], past)
        assert found[0] <= best[0], (people, past)
        clean += best == (0, 0)
        worse += found > best
    assert clean > 10
    assert worse <= 1, "people meet again only where they must; the quick search misses one way in some thousand"


@pytest.mark.parametrize(("seed", "crowd", "zones"), [(0, 8, AROUND), (1, 14, ZONES), (2, 14, AROUND), (3, 40, ZONES)])
def test_two_years_of_joining_falling_silent_and_leaving(seed: int, crowd: int, zones: Sequence[str]) -> None:
    chance = random.Random(seed)  # noqa: S311 - a simulation
    people: dict[int, Person] = {}
    past: Past = defaultdict(set)
    newest = compared = 0
    for number in range(1, ROUNDS + 1):
        at = AT + timedelta(weeks=number)
        for each in list(people.values()):
            fate = chance.random()
            if fate < 0.01:
                del people[each.id]
                past.pop(each.id, None)
                for met in past.values():
                    met.discard(each.id)
            else:
                silent = chance.random() < (0.03 if not each.silent else 0.7)
                zone = chance.choice(zones) if fate < 0.015 else None
                awake = waking(zone, at) if zone else each.awake
                people[each.id] = replace(each, silent=silent, resting=fate > 0.96, awake=awake)
        while len(people) < crowd and chance.random() < 0.5:
            newest += 1
            topics = frozenset(chance.sample(range(40), 6))
            zone = chance.choice(zones)
            people[newest] = Person(
                newest,
                1,
                waking(zone, at),
                1 + number // 20,
                frozenset(map(str, topics)),
                resting=chance.random() < 0.1,
            )
        before = groups_of(people)
        moves = match(people.values(), past)
        assert match(reversed(people.values()), past) == moves, "the same people give the same groups"
        assert max(Counter(each for team in moves.formed for each in team).values(), default=1) == 1, "nobody in two"
        waiting = {each.id for each in people.values() if each.group is None and (each.resting or each.silent)}
        there = [each for each in people.values() if not each.silent and each.id not in waiting]
        compared += least_harm(there, moves, past)
        apply(moves, people, past, number)
        after, there = groups_of(people), [people[each.id] for each in there]
        assert all(people[each].group is None for each in waiting), (
            "nobody begins in a group on a break, or while silent"
        )
        assert not any(each.silent for team in after.values() for each in team)
        if len(there) >= LEAST:
            assert all(each.group is not None for each in there), "nobody is left alone"
            assert all(3 <= len(team) <= 5 for team in after.values())
        assert match(people.values(), past) == Moves((), ()), "once more changes nothing"
        still = [
            {each.id for each in team if each.id in people and not people[each.id].silent} for team in before.values()
        ]
        now = [{each.id for each in team} for team in after.values()]
        moved = sum(len(team) - max(len(team & each) for each in now) for team in still if len(team) >= LEAST)
        assert moved <= 2, "people leave a group that is large enough only for one or two who would be alone"
    assert compared > 10


@pytest.mark.parametrize("met", ["nobody", "some", "everybody"])
@pytest.mark.timed
def test_a_thousand_people_in_less_than_a_second(met: str) -> None:
    chance = random.Random(1)  # noqa: S311 - a simulation
    words = [str(number) for number in range(300)]
    people = [
        Person(number, 1, waking(chance.choice(AROUND), AT), chance.randint(1, 8), frozenset(chance.sample(words, 12)))
        for number in range(1000)
    ]
    everybody = set(range(1000))
    some = {number: {(number + step) % 1000 for step in range(-40, 41) if step} for number in range(1000)}
    past = {"nobody": {}, "some": some, "everybody": dict.fromkeys(everybody, everybody)}[met]
    began = time.process_time()
    moves = match(people, past)
    assert time.process_time() - began < 1
    teams = [[people[each] for each in team] for team in moves.formed]
    assert sum(map(len, teams)) == 1000
    assert {len(team) for team in teams} <= {3, 4, 5}
    again = 6 * 250 if met == "everybody" else 0
    assert harm(teams, past) == (0, again)


def test_people_of_different_rooms_do_not_meet() -> None:
    day = waking("UTC", AT)
    people = [Person(number, number % 2, day) for number in range(10)]
    assert sorted(match(people, {}).formed) == [(0, 2, 4, 6, 8), (1, 3, 5, 7, 9)]
    assert match(people[:5:2], {}).formed == ((0, 2, 4),)
    assert match(people[:4:2], {}) == Moves((), ()), "two are too few"


def test_what_people_wrote_and_their_phase_decide_among_those_who_are_awake() -> None:
    day = waking("UTC", AT)
    people = [
        Person(number, 1, day, 1 + number % 2, frozenset({"gpu"} if number % 4 < 2 else {"proof"}))
        for number in range(16)
    ]
    for team in match(people, {}).formed:
        assert len({(people[each].phase, people[each].topics) for each in team}) == 1


@pytest.mark.parametrize(("zone", "hours"), [("Asia/Kathmandu", 14), ("America/Los_Angeles", 14), ("UTC", 14)])
def test_a_day_has_fourteen_hours(zone: str, hours: int) -> None:
    assert shared_hours([waking(zone, AT)]) == hours


def test_hours_that_are_shared() -> None:
    berlin, tokyo, angeles = (waking(zone, AT) for zone in ("Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles"))
    assert shared_hours([berlin, tokyo]) == 6, "8 to 14 in Berlin"
    assert shared_hours([berlin, angeles]) == 5, "17 to 22 in Berlin"
    assert shared_hours([berlin, tokyo, angeles]) == 0
