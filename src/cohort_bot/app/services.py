"""What a handler is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from cohort_bot.app.commands import Table
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import ChatPlatform
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import Store
from cohort_bot.app.words import errors
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.checkins import ENDLESS
from cohort_bot.core.membership import Cohort

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Services:
    """The outside world as ports. `wake` tells the courier that something may be due."""

    database: Database
    programmes: Programmes
    platforms: Mapping[str, ChatPlatform]
    table: Table
    wake: Callable[[], None]

    def weeks(self, cohort: Cohort) -> int:
        """How many weeks the cohort's programme has; ENDLESS when it cannot be read right now."""
        programme = self.programmes.get(cohort.programme)
        return programme.length if programme else ENDLESS

    async def run(self, action: str, invocation: Invocation) -> Reply:
        """The reply of another action to the same invocation."""
        row = self.table.get(action)
        if row is None:
            raise LookupError(action)
        return await row.handler(self, invocation)

    async def change(self, invocation: Invocation, fn: Callable[[Store], T]) -> T:
        """Run `fn` as one transaction, once per invocation: a repeat raises Repeated and changes nothing."""

        def once(store: Store) -> T:
            if not store.first_time(f"{invocation.actor.platform}:{invocation.id}", invocation.at):
                raise errors.repeated()
            return fn(store)

        result = await self.database.write(once)
        self.wake()
        return result
