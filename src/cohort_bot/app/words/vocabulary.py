"""What people may type for days, times and places in the language that is spoken, for the readers in `core`.

The names of days and months are Unicode's (by Babel), all other words are in the catalogues: each entry has several
words for the same, apart by "|".
"""

from collections.abc import Callable, Iterator
from functools import cache

from cohort_bot.chat import formats
from cohort_bot.chat.i18n import language, pgettext
from cohort_bot.core.datewords import MONTHS
from cohort_bot.core.folding import bare
from cohort_bot.core.rounds import DAYS
from cohort_bot.core.vocabulary import ENGLISH, Vocabulary, beginnings

Phrases = Iterator[tuple[str, str]]
"""Phrases with their English."""


def day_words() -> Vocabulary:
    """The words of a date or a day of the week."""
    return _vocabulary(_days, language())


def clock_words() -> Vocabulary:
    """The words of a time of day."""
    return _vocabulary(_clock, language())


def place_words() -> Vocabulary:
    """The words around a place or its time, where somebody says which zone they live by."""
    return _vocabulary(_places, language())


def nobody() -> frozenset[str]:
    """The words for nobody, where people may be named."""
    said = pgettext("typed", "nobody|none")
    return frozenset(map(bare, ("nobody", "none", *said.split("|"))))


@cache
def _vocabulary(phrases: Callable[[], Phrases], language: str) -> Vocabulary:
    """Made once for the language that is spoken; none for English, whose words the readers know."""
    if formats.locale(language) is None:
        return ENGLISH
    return Vocabulary(phrases())


def means(words: str, english: str) -> Phrases:
    """Several words, apart by "|", and what they mean."""
    return ((word, english) for word in words.split("|"))


def _days() -> Phrases:
    yield from beginnings({DAYS[number]: spelled for number, spelled in formats.names("days").items()})
    yield from ((f"{name}s", DAYS[number]) for number, spelled in formats.names("days").items() for name in spelled)
    yield from beginnings({MONTHS[number - 1]: spelled for number, spelled in formats.names("months").items()})
    # Names that differ from region to region, of which Unicode's data of the language has one.
    yield from means(pgettext("typed", "Saturday"), "Saturday")
    yield from means(pgettext("typed", "January"), "January")
    yield from means(pgettext("typed", "February"), "February")
    yield from means(pgettext("typed", "September"), "September")
    yield from means(pgettext("typed", "today|tonight|now"), "today")
    yield from means(pgettext("typed", "tomorrow"), "tomorrow")
    yield from means(pgettext("typed", "the day after tomorrow"), "day after tomorrow")
    yield from means(pgettext("typed", "yesterday"), "yesterday")
    yield from means(pgettext("typed", "the day before yesterday"), "day before yesterday")
    yield from means(pgettext("typed", "next"), "next")
    yield from means(pgettext("typed", "this"), "this")
    yield from means(pgettext("typed", "coming"), "coming")
    yield from means(pgettext("typed", "in"), "in")
    yield from means(pgettext("typed", "a|one"), "one")
    yield from means(pgettext("typed", "two"), "two")
    yield from means(pgettext("typed", "three"), "three")
    yield from means(pgettext("typed", "four"), "four")
    yield from means(pgettext("typed", "day|days"), "day")
    yield from means(pgettext("typed", "week|weeks"), "week")
    yield from means(pgettext("typed", "first"), "1")
    yield from means(pgettext("typed", "on|from|until|the|of|every"), "")


def _clock() -> Phrases:
    yield from means(pgettext("typed", "noon|midday"), "noon")
    yield from means(pgettext("typed", "midnight"), "midnight")
    yield from means(pgettext("typed", "hours|h|o'clock"), "h")
    yield from means(pgettext("typed", "in the morning"), "in the morning")
    yield from means(pgettext("typed", "in the afternoon"), "in the afternoon")
    yield from means(pgettext("typed", "in the evening"), "in the evening")
    yield from means(pgettext("typed", "at night"), "at night")
    yield from means(pgettext("typed", "it is|at|about|now"), "")


def _places() -> Phrases:
    yield from means(pgettext("typed", "plus"), "plus")
    yield from means(pgettext("typed", "minus"), "minus")
    yield from means(pgettext("typed", "I live in|I am in|near|my time zone is|local time"), "")
    yield from _clock()
