"""The calendar and elapsed time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from cohort_bot.app.ports.health import Finding


class Clock(Protocol):
    """Two clocks. `now` is the calendar: aware UTC, may jump, is moved in the demo. `elapsed` never does either."""

    def now(self) -> datetime:
        """The instant, aware UTC."""

    def elapsed(self) -> float:
        """Seconds since some fixed moment, for leases, time-outs and pacing."""


@runtime_checkable
class CheckedCalendar(Protocol):
    """A clock whose calendar is the machine's, which is not believed at once; one that people or tests move is."""

    @property
    def holding(self) -> bool:
        """Whether nobody knows what time it is: nothing is planned, posted or noted as planned meanwhile."""

    @property
    def doubted(self) -> bool:
        """Whether a platform is to be asked what time it is."""

    def platform_said(self, date: datetime, newest: datetime | None) -> None:
        """A platform's server has just said what time it is; `newest` is the newest instant that the database knows."""

    def platforms_silent(self, newest: datetime | None) -> None:
        """The platforms answer, and none says what time it is."""

    def findings(self) -> Sequence[Finding]:
        """That the machine's calendar is in doubt."""


@runtime_checkable
class TellsTime(Protocol):
    """A platform whose servers say what time it is."""

    async def server_time(self) -> datetime | None:
        """Asked anew, aware UTC; None when it answers without. Raises Unknown when it cannot be reached."""
