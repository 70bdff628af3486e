"""Dates, numbers and lists in each language; English needs nothing of Babel."""

import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from cohort_bot.app.words import dates
from cohort_bot.app.words.counts import characters
from cohort_bot.app.words.lists import listed
from cohort_bot.chat import catalogues, i18n
from cohort_bot.chat.formats import locale, number
from cohort_bot.chat.i18n import speaking
from cohort_bot.chat.message import Message, Paragraph, When, plain

DAY = date(2027, 12, 3)
EVENING = datetime(2027, 12, 3, 18, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_board(monkeypatch: pytest.MonkeyPatch) -> None:
    """These languages, whether they have a catalogue or not; Klingon is not in Unicode's data."""
    monkeypatch.setattr(i18n, "on_board", lambda language: language)


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        (
            "en",
            (
                "Friday, 3 December 2027 | Fri 3 Dec 2027 | Fri 03 Dec 2027 | 03 Dec 2027 | December | Friday | "
                "Fri 18:30 | Friday 18:30 | 1,200 characters | Ada, Ben and Cem | Fri 03 Dec 2027 18:30 UTC"
            ),
        ),
        (
            "de",
            (
                "Freitag, 3. Dezember 2027 | Fr., 3. Dez. 2027 | Fr., 3. Dez. 2027 | 3. Dez. 2027 | Dezember | "
                "Freitag | Fr., 18:30 | Freitag 18:30 | 1.200 | Ada, Ben und Cem | Fr., 3. Dez. 2027 18:30 UTC"
            ),
        ),
        (
            "es",
            (
                "viernes, 3 de diciembre de 2027 | vie, 3 dic 2027 | vie, 3 dic 2027 | 3 dic 2027 | diciembre | "
                "viernes | vie, 18:30 | viernes 18:30 | 1200 | Ada, Ben y Cem | vie, 3 dic 2027 18:30 UTC"
            ),
        ),
    ],
)
def test_each_language_has_its_own_forms(language: str, shown: str) -> None:
    with speaking(language):
        said = (
            dates.day(DAY),
            dates.short_day(DAY),
            dates.padded_weekday(DAY),
            dates.day_in_table(DAY),
            dates.month(DAY),
            dates.weekday(4),
            dates.short_weekday_and_time(EVENING),
            dates.weekday_and_time(EVENING),
            characters(1200) if language == "en" else characters(1200).split()[0],
            listed(["Ada", "Ben", "Cem"]),
            plain(Message("", (Paragraph((When(EVENING),)),))),
        )
    assert " | ".join(said) == shown


def test_a_language_may_have_a_region_or_be_unknown_to_unicode() -> None:
    with speaking("pt-BR"):
        assert dates.day(DAY) == "sexta-feira, 3 de dezembro de 2027"
    with speaking("tlh"):
        assert dates.day(DAY) == "Friday, 3 December 2027"


def test_for_english_alone_babel_is_not_even_imported() -> None:
    code = (
        "import sys, datetime, cohort_bot.app.table\n"
        "from cohort_bot.app.words import dates, lists, counts\n"
        "dates.day(datetime.date(2027, 12, 3)), lists.listed(['a', 'b']), counts.weeks(1200)\n"
        "sys.exit('babel' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_language_on_board_is_one_that_unicode_knows() -> None:
    assert all(locale(each) for each in catalogues.languages() if each != "en")


@pytest.mark.parametrize(
    ("items", "shown"),
    [
        (["Ana", "Inés"], "Ana e Inés"),
        (["Ana", "Luis", "“Historia”"], "Ana, Luis e “Historia”"),
        (["Ana", "hielo"], "Ana y hielo"),
        (["Ana", "Yolanda"], "Ana y Yolanda"),
        (["Ana", "Ylenia"], "Ana e Ylenia"),
        (["Inés"], "Inés"),
        (["Inés", "Ana y Inés"], "Inés y Ana y Inés"),
    ],
)
def test_and_is_another_word_in_spanish_before_the_same_sound(items: list[str], shown: str) -> None:
    with speaking("es"):
        assert listed(items) == shown


def test_four_digits_stay_together_in_spanish() -> None:
    numbers = (999, 2336, 9999.5, -1234, 10_000, 1_234_567)
    with speaking("es"):
        assert [number(each) for each in numbers] == ["999", "2336", "9999,5", "-1234", "10.000", "1.234.567"]
    with speaking("de"):
        assert number(2336) == "2.336"
