"""Sixty people in many zones for thirty rounds: what each of them hears, and that nobody is bothered.

The planner and the rules of each kind run on a store of plain lists.
`PEOPLE=200 ROUNDS=116` is a whole cohort for the whole guide; `make bench` does that.
"""

import os
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import cast
from zoneinfo import ZoneInfo, available_timezones

import pytest

from cohort_bot.app.delivery.kind import Scene
from cohort_bot.app.delivery.kinds import KINDS, compose
from cohort_bot.app.delivery.planner import Group, due
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.core import recall
from cohort_bot.core.checkins import CheckIn, history
from cohort_bot.core.membership import Account, Break, Cohort, Member, Room, Slip, first_round
from cohort_bot.core.membership import away as since_left
from cohort_bot.core.progress import turnouts
from cohort_bot.core.recall import Answer, Asked
from cohort_bot.core.rounds import Calendar, Holiday
from tests.fakes.lists import Lists, OneGuide
from tests.properties.worlds import DAY, account, programme

ROUNDS = int(os.environ.get("ROUNDS", "30"))
PEOPLE = int(os.environ.get("PEOPLE", "60"))
PROGRAMME = programme(ROUNDS)
GUIDES = OneGuide(PROGRAMME)
WEEKS_OFF = ((date(2027, 3, 1), date(2027, 3, 15)), (date(2027, 5, 31), date(2027, 6, 7)))
"""The holidays, counted by hand from 4 January: two weeks after round 8, one after round 19."""

CALENDAR = Calendar(date(2027, 1, 4), time(9), "America/New_York", holidays=(Holiday(9, 2), Holiday(20, 1)))
COHORT = Cohort(1, "local", "playground", "Sample", "sample", CALENDAR, CALENDAR.opens(1) - 9 * DAY, "moderator")
REMINDERS = {"nudge", "comeback"}
QUESTIONS = "questions"
ROOM = Room(1, 1, "local", "playground", "general")


@dataclass
class Heard:
    """One reminder that was sent."""

    row: NewDelivery
    at: datetime
    member: Member
    asked: list[Asked]


def people(chance: random.Random) -> dict[int, Member]:
    """Some from the start and some later, some from week 1, some on a break, one zone each."""
    zones = sorted(available_timezones() - {"Factory", "localtime"})
    found: dict[int, Member] = {}
    for number in range(1, PEOPLE + 1):
        joined = CALENDAR.opens(1) + timedelta(hours=chance.choice((-40, -3, chance.randint(0, 15 * 7 * 24))))
        first = first_round(CALENDAR, joined)
        slips = (Slip(first, first - 1),) if first > 1 and chance.random() < 0.5 else ()
        begins = CALENDAR.opens_on(chance.randint(3, ROUNDS)) + chance.randint(0, 6) * DAY
        breaks = (Break(begins, begins + chance.randint(3, 24) * DAY),) if chance.random() < 0.5 else ()
        who = account(number, chance.choice(zones))
        found[number] = Member(number, 1, who, joined, first, slips=slips, breaks=breaks)
    return found


@dataclass
class World:
    """The people, and what they will do: check in, stop reminders, be away. `names` are all that they ever had."""

    lists: Lists
    entries: list[CheckIn]
    stops: dict[int, datetime]
    away: dict[int, tuple[datetime, datetime]]
    names: dict[int, set[str]]
    heard: list[Heard] = field(default_factory=list)

    def go_on(self, number: int, at: datetime) -> None:
        """What has happened by then, with one of the people in view."""
        while self.entries and self.entries[-1].filed_at <= at:
            entry = self.entries.pop()
            self.lists.filed[entry.member_id][entry.round] = entry
        member = self.lists.people[number]
        if number in self.stops and at >= self.stops[number]:
            self.lists.people[number] = replace(member, account=replace(member.account, reminders=False))
        if number in self.away:
            there(self.lists, number, self.away[number], at)


def begin(chance: random.Random) -> World:
    lists = Lists(people(chance))
    diligence = {number: chance.choice((0.0, 0.4, 0.8, 0.95)) for number in lists.people}
    stops = {
        number: CALENDAR.opens(chance.randint(2, ROUNDS)) + chance.randint(0, 167) * timedelta(hours=1)
        for number in lists.people
        if chance.random() < 0.3
    }
    entries = [
        CheckIn(number, told, told, CALENDAR.opens(told) + chance.randint(1, 8 * 24) * timedelta(hours=1))
        for told in range(1, ROUNDS + 12)
        for number, member in lists.people.items()
        if told >= member.first_round and chance.random() < diligence[number]
    ]
    entries.sort(key=lambda entry: entry.filed_at, reverse=True)
    away = {
        number: (left, left + chance.randint(1, 40) * DAY)  # one in four does not come back in the time of the guide
        if chance.random() < 0.75
        else (left, CALENDAR.opens(ROUNDS + 12))
        for number, member in lists.people.items()
        if chance.random() < 0.2
        for left in [member.joined_at + chance.randint(3, ROUNDS * 7) * DAY]
    }
    names = {number: {member.account.name} for number, member in lists.people.items()}
    return World(lists, entries, stops, away, names)


def planned(lists: Lists, moderators: Sequence[Account] = ()) -> list[NewDelivery]:
    """All that the planner finds for the whole guide."""
    group = Group(COHORT, PROGRAMME, (ROOM,), tuple(lists.people.values()), lambda: moderators)
    return due(group, COHORT.created_at, CALENDAR.opens(ROUNDS + 12))


def simulate(seed: int, late: timedelta) -> World:
    """Every reminder and question that is heard when each row is claimed at its instant, or up to `late` after it."""
    chance = random.Random(seed)  # noqa: S311 - a simulation
    world = begin(chance)
    lists, names = world.lists, world.names
    rows = [row for row in planned(lists) if row.kind in {*REMINDERS, QUESTIONS}]
    for at, row in sorted(((row.due + late * chance.random(), row) for row in rows), key=lambda each: each[0]):
        number = row.member_id or 0
        world.go_on(number, at)
        if chance.random() < 0.05:
            called = replace(lists.people[number].account, name=f"{chance.choice(('Kim', 'Sam', 'Zoë'))} {number}")
            lists.people[number] = replace(lists.people[number], account=called)
            names[number].add(called.name)
        scene = Scene(cast("Store", lists), COHORT, GUIDES, row, at)
        in_time = at <= min(row.expires or at, row.due + (KINDS[row.kind].patience or late))
        if in_time and compose(scene):
            lists.note_sent(row, at)
            world.heard.append(Heard(row, at, scene.member, answered(chance, lists, row)))
    return world


def answered(chance: random.Random, lists: Lists, row: NewDelivery) -> list[Asked]:
    """What a card asks, which is answered at once; nothing where it is no card."""
    if row.kind != QUESTIONS:
        return []
    asked = card(lists, row.member_id or 0, row.round or 0)
    lists.answers[row.member_id or 0] += [
        Answer(each.recall.question, row.round or 0, chance.random() < 0.7) for each in asked
    ]
    return asked


def card(lists: Lists, number: int, told: int) -> list[Asked]:
    """What the card of a round asks somebody."""
    weeks = {each.round: each.week for each in lists.filed[number].values()}
    return list(recall.asked(PROGRAMME, CALENDAR, recall.learnt(weeks, told), lists.answers[number], told))


def there(lists: Lists, number: int, away: tuple[datetime, datetime], at: datetime) -> None:
    """Note that somebody has left the place, or is back there: the time away is a break."""
    left, back = away
    member = lists.people[number]
    if at < left or (member.account.gone_at is None and at >= back):
        return
    gone = left if at < back else None
    if member.account.gone_at is not None and gone is None:
        member = replace(member, breaks=(*member.breaks, since_left(CALENDAR, left, back)))
    lists.people[number] = replace(member, account=replace(member.account, gone_at=gone))


@pytest.mark.parametrize(("seed", "late"), [(0, 0), (1, 0), (2, 4), (3, 12)])
def test_nobody_is_bothered(seed: int, late: int) -> None:
    world = simulate(seed, timedelta(hours=late))
    heard, lists, stops = world.heard, world.lists, world.stops
    assert len(heard) > 10 * PEOPLE // 3, "the simulation is alive"
    of: dict[int, list[Heard]] = defaultdict(list)
    for each in heard:
        of[each.member.id].append(each)
    for number, mine in of.items():
        rounds = [each.row.round or 0 for each in mine]
        assert max(rounds.count(each) for each in set(rounds)) <= 3
        reminded = [each for each in mine if each.row.kind in REMINDERS]
        rounds = [each.row.round or 0 for each in reminded]
        assert max((rounds.count(each) for each in set(rounds)), default=0) <= 2
        assert all(later.row.due - each.row.due >= DAY for each, later in pairwise(reminded)), "at least a day apart"
        cards = [each.row.round or 0 for each in mine if each.row.kind == QUESTIONS]
        assert len(cards) == len(set(cards)), "one card a round"
        for each in mine:
            told = each.row.round or 0
            where = f"{each.member.account.zone}, round {told}, {each.at}"
            assert 8 <= each.at.astimezone(ZoneInfo(each.member.account.zone)).hour < 22, where
            assert CALENDAR.opens(told) < each.at < CALENDAR.closes(told), where
            there = each.at.astimezone(ZoneInfo(CALENDAR.zone)) - timedelta(hours=9)  # a day begins with the opening
            assert not any(first <= there.date() < last for first, last in WEEKS_OFF), f"not in a holiday: {where}"
            dates = [CALENDAR.opens_on(told) + days * DAY for days in range(7)]
            rest = sum(pause.first <= day <= pause.last for day in dates for pause in each.member.breaks)
            assert rest < 4, f"not in a round that is a break: {where}"
            today = each.at.astimezone(ZoneInfo(CALENDAR.zone)).date()
            assert not any(pause.first <= today <= pause.last for pause in each.member.breaks), f"nor on it: {where}"
            assert number not in stops or each.at < stops[number], f"not after they stopped them: {where}"
            left, back = world.away.get(number, (each.at + DAY, each.at + DAY))
            assert not left <= each.at < back, f"nobody who is away: {where}"
            assert each.member.account.name in world.names[number], f"everybody by a name of theirs: {where}"
            entry = lists.filed[number].get(told)
            if each.row.kind == QUESTIONS:
                assert 1 <= len(each.asked) <= 3
                learnt = {made.week: made.round for made in lists.filed[number].values() if made.filed_at <= each.at}
                assert all(told - learnt[one.week] >= 2 for one in each.asked), "only on weeks of theirs, weeks ago"
            else:
                assert entry is None or entry.filed_at > each.at, f"only who has not checked in: {where}"
            assert told >= each.member.first_round
            assert told <= ROUNDS or each.member.offset(told), "after the last round only those who are behind"
    assert {each.row.kind for each in heard} == {*REMINDERS, QUESTIONS}, "all kinds occur"
    latest = max(each.row.round or 0 for each in heard)
    assert latest > ROUNDS, "those who are behind go on"


@pytest.mark.parametrize("seed", [0, 1])
def test_earlier_rounds_stay_as_they_were_whoever_leaves_or_comes_back(seed: int) -> None:
    """And nothing counts against anybody who is away."""
    chance = random.Random(seed)  # noqa: S311 - a simulation
    end = CALENDAR.opens(ROUNDS + 2)
    for member in people(chance).values():
        made = {
            told: CALENDAR.opens(told) + DAY for told in range(member.first_round, ROUNDS + 1) if chance.random() < 0.7
        }
        left = member.joined_at + chance.randint(1, ROUNDS * 7) * DAY
        back = left + chance.randint(1, 60) * DAY
        filed = {told: at for told, at in made.items() if not left <= at < back}
        gone = replace(member, account=replace(member.account, gone_at=left))
        returned = replace(member, breaks=(*member.breaks, since_left(CALENDAR, left, back)))
        stayed = history(CALENDAR, member, made, end, weeks=ROUNDS)
        for other in (gone, returned):
            seen = history(CALENDAR, other, filed if other is returned else made, end, weeks=ROUNDS)
            for told, (was, now) in enumerate(zip(stayed, seen, strict=True), start=1):
                where = f"{member.account.zone}, round {told}, left {left}, back {back}"
                if CALENDAR.closes(told) <= left:
                    assert now is was, where
                elif left <= CALENDAR.opens(told) and (other is gone or CALENDAR.closes(told) <= back):
                    assert now.made or not now.counted, where
        assert turnouts([stayed], [1]) == turnouts([history(CALENDAR, gone, made, end, weeks=ROUNDS)], [1]) or (
            left < CALENDAR.closes(1)
        )
