"""Dates and durations as people say them."""

from datetime import date, datetime

from cohort_bot.chat import formats
from cohort_bot.chat.formats import dated
from cohort_bot.chat.i18n import N_, _
from cohort_bot.core.rounds import DAYS

_EVERY = (
    N_("Mondays"),
    N_("Tuesdays"),
    N_("Wednesdays"),
    N_("Thursdays"),
    N_("Fridays"),
    N_("Saturdays"),
    N_("Sundays"),
)


def day(value: date) -> str:
    return dated(value, "full", f"{value:%A}, {value.day} {value:%B %Y}")


def short_day(value: date) -> str:
    return dated(value, "yMMMEd", f"{value:%a} {value.day} {value:%b %Y}")


def padded_day(value: date) -> str:
    return dated(value, "full", f"{value:%A, %d %B %Y}")


def padded_weekday(value: date) -> str:
    """A date with its day of the week, in a column of others, short."""
    return dated(value, "yMMMEd", f"{value:%a %d %b %Y}")


def month(value: date) -> str:
    return formats.month(value.month, f"{value:%B}")


def weekday(number: int) -> str:
    """A day of the week; 0 is Monday."""
    return formats.weekday(number, DAYS[number])


def every_weekday(number: int) -> str:
    """A day of the week on which something happens again and again: "Mondays"."""
    return _(_EVERY[number])


def openings(weekday: int, at: str, zone: str) -> str:
    """When weeks open: the day of the week, the time (HH:MM) and its zone."""
    return _("{days} at {time} ({zone})", days=every_weekday(weekday), time=at, zone=zone)


def short_weekday_and_time(value: datetime) -> str:
    return dated(value, "EHm", f"{value:%a %H:%M}")


def day_in_table(value: date) -> str:
    """A date, short, in lines one below the other."""
    return dated(value, "yMMMd", f"{value:%d %b %Y}")


def weekday_and_time(value: datetime) -> str:
    """The day of the week and the time of day."""
    return f"{weekday(value.weekday())} {value:%H:%M}"


def duration(minutes: int) -> str:
    """Minutes as "20 min", "1 h" or "1 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    if hours and rest:
        return _("{hours} h {minutes} min", hours=hours, minutes=rest)
    return _("{hours} h", hours=hours) if hours else _("{minutes} min", minutes=rest)
