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


def twice(name: str) -> PersonError:
    """The same option two times."""
    return PersonError(f"{name} is there twice. Please give it once.")


def quote_open(name: str) -> PersonError:
    """A quote without its end."""
    return PersonError(f'The quote after {name}: is never closed. Please end the value with ".')


def quote_glued(name: str) -> PersonError:
    """Something right after a closing quote."""
    return PersonError(f"Please put a space after the closing quote of {name}.")


def unknown(name: str, near: str | None, names: Sequence[str]) -> PersonError:
    """An option that the command does not have. `near` is the one whose name is most alike."""
    if not names:
        return PersonError(f"This command has no options. Please type it without {name}:.")
    hint = f"Did you mean {near}:?" if near else f"It takes {', '.join(names)}."
    return PersonError(f"There is no option {name}. {hint} If it is part of a value, put the value in quotes.")


def stray(word: str, example: str | None) -> PersonError:
    """A word that belongs to no option. `example` is how it would be given to the first one; None without options."""
    if example is None:
        return PersonError(f"This command has no options. Please type it without “{word}”.")
    return PersonError(f"“{word}” has no name. Please write options as name:value, such as {example}.")


def no_command(typed: str, near: str | None) -> PersonError:
    """A command that there is not, where commands begin with a slash and are listed while one types."""
    hint = f"Did you mean /{near}?" if near else "Type / to see what there is."
    return PersonError(f"There is no command /{typed}. {hint}")


def half_a_command(first: str, names: Sequence[str]) -> PersonError:
    """The first word of several commands, alone."""
    return PersonError(f"/{first} needs one more word. Please type one of {', '.join(f'/{name}' for name in names)}.")


def no_verb(head: str, verb: str, near: str | None, verbs: Sequence[str]) -> PersonError:
    """A word after `/cohort` that is no command."""
    if near:
        return PersonError(f"There is no /{head} {verb}. Did you mean /{head} {near}?")
    if verbs:
        return PersonError(f"There is no /{head} {verb}. There is: {', '.join(verbs)}.")
    return PersonError(f"I do not know /{head}. Please type /cohort help to see what there is.")


def no_slash() -> PersonError:
    """Talk, where only commands are understood."""
    return PersonError("I listen to commands only. Begin with a slash, such as /help.")
