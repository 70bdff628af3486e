"""The database with its transactions timed."""

from collections.abc import Callable
from typing import TypeVar

from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.store import Store
from cohort_bot.app.ports.watch import Watch

T = TypeVar("T")


class TimedDatabase:
    """A database whose writes are timed."""

    def __init__(self, database: Database, watch: Watch, elapsed: Callable[[], float]) -> None:
        self._database = database
        self._watch = watch
        self._elapsed = elapsed

    async def read(self, fn: Callable[[Store], T]) -> T:
        """Run `fn` on a snapshot."""
        return await self._database.read(fn)

    async def write(self, fn: Callable[[Store], T], *, fenced: bool = False) -> T:
        """Run `fn`; when this returns, what it wrote is on disk."""
        began = self._elapsed()
        result = await self._database.write(fn, fenced=fenced)
        self._watch.wrote(self._elapsed() - began)
        return result
