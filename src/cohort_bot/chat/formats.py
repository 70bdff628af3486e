"""Dates, numbers and lists as the language that is spoken writes them: English here, every other by Babel.

Babel is imported when another language is first spoken: for English alone it would be more than 3 % of the memory.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

from cohort_bot.chat.catalogues import ENGLISH, language

if TYPE_CHECKING:
    from babel import Locale


FOUR_TOGETHER: Final = frozenset({"es", "pl"})
"""Languages in which a number of four digits is written without a sign between them (CLDR's minimumGroupingDigits is 2,
which Babel does not know): 2000, and 20.000.
"""

FIVE_DIGITS: Final = 10_000

_SOUNDS_LIKE_I: Final = re.compile(r"\W*(?:h?[ií](?![aeoáéó])|y(?![aeiouáéíóú]))", re.IGNORECASE)
"""In Spanish "and" is "e" before this sound: "Ana e Inés", "agujas e hilo", but "agua y hielo"."""


@cache
def locale(language: str) -> "Locale | None":
    """Babel's data of a language on board; None for English, and for a language that Unicode's CLDR lacks."""
    if language == ENGLISH:
        return None
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - see above

    try:
        return Locale.parse(language, sep="-" if "-" in language else "_")
    except (UnknownLocaleError, ValueError):
        return None


def dated(value: date, form: str, english: str) -> str:
    """A date, or a moment as the clocks of its zone show it. `form` is "full" or a skeleton of CLDR such as "yMMMEd",
    which names what is shown; `english` is what it is in English.
    """
    if (known := locale(language())) is None:
        return english
    from babel import dates  # noqa: PLC0415

    if form == "full":
        return dates.format_date(value, form, known)
    return dates.format_skeleton(form, value, locale=known)


def weekday(number: int, english: str) -> str:
    """The name of a day of the week; 0 is Monday."""
    known = locale(language())
    return english if known is None else str(known.days["stand-alone"]["wide"][number])


def month(number: int, english: str) -> str:
    """The name of a month by itself; 1 is January."""
    known = locale(language())
    return english if known is None else str(known.months["stand-alone"]["wide"][number])


def language_name(tag: str) -> str:
    """What a language (BCP 47) is called in the one that is spoken: German, Deutsch, alemán; its tag if Babel does not
    know it.
    """
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - see above

    try:
        return Locale.parse(tag, sep="-").get_display_name(language()) or tag
    except (UnknownLocaleError, ValueError):
        return tag


def names(kind: Literal["days", "months"]) -> Mapping[int, frozenset[str]]:
    """All names and abbreviations of days (0 is Monday) or months (1 is January), in another language than English."""
    if (known := locale(language())) is None:
        return {}
    forms = [
        widths[width]
        for widths in getattr(known, kind).values()
        for width in ("wide", "abbreviated")
        if width in widths
    ]
    return {number: frozenset(names[number] for names in forms) for number in forms[0]}


def number(value: float) -> str:
    """A number with its thousands apart, and decimals only where it has some."""
    if (known := locale(language())) is None:
        return f"{value:,}" if isinstance(value, int) else f"{value:,g}"
    from babel.numbers import format_decimal  # noqa: PLC0415

    together = known.language in FOUR_TOGETHER and abs(value) < FIVE_DIGITS
    return format_decimal(value, locale=known, group_separator=not together)


def listed(items: Sequence[str]) -> str:
    """All of them, at least one, with "and" before the last."""
    if (known := locale(language())) is None:
        *head, last = items
        return f"{', '.join(head)} and {last}" if head else last
    from babel.lists import format_list  # noqa: PLC0415

    text = format_list(items, locale=known)
    if known.language == "es" and len(items) > 1 and _SOUNDS_LIKE_I.match(items[-1]):
        return f"{text.removesuffix(f'y {items[-1]}')}e {items[-1]}"
    return text
