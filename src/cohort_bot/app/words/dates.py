"""Dates and durations as people say them."""

from datetime import date


def day(value: date) -> str:
    """A date as people say it."""
    return f"{value:%A}, {value.day} {value:%B %Y}"


def duration(minutes: int) -> str:
    """Minutes as "20 min", "1 h" or "1 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)


def short_day(value: date) -> str:
    """A date, short."""
    return f"{value:%a} {value.day} {value:%b %Y}"
