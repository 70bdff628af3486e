"""The options of a command, read by kind."""

from collections.abc import Mapping
from datetime import date, time

from cohort_bot.app.commands import CommandSpec
from cohort_bot.app.typed_command import english
from cohort_bot.app.words import options as options_words
from cohort_bot.app.words.vocabulary import clock_words, day_words
from cohort_bot.chat.catalogues import find
from cohort_bot.chat.i18n import _
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.typed import shorten, word
from cohort_bot.core.clockwords import read_clock
from cohort_bot.core.datewords import read_days, read_weekday
from cohort_bot.core.folding import bare, odd_sign, plain

HOURS = 24
UNKNOWN_MOST = 9999
"""The bound of an option whose highest value depends on the cohort."""


class Options:
    """A command's options, read by kind. A reader raises PersonError with the value, what is expected, an example."""

    def __init__(self, spec: CommandSpec, given: Mapping[str, str]) -> None:
        self._given = {key: value.strip() for key, value in given.items() if value.strip()}
        self._params = {param.name: param for param in spec.params}
        for param in spec.params:
            if param.required and param.name not in self._given:
                raise options_words.missing(param.name, _(param.example) if param.example else str(param.least))

    def text(self, name: str) -> str | None:
        """The option as it was typed, None when it was left out."""
        return self._given.get(name)

    def number(self, name: str, most: int | None = None) -> int | None:
        """A whole number within the option's bounds; an error names `most` as the highest where the caller knows it."""
        given = self._given.get(name)
        if given is None:
            return None
        param, value = self._params[name], plain(given)
        if not (value.isascii() and value.removeprefix("-").isdigit() and len(value) < len("1000000000")):
            raise options_words.no_number(shorten(value), name, param.least)
        if not param.least <= int(value) <= param.most:
            highest = most or param.most
            raise options_words.out_of_bounds(value, name, param.least, highest if highest < UNKNOWN_MOST else None)
        return int(value)

    def day(self, name: str, today: date) -> date | None:
        """A date as people write it; without a year the next one from `today` on."""
        value = self._given.get(name)
        return None if value is None else parse_date(name, value, today)

    def clock(self, name: str) -> time | None:
        """A wall time as people write it."""
        value = self._given.get(name)
        return None if value is None else parse_time(name, value)

    def weekday(self, name: str) -> int | None:
        """A day of the week by its name or its first three letters, in English or the language that is spoken; 0 is
        Monday.
        """
        value = self._given.get(name)
        if value is None:
            return None
        if (number := read_weekday(value, day_words())) is not None:
            return number
        raise options_words.no_weekday(shorten(value), name)

    def choice(self, name: str) -> str | None:
        """One of the option's choices, by its value or its label."""
        value = self._given.get(name)
        if value is None:
            return None
        choices = self._params[name].choices
        known = [each.value for each in choices]
        chosen = next((each.value for each in choices if bare(value) == bare(_(each.label))), english(value, known))
        if chosen not in known:
            raise options_words.no_choice(shorten(value), name, [word(each) for each in known])
        return chosen

    def language(self, name: str) -> str | None:
        """One of the choices, by its code or by what its speakers call it, in a regional form, too ("es-MX")."""
        value = self._given.get(name)
        if value is None:
            return None
        for option in self._params[name].choices:
            if plain(value).casefold() in {option.value.casefold(), option.label.casefold()}:
                return option.value
        if found := find(plain(value)):
            return found
        raise options_words.no_choice(shorten(value), name, [each.value for each in self._params[name].choices])


def parse_date(name: str, value: str, today: date, *, field: bool = False, past: bool = False) -> date:
    """The date in an option, or in a form's field.

    Raises PersonError when it is not a date, a Question when it may be two. Without a year it is the next one from
    `today` on, or with `past` the last one until then.
    """
    days = read_days(value, today, past=past, words=day_words())
    if len(days) == 1:
        return days[0]
    if days:
        raise options_words.several_days(shorten(value), name, days)
    raise options_words.no_date(shorten(value), "" if field else name, odd_sign(value))


def parse_time(name: str, value: str) -> time:
    """The wall time in an option. Raises PersonError when it is not a time, a Question when it may be two."""
    words = clock_words()
    if reading := read_clock(value, words):
        return reading.at
    bare_hours = {hour for said in (plain(value), *words.readings(value)) if (hour := said).isdecimal()}
    hour = bare_hours.pop() if len(bare_hours) == 1 else ""
    if not (hour and len(hour) <= len("24") and int(hour) < HOURS):
        raise options_words.no_time(shorten(value), name, odd_sign(value))
    if int(hour) > HOURS // 2:
        return time(int(hour))
    raise options_words.several_times(
        shorten(value), name, (time(int(hour) % (HOURS // 2)), time(int(hour) % (HOURS // 2) + HOURS // 2))
    )


def page_of(invocation: Invocation) -> int:
    """The page in a button's arguments, counted from 0; the first when it is missing."""
    return whole_number(invocation.args.get("page", ""))


def whole_number(text: str, digits: int = 4) -> int:
    """The whole number in a button or field, of at most this many digits; 0 when it is not a number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else 0
