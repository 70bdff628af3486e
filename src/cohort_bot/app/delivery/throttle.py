"""Which lanes and platforms are paused, and how long the next message waits for the rate limit.

Elapsed time, kept in memory: a restart forgets it, which at worst means one early attempt.
"""

import asyncio
from collections.abc import Iterable

from cohort_bot.app.delivery.pacing import BURST, CircuitBreaker, Pacing, TokenBucket
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.platform import ChatPlatform
from cohort_bot.core.lanes import may_be_in


class Throttle:
    """Pauses of lanes, a circuit breaker for each platform, a token bucket for each workspace."""

    def __init__(self, platforms: Iterable[str], clock: Clock, pacing: Pacing) -> None:
        self._clock = clock
        self._pacing = pacing
        self._paused_until: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._buckets: dict[tuple[str, str], TokenBucket] = {}
        self._breakers = {name: CircuitBreaker(pacing) for name in platforms}
        self._processes = 1
        self.disconnected: set[str] = set()
        """Platforms that have not started yet."""
        self.holding = False
        """Whether any lane was paused, or any platform down, at the last call of `closed`."""

    def share(self, processes: int) -> None:
        """This many processes send with the same tokens from now on: this one takes its share of each rate."""
        self._processes = max(1, processes)

    def closed(self) -> tuple[frozenset[str], frozenset[str]]:
        """The lanes and the platforms that are paused now."""
        now = self._clock.elapsed()
        for lane in [lane for lane, until in self._paused_until.items() if until <= now]:
            del self._paused_until[lane]
        down = frozenset(name for name, breaker in self._breakers.items() if breaker.until > now)
        self.holding = bool(self._paused_until or down)
        return frozenset(self._paused_until), down | self.disconnected

    @property
    def doubtful(self) -> frozenset[str]:
        """Platforms that were down: each is tested with one message."""
        return frozenset(name for name, breaker in self._breakers.items() if breaker.doubtful)

    def down(self, platform: str) -> bool:
        """Whether the platform failed so often in a row that it is paused."""
        return self._breakers[platform].until > self._clock.elapsed()

    def report(self, platform: str, *, answered: bool) -> None:
        """Count a call: the platform answered, whatever it said, or the call failed in passing."""
        if answered:
            self._breakers[platform].reset()
        else:
            self._breakers[platform].count_failure(self._clock.elapsed())

    async def turn(self, platform: ChatPlatform, workspace: str) -> None:
        """Wait for the next token of the workspace, or of the platform where all workspaces share one limit.

        A caller that wakes late takes a new token: after the process has been suspended all of them would go at once.
        """
        while wait := self._take_token(platform, workspace):
            until = self._clock.elapsed() + wait
            await asyncio.sleep(wait)
            if self._clock.elapsed() - until <= BURST:
                return

    def _take_token(self, platform: ChatPlatform, workspace: str) -> float:
        now = self._clock.elapsed()
        key = (platform.name, "" if platform.pace.shared else workspace)
        rate = platform.pace.per_second / self._processes
        if key not in self._buckets:
            self._buckets[key] = TokenBucket(rate, now)
        self._buckets[key].set_rate(rate)
        return self._buckets[key].take(now)

    def hold(self, lane: str, wait: float | None = None) -> None:
        """Pause a lane for this many seconds; with None, longer after each failure in a row."""
        if wait is None:
            self._failures[lane] = self._failures.get(lane, 0) + 1
            wait = self._pacing.wait(self._failures[lane])
        self._paused_until[lane] = self._clock.elapsed() + wait

    def settle(self, lane: str) -> None:
        """Pause a lane until a message that may still be on its way must have arrived."""
        self.hold(lane, self._pacing.settle)

    def release(self, platform: str, workspace: str) -> None:
        """End the pauses of a workspace's channels, and of direct conversations: it can be reached again."""
        for known in (self._paused_until, self._failures):
            for lane in [lane for lane in known if may_be_in(lane, platform, workspace)]:
                del known[lane]

    def wait(self, lane: str, platform: str) -> float:
        """For how many more seconds the lane, or its whole platform, is paused."""
        breaker = self._breakers.get(platform)
        until = max(self._paused_until.get(lane, 0.0), breaker.until if breaker else 0.0)
        return max(0.0, until - self._clock.elapsed())

    def forget(self, lane: str) -> None:
        """End the lane's pause and count its failures from none."""
        self._paused_until.pop(lane, None)
        self.recovered(lane)

    def recovered(self, lane: str) -> None:
        """The lane works: its next failure counts as the first."""
        self._failures.pop(lane, None)

    def until_next(self) -> float | None:
        """Seconds until a lane or a platform may be tried again, None when nothing waits."""
        instants = [*self._paused_until.values(), *(b.until for b in self._breakers.values() if b.until)]
        now = self._clock.elapsed()
        return min((at - now for at in instants if at > now), default=0.0 if self.holding else None)
