"""The languages on board: English, which the sentences are written in, and each folder of `locales/`.

A catalogue is read when its language is first spoken. An installed package has the compiled ones; in a checkout
`make setup` compiles them, and where nobody has, the PO file itself is read, which takes longer.
"""

import gettext
import io
from contextvars import ContextVar
from functools import cache
from pathlib import Path

import cohort_bot

ENGLISH = "en"
DOMAIN = "cohort_bot"

SPOKEN: ContextVar[str] = ContextVar("language", default=ENGLISH)
"""Set by `i18n.speaking`."""


def language() -> str:
    """The language that is spoken here, one of those on board."""
    return SPOKEN.get()


class _Catalogues(dict[str, gettext.NullTranslations]):
    """Each language's catalogue; one that is missing is read, or is an empty one."""

    def __missing__(self, language: str) -> gettext.NullTranslations:
        self[language] = found = _read(language)
        return found


CATALOGUES = _Catalogues({ENGLISH: gettext.NullTranslations()})


@cache
def folder() -> Path:
    """`locales/` of the installed package, or of the checkout."""
    package = Path(cohort_bot.__file__).parent
    inside = package / "locales"
    return inside if inside.is_dir() else package.parents[1] / "locales"


@cache
def languages() -> tuple[str, ...]:
    """Every language on board, English first, by the names of their folders."""
    found = {path.parents[1].name for path in folder().glob(f"*/LC_MESSAGES/{DOMAIN}.[mp]o")}
    return (ENGLISH, *sorted(found - {ENGLISH}))


def closest(locale: str) -> str:
    """The language on board for a platform's or an operating system's locale: "de" for "de-AT", "es" for
    "es_ES.UTF-8". English for a language that is not on board, and nothing where there is no locale.
    """
    wanted = _plain(locale)
    if not wanted:
        return ""
    known = {_plain(language): language for language in languages()}
    return known.get(wanted) or known.get(wanted.partition("-")[0]) or ENGLISH


def _plain(locale: str) -> str:
    return locale.partition(".")[0].partition("@")[0].strip().replace("_", "-").lower()


def _read(language: str) -> gettext.NullTranslations:
    compiled = folder() / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
    source = compiled.with_suffix(".po")
    if language not in languages():
        return gettext.NullTranslations()
    if compiled.exists() and not (source.exists() and source.stat().st_mtime > compiled.stat().st_mtime):
        with compiled.open("rb") as file:
            return gettext.GNUTranslations(file)
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - only where nothing is compiled
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with source.open("rb") as text:
        catalogue = read_po(text, locale=language)
    made = io.BytesIO()
    write_mo(made, catalogue)
    made.seek(0)
    return gettext.GNUTranslations(made)
