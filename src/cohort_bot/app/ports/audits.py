"""The log of what moderators changed. Part of the Store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

RECORDED, EXCUSED, REMOVED, RESTORED = "recorded", "excused", "removed", "restored"
GROUPED = "grouped"
"""The changes that a moderator can make for one member."""

CREATED, ARCHIVED, EXPORTED = "created", "archived", "exported"
RENAMED, LANGUAGE = "renamed", "language"
MOVED, HOLIDAY, HOLIDAY_UNDONE = "moved", "holiday", "holiday undone"
ANNOUNCED, UNANNOUNCED = "announced", "unannounced"
SKIPPED, UNSKIPPED, REPAIRED, PICKED = "skipped", "unskipped", "repaired", "picked"
NAMED, ROOM_MOVED, ROOM_ADDED, ROOM_DROPPED = "named", "room moved", "room added", "room dropped"
CODE, DIGEST_ROOM, DIGEST_DIRECT = "code", "digest room", "digest direct"
PROGRAMME = "programme"
SWITCHED = "switched"
"""The changes that a moderator can make for the whole cohort."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change by a moderator: in a member's record, or with `member_id` None in the cohort. `by` is the moderator's
    id, `words` the reason, or the new value.
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
        """Record a change; it is never removed. Returns the number of its row."""

    def get(self, row: int) -> Change | None:
        """One change by its row."""

    def of_member(self, member_id: int) -> Sequence[Change]:
        """All changes to a member's record, newest first."""

    def newest(self, cohort_id: int, most: int, since: datetime | None = None) -> Sequence[Change]:
        """The newest of a cohort and its members first, those later than the instant."""

    def erase(self, member_id: int) -> None:
        """Erase the reasons, which are words about the member; the changes themselves stay on record."""
