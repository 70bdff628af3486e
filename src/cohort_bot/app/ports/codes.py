"""One-time codes. Part of the Store."""

from datetime import datetime, timedelta
from typing import Final, Protocol

KEEP_WRONG_CODES: Final = timedelta(days=1)
"""How long wrong codes are remembered by person."""


class Codes(Protocol):
    """One-time codes that a person takes from one platform to another. Only a digest of each is stored."""

    def add(self, cohort_id: int, code: str, by: str, expires: datetime) -> None:
        """Add a code that adds a room to the cohort; the cohort's earlier codes become void."""

    def cohort_of(self, code: str, at: datetime) -> int | None:
        """The cohort that the code is for, None when it is wrong, used or too old."""

    def use(self, code: str) -> None:
        """Void it."""

    def wrong(self, platform: str, workspace: str, user: str, at: datetime) -> None:
        """Record that a person entered a wrong code."""

    def wrong_since(self, platform: str, workspace: str, user: str, since: datetime) -> int:
        """How many wrong codes they entered since then."""
