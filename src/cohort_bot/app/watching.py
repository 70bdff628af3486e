"""What the running bot tells those who watch it: figures only, never who or what."""

from collections.abc import Callable
from enum import Enum
from typing import Protocol, TypeVar

from cohort_bot.app.ports import Database
from cohort_bot.app.store import Store

T = TypeVar("T")


class Outcome(Enum):
    """How an invocation ended."""

    ANSWERED = "answered"
    CORRECTED = "corrected"  # a form came back with what is to be mended
    REFUSED = "refused"  # a word on what to do instead
    TOO_MANY = "too_many"
    UNKNOWN = "unknown"  # no such action (any more)
    FAILED = "failed"


class Carried(Enum):
    """How one try to bring a delivery ended."""

    SENT = "sent"
    RETRIED = "retried"  # refused in passing
    UNCERTAIN = "uncertain"  # nobody knows; it is looked up
    PARKED = "parked"  # needs a person
    FAILED = "failed"  # an error of our own


class Watch(Protocol):
    """Takes figures. All seconds are elapsed time, but `late` counts the calendar's."""

    def invoked(self, platform: str, action: str, outcome: Outcome, seconds: float) -> None:
        """Somebody did something and was answered."""

    def carried(self, platform: str, kind: str, how: Carried, late: float) -> None:
        """A delivery was tried, `late` seconds after it was due."""

    def wrote(self, seconds: float) -> None:
        """A transaction was on disk after so long."""


class Nobody:
    """Watches nothing."""

    def invoked(self, platform: str, action: str, outcome: Outcome, seconds: float) -> None:
        """Somebody did something and was answered."""

    def carried(self, platform: str, kind: str, how: Carried, late: float) -> None:
        """A delivery was tried."""

    def wrote(self, seconds: float) -> None:
        """A transaction was on disk after so long."""


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
