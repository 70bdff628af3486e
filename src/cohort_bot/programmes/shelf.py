"""All programmes: those in folders, and those that were added in chat."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Final

from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.core.programme import UNKNOWN, Programme
from cohort_bot.programmes import plain
from cohort_bot.programmes.languages import InLanguages

MOST_PARSED: Final = 64
TRANSLATIONS: Final = "translations"
"""The key of what is translated, beside the programme's own."""


class ProgrammeShelf:
    """Implements `app.ports.programmes.Programmes`. `shelf` is the database's, which reads one with its cohort.

    A version never changes, so what is parsed is kept; its slug is the version's, such as "my-plan@12".
    """

    def __init__(self, library: Programmes, shelf: Mapping[str, bytes]) -> None:
        self._library = library
        self._shelf = shelf
        self._parsed = lru_cache(maxsize=MOST_PARSED)(self._parse)

    def get(self, slug: str) -> Programme | None:
        """The programme in the language that is spoken here, None when it is missing or did not pass its check."""
        return self._parsed(slug).get() if slug in self._shelf else self._library.get(slug)

    def slugs(self) -> Sequence[str]:
        """Those of folders, which every workspace may use."""
        return self._library.slugs()

    def _parse(self, slug: str) -> InLanguages:
        programme, translated = _parsed(self._content(slug))
        return InLanguages(replace(programme, slug=slug), translated, partial(self._texts, slug))

    def _texts(self, slug: str, language: str) -> Mapping[str, str]:
        """Unpacked again when somebody reads them: memory holds the texts of those languages only."""
        return _parsed(self._content(slug))[1][language]

    def _content(self, slug: str) -> bytes:
        return zlib.decompress(self._shelf[slug])


def content_of(programme: Programme, translations: Mapping[str, Mapping[str, str]]) -> str:
    """What is stored of a programme, to be read by `ProgrammeShelf`; `translations` has texts by language."""
    if not translations:
        return plain.dumps(programme)
    return json.dumps(json.loads(plain.dumps(programme)) | {TRANSLATIONS: translations}, ensure_ascii=False)


def programme_of(content: str) -> Programme:
    """The programme that was stored like that, as it was written."""
    return _parsed(content)[0]


def _parsed(content: str | bytes) -> tuple[Programme, Mapping[str, Mapping[str, str]]]:
    plain_content = json.loads(content)
    translated = plain_content.pop(TRANSLATIONS, {})
    plain_content.setdefault("language", UNKNOWN)  # stored before programmes had one
    return plain.from_plain(Programme, plain_content), translated
