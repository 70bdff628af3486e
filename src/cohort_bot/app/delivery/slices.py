"""Many small acts, in as few transactions as keep nobody waiting."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from cohort_bot.app.delivery.pacing import Enough
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.store import Store

Item = TypeVar("Item")
Result = TypeVar("Result")


async def in_slices(
    database: Database, clock: Clock, items: Sequence[Item], act: Callable[[Store, Item], Result]
) -> list[Result]:
    """`act` on each item, in order, as many in a transaction as fit into a slice; returns what it returned for each.

    An exception of `act` undoes its own transaction, and none before it.
    """

    def write(store: Store) -> list[Result]:
        enough, some = Enough(clock.elapsed), list[Result]()
        for item in items[len(done) :]:
            if some and enough():
                break
            some.append(act(store, item))
        return some

    done: list[Result] = []
    while len(done) < len(items):
        done += await database.write(write)
    return done
