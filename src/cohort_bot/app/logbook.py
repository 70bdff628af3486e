"""What is written down beside the check-ins: changes by moderators, retrospectives, posts to be edited. Part of the
Store.
"""

from collections.abc import Collection, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Change:
    """What a moderator changed: in a member's record, or with `member_id` None in the cohort. `by` is their id, `words`
    their reason, or what it is now.
    """

    at: datetime
    by: str
    by_name: str
    action: str
    round: int | None
    words: str
    member_id: int | None = None


class Audits(Protocol):
    """The log of what moderators changed."""

    def add(self, cohort_id: int, change: Change) -> int:
        """Note a change; it is never taken back. Returns the number of its row."""

    def get(self, row: int) -> Change | None:
        """One change by its row."""

    def of_member(self, member_id: int) -> Sequence[Change]:
        """All changes to a member's record, newest first."""

    def newest(self, cohort_id: int, most: int, since: datetime | None = None) -> Sequence[Change]:
        """The newest of a cohort and its members first, those later than the instant."""

    def erase(self, member_id: int) -> None:
        """Forget the reasons, which are words about the member; that something was changed stays."""


@dataclass(frozen=True, slots=True)
class Retrospective:
    """What a member looks back on at the end of a phase: answers by the key of their question."""

    phase: str
    at: datetime
    answers: Mapping[str, str]


class Retrospectives(Protocol):
    """One for each member and phase; the newest version stands."""

    def get(self, member_id: int, phase: str) -> Retrospective | None:
        """The one of a phase."""

    def of_member(self, member_id: int) -> Sequence[Retrospective]:
        """All of a member, in the order in which they were last changed."""

    def save(self, member_id: int, retrospective: Retrospective) -> bool:
        """Keep it in place of an earlier one. True when it is new."""

    def erase(self, member_id: int) -> None:
        """Forget all of a member's."""
