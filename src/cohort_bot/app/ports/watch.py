"""What the running bot tells those who watch it: figures only, never who or what."""

from enum import Enum
from typing import Protocol


class InvocationResult(Enum):
    """How an invocation ended."""

    ANSWERED = "answered"
    CORRECTED = "corrected"  # a form came back with what is to be mended
    REFUSED = "refused"  # a word on what to do instead
    TOO_MANY = "too_many"
    UNKNOWN = "unknown"  # no such action (any more)
    FAILED = "failed"


class Attempt(Enum):
    """How one try to bring a delivery ended."""

    SENT = "sent"
    RETRIED = "retried"  # refused in passing
    UNCERTAIN = "uncertain"  # nobody knows; it is looked up
    PARKED = "parked"  # needs a person
    FAILED = "failed"  # an error of our own


class Watch(Protocol):
    """Takes figures. All seconds are elapsed time, but `late` counts the calendar's."""

    def invoked(self, platform: str, action: str, outcome: InvocationResult, seconds: float) -> None:
        """Somebody did something and was answered."""

    def attempted(self, platform: str, kind: str, how: Attempt, late: float) -> None:
        """A delivery was tried, `late` seconds after it was due."""

    def wrote(self, seconds: float) -> None:
        """A transaction was on disk after so long."""


class Nobody:
    """Watches nothing."""

    def invoked(self, platform: str, action: str, outcome: InvocationResult, seconds: float) -> None:
        """Somebody did something and was answered."""

    def attempted(self, platform: str, kind: str, how: Attempt, late: float) -> None:
        """A delivery was tried."""

    def wrote(self, seconds: float) -> None:
        """A transaction was on disk after so long."""
