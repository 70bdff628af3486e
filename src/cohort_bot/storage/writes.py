"""Whether writes succeed: each write records its result here, and /readyz reads it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from cohort_bot.app.ports.platform import Finding

QUIET: Final = 10.0
"""Seconds without any write after which one is tried before the bot reports that it is ready."""

CAREFUL: Final = 10.0
"""Seconds for which a failure counts even if a smaller write has succeeded since."""

PATIENCE: Final = 5.0
"""Seconds that a test write may take."""


class Writes:
    """The newest write that succeeded and the newest that failed. `at` is elapsed time throughout."""

    def __init__(self) -> None:
        self._kept: float | None = None
        self._failed: float | None = None
        self._why = ""

    def kept(self, at: float) -> None:
        """A write is on disk."""
        self._kept = at

    def failed(self, why: str, at: float) -> None:
        """A write failed, for a reason outside of it."""
        self._failed, self._why = at, why

    def worth_a_try(self, at: float) -> bool:
        """Whether a test write is needed, because no recent result is known."""
        return self._kept is None or at - self._kept > QUIET or self.problem(at) is not None

    def problem(self, at: float) -> str | None:
        """Why writes fail, None when they succeed."""
        if self._failed is None:
            return None
        later = self._kept is not None and self._kept > self._failed
        return None if later and at - self._failed > CAREFUL else self._why

    async def findings(self, write: Callable[[], Awaitable[None]], cure: str) -> Sequence[Finding]:
        """Why nothing can be saved now; `write` makes a test write, and records its result."""
        now = asyncio.get_running_loop().time
        if self.worth_a_try(now()):
            try:
                async with asyncio.timeout(PATIENCE):
                    await write()
            except TimeoutError:
                self.failed(f"a write has taken more than {PATIENCE:.0f} s", now())
        problem = self.problem(now())
        return [] if problem is None else [Finding(f"Nothing can be saved: {problem}.", cure)]
