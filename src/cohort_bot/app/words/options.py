"""What is answered when an option that was typed cannot be understood: the value, what is expected, an example.

Values are given shortened. This file knows nothing of the commands, which raise these.
"""

import unicodedata
from collections.abc import Sequence
from datetime import date, time
from typing import Final

from cohort_bot.app.errors import Choice, PersonError, Question

DATE: Final = "Year-month-day, such as 2027-01-31"
TIME: Final = "Hours:minutes, such as 18:30"


def missing(name: str, summary: str) -> PersonError:
    """A required option that was left out."""
    return PersonError(f"Please say {name}: {summary}.")


def no_number(value: str, name: str, example: int) -> PersonError:
    """Not a whole number."""
    return PersonError(f"“{value}” is not a whole number. Please give {name} as one, such as {example}.")


def out_of_bounds(value: str, name: str, least: int, most: int) -> PersonError:
    """A number that is too small or too large."""
    return PersonError(f"Please give {name} a number between {least} and {most}, not {value}.")


def no_weekday(value: str, name: str) -> PersonError:
    """Not a day of the week."""
    return PersonError(f"“{value}” is not a day of the week. Please give {name} as one, such as Monday.")


def no_choice(value: str, name: str, known: Sequence[str]) -> PersonError:
    """None of the choices that there are."""
    return PersonError(f"“{value}” is not one of {', '.join(known)}. Please pick one of these for {name}.")


def no_date(value: str, name: str, sign: str) -> PersonError:
    """Not a date. `sign` is one that stands in no date, if there is one."""
    return PersonError(
        f"“{value}” is not a date that I understand{_in_the_way(sign)}. Please give {name} as year-month-day, such as "
        "2027-01-04."
    )


def no_time(value: str, name: str, sign: str) -> PersonError:
    """Not a time of day. `sign` is one that stands in no time, if there is one."""
    return PersonError(
        f"“{value}” is not a time of day{_in_the_way(sign)}. Please give {name} as hours:minutes, such as 09:00."
    )


def _in_the_way(sign: str) -> str:
    called = unicodedata.name(sign, "").lower() if sign else ""
    more = f" ({called})" if called and not sign.isascii() else ""
    return f"; the “{sign}”{more} is in the way" if sign else ""


def several_days(value: str, key: str, days: Sequence[date]) -> Question:
    """A date that reads two ways."""
    shown = [
        Choice(day.isoformat(), f"{day:%A}, {day.day} {day:%B %Y}", f"{day:%A}, {day.day} {day:%B %Y}") for day in days
    ]
    return Question(key, f"“{value}” could be more than one day. Which do you mean?", shown, "Another day", DATE)


def several_times(value: str, key: str, times: Sequence[time]) -> Question:
    """An hour that may be in the morning or in the evening."""
    shown = [Choice(f"{at:%H:%M}", f"{at:%H:%M}", f"{at:%H:%M}") for at in times]
    return Question(
        key,
        f"“{value}” could be more than one time of day. Which do you mean?",
        shown,
        "Another time",
        TIME,
    )
