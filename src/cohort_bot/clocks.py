"""The only place that reads the time: everything else is handed a Clock."""

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's calendar and its monotonic clock."""

    def now(self) -> datetime:
        """The instant, aware UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the clock

    def elapsed(self) -> float:
        """Seconds since some fixed moment."""
        return time.monotonic()  # noqa: TID251 - this is the clock


class MovableClock:
    """A calendar that runs with the machine's, shifted; elapsed time is never moved."""

    def __init__(self, shift: timedelta = timedelta()) -> None:
        self._system = SystemClock()
        self.shift = shift

    def now(self) -> datetime:
        """The shifted instant, aware UTC."""
        return self._system.now() + self.shift

    def elapsed(self) -> float:
        """Seconds since some fixed moment."""
        return self._system.elapsed()

    def move_to(self, at: datetime) -> None:
        """Go forward to the instant; a move back is left out, the calendar has passed it already."""
        self.shift = max(self.shift, at - self._system.now())
