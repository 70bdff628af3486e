"""How fast the courier goes: waiting times, a token bucket for each workspace, a circuit breaker for each platform.

All of it is elapsed time and kept in memory; a restart forgets it, which at worst means one early attempt.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

BURST: Final = 0.05
"""Seconds' worth of messages that may go out at once after a pause: a limit holds for every second, the first too."""

CLAIM_SECONDS: Final = 0.3
"""As many rows are claimed as are sent in this many seconds; that is ten claims."""

LEAST_CLAIMED: Final = 200
MOST_CLAIMED: Final = 1000
"""Within these bounds."""

MOST_NOTED: Final = 400
"""The most outcomes that are recorded in one transaction."""

SLICE: Final = 0.012
"""Elapsed seconds that a transaction may hold the writer, because somebody's check-in may wait for it."""

TRIPS_AFTER: Final = 5
"""This many failures of a platform in a row, on any channels, mean that it is down."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """Waiting times in seconds of elapsed time."""

    lease: float = 30.0
    """The longest that one call to a platform may take."""
    settle: float = 5.0
    """How long an uncertain message is left alone before it is looked up, so that a slow one has arrived."""
    first_wait: float = 1.0
    """The wait after a failure, doubled with each further one in a row."""
    longest_wait: float = 300.0
    """The longest that this wait becomes."""

    def wait(self, failures: int) -> float:
        """Seconds to wait after this many failures in a row, give or take a fifth to spread the retries."""
        seconds = min(self.first_wait * 2.0 ** min(failures - 1, 20), self.longest_wait)
        return seconds * (0.8 + secrets.randbelow(401) / 1000)


class Enough:
    """Tells a transaction when to take on nothing more: when a step as long as the last one would end after SLICE.

    Called before each step but the first. So a slow machine takes fewer steps, and holds the writer no longer.
    """

    def __init__(self, elapsed: Callable[[], float]) -> None:
        """`elapsed` returns seconds of elapsed time. The transaction begins now."""
        self._elapsed = elapsed
        self._last = elapsed()
        self._until = self._last + SLICE

    def __call__(self) -> bool:
        """Whether it is enough."""
        now = self._elapsed()
        step, self._last = now - self._last, now
        return now + step > self._until


class TokenBucket:
    """Holds messages to a rate. `now` is always in seconds of elapsed time."""

    def __init__(self, per_second: float, now: float) -> None:
        self.set_rate(per_second)
        self._tokens = self._most
        self._at = now

    def set_rate(self, per_second: float) -> None:
        """Use another rate from now on; tokens that were taken on credit still have to be earned."""
        self._rate = per_second
        self._most = max(1.0, per_second * BURST)

    def take(self, now: float) -> float:
        """Take a token, on credit if there is none; returns the seconds until it is earned."""
        self._tokens = min(self._most, self._tokens + (now - self._at) * self._rate) - 1
        self._at = now
        return max(0.0, -self._tokens / self._rate)


class ClaimWindow:
    """How many rows are claimed before they can be sent: some must be ready while the ledger writes the next claim.

    A slow platform's rows stay in the ledger, where they can still be changed, and where a crash leaves nothing to look
    up.
    """

    def __init__(self) -> None:
        self._width = LEAST_CLAIMED
        self._at = 0.0
        self._ended = 0  # attempts since the last claim

    def count(self, attempts: int = 1) -> None:
        """This many attempts at claimed rows have ended."""
        self._ended += attempts

    def free(self, held: int, now: float) -> int:
        """How many rows to claim at the elapsed second `now`, beside the `held` ones that are claimed already.

        Returns 0 when it is too early: a claim is a commit, which only pays off for many rows.
        """
        if self._width - held < self._width // 3:
            return 0
        expected = self._ended * CLAIM_SECONDS / max(now - self._at, 0.001)
        self._width = max(LEAST_CLAIMED, min(int(expected), MOST_CLAIMED))
        self._at, self._ended = now, 0
        return max(0, self._width - held)


class CircuitBreaker:
    """Pauses a platform while it is down, and tests it with one message before it is used in full again."""

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing
        self._failures = 0
        self._until = 0.0

    def count_failure(self, now: float) -> None:
        """A call failed temporarily at the elapsed second `now`."""
        self._failures += 1
        if self._failures >= TRIPS_AFTER:
            self._until = now + self._pacing.wait(self._failures - TRIPS_AFTER + 1)

    def reset(self) -> None:
        """A call got an answer, whatever it said."""
        self._failures = 0
        self._until = 0.0

    @property
    def until(self) -> float:
        """The elapsed second before which nothing is tried, 0 when all is well."""
        return self._until

    @property
    def doubtful(self) -> bool:
        """Whether to test the platform with a single message."""
        return self._failures >= TRIPS_AFTER
