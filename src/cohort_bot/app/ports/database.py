"""A database as transactions of functions."""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from cohort_bot.app.ports.store import Store

T = TypeVar("T")


class CannotSave(Exception):
    """The database cannot be reached or written to, and nothing was changed: one line for the log, without people's
    text.
    """


class Database(Protocol):
    """A transaction is a function: it reads, decides, writes, may be run again, and must not wait for anything."""

    @property
    def shelf(self) -> Mapping[str, bytes]:
        """The programmes of workspaces that cohorts were read with: their content, compressed by zlib, by slug."""
        ...

    async def read(self, fn: Callable[[Store], T]) -> T:
        """Run `fn` on a snapshot."""

    async def write(self, fn: Callable[[Store], T], *, fenced: bool = False, to_disk: bool = True) -> T:
        """Run `fn`; when this returns, what it wrote is on disk. An exception of `fn` undoes all of it.

        Without `to_disk` it need not be there yet, because it can be made anew: a machine that loses its power may
        forget it, and never anything that was written before.

        What `fn` read still holds when it commits, unless it is `fenced`: then `fn` checks that itself, as the ledger
        does with its fences, and conflicts less with other transactions.
        """
