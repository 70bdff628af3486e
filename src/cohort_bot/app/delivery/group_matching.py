"""Puts people into small groups: once a round, when it is known who was there, and when a moderator moves somebody.

What changes and what is sent because of it are one transaction. Repeating it changes nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from cohort_bot.app.delivery import keys
from cohort_bot.app.delivery.planner import Group
from cohort_bot.app.ports.groups import Seat
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.core.answers import subjects
from cohort_bot.core.checkins import history
from cohort_bot.core.groups import Person, first_shared, match, silent, waking
from cohort_bot.core.membership import Member, Room
from cohort_bot.core.nudges import settled_at

LOOK_BACK = 8
"""What people wrote in so many rounds says what they have in common."""


def match_all(store: Store, due: Sequence[tuple[Group, int]]) -> None:
    """Put the people of these cohorts together whose round of that number is over, its day of grace included."""
    if not due:
        return
    seats: dict[int, list[Seat]] = defaultdict(list)
    for seat in store.groups.seats([group.cohort.id for group, _ in due]):
        seats[seat.cohort_id].append(seat)
    for group, number in due:
        if group.cohort.id in seats:
            _match(store, group, number, seats[group.cohort.id])


def _match(store: Store, group: Group, number: int, seats: Sequence[Seat]) -> None:
    cohort, at = group.cohort, settled_at(group.cohort.calendar, number)
    members = {member.id: member for member in group.members}
    moves = match(_people(store, group, number, seats, at), store.groups.met(cohort.id))
    store.groups.vacate(moves.out)
    before = {seat.member_id: seat.group for seat in seats}
    for ids in moves.formed:
        people = [members[each] for each in ids]
        store.deliveries.add([form(store, group.rooms, people, before, at, planned=True)])
    store.deliveries.add(
        NewDelivery.to_member(
            "group-silent", keys.of_member("group-silent", cohort.id, number, each), members[each], at, round=number
        )
        for each in moves.out
    )


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


def _people(store: Store, group: Group, number: int, seats: Sequence[Seat], at: datetime) -> list[Person]:
    cohort, calendar = group.cohort, group.cohort.calendar
    filed, excused = store.checkins.filed(cohort.id), store.checkins.excused(cohort.id)
    written: dict[int, set[str]] = defaultdict(set)
    for entry in store.checkins.of_cohort(cohort.id, max(1, number - LOOK_BACK + 1)):
        written[entry.member_id] |= subjects(f"{entry.next_step} {entry.done}")
    phases = [phase.id for phase in group.programme.phases]
    members = {member.id: member for member in group.members}
    found = []
    for seat in seats:
        member = members.get(seat.member_id)
        room = member and home(member, group.rooms)
        if member is None or room is None:
            continue
        made = {told: when for told, when in filed.get(member.id, {}).items() if when <= at}
        rounds = history(calendar, member, made, at, excused.get(member.id, frozenset()), weeks=group.programme.length)
        phase = group.programme.phase_of(member.week(number + 1))
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
