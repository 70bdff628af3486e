"""Members' retrospectives. Part of the Store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Retrospective:
    """A member's retrospective at the end of a phase: answers by the key of their question."""

    phase: str
    at: datetime
    answers: Mapping[str, str]


class Retrospectives(Protocol):
    """One for each member and phase; only the newest version is kept."""

    def get(self, member_id: int, phase: str) -> Retrospective | None:
        """The one of a phase."""

    def of_member(self, member_id: int) -> Sequence[Retrospective]:
        """All of a member, in the order in which they were last changed."""

    def save(self, member_id: int, retrospective: Retrospective) -> bool:
        """Store it in place of an earlier one. True when it is new."""

    def erase(self, member_id: int) -> None:
        """Erase all of a member's."""
