"""People, their accounts and memberships as transactions see them. Part of the Store."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from cohort_bot.core.membership import Account, Break, Member, Slip


class People(Protocol):
    """People and their accounts."""

    def account(self, platform: str, workspace: str, user: str) -> Account | None:
        """The account, None when the person never did anything here."""

    def get(self, account_id: int) -> Account | None:
        """The account with this row id."""

    def add(
        self, platform: str, workspace: str, user: str, name: str, zone: str, handle: str = "", locale: str = ""
    ) -> Account:
        """A new person with one account."""

    def update(self, account_id: int, *, name: str, zone: str, reminders: bool, handle: str | None = None) -> None:
        """Update their details; without a new handle the old one stays. Their display names in cohorts are worked out
        again.
        """

    def add_id(self, account_id: int, user: str) -> None:
        """Add one more id under which the account is known."""

    def merge(self, account: Account, other: Account) -> None:
        """Merge two accounts of one person with different ids: everything of the other belongs to this one from now on.
        Where both are in a cohort one membership remains, with the rounds of both.
        """

    def unasked(self, at: datetime, every: timedelta, limit: int) -> Sequence[Account]:
        """Members and moderators of cohorts that have not ended whose platform was not asked about them within `every`,
        or only while the calendar was ahead; those whose last check is oldest come first.
        """

    def claim_asking(self, account_ids: Sequence[int], at: datetime, every: timedelta) -> Collection[int]:
        """Record that these accounts are asked about at the instant; returns the ids of those that nobody else has
        claimed since they were found.
        """

    def set_mention(self, account_id: int, *, wanted: bool) -> None:
        """Set whether a reminder that cannot be sent directly may mention them in the thread."""

    def set_locale(self, account_id: int, locale: str) -> None:
        """Record the locale of their client."""

    def set_language(self, account_id: int, language: str) -> None:
        """Set the language that they have chosen; empty for that of their client."""

    def set_closed(self, account_id: int, at: datetime | None) -> None:
        """Record that a direct message did not arrive; None when they were informed, or one did arrive."""

    def set_lost(self, account_id: int, action: str | None) -> None:
        """Record that the answer to an action that was saved did not arrive; None when they were informed."""

    def set_gone(self, account_id: int, at: datetime | None) -> None:
        """Record that they are no longer in the workspace; None when they are back."""

    def erase(self, person_id: int, name: str) -> None:
        """Erase who it was: the accounts get that name and lead to nobody; the person can return as a new one."""


class Members(Protocol):
    """Memberships."""

    def add(
        self,
        cohort_id: int,
        account: Account,
        joined_at: datetime,
        first_round: int,
        hours: int | None,
        why: str,
    ) -> Member:
        """Enrol the person."""

    def get(self, member_id: int) -> Member | None:
        """The membership with this row id."""

    def look_ahead(self, member_ids: Sequence[int]) -> None:
        """Read these at once: `get`, and that of their accounts, use the result until something is changed."""

    def of(self, cohort_id: int, person_id: int) -> Member | None:
        """The person's membership, also one that they left."""

    def newest(self, cohort_id: int, but: int) -> int | None:
        """The row id of the member who joined last, except `but`, regardless of the calendar then."""

    def in_cohort(self, cohort_id: int) -> Sequence[Member]:
        """Active members in the order of joining, without those who have left the workspace where it meets."""

    def in_cohorts(self, cohort_ids: Sequence[int]) -> Mapping[int, Sequence[Member]]:
        """The same for many cohorts at once."""

    def page(self, cohort_ids: Sequence[int], after: int, most: int) -> Sequence[Member]:
        """Members of these cohorts who have not left them, with row ids beyond `after`, by cohort and row id."""

    def left_since(self, cohort_id: int, at: datetime) -> Sequence[Member]:
        """Members who left the cohort, or the workspace where it meets, later than the instant, in that order."""

    def of_person(self, person_id: int) -> Sequence[Member]:
        """The person's active memberships in active cohorts."""

    def ever_of_person(self, person_id: int) -> Sequence[Member]:
        """All memberships of the person, also those that they left and those in cohorts that have ended."""

    def set_hours(self, member_id: int, hours: int) -> None:
        """Set the hours a week that they have."""

    def set_questions(self, member_id: int, *, wanted: bool) -> None:
        """Set whether questions on earlier weeks are sent to them."""

    def erase(self, member_id: int, at: datetime, name: str) -> None:
        """End the membership and erase their texts, dates off and pace; the others see that name."""

    def set_left(self, member_id: int, at: datetime | None) -> None:
        """Record that they left, or with None that they are back."""

    def add_slip(self, member_id: int, slip: Slip) -> None:
        """Slow the member down from a round on."""

    def drop_slips(self, member_id: int, from_round: int) -> int:
        """Remove the slips that begin at a round or later. Returns how many there were."""

    def add_break(self, member_id: int, pause: Break) -> None:
        """Add dates off."""

    def end_breaks(self, member_id: int, today: date) -> None:
        """End breaks that extend beyond today with yesterday; drop future ones."""
