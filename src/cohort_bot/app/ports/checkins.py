"""The record of check-ins, as a transaction reads and writes it. Part of the Store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from cohort_bot.core.checkins import CheckIn
from cohort_bot.core.progress import GroupRound


@dataclass(frozen=True, slots=True)
class Excuse:
    """A round that does not count for a member; `by` is the moderator's id on their platform."""

    round: int
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Rounds:
    """One member's record without tasks and texts: when each round was filed, the rounds that are excused, and the
    programme's week of each round that was filed.
    """

    filed: Mapping[int, datetime]
    excused: frozenset[int]
    weeks: Mapping[int, int] = field(default_factory=dict)


class CheckIns(Protocol):
    """The record."""

    def get(self, member_id: int, number: int) -> CheckIn | None:
        """The check-in of a round."""

    def of_member(self, member_id: int, since: int = 1) -> Sequence[CheckIn]:
        """All check-ins of a member from a round on, by round."""

    def rounds(self, member_id: int) -> Rounds:
        """A member's rounds, without their texts."""

    def record(self, member_id: int, since: int = 1) -> tuple[Rounds, Sequence[CheckIn]]:
        """A member's rounds and, from one of them on, the check-ins themselves, by round."""

    def of_cohort(self, cohort_id: int, since: int = 1) -> Sequence[CheckIn]:
        """All check-ins of a cohort's members from a round on."""

    def in_round(self, cohort_id: int, number: int, dates: Sequence[date]) -> GroupRound:
        """A round of the cohort's active members; `dates` are the round's."""

    def filed(self, cohort_id: int, *, former: bool = False) -> Mapping[int, Mapping[int, datetime]]:
        """When the check-ins of the cohort's members, or those of former ones, were filed: by member, then by round."""

    def newest(self, cohort_id: int) -> Mapping[int, CheckIn]:
        """The check-in of the last round that each active member has one for, by member."""

    def newest_blockers(self, cohort_id: int, at: datetime) -> Mapping[int, Mapping[int, str]]:
        """The active members' blockers in their three newest check-ins filed by `at`: by member, by round."""

    def extent(self, cohort_id: int) -> tuple[int, int]:
        """How many check-ins the cohort has, those of former members included, and its last round with one."""

    def ids(self, cohort_id: int, first: int, last: int) -> Sequence[int]:
        """The row ids of those of rounds `first` to `last`, by round and then in the order of filing."""

    def exported(self, ids: Sequence[int]) -> Mapping[int, tuple[CheckIn, str, str, str]]:
        """By row id the check-in, the member's name in the cohort, their platform, and their user there."""

    def repeated(self, ids: Sequence[int]) -> Sequence[CheckIn]:
        """The check-ins of the same members for the same weeks in earlier rounds."""

    def versions(self, member_id: int) -> Sequence[tuple[int, datetime, Mapping[str, object]]]:
        """Earlier versions of a member's check-ins: the round, when the version was replaced, its content."""

    def save(self, checkin: CheckIn, at: datetime) -> bool:
        """Record or edit it; an edit keeps the earlier version in the history. True when it is new."""

    def excused(self, cohort_id: int) -> Mapping[int, frozenset[int]]:
        """Excused rounds by member."""

    def excuses(self, member_id: int) -> Sequence[Excuse]:
        """The rounds that are excused for a member, by round."""

    def erase(self, member_id: int) -> None:
        """Erase what a member wrote, ticked and was excused for, and every earlier version; the rows stay."""

    def excuse(self, member_id: int, number: int, reason: str, by: str, at: datetime) -> bool:
        """Excuse a round for a member; False when it is excused already."""
