"""Which languages are on board, and how their catalogues are found and read."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from cohort_bot.chat import catalogues
from cohort_bot.chat.catalogues import CATALOGUES, closest, find, languages
from cohort_bot.chat.i18n import _, language, ngettext, pgettext, spans, speaking

GERMAN = 'msgid "Leave {cohort}?"\nmsgstr "{cohort} verlassen?"\n'


@pytest.fixture
def locales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with German and two kinds of Portuguese in it."""
    for each in ("de", "pt", "pt_BR"):
        written = tmp_path / each / "LC_MESSAGES/cohort_bot.po"
        written.parent.mkdir(parents=True)
        written.write_text(GERMAN, encoding="utf-8")
    monkeypatch.setattr(catalogues, "folder", lambda: tmp_path)
    monkeypatch.setattr(catalogues, "CATALOGUES", CATALOGUES)
    languages.cache_clear()
    find.cache_clear()
    closest.cache_clear()
    kept = dict(CATALOGUES)
    for each in ("de", "pt", "pt_BR"):
        CATALOGUES.pop(each, None)
    yield tmp_path
    languages.cache_clear()
    find.cache_clear()
    closest.cache_clear()
    CATALOGUES.clear()
    CATALOGUES.update(kept)


@pytest.mark.usefixtures("locales")
def test_each_folder_is_a_language_beside_english() -> None:
    assert languages() == ("en", "de", "pt", "pt_BR")


@pytest.mark.parametrize(
    ("locale", "spoken"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("de_DE.UTF-8", "de"),
        ("de_DE@euro", "de"),
        ("pt-BR", "pt_BR"),
        ("pt-PT", "pt"),
        ("en-GB", "en"),
        ("C.UTF-8", "en"),
        ("fr", "en"),
        ("dexter", "en"),
        ("", ""),
    ],
)
@pytest.mark.usefixtures("locales")
def test_a_locale_leads_to_the_closest_language(locale: str, spoken: str) -> None:
    assert closest(locale) == spoken


@pytest.mark.usefixtures("locales")
def test_a_catalogue_that_nobody_compiled_is_read_as_it_is_written() -> None:
    with speaking("de"):
        assert (language(), _("Leave {cohort}?", cohort="A")) == ("de", "A verlassen?")
    assert (language(), _("Leave {cohort}?", cohort="A")) == ("en", "Leave A?")


def test_a_compiled_catalogue_is_used_until_its_source_is_newer(locales: Path) -> None:
    source = locales / "de/LC_MESSAGES/cohort_bot.po"
    with source.open("rb") as text, source.with_suffix(".mo").open("wb") as made:
        write_mo(made, read_po(text))
    source.write_text(GERMAN.replace("verlassen", "aufgeben"), encoding="utf-8")
    os.utime(source, (1, 1))
    with speaking("de"):
        assert _("Leave {cohort}?", cohort="A") == "A verlassen?"
    os.utime(source)
    CATALOGUES.pop("de")
    with speaking("de"):
        assert _("Leave {cohort}?", cohort="A") == "A aufgeben?"


@pytest.mark.usefixtures("locales")
def test_a_language_that_is_not_on_board_is_english() -> None:
    with speaking("tlh"):
        assert (language(), _("Leave {cohort}?", cohort="A")) == ("en", "Leave A?")
    assert "tlh" not in CATALOGUES


def test_english_alone_reads_nothing_of_another_language() -> None:
    """Neither the folder nor Babel: who speaks English pays for no other language."""
    said = (
        "import sys; from cohort_bot.chat.i18n import _, speaking; from cohort_bot.chat import catalogues as c\n"
        "with speaking('en'): assert _('Leave') == 'Leave'\n"
        "assert 'babel' not in sys.modules and list(c.CATALOGUES) == ['en'] and not c.languages.cache_info().currsize"
    )
    subprocess.run([sys.executable, "-c", said], check=True)


@pytest.mark.parametrize("spoken", languages())
def test_nothing_to_say_says_nothing(spoken: str) -> None:
    """A catalogue has its header under the empty message."""
    with speaking(spoken):
        assert (_(""), ngettext("", "", 1), pgettext("command", ""), spans("")) == ("", "", "", ())
