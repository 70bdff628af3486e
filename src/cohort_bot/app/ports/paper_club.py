"""What the paper club's members propose, vote for and present. Part of the Store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from cohort_bot.core.paper_club import Meeting


@dataclass(frozen=True, slots=True)
class Proposal:
    """A paper that a member proposed for a week, and how many members voted for it."""

    id: int
    member_id: int
    week: int
    title: str
    url: str
    votes: int


@dataclass(frozen=True, slots=True)
class Part:
    """A member's part in the paper club: `voted` are the titles that they voted for, by week."""

    proposed: Sequence[Proposal] = ()
    voted: Mapping[int, str] = field(default_factory=dict)
    presented: Sequence[Meeting] = ()


class PaperClub(Protocol):
    """Proposals, votes and meetings."""

    def proposals(self, cohort_id: int, week: int) -> Sequence[Proposal]:
        """What is up for the vote for a week, in the order in which it was proposed."""

    def propose(self, member_id: int, week: int, title: str, url: str, at: datetime) -> None:
        """Add a member's proposal for a week; they have one at most."""

    def withdraw(self, member_id: int, week: int) -> bool:
        """Remove a member's proposal with its votes; False when there is none."""

    def vote(self, member_id: int, week: int, proposal: int) -> None:
        """Store the member's vote for the week, in place of an earlier one."""

    def vote_of(self, member_id: int, week: int) -> int | None:
        """The number of the proposal that the member voted for."""

    def meetings(self, cohort_id: int) -> Mapping[int, Meeting]:
        """The cohort's meetings by week; without those of somebody who has left and wrote nothing about it."""

    def meet(self, cohort_id: int, week: int, member_id: int, starts: datetime) -> None:
        """Store who presents the paper of a week, and when, in place of an earlier date."""

    def cancel(self, member_id: int, after: datetime) -> Sequence[Meeting]:
        """Remove the member's meetings that begin later than the instant; returns them."""

    def summarise(self, cohort_id: int, week: int, summary: str) -> None:
        """Store what the paper of a week was about."""

    def of_member(self, member_id: int) -> Part:
        """What the member proposed, voted for and presents or presented."""

    def erase(self, member_id: int) -> Sequence[int]:
        """Erase the member's proposals, votes and coming meetings, and that they wrote a summary; returns the weeks of
        their proposals and votes.
        """
