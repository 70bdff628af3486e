"""What goes out next: asked of the calendar and of each kind's own rule, before anything is written."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Final

from cohort_bot.app.delivery.kind import Scene
from cohort_bot.app.delivery.kinds import KINDS, compose
from cohort_bot.app.delivery.planner import Group, due, next_due
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.app.queries.moderators import moderators
from cohort_bot.app.words import posts as posts_words
from cohort_bot.core.membership import Cohort
from cohort_bot.core.nudges import AFTER_GRACE
from cohort_bot.core.rounds import GRACE, Calendar

log = logging.getLogger(__name__)

HORIZON: Final = timedelta(days=100)
"""How far is looked ahead."""

AFTER_AN_OPENING: Final = GRACE + AFTER_GRACE
"""How long after an opening the round before is counted, and its digests are sent."""

_WEEK: Final = timedelta(days=7)
_MOST_LANES: Final = 100


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The posts of one instant: `what` they are and who gets them, in words."""

    due: datetime
    what: str


def upcoming(store: Store, programmes: Programmes, at: datetime) -> Upcoming | None:
    """The next post later than `at` that somebody will see if nobody does anything, None when there is none.

    A reminder that its reader no longer needs is none, though the calendar has it.
    """
    found: dict[datetime, list[NewDelivery]] = {}
    for row in _waiting(store, programmes, at):
        found.setdefault(row.due, []).append(row)
    cohorts = [cohort.id for cohort in store.cohorts.active()]
    members = store.members.in_cohorts(cohorts)
    for cohort_id, planned in store.cohorts.planned(cohorts).items():
        cohort = store.cohorts.get(cohort_id)
        programme = programmes.get(cohort.programme) if cohort else None
        if cohort is None or programme is None:
            continue
        group = Group(
            cohort, programme, store.cohorts.rooms(cohort_id), members[cohort_id], partial(moderators, store, cohort)
        )
        until = min([at + HORIZON, *found])
        after = max(planned, at)
        while (then := next_due(group, after)) <= until:
            rows = [row for row in due(group, after, then) if _wanted(store, programmes, group.cohort, row)]
            if rows:
                found.setdefault(then, []).extend(rows)
                break
            after = then
    if not found:
        return None
    first = min(found)
    return Upcoming(first, _in_words(store, found[first]))


def _waiting(store: Store, programmes: Programmes, at: datetime) -> Iterator[NewDelivery]:
    """What the ledger holds already for the next instant, such as a message that waits for the morning."""
    then = store.deliveries.next_due(at)
    if then is None:
        return
    turns = store.deliveries.ready(then, _MOST_LANES)
    for delivery in store.deliveries.rows([turn.id for turn in turns]):
        row = delivery.what
        cohort = store.cohorts.get(row.cohort_id)
        readable = cohort is not None and programmes.get(cohort.programme) is not None
        if row.due == then and cohort and readable and _wanted(store, programmes, cohort, row):
            yield row


def _wanted(store: Store, programmes: Programmes, cohort: Cohort, row: NewDelivery) -> bool:
    try:
        return compose(Scene(store, cohort, programmes, row, row.due)) is not None
    except Exception:
        log.exception("a post of the kind %s cannot be composed", row.kind)  # it will be parked, and seen by nobody
        return False


def _in_words(store: Store, rows: Sequence[NewDelivery]) -> str:
    """What comes, and where: of several kinds at once what the most people see."""
    rooms = [(row.kind, room) for row in rows if (room := _room(store, row))]
    if rooms:
        return posts_words.in_room(KINDS[rooms[0][0]].label, rooms[0][1])
    of_kind: Mapping[str, list[NewDelivery]] = {
        kind: list(some) for kind, some in groupby(sorted(rows, key=lambda row: row.kind), lambda row: row.kind)
    }
    kind, some = max(of_kind.items(), key=lambda pair: len(pair[1]))
    names = [account.name for row in some if (account := store.people.get(row.account_id or 0))]
    return posts_words.for_people(KINDS[kind].label, names)


def _room(store: Store, row: NewDelivery) -> str | None:
    room = store.cohorts.room(row.room_id) if row.room_id is not None else None
    return room.channel if room else row.args.get("channel")


def a_week_on(calendar: Calendar, at: datetime) -> datetime | None:
    """The instant about a week from `at` at which the newest round has just been counted, so that it is known who needs
    somebody; None where no round opens then.
    """
    then = at + _WEEK
    newest = calendar.latest(then)
    counted = [calendar.opens(number) + AFTER_AN_OPENING for number in range(max(1, newest - 1), newest + 2)]
    near = [each for each in counted if abs(each - then) <= _WEEK / 2]
    return min(near, key=lambda each: abs(each - then), default=None)
