"""The only module that reads the time: everything else is passed a Clock."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.health import Finding
from cohort_bot.core import trust
from cohort_bot.core.trust import Reading, Trust

log = logging.getLogger(__name__)

SOON: Final = 5.0
"""Elapsed seconds within which the calendar is compared with a platform's time at the start."""


class SystemClock:
    """The machine's calendar and its monotonic clock."""

    def now(self) -> datetime:
        """The instant, aware UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the clock

    def elapsed(self) -> float:
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
        return self._system.elapsed()

    def move_to(self, at: datetime) -> None:
        """Move forward to the instant; a move back is ignored, because the calendar has already passed it."""
        self.shift = max(self.shift, at - self._system.now())


class ScriptedClock:
    """A calendar that stands until it is moved; elapsed time passes with it, as if the script had taken that long."""

    def __init__(self, at: datetime) -> None:
        self._at = self._began = at
        self._system = SystemClock()

    def now(self) -> datetime:
        """The instant to which it was moved, aware UTC."""
        return self._at

    def elapsed(self) -> float:
        return self._system.elapsed() + (self._at - self._began).total_seconds()

    def move_to(self, at: datetime) -> None:
        """Move forward to the instant; a move back is ignored."""
        self._at = max(self._at, at)


class CheckedClock:
    """The machine's calendar as far as it is trusted (`core/trust.py`); elapsed time is the machine's.

    Implements `app.ports.clock.CheckedCalendar`. Thread-safe.
    """

    def __init__(self, machine: Clock | None = None) -> None:
        self._machine = machine or SystemClock()
        self._lock = threading.Lock()
        self._trust = trust.begin(self._read())

    def now(self) -> datetime:
        """The instant, aware UTC: by the calendar, or by elapsed time while that is in doubt."""
        reading = self._read()
        return self._changed(lambda before: trust.observe(before, reading)).anchor.later(reading.elapsed)

    def elapsed(self) -> float:
        return self._machine.elapsed()

    @property
    def holding(self) -> bool:
        """Whether the clock is untrusted."""
        return self._looked().holding

    @property
    def doubted(self) -> bool:
        """Whether a platform should be asked for the time."""
        return self._looked().doubt is not None

    def platform_said(self, date: datetime, newest: datetime | None) -> None:
        """A platform's server has just given its time; `newest` is the newest instant that the database knows."""
        self._changed(lambda before: trust.platform_said(before, self._read(), date, newest))

    def platforms_silent(self, newest: datetime | None) -> None:
        """The platforms answer, but none gives the time."""
        self._changed(lambda before: trust.platforms_silent(before, self._read(), newest))

    def findings(self) -> Sequence[Finding]:
        """That the machine's calendar is in doubt."""
        found = self._looked()
        if found.doubt is None or (found.doubt.first and self.elapsed() - found.doubt.machine.elapsed < SOON):
            return []
        machine = self._machine.now()
        if found.doubt.first:
            says = f"This machine's clock says {machine:%Y-%m-%d %H:%M} UTC, and nothing has confirmed it yet."
        else:
            believed = found.anchor.later(self.elapsed())
            says = f"This machine's clock says {machine:%Y-%m-%d %H:%M} UTC; it should be {believed:%Y-%m-%d %H:%M}."
        does = "Nothing is posted until a platform agrees" if found.holding else "A platform's time is used meanwhile"
        return [Finding(says, f"{does}. Let the machine keep time: timedatectl set-ntp true.")]

    def _read(self) -> Reading:
        return Reading(self._machine.now(), self._machine.elapsed())

    def _looked(self) -> Trust:
        return self._changed(lambda before: trust.observe(before, self._read()))

    def _changed(self, change: Callable[[Trust], Trust]) -> Trust:
        with self._lock:
            before, after = self._trust, change(self._trust)
            self._trust = after
        if (before.doubt is None) != (after.doubt is None) or before.holding != after.holding:
            self._tell(before, after)
        return after

    def _tell(self, before: Trust, after: Trust) -> None:
        """Log one line when the doubt begins, is overruled, or ends."""
        machine = after.anchor.at if after.doubt is None else after.doubt.machine.at
        says = f"this machine's clock says {machine:%Y-%m-%d %H:%M:%S} UTC"
        if after.holding:
            log.warning(
                "%s, which does not fit the time that has passed: nothing is planned or posted until a platform agrees",
                says,
            )
        elif after.doubt is not None:
            log.warning("%s, and a platform disagrees: the platform's time is used until they agree", says)
        elif before.doubt is not None and not before.doubt.first:
            log.warning("%s, and it is trusted again", says)
        if abs(after.ahead) > trust.LEAP and after.ahead != before.ahead:
            log.warning("%s, and a platform disagrees; if that is wrong, set the clock: timedatectl set-ntp true", says)
