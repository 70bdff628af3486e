"""All programmes: those in folders, and those that were added in chat."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.core.programme import Programme
from cohort_bot.programmes import plain

MOST_PARSED = 64


class ProgrammeShelf:
    """Implements `app.ports.programmes.Programmes`. `shelf` is the database's, which reads one with its cohort.

    A version never changes, so what is parsed is kept; its slug is the version's, such as "my-plan@12".
    """

    def __init__(self, library: Programmes, shelf: Mapping[str, bytes]) -> None:
        self._library = library
        self._shelf = shelf
        self._parsed = lru_cache(maxsize=MOST_PARSED)(self._parse)

    def get(self, slug: str) -> Programme | None:
        """The programme, None when it is missing or did not pass its check."""
        return self._parsed(slug) if slug in self._shelf else self._library.get(slug)

    def slugs(self) -> Sequence[str]:
        """Those of folders, which every workspace may use."""
        return self._library.slugs()

    def _parse(self, slug: str) -> Programme:
        return replace(plain.loads(Programme, zlib.decompress(self._shelf[slug])), slug=slug)


def content_of(programme: Programme) -> str:
    """What is stored of a programme, to be read by `ProgrammeShelf`."""
    return plain.dumps(programme)
