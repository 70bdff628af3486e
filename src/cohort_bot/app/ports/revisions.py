"""Posts to be edited. Part of the Store."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Revision:
    """A post that is to be composed again. `asked` grows with every change, so that the newest is never lost."""

    delivery_id: int
    asked: int
    attempts: int


class Revisions(Protocol):
    """Posts whose content is out of date: at most one row a post, the newest content counts."""

    def ask(self, delivery_ids: Sequence[int], at: datetime) -> None:
        """Have these posts composed again at `at` or later; a further call resets their attempts."""

    def due(self, at: datetime, limit: int, platforms: Collection[str]) -> Sequence[Revision]:
        """Those on the platforms that have come due and whose post was sent or never will be, longest waiting first."""

    def waiting(self, at: datetime) -> bool:
        """Whether anything has come due."""

    def done(self, revision: Revision) -> bool:
        """Close it, unless it was requested again meanwhile: then False."""

    def later(self, revision: Revision, due: datetime) -> None:
        """The edit failed: try again at that instant, unless it was requested again meanwhile."""
