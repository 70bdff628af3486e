"""Which papers a cohort reads, and who has read them. Part of the Store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol


@dataclass(frozen=True, slots=True)
class Pick:
    """A paper that was chosen for a week: one of the programme's by its id, or any by title and link. `by_vote` means
    that the paper club chose it and no moderator.
    """

    week: int
    paper: str | None
    title: str
    url: str
    by_vote: bool = False


BY_VOTE: Final = ""
"""Who chose a paper that won the paper club's vote."""


class Papers(Protocol):
    """The papers picked for a cohort in addition to its programme's, and who has read which."""

    def picks(self, cohort_id: int) -> Mapping[int, Pick]:
        """The picks by week."""

    def pick(self, cohort_id: int, pick: Pick, by: str, at: datetime) -> None:
        """Store the choice for its week, in place of an earlier one."""

    def unpick(self, cohort_id: int, week: int) -> None:
        """Forget the choice for a week: the programme's paper is read."""

    def note_read(self, member_id: int, week: int, at: datetime) -> bool:
        """Record that the member has read the paper of the week; False when that was recorded before."""

    def readers(self, cohort_id: int) -> Mapping[int, int]:
        """How many active members have read the paper of each week."""

    def erase(self, member_id: int) -> None:
        """Erase what the member has read."""

    def read_by(self, member_id: int) -> frozenset[int]:
        """The weeks whose paper the member has read."""
