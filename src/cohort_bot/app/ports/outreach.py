"""The log of outreach: which moderator wrote to which member, and the outcome. Part of the Store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Protocol

from cohort_bot.core.outreach_order import Why


class OutreachResult(Enum):
    """The outcome of writing to somebody."""

    WAITING = "no answer yet"
    ANSWERED = "they answered"
    BACK = "they're coming back"
    BREAK = "they're taking a break"
    LEAVING = "they're leaving"
    SILENT = "no answer"


@dataclass(frozen=True, slots=True)
class Outreach:
    """A moderator contacted a member. `by` is the moderator's account on the cohort's platform, `follow_up` a date in
    the cohort's calendar on which a moderator checks again; `delivery_key` is set when the bot sends the message,
    `held_until` as long as it waits for the member's morning. `reason` is why a word would help (`core.outreach_order`)
    and `days` how long they had been away; None where there was no sign, and for what was noted by hand.
    """

    id: int
    cohort_id: int
    member_id: int
    at: datetime
    by: str
    by_name: str
    words: str
    outcome: OutreachResult
    follow_up: date | None = None
    delivery_key: str | None = None
    held_until: datetime | None = None
    reason: Why | None = None
    days: int | None = None


class Outreaches(Protocol):
    """The log of outreach. A newer entry about a member settles the follow-up of those before."""

    def add(
        self,
        cohort_id: int,
        member_id: int,
        at: datetime,
        by: tuple[str, str],
        words: str,
        outcome: OutreachResult,
        follow_up: date | None,
        delivery_key: str | None = None,
        reason: Why | None = None,
        days: int | None = None,
        template: str = "",
    ) -> Outreach:
        """Record it. `by` is the moderator's id and name, `template` the words for the next one."""

    def template(self, cohort_id: int, by: str, reason: Why | None) -> str | None:
        """The newest words that the moderator has changed for the reason; None when there are none."""

    def set_outcome(self, outreach_id: int, outcome: OutreachResult) -> None:
        """Note what came of it."""

    def with_reason(self, cohort_id: int) -> Sequence[Outreach]:
        """All entries whose reason is known."""

    def get(self, outreach_id: int) -> Outreach | None:
        """One entry."""

    def of_member(self, member_id: int) -> Sequence[Outreach]:
        """All about a member, newest first."""

    def newest(self, cohort_id: int) -> Mapping[int, Outreach]:
        """The newest entry about each member, where there is one."""

    def count_since(self, cohort_id: int, at: datetime) -> int:
        """How many were recorded later than the instant."""

    def put_off(self, cohort_id: int, by: str) -> Mapping[int, datetime]:
        """Whom the moderator with this id does not want to write to now, and until when, by member."""

    def set_put_off(self, cohort_id: int, member_id: int, by: str, until: datetime) -> None:
        """Put a member off for one moderator; a later instant takes the place of an earlier one."""

    def erase(self, member_id: int) -> None:
        """Erase what was written about and to a member."""
