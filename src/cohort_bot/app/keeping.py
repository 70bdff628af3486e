"""What is kept for moderators: who they are, who wrote to whom, which papers they picked. Part of the Store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Protocol

from cohort_bot.core.membership import Moderator


class Moderators(Protocol):
    """Who was named to look after a cohort, besides the admins of its workspace and its creator."""

    def of(self, cohort_id: int) -> Sequence[Moderator]:
        """All who are named, in the order of naming."""

    def naming(self, platform: str, user: str, roles: Iterable[str]) -> Sequence[tuple[int, Moderator]]:
        """Cohorts, each with what names this person: their id, or a role that they hold."""

    def add(self, cohort_id: int, moderator: Moderator) -> None:
        """Name one more; one who is named already stays."""

    def replace(self, cohort_id: int, platform: str, workspace: str, named: Iterable[Moderator]) -> None:
        """Let these be all who are named in a workspace."""


class Codes(Protocol):
    """One-time codes that somebody carries from one platform to another. Only a digest of each is kept."""

    def add(self, cohort_id: int, code: str, by: str, expires: datetime) -> None:
        """A code that brings the cohort into a room; the cohort's earlier ones are void."""

    def cohort_of(self, code: str, at: datetime) -> int | None:
        """The cohort that the code is for, None when it is wrong, used or too old."""

    def use(self, code: str) -> None:
        """Void it."""

    def wrong(self, platform: str, workspace: str, user: str, at: datetime) -> None:
        """Note that somebody entered a code that is none."""

    def wrong_since(self, platform: str, workspace: str, user: str, since: datetime) -> int:
        """How many wrong ones they entered lately."""


@dataclass(frozen=True, slots=True)
class Excuse:
    """A round that counts neither for nor against a member; `by` is the moderator's id on their platform."""

    round: int
    reason: str
    by: str
    at: datetime


class Outcome(Enum):
    """What came of writing to somebody."""

    WAITING = "no answer yet"
    ANSWERED = "they answered"
    BACK = "they are coming back"
    BREAK = "they take a break"
    LEAVING = "they are leaving"


@dataclass(frozen=True, slots=True)
class Outreach:
    """A moderator turned to a member. `by` is the moderator's account on the cohort's platform, `follow_up` a date in
    the cohort's calendar on which somebody looks again; `delivery_key` is set when the bot carried the words.
    """

    id: int
    cohort_id: int
    member_id: int
    at: datetime
    by: str
    by_name: str
    words: str
    outcome: Outcome
    follow_up: date | None = None
    delivery_key: str | None = None


class Outreaches(Protocol):
    """The log of outreach. A newer entry about a member settles the follow-up of those before."""

    def add(
        self,
        cohort_id: int,
        member_id: int,
        at: datetime,
        by: tuple[str, str],
        words: str,
        outcome: Outcome,
        follow_up: date | None,
        delivery_key: str | None = None,
    ) -> Outreach:
        """Note it. `by` is the moderator's id and name."""

    def get(self, outreach_id: int) -> Outreach | None:
        """One entry."""

    def of_member(self, member_id: int) -> Sequence[Outreach]:
        """All about a member, newest first."""

    def newest(self, cohort_id: int) -> Mapping[int, Outreach]:
        """The newest entry about each member who has one."""

    def count_since(self, cohort_id: int, at: datetime) -> int:
        """How many were noted later than the instant."""

    def erase(self, member_id: int) -> None:
        """Forget what was written about and to a member."""


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

    def posted(self, cohort_id: int) -> Mapping[int, str]:
        """The ids of the programme's papers that went out, by the week in which they did."""

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
