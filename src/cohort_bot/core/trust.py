"""When the machine's calendar is believed. Pure: what was believed and a reading in, what is believed now out.

A calendar may be wrong for a moment: a machine without a battery boots in 1970 or 2099, a virtual machine is moved, a
time server answers nonsense. Elapsed time never jumps, so a calendar that has moved by something else than elapsed time
is in doubt. Until the doubt is settled the time goes on from the last instant that was believed.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

LEAP: Final = timedelta(seconds=30)
"""Less is no leap: time servers set clocks right by seconds, and a `Date` has been on its way for some of them."""

QUIET: Final = 300.0
"""Elapsed seconds after which a calendar that runs on evenly is believed, where the platforms answer and none says what
time it is. Where none can be reached nothing can be posted either, and there is no hurry.
"""

NEAR: Final = timedelta(days=1)
"""At the start a calendar is believed that is this much later than all that the database knows, with nobody to ask."""

LOST: Final = timedelta(days=365)
"""A calendar that is off by more has lost its time; by less it may have been set so, and with nothing planned yet it is
taken as it is.
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
    """`machine` is what the calendar said when the doubt began. `overruled`: a platform has said what time it is, and
    the calendar does not count until it agrees. `first`: nothing has been compared since the start.
    """

    machine: Reading
    overruled: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class Trust:
    """What is believed: the time goes on from `anchor`, and is known to be so far `ahead` of the platforms' clocks."""

    anchor: Reading
    doubt: Doubt | None = None
    ahead: timedelta = timedelta()

    @property
    def holding(self) -> bool:
        """Whether nobody knows what time it is."""
        return self.doubt is not None and not self.doubt.overruled


def begin(reading: Reading) -> Trust:
    """At the start the calendar is all there is, and nothing has borne it out."""
    return Trust(reading, Doubt(reading, first=True))


def observe(trust: Trust, reading: Reading) -> Trust:
    """The machine's calendar was read once more."""
    doubt = trust.doubt
    if _near(reading.at, trust.anchor.later(reading.elapsed)):
        if doubt is None or not doubt.first:
            return replace(trust, anchor=reading, doubt=None)
        trust = replace(trust, anchor=reading)
    elif doubt is None:
        return replace(trust, doubt=Doubt(reading))
    if not _near(reading.at, doubt.machine.later(reading.elapsed)):
        anchor = reading if doubt.first else trust.anchor
        return replace(trust, anchor=anchor, doubt=replace(doubt, machine=reading, overruled=False))
    return trust


def platform_said(trust: Trust, reading: Reading, date: datetime, newest: datetime | None) -> Trust:
    """A platform's server has just said what time it is. `newest` is the newest instant that the database knows."""
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
    """The platforms answer, and none says what time it is: the database bears the calendar out, or some minutes do."""
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
    """Whether the machine goes on with a calendar that is not the platform's, as it did before."""
    if newest is None:
        return abs(at - date) <= LOST
    return date + LEAP < newest <= at + 2 * LEAP
