"""Posts to be edited. Part of the Store."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Revision:
    """A post whose words are to be made anew. `asked` grows with every change, so that the newest is never lost."""

    delivery_id: int
    asked: int
    attempts: int


class Revisions(Protocol):
    """Posts that no longer say what they should: at most one row a post, the newest content counts."""

    def ask(self, delivery_id: int, at: datetime) -> None:
        """Have the post made anew, from `at` on; asking again starts its tries anew."""

    def due(self, at: datetime, limit: int, platforms: Collection[str]) -> Sequence[Revision]:
        """Those on the platforms that have come due and whose post is there or will never be, longest waiting first."""

    def waiting(self, at: datetime) -> bool:
        """Whether anything has come due."""

    def done(self, revision: Revision) -> bool:
        """It needs nothing more, unless it was asked for again meanwhile: then False."""

    def later(self, revision: Revision, due: datetime) -> None:
        """It did not work: try again at that instant, unless it was asked for again meanwhile."""
