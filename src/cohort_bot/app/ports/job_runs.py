"""What is done regularly to keep the bot well, and what became of it. Part of the Store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class JobRun:
    """The last run of a job: when it began, whether it went well (None while it runs), and what it says of itself."""

    name: str
    at: datetime
    well: bool | None
    says: str


class JobRuns(Protocol):
    """The last run of each job."""

    def last(self) -> Mapping[str, JobRun]:
        """By name; jobs that never ran are left out."""

    def begin(self, name: str, at: datetime, every: timedelta) -> bool:
        """Note that it begins; False when it went well less than half of `every` ago, perhaps in another process."""

    def ended(self, name: str, *, well: bool, says: str) -> None:
        """Note what became of it."""
