"""Whether what is written is kept: each write notes how it ended, and /readyz asks."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from cohort_bot.app.ports.platform import Finding

QUIET: Final = 10.0
"""Seconds without any write after which one is tried, before anybody is told that the bot is ready."""

CAREFUL: Final = 10.0
"""Seconds for which a failure counts although a smaller write went well since."""

PATIENCE: Final = 5.0
"""Seconds that a write which is only tried may take."""


class Writes:
    """The newest write that was kept and the newest that was not. `at` is elapsed time throughout."""

    def __init__(self) -> None:
        self._kept: float | None = None
        self._failed: float | None = None
        self._why = ""

    def kept(self, at: float) -> None:
        """A write is on disk."""
        self._kept = at

    def failed(self, why: str, at: float) -> None:
        """A write is not, for a reason that lies outside of it."""
        self._failed, self._why = at, why

    def worth_a_try(self, at: float) -> bool:
        """Whether too little is known of the present."""
        return self._kept is None or at - self._kept > QUIET or self.problem(at) is not None

    def problem(self, at: float) -> str | None:
        """Why nothing is kept, None when it is."""
        if self._failed is None:
            return None
        later = self._kept is not None and self._kept > self._failed
        return None if later and at - self._failed > CAREFUL else self._why

    async def findings(self, write: Callable[[], Awaitable[None]], cure: str) -> Sequence[Finding]:
        """Why nothing can be saved now; `write` tries it, and notes what it ends with."""
        now = asyncio.get_running_loop().time
        if self.worth_a_try(now()):
            try:
                async with asyncio.timeout(PATIENCE):
                    await write()
            except TimeoutError:
                self.failed(f"a write has taken more than {PATIENCE:.0f} s", now())
        problem = self.problem(now())
        return [] if problem is None else [Finding(f"Nothing can be saved: {problem}.", cure)]
