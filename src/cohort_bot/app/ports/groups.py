"""Small groups: who wants to be in one, who is in which, and who has met. Part of the Store."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

KEEP_SEATS: Final = timedelta(minutes=10)
"""How long the seat of somebody who has left the cohort is kept: as long as leaving can be undone."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A member who wants to be in a small group, since `since` or since they last came back.

    `group` is the one that they are in; None while they wait, or after they fell silent.
    """

    member_id: int
    cohort_id: int
    since: datetime
    group: int | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A small group in which people are, and what is known of its conversation.

    `spoken_at` is when somebody in it last wrote something, as far as the bot could see at `seen_at`; None when nobody
    has, or when it was never seen.
    """

    number: int
    cohort_id: int
    formed_at: datetime
    members: tuple[int, ...]
    seen_at: datetime | None = None
    spoken_at: datetime | None = None


class SmallGroups(Protocol):
    """The small groups of all cohorts. A group that gets somebody new is a new group, with a number of its own."""

    def join(self, member_id: int, at: datetime) -> None:
        """Record that the member wants to be in a group, from that instant on; their place stays if they have one."""

    def leave(self, member_id: int) -> None:
        """Forget that the member wants to be in a group, in which they were, and with whom."""

    def of(self, member_id: int) -> Seat | None:
        """The member's seat, None when they do not want to be in a group."""

    def seats(self, cohort_ids: Sequence[int]) -> Sequence[Seat]:
        """The seats of everybody who has not left these cohorts, in the order of members."""

    def places(self, member_ids: Collection[int]) -> Mapping[int, int | None]:
        """The groups of these members as they are now, without those who have no seat or have left the cohort."""

    def met(self, cohort_id: int) -> Mapping[int, AbstractSet[int]]:
        """For each member who was ever in a group: who was, or is, in it with them."""

    def form(self, cohort_id: int, member_ids: Collection[int], at: datetime) -> int:
        """A new group of members who have seats; returns its number."""

    def vacate(self, member_ids: Collection[int]) -> None:
        """Take members out of their groups; they keep wanting to be in one."""

    def formed(self, numbers: Collection[int]) -> Mapping[int, datetime]:
        """When groups were formed, by number."""

    def history(self, member_id: int) -> Sequence[datetime]:
        """When the groups were formed in which the member is or was, in that order."""

    def ask_for_matching(self, cohort_id: int, number: int) -> None:
        """Note that the people of the cohort are to be put together, now that this round is over."""

    def to_match(self) -> Mapping[int, int]:
        """The cohorts whose people are to be put together, each with the round that is over."""

    def matched(self, cohort_id: int, number: int) -> None:
        """The people of the cohort were put together after this round."""

    def conversations(self, cohort_ids: Collection[int] | None = None) -> Sequence[Conversation]:
        """The groups of these cohorts, or of all that have not ended, in which at least two people are."""

    def heard(self, number: int, seen_at: datetime, spoken_at: datetime | None) -> None:
        """Note that the bot could see the conversation of a group, and when somebody last wrote in it."""
