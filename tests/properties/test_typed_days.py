"""What the bot writes, people type: every day of the plan in each language's own forms reads back as that day."""

from datetime import date, datetime, timedelta
from itertools import product

import pytest
from babel.dates import format_date

from cohort_bot.app.options import parse_time
from cohort_bot.app.words import dates
from cohort_bot.app.words.vocabulary import clock_words, day_words, place_words
from cohort_bot.chat.catalogues import ENGLISH, languages
from cohort_bot.chat.formats import locale
from cohort_bot.chat.i18n import speaking
from cohort_bot.core.clockwords import read_clock
from cohort_bot.core.datewords import read_days, read_weekday

WEDNESDAY = date(2027, 1, 6)
PLAN = [WEDNESDAY + timedelta(days=each) for each in range(116 * 7)]
LANGUAGES = [each for each in languages() if each != ENGLISH]

FORMS = (dates.day, dates.short_day, dates.padded_day, dates.padded_weekday, dates.day_in_table)


@pytest.mark.parametrize("language", languages())
def test_every_day_of_the_plan(language: str) -> None:
    with speaking(language):
        words = day_words()
        for day in PLAN:
            shown = {form(day) for form in FORMS} | {day.isoformat()}
            shown |= {format_date(day, form, locale(language)) for form in ("full", "long") if language != ENGLISH}
            for said in (*shown, *(each.upper() for each in shown), *(each.replace(".", "") for each in shown)):
                assert read_days(said, WEDNESDAY, words=words) == [day], said


@pytest.mark.parametrize(("language", "written"), list(product(languages(), (dates.weekday, dates.every_weekday))))
def test_every_day_of_the_week(language: str, written: object) -> None:
    assert callable(written)
    with speaking(language):
        for number in range(7):
            assert read_weekday(written(number), day_words()) == number
            assert read_weekday(dates.weekday(number)[:3], day_words()) == number


@pytest.mark.parametrize("language", languages())
def test_a_date_of_numbers_alone_is_asked_about_in_every_language(language: str) -> None:
    with speaking(language):
        assert read_days("3/4/2027", WEDNESDAY, words=day_words()) == [date(2027, 3, 4), date(2027, 4, 3)]


SAID = {
    "de": {
        "Mittwoch": [6, 13], "mi": [6, 13], "am Mo.": [11], "übermorgen": [8], "uebermorgen": [8], "Morgen": [7],
        "heute": [6], "vorgestern": [4], "nächsten Montag": [11], "naechsten montag": [11], "nächsten Freitag": [8, 15],
        "kommenden Freitag": [8], "diesen Montag": [4, 11], "in 3 Tagen": [9], "in einer Woche": [13],
        "in zwei Wochen": [20], "Freitag, den 8. Januar": [8], "Fr, 8. Jan.": [8], "8. Jänner": [8], "Sonnabend": [9],
        "8.Jan.2027": [8], "tomorrow": [7],
        "bis 31. Januar": [31], "next monday": [11], "Montag, 8. Januar": [], "9.1.": [9], "erster Februar": [32],
    },
    "es": {
        "miércoles": [6, 13], "el lunes": [11], "MIERCOLES": [6, 13], "mañana": [7], "manana": [7],
        "pasado mañana": [8],
        "hoy": [6], "anteayer": [4], "el próximo lunes": [11], "el lunes que viene": [11],
        "el próximo viernes": [8, 15],
        "este viernes": [8], "en 3 días": [9], "dentro de una semana": [13], "mar": [12], "viernes 8 de enero": [8],
        "8 de enero de 2027": [8], "1.º de febrero": [32], "primero de febrero": [32], "tomorrow": [7],
        "hasta el 31 de enero": [31], "lunes, 8 de enero": [], "8 ene": [8], "9/1": [9, 244], "1 setiembre": [244],
    },
}  # fmt: skip
"""What is typed on Wednesday 6 January 2027, and which days of January it may mean."""


@pytest.mark.parametrize(
    ("language", "said", "days"),
    [(language, said, days) for language in LANGUAGES for said, days in SAID.get(language, {}).items()],
)
def test_a_day_in_words(language: str, said: str, days: list[int]) -> None:
    with speaking(language):
        found = read_days(said, WEDNESDAY, words=day_words())
    assert [(day - date(2026, 12, 31)).days for day in found] == days


TIMES = {
    "de": {
        "18:30 Uhr": "18:30", "18 Uhr": "18:00", "14 Uhr 30": "14:30", "8 Uhr abends": "20:00", "um 9:00 Uhr": "09:00",
        "mittags": "12:00", "12 Uhr mittags": "12:00", "Mitternacht": "00:00", "2 Uhr nachts": "02:00",
        "6:30 pm": "18:30", "18.30 Uhr": "18:30", "gegen 20 Uhr": "20:00", "7 Uhr früh": "07:00",
    },
    "es": {
        "18:30 h": "18:30", "a las 18:30": "18:30", "6 de la tarde": "18:00", "a las 8 de la noche": "20:00",
        "8 de la mañana": "08:00", "12 de la noche": "00:00", "mediodía": "12:00", "medianoche": "00:00",
        "2 de la madrugada": "02:00", "18 horas": "18:00", "6:30 pm": "18:30", "18.30 hs": "18:30",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "said", "at"),
    [(language, said, at) for language in LANGUAGES for said, at in TIMES.get(language, {}).items()],
)
def test_a_time_of_day_in_words(language: str, said: str, at: str) -> None:
    with speaking(language):
        assert f"{parse_time('time', said):%H:%M}" == at


@pytest.mark.parametrize("language", languages())
def test_every_time_as_the_bot_writes_it(language: str) -> None:
    with speaking(language):
        words, clock = place_words(), clock_words()
        for minutes in range(0, 24 * 60, 7):
            at = datetime(2027, 1, 6) + timedelta(minutes=minutes)  # noqa: DTZ001 - a wall clock
            reading = read_clock(f"{at:%H:%M}", clock)
            assert reading == read_clock(f"{at:%H:%M}", words)
            assert reading is not None
            assert reading.at == at.time()
