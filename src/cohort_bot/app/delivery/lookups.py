"""What this process knows of messages whose outcome is uncertain: when each was sent, and how far its look-up has got.

Elapsed time, kept in memory: after a restart only what the ledger says is known.
"""

from collections import OrderedDict
from datetime import timedelta
from typing import Final

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import Search
from cohort_bot.app.ports.store import Delivery
from cohort_bot.core import lanes

MARGIN: Final = timedelta(minutes=10)
"""A look-up goes back this much further than the first attempt, because two clocks never agree exactly."""

UNDATED: Final = timedelta(days=1)
"""How far back a look-up goes where the calendar says that a message was first sent later than now."""

LONG: Final = 60.0
"""Seconds of elapsed time for which a channel waits for a look-up; then it continues without the message."""

REMEMBERED: Final = 10_000
"""The most messages about which anything is kept."""


class LookUps:
    """The look-ups that have begun, by the id of the delivery."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sent_at: OrderedDict[int, float] = OrderedDict()
        self._searches: OrderedDict[int, Search] = OrderedDict()
        self._began_at: dict[int, float] = {}

    def uncertain(self, delivery: Delivery, sent_at: float) -> None:
        """The outcome of an attempt that began at the elapsed second `sent_at` is not known."""
        self._searches.pop(delivery.id, None)
        self._sent_at[delivery.id] = sent_at
        for remembered in (self._sent_at, self._searches):
            while len(remembered) > REMEMBERED:
                self._began_at.pop(remembered.popitem(last=False)[0], None)

    def search(self, delivery: Delivery) -> Search:
        """The look-up of a message with its progress, begun if there is none yet."""
        within = self._age(delivery) + MARGIN
        search = self._searches.setdefault(delivery.id, Search(delivery.mark, within))
        self._began_at.setdefault(delivery.id, self._clock.elapsed())
        if search.since is None:
            search.within = within
        return search

    def again(self, delivery: Delivery) -> Search | None:
        """A look-up of what earlier attempts at a message that is about to be sent have left behind, None at its first
        one.

        It is forgotten with that: what was seen before an attempt does not show what came of it.
        """
        search = self.search(delivery) if delivery.attempts > 1 or delivery.id in self._searches else None
        self._searches.pop(delivery.id, None)
        return search

    def refused(self, delivery: Delivery, search: Search | None) -> None:
        """The attempt was refused for certain: what `search` had seen before it still holds."""
        if search is not None:
            self._searches[delivery.id] = search

    def pages(self, delivery_id: int) -> int:
        """How many pages its look-up has read, 0 when there is none."""
        search = self._searches.get(delivery_id)
        return search.pages if search else 0

    def forget(self, delivery: Delivery) -> None:
        """Its outcome is certain."""
        for remembered in (self._sent_at, self._searches, self._began_at):
            remembered.pop(delivery.id, None)

    async def let_pass(self, delivery: Delivery, database: Database) -> str:
        """Move a slow look-up to a lane of its own so that it does not block the others. Returns the message's lane."""
        elapsed = self._clock.elapsed()
        if lanes.is_aside(delivery.lane) or elapsed - self._began_at.get(delivery.id, elapsed) <= LONG:
            return delivery.lane
        aside = lanes.aside(delivery.lane, delivery.id)
        moved = await database.write(lambda store: store.deliveries.put_in(delivery, aside), fenced=True)
        return aside if moved else delivery.lane

    def _age(self, delivery: Delivery) -> timedelta:
        """How long ago it was first sent, at most: by elapsed time or by the calendar, whichever says longer ago."""
        by_calendar = self._clock.now() - (delivery.first_try or delivery.what.due)
        if (sent_at := self._sent_at.get(delivery.id)) is not None:
            return max(by_calendar, timedelta(seconds=self._clock.elapsed() - sent_at))
        return by_calendar if by_calendar >= timedelta() else UNDATED
