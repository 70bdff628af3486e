"""A day as people write it: "2027-01-31", "31 January", "next Monday". An ambiguous text gives both days.

The rules are those of English. The words of another language come as a `Vocabulary`, which is tried as well.
"""

import re
from datetime import date, timedelta

from cohort_bot.core.folding import plain
from cohort_bot.core.rounds import DAYS
from cohort_bot.core.vocabulary import ENGLISH, Vocabulary

LONGEST, NEAR = 60, 3
WEEK = 7
MONTHS = tuple(
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?|{name[:4]}" for name in MONTHS)
_DAY = "|".join(f"{name[:3].lower()}(?:{name[3:].lower()})?" for name in DAYS)
_AFTER = {
    "today": 0,
    "tonight": 0,
    "now": 0,
    "tomorrow": 1,
    "the day after tomorrow": 2,
    "day after tomorrow": 2,
    "yesterday": -1,
    "the day before yesterday": -2,
    "day before yesterday": -2,
}
_COUNT = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4}
_SOON = re.compile(r"in (\d{1,2}|a|one|two|three|four) (day|week)(?:s|)")
_NAMED = re.compile(rf"(?:on )?(?:(next|this|coming|the coming) )?({_DAY})(?: (next|coming)|)")
_AROUND_DAY = re.compile(r"^(?:on|every|each|next)\s+|[.,;]+$")
_LEADING = re.compile(rf"(?:on |from |until )?(?:({_DAY})\.?,? (?:the )?)?(.+)")
_FIRST = re.compile(r"(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})|(\d{4})(\d{2})(\d{2})")
_NUMBERS = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})(?:\2\s?(\d{4}|\d{2})|\.)?")
_WORDS = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th|er|ro|\.?o|\.)?[ -]?(?:of )?({_MONTH})\.?,?(?:[ -]?(\d{{4}})|)")
_WORDS_US = re.compile(rf"({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?,?(?: (\d{{4}})|)")


def read_days(text: str, today: date, *, past: bool = False, words: Vocabulary = ENGLISH) -> list[date]:
    """The days that a text may mean, sorted: none, one, or all readings. `today` is the writer's date.

    A day without a year is the next one from today on, or with `past` the last one until today.
    """
    if len(text) > LONGEST:
        return []
    return sorted({day for said in (text, *words.readings(text)) for day in _days(said, today, past=past)})


def read_weekday(text: str, words: Vocabulary = ENGLISH) -> int | None:
    """The day of the week by its name or its first three letters, 0 is Monday; None where it is none, or may be two."""
    found = set()
    for said in (text, *words.readings(text)):
        word = _AROUND_DAY.sub("", plain(said).casefold())
        if len(word) >= len("Mon"):
            found |= {number for number, day in enumerate(DAYS) if f"{day}s".lower().startswith(word)}
    return found.pop() if len(found) == 1 else None


def _days(text: str, today: date, *, past: bool) -> list[date]:
    said = plain(text).casefold().strip(" .,;!\"'")
    if said in _AFTER:
        return _later(today, _AFTER[said])
    if soon := _SOON.fullmatch(said):
        number = _COUNT.get(soon[1]) or int(soon[1])
        return _later(today, number * (WEEK if soon[2] == "week" else 1))
    if named := _NAMED.fullmatch(said):
        return _weekday(_day_number(named[2]), named[1] or named[3], today, past=past)
    leading = _LEADING.fullmatch(said)
    if leading is None:
        return []
    days = _date(leading[2], today, past=past)
    return [day for day in days if leading[1] is None or day.weekday() == _day_number(leading[1])]


def _later(today: date, days: int) -> list[date]:
    return [today + timedelta(days=days)]


def _day_number(word: str) -> int:
    return next(number for number, day in enumerate(DAYS) if day.lower().startswith(word))


def _weekday(number: int, how: str | None, today: date, *, past: bool) -> list[date]:
    """ "Friday" on a Friday, and "next Friday" with a Friday left in this week, are two days each."""
    coming = today + timedelta(days=(number - today.weekday()) % WEEK)
    week = timedelta(days=WEEK)
    if past and not how:
        return [coming if coming == today else coming - week]
    if how == "next":
        of_next_week = today + timedelta(days=WEEK - today.weekday() + number)
        return sorted({coming if coming > today else coming + week, of_next_week})
    if how == "this" and number < today.weekday():
        return [coming - week, coming]
    return [coming, coming + week] if coming == today and not how else [coming]


def _date(said: str, today: date, *, past: bool) -> list[date]:
    if match := _FIRST.fullmatch(said):
        return _valid(*(int(each) for each in match.groups() if each and each.isdigit()))
    if match := _WORDS.fullmatch(said):
        return _in_year(match[3], _month(match[2]), int(match[1]), today, past=past)
    if match := _WORDS_US.fullmatch(said):
        return _in_year(match[3], _month(match[1]), int(match[2]), today, past=past)
    match = _NUMBERS.fullmatch(said)
    if match is None:
        return []
    first, second, year = int(match[1]), int(match[3]), match[4]
    found = _in_year(year, second, first, today, past=past)
    if match[2] != ".":  # a date with dots has the day first in every country that writes dates in that way
        found += _in_year(year, first, second, today, past=past)
        if match[2] == "-" and year:  # 27-01-04 has its year first
            found += _valid(2000 + first, second, int(year))
    near = [day for day in found if abs(day.year - today.year) <= NEAR]
    return sorted(set(near or found))


def _month(word: str) -> int:
    return next(number for number, name in enumerate(MONTHS, start=1) if name.startswith(word))


def _in_year(year: str | None, month: int, day: int, today: date, *, past: bool) -> list[date]:
    if year:
        return _valid(int(year) + (2000 if len(year) == len("27") else 0), month, day)
    years = (today.year + (-each if past else each) for each in range(5))  # there is a 29 February in one of them
    days = [found for each in years for found in _valid(each, month, day)]
    return next(([each] for each in days if (each <= today if past else each >= today)), [])


def _valid(year: int, month: int, day: int) -> list[date]:
    try:
        return [date(year, month, day)]
    except ValueError:
        return []
