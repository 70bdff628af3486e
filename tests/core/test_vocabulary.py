"""The words of other languages for days, times and places, read by the rules for English."""

from datetime import UTC, date, datetime, time

import pytest

from cohort_bot.core.clockwords import read_clock
from cohort_bot.core.datewords import read_days, read_weekday
from cohort_bot.core.vocabulary import ENGLISH, Vocabulary, beginnings
from cohort_bot.core.zones import Unclear, find

WEDNESDAY = date(2027, 1, 6)
NOON = datetime(2027, 1, 6, 12, tzinfo=UTC)

WORDS = Vocabulary(
    [
        *beginnings({"Tuesday": ["martes"], "Wednesday": ["miércoles", "mi."], "march": ["marzo", "März"]}),
        ("mañana", "tomorrow"),
        ("pasado mañana", "day after tomorrow"),
        ("el", ""),
        ("de", ""),
        ("de la tarde", "in the afternoon"),
        ("Uhr", "h"),
        ("son las", ""),
        ("vivo en", ""),
    ]
)


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("mañana", [date(2027, 1, 7)]),
        ("MANANA", [date(2027, 1, 7)]),
        ("pasado mañana", [date(2027, 1, 8)]),
        ("el martes", [date(2027, 1, 12)]),
        ("mar", [date(2027, 1, 12)]),
        ("3 mar", [date(2027, 3, 3)]),
        ("mar, 2 de mar. de 2027", [date(2027, 3, 2)]),
        ("miércoles, 3 de marzo de 2027", [date(2027, 3, 3)]),
        ("martes, 3 de marzo de 2027", []),
        ("3. März", [date(2027, 3, 3)]),
        ("3. Maerz", [date(2027, 3, 3)]),
        ("Mi.", [date(2027, 1, 6), date(2027, 1, 13)]),
        ("tomorrow", [date(2027, 1, 7)]),
        ("3/4/2027", [date(2027, 3, 4), date(2027, 4, 3)]),
        ("el", []),
        ("marzipan", []),
    ],
)
def test_a_day_in_another_language_or_in_english(said: str, days: list[date]) -> None:
    assert read_days(said, WEDNESDAY, words=WORDS) == days


def test_what_two_languages_read_differently_is_both() -> None:
    words = Vocabulary([("march", "May")])
    assert read_days("3 march", WEDNESDAY, words=words) == [date(2027, 3, 3), date(2027, 5, 3)]
    assert read_weekday("sun", Vocabulary([("sun", "Monday")])) is None
    assert read_clock("8 x", Vocabulary([("x", "am"), ("x", "pm")])) is None


def test_a_day_of_the_week() -> None:
    assert [read_weekday(said, WORDS) for said in ("martes", "Mier", "Tuesdays", "every Friday", "marzo", "mi")] == [
        1, 2, 1, 4, None, 2
    ]  # fmt: skip
    assert read_weekday("martes", ENGLISH) is None


@pytest.mark.parametrize(
    ("said", "at"),
    [("18:30 Uhr", time(18, 30)), ("14 Uhr 30", time(14, 30)), ("6 de la tarde", time(18)), ("8 Uhr", time(8))],
)
def test_a_time_of_day(said: str, at: time) -> None:
    reading = read_clock(said, WORDS)
    assert reading is not None
    assert (reading.at, reading.half) == (at, True)


def test_a_place_or_the_time_there() -> None:
    assert find("vivo en Madrid", NOON, WORDS) == "Europe/Madrid"
    assert isinstance(find("vivo en Madrid", NOON), Unclear)
    assert find("son las 18:30", NOON, WORDS) == find("18:30", NOON) == "Asia/Yangon"


def test_many_words_take_no_longer_than_few() -> None:
    words = Vocabulary([("x", str(number)) for number in range(9)])
    assert len(list(words.readings("x " * 40))) == 32
