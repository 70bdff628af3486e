"""When a member who has not checked in is reminded: at most twice a round, in their own zone, never at night."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Final, Literal

from cohort_bot.core.rounds import Calendar, instant, zone_info

MIDDLE_DAYS = 3
"""After the opening, at `MIDDLE_AT` in the member's zone, comes the first reminder; `BEFORE_CLOSING` the second."""

MIDDLE_AT = time(18, 0)
BEFORE_CLOSING = timedelta(hours=24)
APART = timedelta(hours=24)
"""The least time between the two; otherwise only the second is sent."""

QUIET_FROM = time(22, 0)
QUIET_UNTIL = time(8, 0)
"""From and until when it is night for the member: nothing is sent. What falls into it moves to the morning."""

LEFT_AT_LEAST = timedelta(hours=4)
"""From a reminder that is put off to the closing."""

AFTER_GRACE: Final = timedelta(hours=1)
"""How long after the grace period of a round messages about its outcome are sent, so that last-minute check-ins
count.
"""

MIDDLE: Final = "middle"
CLOSING: Final = "closing"
PARTS: Final = (MIDDLE, CLOSING)
"""The planned reminders of a round, by name."""

MOST = 2
"""So many reminders a round at most, planned ones and those that were put off."""

TOMORROW: Final = "tomorrow"
WEEKEND: Final = "weekend"
"""To when a reminder can be put off."""

WEEKEND_AT = time(10, 0)


@dataclass(frozen=True, slots=True)
class Nudge:
    """One reminder of a round, at an instant in UTC; `name` is part of the key of its delivery."""

    name: Literal["middle", "closing"]
    at: datetime


@lru_cache(maxsize=4096)
def nudges(calendar: Calendar, number: int, zone: str) -> tuple[Nudge, ...]:
    """The reminders of a round for somebody in `zone` (an IANA name), in order.

    Three days after the opening at 18:00 and 24 hours before the closing; when a short round brings them closer than a
    day, the closing one stays.
    """
    closing = Nudge(CLOSING, by_day(calendar.closes(number) - BEFORE_CLOSING, zone))
    day = calendar.opens(number).astimezone(zone_info(zone)).date() + timedelta(days=MIDDLE_DAYS)
    middle = Nudge(MIDDLE, instant(day, MIDDLE_AT, zone))
    return (middle, closing) if closing.at - middle.at >= APART else (closing,)


def snoozes(calendar: Calendar, number: int, zone: str, at: datetime) -> dict[str, datetime]:
    """When a reminder of the round that is put off at an instant comes again in `zone`, by what is chosen: tomorrow at
    18:00 or, if the round closes before that, at 08:00; Saturday at 10:00. What would come too late is left out.
    """
    today = at.astimezone(zone_info(zone)).date()
    tomorrow, saturday = today + timedelta(days=1), today + timedelta(days=(4 - today.weekday()) % 7 + 1)
    times = {TOMORROW: [(tomorrow, MIDDLE_AT), (tomorrow, QUIET_UNTIL)], WEEKEND: [(saturday, WEEKEND_AT)]}
    latest = calendar.closes(number) - LEFT_AT_LEAST
    moments = {to: [instant(day, time, zone) for day, time in wanted] for to, wanted in times.items()}
    return {to: fitting[0] for to, found in moments.items() if (fitting := [each for each in found if each <= latest])}


def offered_snoozes(calendar: Calendar, number: int, zone: str, at: datetime) -> frozenset[str]:
    """The choices of `snoozes` that a reminder offers: not Saturday when it is tomorrow."""
    found = snoozes(calendar, number, zone, at)
    days = {to: due.astimezone(zone_info(zone)).date() for to, due in found.items()}
    return frozenset(found) - ({WEEKEND} if days.get(WEEKEND) == days.get(TOMORROW) else set())


@lru_cache(maxsize=4096)
def night(at: datetime, zone: str) -> datetime:
    """When the quiet hours after an instant of the day begin: a late reminder is sent before then, or not at all."""
    return instant(at.astimezone(zone_info(zone)).date(), QUIET_FROM, zone)


def by_day(at: datetime, zone: str) -> datetime:
    """The instant itself by day, at night 08:00 after it."""
    local = at.astimezone(zone_info(zone))
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return at
    return instant(local.date() + timedelta(days=local.time() >= QUIET_FROM), QUIET_UNTIL, zone)


def settled_at(calendar: Calendar, number: int) -> datetime:
    """From when on nobody can still be on time for the round: then its digest and similar messages are sent."""
    return calendar.grace_ends(number) + AFTER_GRACE
