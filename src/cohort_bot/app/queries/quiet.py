"""Which places of a cohort have gone quiet. Of a room the bot sees only the check-ins that are shared there.

A place is a row of what was possible and what was said, by round: rooms here, whatever comes later beside them.
"""

from collections.abc import Sequence

from cohort_bot.app.ports.store import Store
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Cohort, Room
from cohort_bot.core.quiet import QUIET_AFTER, fell_silent

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
