"""All that goes to a person at once, for a whole cohort: nobody hears from the bot more than three times a round.

Beside reminders and questions (`test_simulation.py`) there are reminders that were put off, what moderators write and
change, what they are asked and told about it, own weeks, small groups, and the question to presenters. `PEOPLE=200
ROUNDS=116` is a whole cohort for the whole guide; `make bench` does that.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from cohort_bot.app.delivery import keys
from cohort_bot.app.delivery.kind import Scene
from cohort_bot.app.delivery.kinds import KINDS, compose
from cohort_bot.app.delivery.message_cap import MOST_DIRECT, Direct
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.chat.message import Message, buttons, text
from cohort_bot.core.delivery_states import State
from cohort_bot.core.membership import Account, Member
from cohort_bot.core.nudges import by_day, snoozes
from tests.fakes.lists import Lists
from tests.properties.test_simulation import CALENDAR, COHORT, GUIDES, ROUNDS, World, answered, begin, planned
from tests.properties.worlds import DAY

WANTED = ("moderators", "outcome", "changed", "group-silent", "paper-summary")
"""Kinds that are taken to be wanted whenever they are due, since the lists do not know: more cannot come."""

BY_HAND = "outreach"
COUNTED = {name for name, kind in KINDS.items() if kind.direct in {Direct.CAPPED, Direct.THROUGH}}


@dataclass(frozen=True)
class Sent:
    """A direct message that came: at what instant, to whom, and who they were at that time."""

    row: NewDelivery
    at: datetime
    number: int
    member: Member


class Accounts:
    """The people of the lists, by account; a member's account has the member's number."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists

    def get(self, account_id: int) -> Account | None:
        member = self._lists.people.get(account_id)
        return None if member is None else member.account


@dataclass(frozen=True)
class Stored:
    """The lists as a store that knows accounts as well."""

    lists: Lists

    @property
    def people(self) -> Accounts:
        return Accounts(self.lists)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.lists, name)


def by_hand(chance: random.Random, lists: Lists, moderators: list[Account]) -> Iterator[NewDelivery]:
    """What moderators do: write up to four times a round, and are asked about it; change a record. Small groups
    carry on without somebody, and presenters are asked what a paper was about.
    """
    for member in lists.people.values():
        for told in range(1, ROUNDS + 1):
            opens = CALENDAR.opens(told)
            for each in range(chance.randint(1, 4) if chance.random() < 0.15 else 0):
                wrote, who = opens + chance.randint(1, 160) * timedelta(hours=1), chance.choice(moderators)
                key = keys.outreach(COHORT.id, "local", f"{member.id}-{told}-{each}")
                yield NewDelivery.to_member(BY_HAND, key, member, wrote)
                key = keys.outcome(COHORT.id, CALENDAR.today(wrote), who.id)
                yield NewDelivery.to_account("outcome", key, who, COHORT.id, wrote + 7 * DAY)
            if chance.random() < 0.05:
                key = keys.changed(member.id * 1000 + told, member.id)
                yield NewDelivery.to_member("changed", key, member, opens + chance.randint(1, 160) * timedelta(hours=1))
            if chance.random() < 0.05:
                key, day = keys.paper_summary(COHORT.id, told, "x", member.id), chance.randint(1, 160)
                yield NewDelivery.to_member("paper-summary", key, member, opens + day * timedelta(hours=1), round=told)
            if chance.random() < 0.05:
                key = keys.of_member("group-silent", COHORT.id, told, member.id)
                yield NewDelivery.to_member("group-silent", key, member, opens + 26 * timedelta(hours=1), round=told)


def simulate(seed: int, late: timedelta) -> tuple[World, list[Sent]]:
    """Each row is claimed up to `late` after its instant, and held until the morning as the ledger does it."""
    chance, number_of = random.Random(seed), count()  # noqa: S311 - a simulation
    world, sent = begin(chance), list[Sent]()
    lists = world.lists
    moderators = [member.account for member in list(lists.people.values())[:3]]
    rows = [row for row in planned(lists, moderators) if row.account_id is not None]
    rows += {row.key: row for row in by_hand(chance, lists, moderators)}.values()
    queue = [(row.due + late * chance.random(), next(number_of), row) for row in rows]
    heapify(queue)
    while queue:
        at, _, row = heappop(queue)
        number, kind = row.account_id or 0, KINDS[row.kind]
        world.go_on(number, at)
        member = lists.people[number]
        patience = None if kind.patience is None else row.due + kind.patience
        too_late = any(end is not None and at > end for end in (row.expires, patience))
        if kind.waits_for_day and not too_late and (morning := by_day(at, member.account.zone)) > at:
            heappush(queue, (morning, next(number_of), row))
            continue
        message = text("They wrote.") if row.kind == BY_HAND else None
        if message is None and not too_late:
            message = compose(Scene(cast("Store", Stored(lists)), COHORT, GUIDES, row, at))
        if message is None:
            lists.sent.pop(row.key, None)
            continue
        lists.note_sent(row, at)
        answered(chance, lists, row)
        sent.append(Sent(row, at, number, member))
        if (later := put_off(chance, message, row, member, at)) is not None:
            lists.note_sent(later, at, State.READY)
            heappush(queue, (later.due, next(number_of), later))
    return world, sent


def put_off(
    chance: random.Random, message: Message, row: NewDelivery, member: Member, at: datetime
) -> NewDelivery | None:
    """The reminder that comes again, where its button is pressed."""
    offered = [each.args["to"] for each in buttons(message) if each.action == "snooze"]
    if not offered or chance.random() < 0.5:
        return None
    number = row.round or 0
    again = snoozes(CALENDAR, number, member.account.zone, at)[chance.choice(offered)]
    key = keys.of_member("snooze", COHORT.id, number, member.id)
    return NewDelivery.to_member("snooze", key, member, again, round=number, expires=CALENDAR.closes(number))


@pytest.mark.parametrize(("seed", "late"), [(1, 4)])
def test_nobody_gets_more_than_three_a_round_nor_at_night_nor_against_their_wish(
    monkeypatch: pytest.MonkeyPatch, seed: int, late: int
) -> None:
    """What a moderator writes by hand counts and always comes; the bot's own ideas stay below three with it."""
    for name in WANTED:
        monkeypatch.setitem(KINDS, name, replace(KINDS[name], compose=lambda _scene: text("Wanted.")))
    world, sent = simulate(seed, timedelta(hours=late))
    assert {each.row.kind for each in sent} == COUNTED, "every kind that goes to a person is in the simulation"
    counts: dict[tuple[int, int], list[Sent]] = defaultdict(list)
    for each in sent:  # by time
        kind, before = KINDS[each.row.kind], counts[each.number, CALENDAR.latest(each.at)]
        where = f"{each.row.key} at {each.at}, {each.member.account.zone}, after {[it.row.key for it in before]}"
        if kind.waits_for_day:
            assert 8 <= each.at.astimezone(ZoneInfo(each.member.account.zone)).hour < 22, f"at night: {where}"
        if kind.direct is Direct.CAPPED:
            assert len(before) < MOST_DIRECT, f"one too many: {where}"
            assert each.at < world.stops.get(each.number, each.at + DAY), f"stopped: {where}"
        if kind.direct is Direct.CAPPED and each.row.member_id is not None:
            today = each.at.astimezone(ZoneInfo(CALENDAR.zone)).date()
            assert not any(pause.first <= today <= pause.last for pause in each.member.breaks), f"in a break: {where}"
            left, back = world.away.get(each.number, (each.at + DAY, each.at + DAY))
            assert not left <= each.at < back, f"away: {where}"
        before.append(each)
    by_itself = [
        sum(KINDS[each.row.kind].direct is Direct.CAPPED for each in each_round) for each_round in counts.values()
    ]
    assert max(by_itself) == MOST_DIRECT
    assert max(map(len, counts.values())) > MOST_DIRECT, "the simulation is alive: letters come as the fourth"
