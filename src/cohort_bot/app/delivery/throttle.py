"""Which lanes and platforms are left alone for now, and how long the next message has to wait for its turn.

Elapsed time, kept in memory: a restart begins anew, which at worst means one early try.
"""

import asyncio
from collections.abc import Iterable

from cohort_bot.app.delivery.pacing import BURST, Breaker, Bucket, Pacing
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.platform import ChatPlatform


class Throttle:
    """What the courier asks before it sends."""

    def __init__(self, platforms: Iterable[str], clock: Clock, pacing: Pacing) -> None:
        self._clock = clock
        self._pacing = pacing
        self._waiting: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._breakers = {name: Breaker(pacing) for name in platforms}
        self.sharers = 1
        """How many couriers, in so many processes, send on the same tokens: each takes its part of the rate."""
        self.holding = False
        """Whether anything was left alone at the last look."""

    def closed(self) -> tuple[frozenset[str], frozenset[str]]:
        """The lanes and the platforms to leave alone now."""
        now = self._clock.elapsed()
        for lane in [lane for lane, until in self._waiting.items() if until <= now]:
            del self._waiting[lane]
        down = frozenset(name for name, breaker in self._breakers.items() if breaker.until > now)
        self.holding = bool(self._waiting or down)
        return frozenset(self._waiting), down

    @property
    def doubtful(self) -> frozenset[str]:
        """Platforms that were down: each is tried with one message only."""
        return frozenset(name for name, breaker in self._breakers.items() if breaker.doubtful)

    def down(self, platform: str) -> bool:
        """Whether the platform is to be left alone."""
        return self._breakers[platform].until > self._clock.elapsed()

    def failed(self, platform: str) -> None:
        """A call failed in passing."""
        self._breakers[platform].failed(self._clock.elapsed())

    def worked(self, platform: str) -> None:
        """A call got an answer, whatever it said."""
        self._breakers[platform].worked()

    async def turn(self, platform: ChatPlatform, workspace: str) -> None:
        """Wait for the next token of the workspace, or of the platform.

        Whoever oversleeps asks for another one: after the process has stood still all of them would go at once.
        """
        while wait := self._token(platform, workspace):
            until = self._clock.elapsed() + wait
            await asyncio.sleep(wait)
            if self._clock.elapsed() - until <= BURST:
                return

    def _token(self, platform: ChatPlatform, workspace: str) -> float:
        now = self._clock.elapsed()
        key = (platform.name, "" if platform.pace.shared else workspace)
        rate = platform.pace.per_second / self.sharers
        if key not in self._buckets:
            self._buckets[key] = Bucket(rate, now)
        self._buckets[key].go_at(rate)
        return self._buckets[key].take(now)

    def hold(self, lane: str, wait: float | None = None) -> None:
        """Leave a lane alone for so many seconds; without a time given, longer with each failure."""
        if wait is None:
            self._failures[lane] = self._failures.get(lane, 0) + 1
            wait = self._pacing.wait(self._failures[lane])
        self._waiting[lane] = self._clock.elapsed() + wait

    def release(self, platform: str, workspace: str) -> None:
        """The workspace is there again: its channels, and direct conversations, need not wait any longer."""
        there = ("account:", f"room:{platform}:{workspace}:")
        for held in (self._waiting, self._failures):
            for lane in [lane for lane in held if lane.startswith(there)]:
                del held[lane]

    def wait(self, lane: str, platform: str) -> float:
        """For how many seconds the lane, or all of its platform, is left alone from now on."""
        breaker = self._breakers.get(platform)
        until = max(self._waiting.get(lane, 0.0), breaker.until if breaker else 0.0)
        return max(0.0, until - self._clock.elapsed())

    def forget(self, lane: str) -> None:
        """As if nothing had ever failed there."""
        self._waiting.pop(lane, None)
        self._failures.pop(lane, None)

    def recovered(self, lane: str) -> None:
        """The lane works: its next failure is the first."""
        self._failures.pop(lane, None)

    def until_next(self) -> float | None:
        """Seconds until a lane or a platform may be tried again, None when nothing waits."""
        instants = [*self._waiting.values(), *(b.until for b in self._breakers.values() if b.until)]
        now = self._clock.elapsed()
        later = [at - now for at in instants if at > now]
        return min(later, default=0.0 if self.holding else None)
