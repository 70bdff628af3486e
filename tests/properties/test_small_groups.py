"""The small groups of a whole cohort for a whole guide: people ask for one, fall silent, take breaks, are away, come
back and leave. Beside it an oracle counts on its fingers who has been silent for three rounds.

`PEOPLE=200 ROUNDS=116` is a whole cohort for the whole guide; `make bench` does that.
"""

import random
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from cohort_bot.app.delivery.group_matching import Found, carry_out, read
from cohort_bot.app.delivery.kind import Scene
from cohort_bot.app.delivery.kinds import KINDS, compose
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.core.groups import match, shared_hours, waking
from cohort_bot.core.membership import Cohort, Member, Room
from cohort_bot.core.nudges import by_day, settled_at
from tests.fakes.lists import Lists, Seats
from tests.properties.test_simulation import CALENDAR, COHORT, GUIDES, PROGRAMME, ROOM, ROUNDS, World, begin
from tests.properties.worlds import DAY


@dataclass
class Ledger:
    """What was planned for small groups."""

    lists: Lists
    rows: list[NewDelivery] = field(default_factory=list)

    def add(self, rows: Collection[NewDelivery]) -> None:
        self.rows += rows

    def __getattr__(self, name: str) -> Any:
        return getattr(self.lists, name)


@dataclass(frozen=True)
class Groups:
    """The lists as a store of a cohort with small groups."""

    lists: Lists
    groups: Seats
    deliveries: Ledger

    @property
    def cohorts(self) -> "Groups":
        return self

    @property
    def checkins(self) -> "Groups":
        return self

    def get(self, cohort_id: int) -> Cohort:
        return COHORT

    def rooms(self, cohort_id: int) -> Sequence[Room]:
        return (ROOM,)

    def filed(self, cohort_id: int) -> Mapping[int, Mapping[int, datetime]]:
        made = self.lists.filed
        return {
            member: {number: each.filed_at for number, each in made[member].items()} for member in self.lists.people
        }

    def __getattr__(self, name: str) -> Any:
        return getattr(self.lists, name)


def off(member: Member, number: int) -> int:
    """How many days of the round are days of a break."""
    return sum(any(pause.first <= day <= pause.last for pause in member.breaks) for day in CALENDAR.dates(number))


def silent(store: Groups, member: Member, since: datetime, number: int, at: datetime) -> bool:
    """Whether they have made no check-in in the last three rounds that count for them, since they asked for a group."""
    missed = 0
    for told in range(number + 1, CALENDAR.latest(since), -1):
        entry = store.lists.filed[member.id].get(told)
        if entry and entry.filed_at <= at:
            return False
        mine = told >= member.first_round and member.week(told) <= PROGRAMME.length
        over = told <= number  # its day of grace is over
        missed += over and mine and off(member, told) < 4
        if missed == 3:
            return True
    return False


def act(chance: random.Random, world: World, store: Groups, at: datetime) -> None:
    """In the week before, some asked for a group, and some left theirs."""
    for member in list(world.lists.people.values()):
        world.go_on(member.id, at)
        if not world.lists.people[member.id].active or member.joined_at > at:
            continue
        seat = store.groups.of(member.id)
        if chance.random() < (0.2 if seat is None else 0.5 if seat.group is None else 0.0):
            store.groups.join(member.id, at - chance.randint(1, 140) * timedelta(hours=1))
        elif seat and chance.random() < 0.02:
            store.groups.leave(member.id)


def hold(found: Found, store: Groups, out: Collection[int]) -> None:
    """The rules of the groups that there are now, among those who are here."""
    now = store.groups.places(found.members)
    together: dict[int, list[int]] = defaultdict(list)
    for each, group in now.items():
        if group is not None:
            together[group].append(each)
    known = {person.id: person for person in found.people}
    assert not [each for each in known if known[each].silent and now[each] is not None], "nobody silent has a place"
    begins = [
        person for person in found.people if not person.silent and (person.group is not None or not person.resting)
    ]
    if len(begins) >= 3:
        assert all(3 <= len(team) <= 5 for team in together.values()), together
        assert all(now[person.id] is not None for person in begins), "everybody else has one"
    stay = [person for person in found.people if person.group is not None and person.id not in out]
    assert all(now[person.id] is not None for person in stay), "nobody else loses a place"


@pytest.mark.parametrize("seed", [1, 2])
def test_groups_of_a_whole_guide(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a simulation
    world = begin(chance)
    store = Groups(world.lists, Seats(), Ledger(world.lists))
    told: list[tuple[Member, datetime]] = []
    opened = refilled = 0
    for number in range(1, ROUNDS + 1):
        at = settled_at(CALENDAR, number)
        act(chance, world, store, at)
        found = read(cast("Store", store), GUIDES, COHORT.id, number)
        assert found is not None
        since = {seat.member_id: seat.since for seat in store.groups.seats([COHORT.id])}
        for person in found.people:
            member = found.members[person.id]
            assert person.silent == silent(store, member, since[person.id], number, at), (member, number)
            assert person.resting == (off(member, number + 1) >= 4), (member, number)
        moves = match(found.people, found.past)
        assert set(moves.out) == {person.id for person in found.people if person.silent and person.group is not None}
        store.deliveries.rows.clear()
        for team in (*moves.formed, *((each,) for each in moves.out)):
            assert carry_out(cast("Store", store), found, team, at)
            assert not carry_out(cast("Store", store), found, team, at), "a second time nothing is done"
        hold(found, store, moves.out)
        for row in store.deliveries.rows:
            message = compose(Scene(cast("Store", store), COHORT, GUIDES, row, row.due))
            if row.kind == "group":
                people = [found.members[int(each)] for each in row.args["people"].split()]
                awake = [waking(each.account.zone, row.due) for each in people]
                assert message
                assert at <= row.due < at + DAY
                if shared_hours(awake):
                    hours = [row.due.astimezone(ZoneInfo(each.account.zone)).hour for each in people]
                    assert all(8 <= hour < 22 for hour in hours), "it is day for all of them"
                opened += 1
                refilled += bool(row.args["new"])
            else:
                told += silence(world, store, row)
    assert opened > ROUNDS // 2
    assert refilled > ROUNDS // 5
    assert len(told) > ROUNDS // 5, "the simulation is alive"


def silence(world: World, store: Groups, row: NewDelivery) -> list[tuple[Member, datetime]]:
    """Somebody is told in their morning that their group carries on without them, if they want to hear from the bot."""
    assert KINDS[row.kind].waits_for_day
    member = world.lists.people[row.member_id or 0]
    at = by_day(row.due, member.account.zone)
    scene = Scene(cast("Store", store), COHORT, GUIDES, row, at)
    sent = compose(scene) is not None
    today = at.astimezone(ZoneInfo(CALENDAR.zone)).date()
    rests = any(pause.first <= today <= pause.last for pause in member.breaks)
    if sent:
        assert member.account.reminders, "nobody who stopped reminders"
        assert not rests, "nor on a break"
        world.lists.note_sent(row, at)
    return [(member, at)] if sent else []
