"""Decides when the machine's calendar is trusted. Pure: takes the earlier state and a reading, returns the new state.

A calendar may be wrong for a moment: a machine without a battery boots in 1970 or 2099, a virtual machine is moved, a
time server answers nonsense. Elapsed time never jumps, so a calendar that has moved by a different amount than elapsed
time is in doubt. Until the doubt is settled the time continues from the last trusted instant.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

LEAP: Final = timedelta(seconds=30)
"""A smaller difference is no leap: time servers correct clocks by seconds, and a `Date` header is some seconds old."""

QUIET: Final = 300.0
"""Elapsed seconds after which a calendar that runs evenly is trusted, if the platforms answer and none gives the time.
If none can be reached nothing can be posted either, and there is no hurry.
"""

NEAR: Final = timedelta(days=1)
"""At the start, with no platform to ask, a calendar up to this much later than all that the database knows is
trusted.
"""

LOST: Final = timedelta(days=365)
"""A calendar that is off by more has lost its time; one that is off by less may have been set so on purpose, and with
nothing planned yet it is trusted.
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """The calendar (aware UTC) and the elapsed seconds at one moment."""

    at: datetime
    elapsed: float

    def later(self, elapsed: float) -> datetime:
        """The instant when so many seconds had elapsed, by elapsed time alone."""
        return self.at + timedelta(seconds=elapsed - self.elapsed)


@dataclass(frozen=True, slots=True)
class Doubt:
    """`machine` is the calendar's reading when the doubt began. `overruled`: a platform has given its time, and the
    calendar does not count until it agrees. `first`: nothing has been compared since the start.
    """

    machine: Reading
    overruled: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class Trust:
    """The trusted time: it continues from `anchor`, and is known to be this far `ahead` of the platforms' clocks."""

    anchor: Reading
    doubt: Doubt | None = None
    ahead: timedelta = timedelta()

    @property
    def holding(self) -> bool:
        """Whether the clock is untrusted."""
        return self.doubt is not None and not self.doubt.overruled


def begin(reading: Reading) -> Trust:
    """The state at the start: only the calendar is known, and nothing has confirmed it."""
    return Trust(reading, Doubt(reading, first=True))


def observe(trust: Trust, reading: Reading) -> Trust:
    """The state after another reading of the machine's calendar."""
    doubt = trust.doubt
    if _near(reading.at, trust.anchor.later(reading.elapsed)):
        if doubt is None or not doubt.first:
            return Trust(reading, ahead=trust.ahead)
        trust = replace(trust, anchor=reading)
    elif doubt is None:
        return replace(trust, doubt=Doubt(reading))
    if not _near(reading.at, doubt.machine.later(reading.elapsed)):
        anchor = reading if doubt.first else trust.anchor
        return replace(trust, anchor=anchor, doubt=replace(doubt, machine=reading, overruled=False))
    return trust


def platform_said(trust: Trust, reading: Reading, date: datetime, newest: datetime | None) -> Trust:
    """The state after a platform's server has given its time. `newest` is the newest instant that the database
    knows.
    """
    trust = observe(trust, reading)
    doubt, theirs = trust.doubt, date + trust.ahead
    if doubt is None:
        return trust
    if _near(reading.at, date):
        return Trust(reading)
    if _near(reading.at, theirs):
        return replace(trust, anchor=reading, doubt=None)
    if doubt.first and _always_ahead(reading.at, date, newest):
        return Trust(reading, None, reading.at - date)
    believed = trust.anchor.later(reading.elapsed)
    anchor = trust.anchor if _near(believed, theirs) else Reading(theirs, reading.elapsed)
    return replace(trust, anchor=anchor, doubt=replace(doubt, overruled=True, first=False))


def platforms_silent(trust: Trust, reading: Reading, newest: datetime | None) -> Trust:
    """The state when the platforms answer but none gives the time: the database, or some minutes, confirm the
    calendar.
    """
    trust = observe(trust, reading)
    doubt = trust.doubt
    if doubt is None or doubt.overruled:
        return trust
    fits = doubt.first and (newest is None or newest - LEAP <= reading.at <= newest + NEAR)
    quiet = reading.elapsed - doubt.machine.elapsed >= QUIET
    return replace(trust, anchor=reading, doubt=None) if fits or quiet else trust


def _near(one: datetime, other: datetime) -> bool:
    return abs(one - other) <= LEAP


def _always_ahead(at: datetime, date: datetime, newest: datetime | None) -> bool:
    """Whether the machine's calendar still differs from the platform's by the same amount as before."""
    if newest is None:
        return abs(at - date) <= LOST
    return date + LEAP < newest <= at + 2 * LEAP
