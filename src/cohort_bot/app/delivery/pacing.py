"""How fast the courier goes: waiting times, a token bucket for each workspace, a breaker for each platform.

All of it is elapsed time and kept in memory; a restart begins anew, which at worst means one early try.
"""

import secrets
from dataclasses import dataclass

BURST = 0.05
"""Seconds' worth of messages that may go out at once after a pause: a limit holds for every second, the first too."""

CLAIMED_FOR = 0.3
"""Rows are claimed for so many seconds of sending; that is ten claims."""

LEAST_CLAIMED = 200
MOST_CLAIMED = 1000
"""Within these bounds."""

TRIPS_AFTER = 5
"""So many failures of a platform in a row, on whatever channel, mean that it is down."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """Waiting times in seconds of elapsed time.

    `lease` bounds one call to a platform; `settle` is waited before an ambiguous message is looked up, so that a slow
    one has arrived; `first_wait` doubles with each failure up to `longest_wait`.
    """

    lease: float = 30.0
    settle: float = 5.0
    first_wait: float = 1.0
    longest_wait: float = 300.0

    def wait(self, failures: int) -> float:
        """How long to wait after so many failures in a row, give or take a fifth so that not all come back at once."""
        seconds = min(self.first_wait * 2.0 ** min(failures - 1, 20), self.longest_wait)
        return seconds * (0.8 + secrets.randbelow(401) / 1000)


class Bucket:
    """A token bucket: `take` says how long to wait for the next message."""

    def __init__(self, per_second: float, now: float) -> None:
        self.go_at(per_second)
        self._tokens = self._most
        self._at = now

    def go_at(self, per_second: float) -> None:
        """Go at another rate from now on; what was taken on credit is still to be earned."""
        self._rate = per_second
        self._most = max(1.0, per_second * BURST)

    def take(self, now: float) -> float:
        """Take a token, on credit if there is none; returns the seconds until it is earned."""
        self._tokens = min(self._most, self._tokens + (now - self._at) * self._rate) - 1
        self._at = now
        return max(0.0, -self._tokens / self._rate)


class Window:
    """How many rows are claimed ahead of their sending: some must stand ready while the ledger writes the next claim.

    As many as go in CLAIMED_FOR at the rate since the last claim. A platform that is slow finds its rows in the ledger,
    where they can still be changed, and where a crash leaves nothing to look up.
    """

    def __init__(self) -> None:
        self._width = LEAST_CLAIMED
        self._at = 0.0
        self.gone = 0
        """How many have gone since the last claim."""

    def free(self, held: int, now: float) -> int:
        """How many to claim now, in elapsed time, beside those that are held; 0 for none: a claim is a commit, and
        shares it with as many rows as it can.
        """
        if self._width - held < self._width // 3:
            return 0
        going = self.gone * CLAIMED_FOR / max(now - self._at, 0.001)
        self._width = max(LEAST_CLAIMED, min(int(going), MOST_CLAIMED))
        self._at, self.gone = now, 0
        return max(0, self._width - held)


class Breaker:
    """Leaves a platform alone while it is down, and tries it with one message before it is used in full again."""

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing
        self._failures = 0
        self._until = 0.0

    def failed(self, now: float) -> None:
        """A call failed in passing."""
        self._failures += 1
        if self._failures >= TRIPS_AFTER:
            self._until = now + self._pacing.wait(self._failures - TRIPS_AFTER + 1)

    def worked(self) -> None:
        """A call got an answer, whatever it said."""
        self._failures = 0
        self._until = 0.0

    @property
    def until(self) -> float:
        """The elapsed time before which nothing is tried, 0 when all is well."""
        return self._until

    @property
    def doubtful(self) -> bool:
        """Whether the next try should be one message only."""
        return self._failures >= TRIPS_AFTER
