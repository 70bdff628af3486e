"""A database as transactions of functions."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from cohort_bot.app.ports.store import Store

T = TypeVar("T")


class CannotSave(Exception):
    """The database cannot be reached or changed, and nothing was: one line for the log, nobody's text in it."""


class Database(Protocol):
    """A transaction is a function: it reads, decides, writes, may be run again, and must not wait for anything."""

    async def read(self, fn: Callable[[Store], T]) -> T:
        """Run `fn` on a snapshot."""

    async def write(self, fn: Callable[[Store], T], *, fenced: bool = False) -> T:
        """Run `fn`; when this returns, what it wrote is on disk. An exception of `fn` undoes all of it.

        What `fn` read still holds when it commits, unless it says that it is `fenced`: then it takes care itself, as
        the ledger does with its fences, and others get less in its way.
        """
