"""The languages on board: English, which the sentences are written in, and each folder of `locales/`.

A catalogue is read when its language is first spoken. An installed package has the compiled ones; in a checkout
`make setup` compiles them, and where nobody has, the PO file itself is read, which takes longer.
"""

import gettext
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from pathlib import Path

import cohort_bot

ENGLISH = "en"
DOMAIN = "cohort_bot"


class Spoken:
    """The language of a `speaking` block. What runs in it shares this object, also in another task or thread.

    `client` is the language of the reader's client where that decides which commands they can type, whatever they have
    chosen to read; empty elsewhere.
    """

    __slots__ = ("client", "language")

    def __init__(self, language: str, client: str = "") -> None:
        self.language, self.client = language, client


SPOKEN: ContextVar[Spoken | None] = ContextVar("spoken", default=None)
"""Set by `i18n.speaking`."""


def language() -> str:
    """The language that is spoken here, one of those on board."""
    spoken = SPOKEN.get()
    return ENGLISH if spoken is None else spoken.language


def typing() -> str:
    """The language whose commands the reader can type."""
    spoken = SPOKEN.get()
    return ENGLISH if spoken is None else spoken.client or spoken.language


class _Catalogues(dict[str, gettext.NullTranslations]):
    """Each language's catalogue; one that is missing is read, or is an empty one."""

    def __missing__(self, language: str) -> gettext.NullTranslations:
        self[language] = found = _read(language)
        return found


class _Translations(gettext.GNUTranslations):
    """A catalogue keeps its header under the empty message; nobody is to read that."""

    def gettext(self, message: str) -> str:
        return super().gettext(message) if message else ""


CATALOGUES = _Catalogues({ENGLISH: gettext.NullTranslations()})


@contextmanager
def in_passing() -> Iterator[None]:
    """Catalogues that are read meanwhile are let go afterwards: it may be that nobody ever speaks their language."""
    known = set(CATALOGUES)
    try:
        yield
    finally:
        for language in CATALOGUES.keys() - known:
            del CATALOGUES[language]


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


def on_board(language: str) -> str:
    """The language, English where it is not on board."""
    return language if language == ENGLISH or language in languages() else ENGLISH


@lru_cache(maxsize=256)
def find(locale: str) -> str:
    """The language on board for a platform's or an operating system's locale: "de" for "de-AT", "es" for
    "es_ES.UTF-8". Empty when there is none.
    """
    wanted = _plain(locale)
    if wanted.partition("-")[0] == ENGLISH:
        return ENGLISH
    known = {_plain(language): language for language in languages()}
    return known.get(wanted) or known.get(wanted.partition("-")[0], "")


@lru_cache(maxsize=256)
def closest(locale: str) -> str:
    """The same, English for a language that is not on board; empty only where there is no locale."""
    return find(locale) or (ENGLISH if _plain(locale) else "")


def of_terminal(environment: Mapping[str, str]) -> str:
    """The language on board that a terminal's environment asks for, in gettext's order: LC_ALL, LC_MESSAGES or LANG,
    unless LANGUAGE lists others. English for C, POSIX and a language that is not on board.
    """
    locale = next(filter(None, (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    if locale in {"C", "POSIX"}:
        return ENGLISH
    return next(filter(None, map(find, (environment.get("LANGUAGE") or locale).split(":"))), ENGLISH)


def own_name(language: str) -> str:
    """What its speakers call the language."""
    return _OWN_NAMES.get(_plain(language), language)


_OWN_NAMES = {
    "bg": "Български",
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "es": "Español",
    "fi": "Suomi",
    "fr": "Français",
    "hi": "हिन्दी",
    "hr": "Hrvatski",
    "hu": "Magyar",
    "id": "Bahasa Indonesia",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "lt": "Lietuvių",
    "nl": "Nederlands",
    "no": "Norsk",
    "pl": "Polski",
    "pt": "Português",
    "pt-br": "Português do Brasil",
    "ro": "Română",
    "ru": "Русский",
    "sv": "Svenska",
    "th": "ไทย",
    "tr": "Türkçe",
    "uk": "Українська",
    "vi": "Tiếng Việt",
    "zh-cn": "简体中文",
    "zh-tw": "繁體中文",
}
"""Those that clients of Discord and Slack can be set to. Babel knows more, and would be loaded for the list alone."""


def _plain(locale: str) -> str:
    return locale.partition(".")[0].partition("@")[0].strip().replace("_", "-").lower()


def _read(language: str) -> gettext.NullTranslations:
    compiled = folder() / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
    source = compiled.with_suffix(".po")
    if language not in languages():
        return gettext.NullTranslations()
    if compiled.exists() and not (source.exists() and source.stat().st_mtime > compiled.stat().st_mtime):
        with compiled.open("rb") as file:
            return _Translations(file)
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - only where nothing is compiled
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with source.open("rb") as text:
        catalogue = read_po(text, locale=language)
    made = io.BytesIO()
    write_mo(made, catalogue)
    made.seek(0)
    return _Translations(made)
