"""Small groups: who is put together with whom. Three to five people of one room, awake at the same time, in the same
phase, with something in common in what they wrote, and not together before.

The rules in the order in which they count:

1. Where at least three people are there, everybody is in a group of three to five, and nobody in two.
2. A group has at least three waking hours that all its people share.
3. Nobody is put together a second time with somebody while there are others.
4. People stay in a group that is large enough. Only when one or two people would be left alone, and every group is
   full, somebody of these moves.
5. Phases and subjects are alike.

Pure and deterministic: the same people give the same groups.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise, product
from typing import Final

from cohort_bot.core.checkins import Status
from cohort_bot.core.nudges import QUIET_FROM, QUIET_UNTIL
from cohort_bot.core.rounds import zone_info

LEAST: Final = 3
USUAL: Final = 4
MOST: Final = 5
"""How many people a group has at least, usually and at most."""

SILENT_AFTER: Final = 3
"""After this many counted rounds without a check-in somebody's place in a group is given to another."""

SHARED_HOURS: Final = 3
_QUARTERS: Final = 4
_QUARTER: Final = timedelta(hours=1) / _QUARTERS
_DAY: Final = 24 * _QUARTERS
_WHOLE_DAY: Final = (1 << _DAY) - 1

_NO_OVERLAP: Final = 1000
"""One group without enough shared hours weighs more than any number of people in it who were together before."""

_NEAREST: Final = 48
"""So many people are looked at first to find one who fits: those whose days are most alike. All, if none of them does.
"""

_STARTS: Final = 8
"""So many beginnings are tried, each with another person, until one gives groups that keep all rules."""

_FEWER: Final = MOST
"""Up to how many people less than possible are put in new groups, when that gives groups that keep the rules."""

_LOOKS: Final = 20_000
"""So many times in all somebody is tried in another place, however many people there are."""

_FEW: Final = 7
"""For so many people without a place all ways to give them one are looked at, where the quick search finds none that
keeps all rules; at most `_LOOKS` of them.
"""


def waking(zone: str, at: datetime) -> int:
    """When it is day for people in an IANA zone, by their clock at an instant: a bit for each quarter-hour of UTC."""
    ahead = (at.astimezone(zone_info(zone)).replace(tzinfo=UTC) - at) // _QUARTER
    first = (QUIET_UNTIL.hour * _QUARTERS - ahead) % _DAY
    day = (1 << (QUIET_FROM.hour - QUIET_UNTIL.hour) * _QUARTERS) - 1
    return (day << first | day << first >> _DAY) & _WHOLE_DAY


def shared_hours(awake: Iterable[int]) -> float:
    """How many hours a day all of these people are awake, from what `waking` returned for each."""
    shared = _WHOLE_DAY
    for each in awake:
        shared &= each
    return shared.bit_count() / _QUARTERS


def first_shared(awake: Sequence[int], at: datetime) -> datetime:
    """The first instant from `at` on, by quarter-hours, at which all of these people are awake; at which most of them
    are, when they never all are.
    """
    begins = (at - datetime.min.replace(tzinfo=UTC)) // _QUARTER

    def how_many(step: int) -> int:
        return sum(each >> (begins + step) % _DAY & 1 for each in awake)

    return at + max(range(_DAY), key=how_many) * _QUARTER


def silent(rounds: Sequence[Status]) -> bool:
    """Whether the last three rounds that counted all went by without a check-in."""
    counted = [status for status in rounds if status.counted][-SILENT_AFTER:]
    return len(counted) == SILENT_AFTER and not any(status.made for status in counted)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who wants to be in a group: `group` is the one that they are in. Only people with the same `home` (a
    room's id) can meet. `awake` is from `waking`, `topics` are words of theirs.

    A `silent` person gives up their place, and gets none. A `resting` one, on a break, keeps it, and gets no new one.
    """

    id: int
    home: int
    awake: int
    phase: int = 0
    topics: frozenset[str] = frozenset()
    group: int | None = None
    silent: bool = False
    resting: bool = False


@dataclass(frozen=True, slots=True)
class Moves:
    """What changes: `formed` are the groups in which somebody is new, each as the ids of all its people; those who are
    in none of them and not in `out` stay where they are. `out` have given up their place.
    """

    formed: tuple[tuple[int, ...], ...]
    out: tuple[int, ...]


def match(people: Iterable[Person], past: Mapping[int, AbstractSet[int]]) -> Moves:
    """Who moves. `past` has for each person those with whom they are, or ever were, in a group."""
    homes: dict[int, list[Person]] = defaultdict(list)
    out = []
    for person in sorted(people, key=lambda each: each.id):
        if not person.silent:
            homes[person.home].append(person)
        elif person.group is not None:
            out.append(person.id)
    formed = [team for home in sorted(homes) for team in _Room(homes[home], past).match()]
    return Moves(tuple(formed), tuple(out))


@dataclass(slots=True, eq=False)
class _Team:
    """A group in the making: who `stays` in it, and who is `placed` in it and may still be placed elsewhere."""

    stays: list[Person] = field(default_factory=list)
    placed: list[Person] = field(default_factory=list)
    size: int = 0
    """How many people it is to get."""

    @property
    def people(self) -> list[Person]:
        return [*self.stays, *self.placed]

    def __len__(self) -> int:
        return len(self.stays) + len(self.placed)


class _Room:
    """The people of one room."""

    def __init__(self, people: Sequence[Person], past: Mapping[int, AbstractSet[int]]) -> None:
        self._past = past
        self._looks = _LOOKS
        groups: dict[int, list[Person]] = defaultdict(list)
        for person in people:
            if person.group is not None:
                groups[person.group].append(person)
        self._waiting = [each for each in people if each.group is None and not each.resting]
        self._small = sorted((each for each in groups.values() if len(each) < LEAST), key=lambda each: -len(each))
        self._whole = [each for each in groups.values() if len(each) >= LEAST]

    def match(self) -> list[tuple[int, ...]]:
        """The groups in which somebody is new."""
        free = len(self._waiting) + sum(map(len, self._small))
        if not free or free + sum(map(len, self._whole)) < LEAST:
            return []
        best: list[_Team] = []
        least = sys.maxsize
        for kept, few, first in product((free // LEAST, 0), range(_FEWER), range(2 * min(free, _STARTS))):
            if best and self._looks < 0:
                break
            teams = self._arranged(kept, first, few)
            harm = sum(self._harm(team.people) for team in teams)
            if harm < least:
                best, least = teams, harm
            if not least:
                break
        if least:
            best = self._best_of_all(least) or best
        return [tuple(sorted(each.id for each in team.people)) for team in best if team.placed]

    def _arranged(self, kept: int, first: int, few: int) -> list[_Team]:
        """One arrangement of all: `kept` of the groups that are too small are filled, the others are given up.

        It begins with the person at the place `first`; so many `few` people less than possible are in new groups.
        """
        cores, given_up = self._small[:kept], self._small[kept:]
        pool = _by_day([*self._waiting, *(each for group in given_up for each in group)])
        pool = [*pool[first // 2 :], *pool[: first // 2]]
        if first % 2:
            pool.reverse()
        whole = [_Team(stays=list(each)) for each in self._whole]
        teams = [_Team(placed=list(core), size=LEAST) for core in cores]
        left = len(pool) - sum(LEAST - len(core) for core in cores)
        places = sum(MOST - len(team) for team in whole) + (MOST - LEAST) * len(cores)
        if left >= LEAST:
            spread = min(few, places, left)
            new = left - spread if left - spread >= LEAST else 0 if left <= places else left
            teams += [_Team(size=size) for size in _sizes(new)]
        elif left > places:
            teams.append(_Team(placed=self._taken(whole, pool, LEAST - left), size=LEAST))
        for team in teams:
            while len(team) < team.size:
                team.placed.append(self._next(team, pool))
        teams += whole
        for person in pool:
            fitting = min(
                (team for team in teams if len(team) < MOST), key=lambda each: self._cost(each.people, person)
            )
            fitting.placed.append(person)
        self._mend(teams)
        return teams

    def _best_of_all(self, least: int) -> list[_Team]:
        """The best of all ways to give a few people a place, if it does less harm than `least`; else empty."""
        free = [*self._waiting, *(each for group in self._small for each in group)]
        teams = [_Team(stays=list(each)) for each in self._whole]
        best: list[_Team] = []
        looks = _LOOKS if len(free) <= _FEW else 0

        def place(number: int, harm: int) -> None:
            nonlocal best, least, looks
            wanted = sum(max(0, LEAST - len(team)) for team in teams)
            if harm >= least or wanted > len(free) - number or looks <= 0:
                return
            if number == len(free):
                best, least = [_Team(team.stays, [*team.placed]) for team in teams], harm
                return
            for team in (*(each for each in teams if len(each) < MOST), _Team()):
                looks -= 1
                before = self._harm(team.people)
                if not len(team):
                    teams.append(team)
                team.placed.append(free[number])
                place(number + 1, harm + self._harm(team.people) - before)
                team.placed.pop()
                if not len(team):
                    teams.remove(team)

        place(0, sum(self._harm(team.people) for team in teams))
        return best

    def _next(self, team: _Team, pool: list[Person]) -> Person:
        """Take the person from the pool who fits best, the first for a team without anybody."""
        if not len(team):
            return pool.pop(0)
        people = team.people
        best = min(pool[:_NEAREST], key=lambda each: self._cost(people, each))
        if self._harm([*people, best]) > self._harm(people) and self._looks > 0:
            self._looks -= len(pool)
            best = min(pool, key=lambda each: self._cost(people, each))
        pool.remove(best)
        return best

    def _taken(self, whole: Sequence[_Team], pool: Sequence[Person], number: int) -> list[Person]:
        """Take people out of groups, nearly all full, to join one or two who would be alone."""
        taken: list[Person] = []
        for _ in range(number):
            spare = [(each, team) for team in whole for each in team.stays]
            person, team = min(spare, key=lambda each: self._cost([*pool, *taken], each[0]))
            team.stays.remove(person)
            taken.append(person)
        return taken

    def _cost(self, team: Sequence[Person], person: Person) -> tuple[int, int, int]:
        """What it costs to add somebody: the harm, and how different they are."""
        unlike = sum(_unlike(each, person) for each in team)
        return self._harm([*team, person]), unlike, person.id

    def _harm(self, team: Sequence[Person]) -> int:
        """0 for a group that keeps the rules."""
        again = sum(
            two.id in self._past.get(one.id, ()) and (one.group is None or one.group != two.group)
            for one, two in combinations(team, 2)
        )
        return again + (0 if shared_hours(each.awake for each in team) >= SHARED_HOURS else _NO_OVERLAP)

    def _mend(self, teams: Sequence[_Team]) -> None:
        """Let those who are placed change places as long as that mends something."""
        changed = True
        while changed and self._looks > 0:
            changed = False
            for team in [team for team in teams if team.placed and self._harm(team.people)]:
                changed = self._mended(team, teams) or self._dissolved(team, teams) or changed

    def _mended(self, team: _Team, teams: Sequence[_Team]) -> bool:
        """Let one of its people change places with somebody, or go where there is room, whichever mends most."""
        mends, person, other, mate = max(
            self._changes(team, teams), key=lambda each: each[0], default=(0, None, team, None)
        )
        if mends <= 0 or person is None:
            return False
        team.placed.remove(person)
        other.placed.append(person)
        if mate is not None:
            other.placed.remove(mate)
            team.placed.append(mate)
        return True

    def _changes(self, team: _Team, teams: Sequence[_Team]) -> Iterator[tuple[int, Person, _Team, Person | None]]:
        """By how much it would mend if somebody of the team went to another, and there changed places with somebody."""
        for person, other in product(tuple(team.placed), teams):
            if other is team or not len(other) or self._looks < 0:
                continue
            mates = [*other.placed, *([None] if len(other) < MOST and len(team) > LEAST else [])]
            self._looks -= 1 + len(mates)
            before = self._harm(team.people) + self._harm(other.people)
            for mate in mates:
                mine = [each for each in (*team.people, mate) if each is not None and each is not person]
                theirs = [each for each in (*other.people, person) if each is not mate]
                yield before - self._harm(mine) - self._harm(theirs), person, other, mate

    def _dissolved(self, team: _Team, teams: Sequence[_Team]) -> bool:
        """Give all people of a new group a place in others, if that mends something."""
        others = [other for other in teams if other is not team and len(other)]
        if self._looks < 0 or team.stays or sum(MOST - len(other) for other in others) < len(team):
            return False
        before = self._harm(team.people) + sum(self._harm(other.people) for other in others)
        self._looks -= len(others) * len(team)
        went: list[tuple[Person, _Team]] = []
        for person in team.placed:
            to = min((each for each in others if len(each) < MOST), key=lambda each: self._cost(each.people, person))
            to.placed.append(person)
            went.append((person, to))
        if sum(self._harm(other.people) for other in others) < before:
            team.placed.clear()
            return True
        for person, to in went:
            to.placed.remove(person)
        return False


def _unlike(one: Person, two: Person) -> int:
    """How different two people are; days that are not alike count a little, so that neighbours come first."""
    apart = (one.awake ^ two.awake).bit_count() // (2 * _QUARTERS)
    return 4 * abs(one.phase - two.phase) + apart - 2 * min(len(one.topics & two.topics), LEAST)


def _sizes(number: int) -> list[int]:
    """So many people, none or at least three, in groups of about four."""
    groups = (number + USUAL // 2) // USUAL
    return [number // groups + (index < number % groups) for index in range(groups)]


def _by_day(people: Sequence[Person]) -> list[Person]:
    """In the order of their mornings round the world, beginning after the longest gap; then by phase."""
    mornings = sorted({_morning(each.awake) for each in people})
    gaps = {now: (now - before) % _DAY for before, now in pairwise([*mornings[-1:], *mornings])}
    begins = max(gaps, key=lambda each: gaps[each], default=0)
    return sorted(people, key=lambda each: ((_morning(each.awake) - begins) % _DAY, each.phase, each.id))


def _morning(awake: int) -> int:
    """The quarter-hour with which the day begins, counted from one."""
    return (awake & ~(awake << 1)).bit_length()
