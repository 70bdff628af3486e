"""People, their accounts and memberships as transactions see them. Part of the Store."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from cohort_bot.core.membership import Account, Break, Member, Slip


class People(Protocol):
    """People and their accounts."""

    def account(self, platform: str, workspace: str, user: str) -> Account | None:
        """The account, None when the person never did anything here."""

    def get(self, account_id: int) -> Account | None:
        """The account by its row."""

    def add(self, platform: str, workspace: str, user: str, name: str, zone: str, handle: str = "") -> Account:
        """A new person with one account."""

    def update(self, account_id: int, *, name: str, zone: str, reminders: bool, handle: str | None = None) -> None:
        """Change what is known of them; without a handle that stays. Their cohorts tell them apart anew."""

    def add_id(self, account_id: int, user: str) -> None:
        """The account is known under one more id."""

    def merge(self, account: Account, other: Account) -> None:
        """Both are one person's under different ids: what the other one did is this one's from now on. Where both are
        in a cohort one membership is left, with the rounds of both.
        """

    def unasked(self, at: datetime, every: timedelta, limit: int) -> Sequence[Account]:
        """Who takes part in a cohort that has not ended, or looks after it, and whom their platform was not asked
        about within `every`, or only by a calendar that was ahead; those first who were asked about longest ago.
        """

    def set_asked(self, account_ids: Sequence[int], at: datetime) -> None:
        """Their platform is asked about them."""

    def set_mention(self, account_id: int, *, wanted: bool) -> None:
        """Whether a reminder that cannot come directly may name them in the thread."""

    def set_closed(self, account_id: int, at: datetime | None) -> None:
        """A direct message did not arrive; None when they were told, or one did."""

    def set_lost(self, account_id: int, action: str | None) -> None:
        """An answer did not arrive, and what it was about is saved; None when they were told."""

    def set_gone(self, account_id: int, at: datetime | None) -> None:
        """They are in the workspace no more; None when they are back."""

    def erase(self, person_id: int, name: str) -> None:
        """Forget who it was: the accounts get that name, lead to nobody, and the person can come again as a new one."""


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
        """The membership by its row."""

    def of(self, cohort_id: int, person_id: int) -> Member | None:
        """The person's membership, also one that they left."""

    def newest(self, cohort_id: int, but: int) -> int | None:
        """The row of who joined last, another than `but`; whatever the calendar said then."""

    def in_cohort(self, cohort_id: int) -> Sequence[Member]:
        """Active members in the order of joining; who has left the place where it meets is none."""

    def in_cohorts(self, cohort_ids: Sequence[int]) -> Mapping[int, Sequence[Member]]:
        """The same for many cohorts at once."""

    def left_since(self, cohort_id: int, at: datetime) -> Sequence[Member]:
        """Who left the cohort, or the place where it meets, later than the instant, in that order."""

    def of_person(self, person_id: int) -> Sequence[Member]:
        """The person's active memberships in active cohorts."""

    def ever_of_person(self, person_id: int) -> Sequence[Member]:
        """All memberships of the person, also those that they left and those in cohorts that have ended."""

    def set_hours(self, member_id: int, hours: int) -> None:
        """Note the hours a week that they have."""

    def erase(self, member_id: int, at: datetime) -> None:
        """Leave, without a word of theirs, a date off or a pace."""

    def set_left(self, member_id: int, at: datetime | None) -> None:
        """Leave, or with None come back."""

    def add_slip(self, member_id: int, slip: Slip) -> None:
        """Do earlier weeks from a round on."""

    def drop_slips(self, member_id: int, from_round: int) -> int:
        """Take back what was slipped from a round on. Returns how many there were."""

    def add_break(self, member_id: int, pause: Break) -> None:
        """Take dates off."""

    def end_breaks(self, member_id: int, today: date) -> None:
        """Let the breaks that go on beyond today end with yesterday; drop those to come."""
