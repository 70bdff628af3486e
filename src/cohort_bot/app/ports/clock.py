"""The calendar and elapsed time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from cohort_bot.app.ports.health import Finding


class Clock(Protocol):
    """Two clocks. `now` is the calendar: aware UTC; it may jump, and the demo moves it. `elapsed` does neither."""

    def now(self) -> datetime:
        """The instant, aware UTC."""

    def elapsed(self) -> float:
        """Seconds since some fixed moment, for leases, time-outs and pacing."""


@runtime_checkable
class CheckedCalendar(Protocol):
    """A clock that checks the machine's calendar before trusting it; a clock that people move is always trusted."""

    @property
    def holding(self) -> bool:
        """Whether the clock is untrusted; planning and posting stop meanwhile."""

    @property
    def doubted(self) -> bool:
        """Whether a platform should be asked for the time."""

    def platform_said(self, date: datetime, newest: datetime | None) -> None:
        """A platform's server has just given its time; `newest` is the newest instant that the database knows."""

    def platforms_silent(self, newest: datetime | None) -> None:
        """The platforms answer, but none gives the time."""

    def findings(self) -> Sequence[Finding]:
        """That the machine's calendar is in doubt."""


@runtime_checkable
class TellsTime(Protocol):
    """A platform whose servers give the time."""

    async def server_time(self) -> datetime | None:
        """The server's time now, aware UTC; None when its answer contains no time. Raises Unknown if unreachable."""
