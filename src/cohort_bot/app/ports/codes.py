"""One-time codes. Part of the Store."""

from datetime import datetime, timedelta
from typing import Final, Protocol

KEEP_WRONG_CODES: Final = timedelta(days=1)
"""For how long it is remembered who entered one."""


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
