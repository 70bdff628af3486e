"""The regular maintenance jobs and their results. Part of the Store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class JobRun:
    """The last run of a job: when it began, whether it succeeded (None while it runs), and its own summary."""

    name: str
    at: datetime
    well: bool | None
    says: str


class JobRuns(Protocol):
    """The last run of each job."""

    def last(self) -> Mapping[str, JobRun]:
        """The last runs by the job's name; jobs that never ran are left out."""

    def begin(self, name: str, at: datetime, every: timedelta) -> bool:
        """Record that it begins; False when it succeeded less than half of `every` ago, perhaps in another process."""

    def ended(self, name: str, *, well: bool, says: str) -> None:
        """Record its result."""
