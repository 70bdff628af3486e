"""Calendars that people subscribe to. Part of the Store."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class KeptCalendar:
    """What is kept of an account's calendar.

    `fingerprint` stands for what was in it when it was last made, `sequence` counts how often that has changed since
    the first time, `changed_at` is when it last had. `since` is when its address was made, None without one.
    """

    account_id: int
    fingerprint: str
    sequence: int
    changed_at: datetime
    since: datetime | None


class Calendars(Protocol):
    """At most one calendar an account, with at most one secret address, of which only the digest is kept."""

    def of_account(self, account_id: int) -> KeptCalendar | None:
        """The account's calendar, None when it never asked for one."""

    def by_secret(self, secret: str) -> KeptCalendar | None:
        """The calendar with this address."""

    def revise(self, account_id: int, fingerprint: str, at: datetime) -> KeptCalendar:
        """Record that something else is in it now."""

    def set_secret(self, account_id: int, secret: str | None, at: datetime) -> None:
        """Give the account's calendar this address in place of an earlier one; with None it has none."""

    def erase(self, person_id: int) -> None:
        """Delete the calendars of a person's accounts."""
