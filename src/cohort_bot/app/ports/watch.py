"""What the running bot reports for monitoring: figures only, no names and no content."""

from enum import Enum
from typing import Protocol


class InvocationResult(Enum):
    """How an invocation ended."""

    ANSWERED = "answered"
    CORRECTED = "corrected"  # a form came back with errors to correct
    REFUSED = "refused"  # an answer saying what to do instead
    TOO_MANY = "too_many"
    UNKNOWN = "unknown"  # no such action (any more)
    FAILED = "failed"


class Attempt(Enum):
    """How one attempt at a delivery ended."""

    SENT = "sent"
    RETRIED = "retried"  # refused temporarily
    UNCERTAIN = "uncertain"  # the outcome is not known; it is looked up
    PARKED = "parked"  # needs a person
    FAILED = "failed"  # a bug of our own


class Watch(Protocol):
    """Receives figures. All seconds are elapsed time, except that `late` is by the calendar."""

    def invoked(self, platform: str, action: str, outcome: InvocationResult, seconds: float) -> None:
        """An invocation was answered."""

    def attempted(self, platform: str, kind: str, how: Attempt, late: float) -> None:
        """A delivery was tried, `late` seconds after it was due."""

    def wrote(self, seconds: float) -> None:
        """A transaction was on disk after this many seconds."""

    def held(self, seconds: float) -> None:
        """A transaction held the only writer for so long, without the commit. Not called where there are many."""


class Nobody:
    """Watches nothing."""

    def invoked(self, platform: str, action: str, outcome: InvocationResult, seconds: float) -> None:
        """An invocation was answered."""

    def attempted(self, platform: str, kind: str, how: Attempt, late: float) -> None:
        """A delivery was tried."""

    def wrote(self, seconds: float) -> None:
        """A transaction was on disk after this many seconds."""

    def held(self, seconds: float) -> None:
        """A transaction held the only writer for so long."""
