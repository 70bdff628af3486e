"""What this process knows of the messages whose outcome is uncertain: when they were sent, and how far each look for
one has come. Elapsed time, kept in memory: a restart begins anew with what the ledger says.
"""

from collections import OrderedDict
from datetime import timedelta
from typing import Final

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.health import ASIDE
from cohort_bot.app.ports.platform import Search
from cohort_bot.app.ports.store import Delivery

MARGIN: Final = timedelta(minutes=10)
"""A look-back goes so much further than the first try: what is measured by two clocks is never exact."""

UNTOLD: Final = timedelta(days=1)
"""How far back a look goes where the calendar says that a message was first tried later than now."""

LONG: Final = 60.0
"""Elapsed seconds for which a channel waits for a message that is looked for; then it goes on without it."""

REMEMBERED: Final = 10_000


class LookUps:
    """The searches that have begun, by the row of the ledger."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tried: OrderedDict[int, float] = OrderedDict()
        self._searches: OrderedDict[int, Search] = OrderedDict()
        self._begun: dict[int, float] = {}

    def uncertain(self, delivery: Delivery, began: float) -> None:
        """Nobody knows what came of a try that began at this elapsed time."""
        self._searches.pop(delivery.id, None)
        self._tried[delivery.id] = began
        for remembered in (self._tried, self._searches):
            while len(remembered) > REMEMBERED:
                self._begun.pop(remembered.popitem(last=False)[0], None)

    def search(self, delivery: Delivery) -> Search:
        """The look for a message, as far as it has come."""
        within = self._age(delivery) + MARGIN
        search = self._searches.setdefault(delivery.id, Search(delivery.mark, within))
        self._begun.setdefault(delivery.id, self._clock.elapsed())
        if search.since is None:
            search.within = within
        return search

    def again(self, delivery: Delivery) -> Search | None:
        """The look for what is there already of a message that is about to be sent, None at its first try.

        It is forgotten with that: what was seen before a try does not tell what came of it.
        """
        search = self.search(delivery) if delivery.attempts > 1 or delivery.id in self._searches else None
        self._searches.pop(delivery.id, None)
        return search

    def refused(self, delivery: Delivery, search: Search | None) -> None:
        """The try was refused for certain: what was seen before it still holds."""
        if search is not None:
            self._searches[delivery.id] = search

    def pages(self, delivery_id: int) -> int:
        """How far the look for it has come, 0 when there is none."""
        search = self._searches.get(delivery_id)
        return search.pages if search else 0

    def over(self, delivery: Delivery) -> None:
        """Its outcome is certain."""
        for remembered in (self._tried, self._searches, self._begun):
            remembered.pop(delivery.id, None)

    async def let_pass(self, delivery: Delivery, database: Database) -> str:
        """The lane of a message that is looked for: one of its own when that takes long, and the others go on."""
        if (aside := self.aside(delivery)) is None:
            return delivery.lane
        moved = await database.write(lambda store: store.deliveries.put_in(delivery, aside), fenced=True)
        return aside if moved else delivery.lane

    def aside(self, delivery: Delivery) -> str | None:
        """The lane in which a message is looked for that takes long; None while the others of its lane still wait."""
        long = self._clock.elapsed() - self._begun.get(delivery.id, self._clock.elapsed()) > LONG
        return f"{delivery.lane}{ASIDE}{delivery.id}" if long and ASIDE not in delivery.lane else None

    def _age(self, delivery: Delivery) -> timedelta:
        """How long ago it was first tried, at most: by elapsed time, by the calendar, whichever says longer ago."""
        calendar = self._clock.now() - (delivery.first_try or delivery.what.due)
        if (began := self._tried.get(delivery.id)) is not None:
            return max(calendar, timedelta(seconds=self._clock.elapsed() - began))
        return calendar if calendar >= timedelta() else UNTOLD
