"""What services do around a handler's transaction."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from cohort_bot.app.access import MEMBER
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services
from cohort_bot.app.table import TABLE
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Actor
from cohort_bot.programmes.guides import Guides
from tests.fakes.bot import LIBRARY, TUESDAY


async def test_changes_that_come_in_one_turn_of_the_loop_reach_the_writer_together() -> None:
    seen: list[str] = []

    class Writer:
        async def write(self, _fn: Callable[[Store], Any]) -> None:
            seen.append("written")

    services = Services(cast("Database", Writer()), LIBRARY, Guides(), {}, TABLE, lambda _: None)

    async def one(person: str) -> None:
        seen.append("came")
        invocation = Invocation(person, "checkin.save", "form", Actor("local", None, person, person), None, TUESDAY, {})
        await services.change(invocation, MEMBER, lambda _store, *_granted: None)

    await asyncio.gather(*map(one, "abc"))
    assert seen == ["came"] * 3 + ["written"] * 3
