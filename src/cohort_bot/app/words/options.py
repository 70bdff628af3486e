"""What is answered when an option that was typed cannot be understood: the value, what is expected, an example.

Values are given shortened. This file knows nothing of the commands, which raise these.
"""

import unicodedata
from collections.abc import Sequence
from datetime import date, time

from cohort_bot.app.errors import Choice, PersonError, Question
from cohort_bot.app.words.dates import day as in_words
from cohort_bot.chat.catalogues import ENGLISH
from cohort_bot.chat.i18n import _, language
from cohort_bot.chat.typed import word


def missing(name: str, example: str) -> PersonError:
    return PersonError(_("Please add {option}, such as {option}:{example}.", option=word(name), example=example))


def no_number(value: str, name: str, example: int) -> PersonError:
    text = _(
        "“{value}” isn't a whole number. Please set {option} to one, such as {example}.",
        value=value,
        option=word(name),
        example=example,
    )
    return PersonError(text)


def out_of_bounds(value: str, name: str, least: int, most: int | None) -> PersonError:
    """A number that is too small or too large; `most` is None where the highest is not known."""
    if most is None:
        text = _("Please set {option} to {least} or more, not {value}.", option=word(name), least=least, value=value)
        return PersonError(text)
    text = _(
        "Please set {option} to a number between {least} and {most}, not {value}.",
        option=word(name),
        least=least,
        most=most,
        value=value,
    )
    return PersonError(text)


def no_weekday(value: str, name: str) -> PersonError:
    text = _(
        "“{value}” isn't a day of the week. Please set {option} to one, such as Monday.", value=value, option=word(name)
    )
    return PersonError(text)


def no_choice(value: str, name: str, known: Sequence[str]) -> PersonError:
    text = _(
        "“{value}” isn't one of the choices for {option}. Please pick one of {choices}.",
        value=value,
        choices=", ".join(known),
        option=word(name),
    )
    return PersonError(text)


def no_date(value: str, name: str, sign: str) -> PersonError:
    """Not a date. `name` is "" for a form's field; `sign` is one that stands in no date, if there is one."""
    text = _("“{value}” isn't a date I understand.", value=value)
    if name:
        cure = _("Please write {option} as year-month-day, such as 2027-01-04.", option=word(name))
    else:
        cure = _("Please write it as year-month-day, such as 2027-01-04.")
    return PersonError(_joined(text, _in_the_way(sign), cure))


def no_time(value: str, name: str, sign: str) -> PersonError:
    """Not a time of day. `sign` is one that stands in no time, if there is one."""
    text = _("“{value}” isn't a time of day.", value=value)
    cure = _("Please write {option} as hours:minutes, such as 09:00.", option=word(name))
    return PersonError(_joined(text, _in_the_way(sign), cure))


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _in_the_way(sign: str) -> str:
    if not sign:
        return ""
    if sign.isascii():
        return _("The “{sign}” is in the way.", sign=sign)
    # Unicode's names are English; the number is the same for everybody, and names a sign that cannot be seen.
    called = unicodedata.name(sign, "").lower() if language() == ENGLISH else ""
    return _("The “{sign}” ({name}) is in the way.", sign=sign, name=called or f"U+{ord(sign):04X}")


def several_days(value: str, key: str, days: Sequence[date]) -> Question:
    shown = [Choice(day.isoformat(), in_words(day), in_words(day)) for day in days]
    head = _("“{value}” could be more than one day. Which one do you mean?", value=value)
    return Question(key, head, shown, _("Another day"), _("Year-month-day, such as 2027-01-31"))


def several_times(value: str, key: str, times: Sequence[time]) -> Question:
    """An hour that may be in the morning or in the evening."""
    shown = [Choice(f"{at:%H:%M}", f"{at:%H:%M}", f"{at:%H:%M}") for at in times]
    head = _("“{value}” could be more than one time of day. Which one do you mean?", value=value)
    return Question(key, head, shown, _("Another time"), _("Hours:minutes, such as 18:30"))
