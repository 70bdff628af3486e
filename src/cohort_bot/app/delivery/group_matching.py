"""Puts people into small groups: once a round, when it is known who was there, and when a moderator moves somebody.

A cohort of a thousand people takes most of a second. So nobody waits for it: the planner only notes that a round is
over (`ask`), the people are read in one transaction, matched in a thread of their own, and what changes is written some
groups at a time. Each is written only while its people are where they were read, together with what is sent because of
it; the others are matched again. Repeating any of it changes nothing.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from cohort_bot.app.delivery import keys
from cohort_bot.app.delivery.planner import Group, next_settled
from cohort_bot.app.delivery.slices import in_slices
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.core.answers import subjects
from cohort_bot.core.checkins import history
from cohort_bot.core.features import Feature
from cohort_bot.core.groups import Person, first_shared, match, silent, waking
from cohort_bot.core.membership import Cohort, Member, Room
from cohort_bot.core.nudges import settled_at
from cohort_bot.core.programme import Programme

log = logging.getLogger(__name__)

LOOK_BACK = 8
"""What people wrote in so many rounds says what they have in common."""


def ask(store: Store, due: Mapping[int, int]) -> None:
    """Note that these cohorts' people are to be put together, each by the round that is over; only where anybody wants
    to be in a group.
    """
    if due:
        for cohort_id in dict.fromkeys(seat.cohort_id for seat in store.groups.seats(list(due))):
            store.groups.ask_for_matching(cohort_id, due[cohort_id])


class GroupMatching:
    """Puts the people together for whom the planner has asked."""

    def __init__(self, database: Database, programmes: Programmes, clock: Clock, wake: Callable[[], None]) -> None:
        """`wake` makes the courier look for work."""
        self._database = database
        self._programmes = programmes
        self._clock = clock
        self._wake = wake
        self.holding: Callable[[], bool] = lambda: False
        """Whether the calendar is in doubt; then nobody is matched."""

    async def look(self) -> None:
        """Match the people of each cohort that waits for it. An error with one cohort delays no other."""
        if self.holding():
            return
        for cohort_id, number in (await self._database.read(lambda store: store.groups.to_match())).items():
            try:
                await self._match(cohort_id, number)
            except Exception:
                log.exception("the small groups of cohort %s cannot be made; trying again", cohort_id)

    async def _match(self, cohort_id: int, number: int) -> None:
        at = self._clock.now()
        found = await self._database.read(lambda store: read(store, self._programmes, cohort_id, number))
        if found is not None and found.over > at:
            return  # planned ahead of its instant
        whole = True
        if found is not None:
            moves = await asyncio.to_thread(match, found.people, found.past)
            todo = [*moves.formed, *((each,) for each in moves.out)]
            carried_out = await in_slices(
                self._database, self._clock, todo, lambda store, team: carry_out(store, found, team, at)
            )
            whole = all(carried_out)
            self._wake()
        if whole:
            await self._database.write(lambda store: store.groups.matched(cohort_id, number))


def next_matching(store: Store, programmes: Programmes, cohort: Cohort, at: datetime) -> datetime | None:
    """When people are put together again, None when the programme is over for everybody or cannot be read."""
    programme = programmes.get(cohort.programme)
    if programme is None:
        return None
    alone = next_settled(Group(cohort, programme, (), ()), at)
    return alone or next_settled(Group(cohort, programme, (), store.members.in_cohort(cohort.id)), at)


@dataclass(frozen=True, slots=True)
class Found:
    """What the people of a cohort are matched by: `number` is the round that is over, since the instant `over`."""

    cohort: Cohort
    number: int
    over: datetime
    rooms: Sequence[Room]
    members: Mapping[int, Member]
    people: Sequence[Person]
    past: Mapping[int, AbstractSet[int]]


def read(store: Store, programmes: Programmes, cohort_id: int, number: int) -> Found | None:
    """The people who want to be in a group, None when there are no groups in the cohort any more."""
    cohort = store.cohorts.get(cohort_id)
    programme = programmes.get(cohort.programme) if cohort and cohort.active else None
    if cohort is None or programme is None or Feature.GROUPS not in cohort.features:
        return None
    over, rooms = settled_at(cohort.calendar, number), store.cohorts.rooms(cohort_id)
    members = {member.id: member for member in store.members.in_cohort(cohort_id)}
    people = _people(store, cohort, programme, rooms, members, number)
    return Found(cohort, number, over, rooms, members, people, store.groups.met(cohort_id))


def carry_out(store: Store, found: Found, team: Collection[int], at: datetime) -> bool:
    """Make these people a group, or take somebody who is alone in `team` out of theirs. Returns False, with nothing
    changed, when any of them is not where they were any more.
    """
    before = {person.id: person.group for person in found.people if person.id in team}
    if store.groups.places(team) != before:
        return False
    if len(team) > 1:
        people = [found.members[each] for each in sorted(team)]
        store.deliveries.add([form(store, found.rooms, people, before, at, planned=True)])
        return True
    (each,) = team
    store.groups.vacate(team)
    key = keys.of_member("group-silent", found.cohort.id, found.number, each)
    store.deliveries.add([NewDelivery.to_member("group-silent", key, found.members[each], at, round=found.number)])
    return True


def form(
    store: Store,
    rooms: Sequence[Room],
    people: Sequence[Member],
    before: Mapping[int, int | None],
    at: datetime,
    *,
    planned: bool = False,
) -> NewDelivery:
    """Make these people a group, and return the row of its first message; `before` has everybody's group so far.

    The message waits for an hour of the day in which all of them are awake. In one that is `planned` they are
    mentioned.
    """
    room = home(people[0], rooms)
    if room is None:
        raise ValueError(f"member {people[0].id} has no room")
    number = store.groups.form(people[0].cohort_id, [member.id for member in people], at)
    were = [before.get(member.id) for member in people]
    usual = max({group for group in were if group is not None}, key=were.count, default=None)
    new = [member.id for member, group in zip(people, were, strict=True) if group != usual]
    together = usual is not None and were.count(usual) > 1
    due = first_shared([waking(member.account.zone, at) for member in people], at)
    args = {
        "group": str(number),
        "people": _as_text([member.id for member in people]),
        "new": _as_text(new if together else []),
        "mention": "yes" if planned else "",
    }
    return NewDelivery.to_room("group", keys.group(number), room, due, in_thread=True, args=args)


def home(member: Member, rooms: Sequence[Room]) -> Room | None:
    """The room in which the member can meet others, None when the cohort has none where they are."""
    account = member.account
    there = (room for room in rooms if room.platform == account.platform)
    return next((room for room in there if account.workspace in {"", room.workspace}), None)


def _people(
    store: Store,
    cohort: Cohort,
    programme: Programme,
    rooms: Sequence[Room],
    members: Mapping[int, Member],
    number: int,
) -> list[Person]:
    calendar, at = cohort.calendar, settled_at(cohort.calendar, number)
    filed, excused = store.checkins.filed(cohort.id), store.checkins.excused(cohort.id)
    written: dict[int, set[str]] = defaultdict(set)
    for entry in store.checkins.of_cohort(cohort.id, max(1, number - LOOK_BACK + 1)):
        written[entry.member_id] |= subjects(f"{entry.next_step} {entry.done}")
    phases = [phase.id for phase in programme.phases]
    found = []
    for seat in store.groups.seats([cohort.id]):
        member = members.get(seat.member_id)
        room = member and home(member, rooms)
        if member is None or room is None:
            continue
        made = {told: when for told, when in filed.get(member.id, {}).items() if when <= at}
        rounds = history(calendar, member, made, at, excused.get(member.id, frozenset()), weeks=programme.length)
        phase = programme.phase_of(member.week(number + 1))
        found.append(
            Person(
                member.id,
                room.id,
                waking(member.account.zone, at),
                len(phases) if phase is None else phases.index(phase.id),
                frozenset(written[member.id]) | subjects(member.why),
                seat.group,
                silent(rounds[calendar.latest(seat.since) :]),
                member.on_break(calendar.dates(number + 1)),
            )
        )
    return found


def _as_text(ids: Collection[int]) -> str:
    return " ".join(map(str, ids))
