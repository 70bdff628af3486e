"""The programmes that are at hand."""

from collections.abc import Sequence
from typing import Protocol

from cohort_bot.core.programme import Programme


class Programmes(Protocol):
    """The programmes that are at hand."""

    def get(self, slug: str) -> Programme | None:
        """The programme in the language that is spoken here, None when it is missing or did not pass its check."""

    def slugs(self) -> Sequence[str]:
        """The slugs of all in folders that passed their check, in alphabetical order; every workspace may use them."""
