"""What a handler is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from cohort_bot.app.commands import Table
from cohort_bot.app.errors import Repeated
from cohort_bot.app.ports import ChatPlatform, Database, Programmes
from cohort_bot.app.store import Store
from cohort_bot.chat.invocation import Invocation

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Services:
    """The outside world as ports. `wake` tells the courier that something may be due."""

    database: Database
    programmes: Programmes
    platforms: Mapping[str, ChatPlatform]
    table: Table
    wake: Callable[[], None]

    async def change(self, invocation: Invocation, fn: Callable[[Store], T]) -> T:
        """Run `fn` as one transaction, once per invocation: a repeat raises Repeated and changes nothing."""

        def once(store: Store) -> T:
            if not store.first_time(f"{invocation.actor.platform}:{invocation.id}", invocation.at):
                raise Repeated("I have that already; nothing was changed.")
            return fn(store)

        result = await self.database.write(once)
        self.wake()
        return result
