"""How the bot is doing, in figures: for those who watch it and for those who ask what is wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, Protocol

from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.core.lanes import channel_of

LOST_FOR: Final = 60.0
"""Seconds for which a connection may be gone: platforms' own libraries mend most breaks in less."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be, with what cures it.

    `elsewhere` says of a place that nothing makes it one where posts can go: another has to be chosen.
    """

    problem: str
    cure: str
    elsewhere: bool = False


_ANY: Final = -1


class Connections:
    """Since when connections to a platform are gone, in elapsed time. Told by whoever sees them come and go."""

    def __init__(self, platform: str, elapsed: Callable[[], float]) -> None:
        self._platform = platform
        self._elapsed = elapsed
        self._lost: dict[int, float] = {}

    def lost(self, number: int = 0) -> None:
        """It is gone, perhaps for some time already."""
        self._lost.setdefault(number, self._elapsed())

    def back(self, number: int = 0) -> None:
        """It is there."""
        self._lost.pop(number, None)
        self._lost.pop(_ANY, None)

    def anew(self) -> None:
        """What was known is of connections that are given up; none of the new ones is there yet."""
        self._lost = {_ANY: min(self._lost.values(), default=self._elapsed())}

    def findings(self) -> Sequence[Finding]:
        """What is gone for so long that a person should know."""
        gone = self._elapsed() - min(self._lost.values(), default=self._elapsed())
        if gone <= LOST_FOR:
            return []
        problem = f"The connection to {self._platform} has been lost for {gone:.0f} s: nobody is answered there."
        cure = f"Check the network and {self._platform}'s status page; the bot keeps trying to reconnect."
        return [Finding(problem, cure)]


@dataclass(frozen=True, slots=True)
class DatabaseStats:
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
    reason: DeliveryReason | None
    detail: str | None
    how_many: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A lane in which something has come due, as its first row stands. `channel` is None for a direct conversation."""

    lane: str
    platform: str
    delivery_id: int
    due: datetime
    state: str
    fence: int
    updated: datetime
    reason: DeliveryReason | None
    detail: str | None

    @property
    def channel(self) -> str | None:
        """The channel that the lane is the order of."""
        return channel_of(self.lane)


class Passing(Enum):
    """Why a lane waits that goes on by itself."""

    CLOCK = "clock"
    DOWN = "down"
    AWAY = "away"
    WAITS = "waits"


class Health(Protocol):
    """What a transaction can ask about the whole database."""

    def standing(self) -> DatabaseStats:
        """The figures that are watched; quick however long the history is."""

    def waiting(self, at: datetime, most: int) -> Sequence[Waiting]:
        """The lanes in which something was due by then, the oldest first."""

    def schema(self) -> str | None:
        """The newest migration that has run, None when none has."""

    def try_writing(self) -> None:
        """Write something that changes nothing."""

    def newest(self) -> datetime | None:
        """The newest instant at which anything is known to have happened, None when nothing has."""

    def meetings(self) -> Sequence[Meeting]:
        """Every room of every cohort that has not ended, by cohort."""

    def stuck(self) -> Sequence[Meeting]:
        """Those rooms for which something is parked."""

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
