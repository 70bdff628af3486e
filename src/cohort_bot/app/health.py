"""How the bot is doing, in figures: for those who watch it and for those who ask what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be, with what cures it."""

    problem: str
    cure: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The database in figures. `open` counts by (state, kind) what is not closed, parked rows among it."""

    open: Mapping[tuple[str, str], int]
    oldest_due: datetime | None
    checkins: int
    schema: str | None
    """The newest migration that has run."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A room of a cohort that has not ended."""

    cohort: str
    platform: str
    workspace: str
    channel: str


@dataclass(frozen=True, slots=True)
class Parked:
    """Deliveries of one cohort that wait for a person, for one reason."""

    cohort: str
    reason: str
    how_many: int


class Health(Protocol):
    """What a transaction can ask about the whole database."""

    def standing(self) -> Standing:
        """The figures that are watched; quick however long the history is."""

    def schema(self) -> str | None:
        """The newest migration that has run, None when none has."""

    def meetings(self) -> Sequence[Meeting]:
        """Every room of every cohort that has not ended, by cohort."""

    def parked(self) -> Sequence[Parked]:
        """What waits for a person, by cohort and reason."""

    def doubt(self, at: datetime) -> int:
        """After a restore: whatever is not closed is looked up before it is sent. Returns how many rows."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What live calls to a platform told, without connecting to it. `date` is its clock's, aware UTC."""

    well: Sequence[str]
    findings: Sequence[Finding]
    date: datetime | None = None
