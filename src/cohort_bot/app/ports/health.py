"""The bot's health in figures, for monitoring and for diagnosis."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, Protocol

from cohort_bot.app.ports.marks import UnseenMark
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.chat.place import Place
from cohort_bot.core.lanes import channel_of

LOST_FOR: Final = 60.0
"""Seconds for which a connection may be down: the platforms' libraries reconnect in less time after most failures."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem and its cure. `elsewhere` means that posts can never go to the place: another has to be chosen;
    `bearable`, that the bot works all the same, with less.
    """

    problem: str
    cure: str
    elsewhere: bool = False
    bearable: bool = False


_ANY: Final = -1


class Connections:
    """Since when connections to a platform are down, in elapsed time. The platform's adapter reports the changes."""

    def __init__(self, platform: str, elapsed: Callable[[], float]) -> None:
        self._platform = platform
        self._elapsed = elapsed
        self._lost: dict[int, float] = {}

    def lost(self, number: int = 0) -> None:
        """The connection is down, perhaps for some time already."""
        self._lost.setdefault(number, self._elapsed())

    def back(self, number: int = 0) -> None:
        """The connection is up."""
        self._lost.pop(number, None)
        self._lost.pop(_ANY, None)

    def start_over(self) -> None:
        """Forget the connections so far, which were given up; none of the new ones is up yet."""
        self._lost = {_ANY: min(self._lost.values(), default=self._elapsed())}

    def findings(self) -> Sequence[Finding]:
        """The connections that are down for so long that a person should know."""
        gone = self._elapsed() - min(self._lost.values(), default=self._elapsed())
        if gone <= LOST_FOR:
            return []
        problem = f"The connection to {self._platform} has been lost for {gone:.0f} s: nobody is answered there."
        cure = f"Check the network and {self._platform}'s status page; the bot keeps trying to reconnect."
        return [Finding(problem, cure)]


@dataclass(frozen=True, slots=True)
class DatabaseStats:
    """The database in figures. `open` counts rows that are not closed, by (state, kind), including parked ones."""

    open: Mapping[tuple[str, str], int]
    oldest_due: datetime | None
    checkins: int
    schema: str | None
    """The newest migration that has run."""
    unseen: Sequence[UnseenMark] = ()
    """Where our posts cannot be found again by their marks."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A room of a cohort that has not ended."""

    cohort: str
    platform: str
    workspace: str
    channel: str


@dataclass(frozen=True, slots=True)
class Parked:
    """Deliveries of one cohort that wait for a person to act, for one reason."""

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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one post. `to` is the channel, None for a direct message."""

    cohort: str
    platform: str
    workspace: str
    to: str | None
    account_id: int | None
    kind: str
    due: datetime
    state: str
    reason: DeliveryReason | None
    detail: str | None
    in_thread: bool = False

    @property
    def spot(self) -> Place | int | None:
        """The channel, or the account that it is for."""
        return self.account_id if self.to is None else Place(self.platform, self.workspace, self.to)


@dataclass(frozen=True, slots=True)
class Reach:
    """An account of a member of a cohort that goes on, and what is known of reaching it."""

    cohort: str
    name: str
    platform: str
    workspace: str
    user: str
    zone: str
    reminders: bool
    closed: bool
    gone: bool


class Passing(Enum):
    """Why a lane waits that will continue by itself."""

    CLOCK = "clock"
    DOWN = "down"
    AWAY = "away"
    WAITS = "waits"


class Health(Protocol):
    """Queries about the whole database."""

    def standing(self) -> DatabaseStats:
        """The figures for monitoring; quick however long the history is."""

    def waiting(self, at: datetime, most: int) -> Sequence[Waiting]:
        """The lanes in which something was due by then, the oldest first."""

    def schema(self) -> str | None:
        """The newest migration that has run, None when none has."""

    def try_writing(self) -> None:
        """Write a row without changing it, to see whether writing works."""

    def newest(self) -> datetime | None:
        """The newest instant at which something is known to have happened, None without any."""

    def meetings(self) -> Sequence[Meeting]:
        """Every room of every cohort that has not ended, by cohort."""

    def stuck(self) -> Sequence[Meeting]:
        """Those rooms for which something is parked."""

    def parked(self) -> Sequence[Parked]:
        """What waits for a person, by cohort and reason."""

    def outcomes(self, since: datetime, until: datetime, but: DeliveryReason) -> Sequence[Outcome]:
        """What became of each post that was due later than `since` and not later than `until`, in order; without those
        that have the reason.
        """

    def tried(self) -> Sequence[Outcome]:
        """What was posted or is parked in the cohorts in which anything is parked, the newest last."""

    def without_thread(self, kind: str) -> Sequence[Meeting]:
        """The rooms in which no thread could be opened under the newest post of the kind."""

    def reach(self) -> Sequence[Reach]:
        """The members of all cohorts that go on, also those who have left the workspace, by cohort and name."""

    def doubt(self, at: datetime) -> int:
        """After a restore: whatever is not closed is looked up before it is sent. Returns how many rows."""


@dataclass(frozen=True, slots=True)
class Examination:
    """The result of live calls to a platform, without connecting to it. `date` is its clock's, aware UTC."""

    well: Sequence[str]
    findings: Sequence[Finding]
    date: datetime | None = None
