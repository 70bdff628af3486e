"""Which papers a cohort reads, and who has read them. Part of the Store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Pick:
    """A paper that a moderator chose for a week: one of the programme's by its id, or any by title and link."""

    week: int
    paper: str | None
    title: str
    url: str


class Papers(Protocol):
    """Which papers a cohort reads, beyond what its programme says, and who has read them."""

    def picks(self, cohort_id: int) -> Mapping[int, Pick]:
        """The picks by week."""

    def pick(self, cohort_id: int, pick: Pick, by: str, at: datetime) -> None:
        """Choose it for its week, in place of an earlier choice."""

    def note_read(self, member_id: int, week: int, at: datetime) -> bool:
        """The member has read the paper of the week; False when that was noted before."""

    def readers(self, cohort_id: int) -> Mapping[int, int]:
        """How many active members have read the paper of each week."""

    def erase(self, member_id: int) -> None:
        """Forget what the member has read."""

    def read_by(self, member_id: int) -> frozenset[int]:
        """The weeks whose paper the member has read."""
