"""Which places of a cohort have gone quiet. Of a room the bot sees only the check-ins that are shared there, of a small
group when somebody last wrote (`delivery/group_silence.py` looks).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cohort_bot.app.ports.groups import Conversation
from cohort_bot.app.ports.store import Store
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Cohort, Room
from cohort_bot.core.quiet import QUIET_AFTER, fell_silent, fell_silent_after
from cohort_bot.core.rounds import Calendar

THREADS = ("opening", "check-ins")
"""The posts under which a round's thread is."""

SAID = ("shared",)
"""The posts in it that somebody wrote."""


def quiet_rooms(store: Store, cohort: Cohort, number: int) -> Sequence[Room]:
    """The rooms in which nothing has been said for two rounds, and that are not told yet."""
    if Feature.QUIET not in cohort.features:
        return ()
    since = number - QUIET_AFTER
    there = store.deliveries.rounds_in_rooms(cohort.id, THREADS, since)
    said = store.deliveries.rounds_in_rooms(cohort.id, SAID, since)
    nothing: frozenset[int] = frozenset()
    return [
        room
        for room in store.cohorts.rooms(cohort.id)
        if fell_silent(there.get(room.id, nothing), said.get(room.id, nothing), number)
    ]


@dataclass(frozen=True, slots=True)
class QuietGroup:
    """A small group in which nobody has written for two rounds; with `unseen`, in which that could not be seen."""

    names: Sequence[str]
    unseen: bool


def quiet_groups(store: Store, cohort: Cohort, number: int) -> Sequence[QuietGroup]:
    """The small groups that have been quiet for two rounds, of which `number` is the last, as far as is known."""
    if not {Feature.QUIET, Feature.GROUPS} <= cohort.features:
        return ()
    found = []
    for each in store.groups.conversations([cohort.id]):
        last = None if each.spoken_at is None else cohort.calendar.latest(each.spoken_at)
        if fell_silent_after(first_round(cohort.calendar, each), last, number):
            members = (store.members.get(member_id) for member_id in each.members)
            names = [member.name for member in members if member is not None and member.active]
            found.append(QuietGroup(names, unseen=not seen(each, cohort.calendar.closes(number))))
    return found


def first_round(calendar: Calendar, group: Conversation) -> int:
    """The first whole round in which the group was there."""
    number = calendar.latest(group.formed_at)
    return number if number and calendar.opens(number) == group.formed_at else number + 1


def seen(group: Conversation, since: datetime) -> bool:
    """Whether the group's conversation could be seen since then."""
    return group.seen_at is not None and group.seen_at >= since
