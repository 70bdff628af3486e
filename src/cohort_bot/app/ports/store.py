"""What a transaction can read and write. `storage` implements it; a transaction function gets a Store.

All methods are synchronous: a transaction never waits for anything but the database.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Protocol, Self, TypedDict, Unpack

from cohort_bot.app.ports.audits import Audits
from cohort_bot.app.ports.checkins import CheckIns
from cohort_bot.app.ports.codes import Codes
from cohort_bot.app.ports.cohorts import Cohorts
from cohort_bot.app.ports.health import Health
from cohort_bot.app.ports.installations import Installations
from cohort_bot.app.ports.job_runs import JobRuns
from cohort_bot.app.ports.moderators import Moderators
from cohort_bot.app.ports.outreach import Outreaches
from cohort_bot.app.ports.papers import Papers
from cohort_bot.app.ports.people import Members, People
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.retrospectives import Retrospectives
from cohort_bot.app.ports.revisions import Revisions
from cohort_bot.core.delivery_states import State
from cohort_bot.core.membership import Account, Member, Room

AHEAD: Final = timedelta(seconds=30)
"""How long before their instant rows are written down where one process has the ledger to itself: when thousands of
cohorts open at once, what can be done before is done before. A change of a cohort takes them back.
"""

SOON: Final = timedelta(seconds=5)
"""An engine's lane is looked after so long before something in it is due: the clocks of processes differ."""

KEEP_INVOCATIONS: Final = timedelta(days=2)
"""How long an invocation is remembered; platforms repeat one within minutes (Slack: up to five)."""

KEEP_DRAFTS: Final = timedelta(days=30)
"""How long a preview's button or a form that was kept can still be used."""

NO_JOBS: Final[Mapping[str, int]] = MappingProxyType({})
"""Where no engine gives out jobs: no lane has one."""


class _More(TypedDict, total=False):
    """What only some posts have."""

    member_id: int
    round: int | None
    in_thread: bool
    expires: datetime
    part: str | None
    args: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """Something to be posted once. `key` names it for ever: writing the same key again changes nothing.

    It goes to a room (`room_id`; under the round's opening card when `in_thread`) or to a person (`account_id`).
    `due` and `expires` are instants of the calendar; after `expires` it is skipped instead of posted. `part` says which
    of several it is: of a round's reminders, of the programme's papers.
    """

    key: str
    kind: str
    platform: str
    cohort_id: int
    due: datetime
    room_id: int | None = None
    account_id: int | None = None
    member_id: int | None = None
    round: int | None = None
    in_thread: bool = False
    expires: datetime | None = None
    part: str | None = None
    args: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def to_room(cls, kind: str, key: str, room: Room, due: datetime, **more: Unpack[_More]) -> Self:
        """A post for a room of a cohort."""
        return cls(key, kind, room.platform, room.cohort_id, due, room_id=room.id, **more)

    @classmethod
    def to_member(cls, kind: str, key: str, member: Member, due: datetime, **more: Unpack[_More]) -> Self:
        """A direct message to a member, about them."""
        return replace(cls.to_account(kind, key, member.account, member.cohort_id, due, **more), member_id=member.id)

    @classmethod
    def to_account(
        cls, kind: str, key: str, account: Account, cohort_id: int, due: datetime, **more: Unpack[_More]
    ) -> Self:
        """A direct message."""
        return cls(key, kind, account.platform, cohort_id, due, account_id=account.id, **more)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the ledger. `payload` is the frozen message, `fence` counts the claims, `lane` keeps a channel's order.

    `message_id` and `thread` are the platform's, once it is sent; `channel` is where it was last tried; `detail` is
    the reason's.
    """

    id: int
    what: NewDelivery
    state: State
    lane: str
    fence: int
    attempts: int
    mark: str
    payload: str | None
    first_try: datetime | None
    message_id: str | None
    channel: str | None
    thread: str | None
    reason: DeliveryReason | None
    detail: str | None
    updated: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """The row of the ledger that is next in its lane. Whatever changes the row changes `updated`."""

    id: int
    key: str
    updated: datetime


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """What has become of a claimed row: the state that it goes to and why, or with `SENT` the platform's ids."""

    delivery: Delivery
    state: State
    reason: DeliveryReason | None = None
    message_id: str | None = None
    channel: str | None = None
    thread: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """When something in a lane is first due; `doubtful`: the outcome of one of its messages is uncertain."""

    due: datetime
    platform: str
    doubtful: bool


class Deliveries(Protocol):
    """The ledger of what goes out."""

    def add(self, new: Iterable[NewDelivery], at: datetime | None = None) -> None:
        """Note what is to be posted; keys that are there already are left as they are.

        What is due later than the instant `at` is written ahead, and `withdraw` can take it back.
        """

    def freeze(self, texts: Sequence[tuple[int, str]]) -> None:
        """Keep (id, composed message) for rows that are not claimed yet; the claim keeps these texts."""

    def withdraw(self, cohort_id: int, after: datetime) -> None:
        """Take back what was never tried: rows written ahead that are due later than `after`, and composed texts."""

    def take_back(
        self,
        cohort_id: int,
        planned: Collection[str],
        dropped: Collection[DeliveryReason],
        left_out: DeliveryReason,
        at: datetime,
        far: datetime,
    ) -> datetime | None:
        """Undo what is later than `at` though that is now. Rows of the `planned` kinds that were never tried go: those
        that are due later, also where they were `left_out` at once, and those that were `dropped` later for one of
        these reasons. Other rows that were dropped so, or are due later than `far`, are ready now.

        Returns when the first row that is gone was due.
        """

    def ready(
        self,
        at: datetime,
        limit: int,
        but: frozenset[str] = frozenset(),
        but_platforms: frozenset[str] = frozenset(),
        only: Collection[str] | None = None,
    ) -> Sequence[Turn]:
        """The first open row of each lane, or of those in `only`, that has come due, by time; those in `but…` wait.

        A lane is a channel, whoever meets there, or a person's direct messages.
        """

    def rows(self, ids: Sequence[int]) -> Sequence[Delivery]:
        """These rows, in this order."""

    def claim(
        self, frozen: Sequence[tuple[Delivery, str, str | None]], at: datetime, jobs: Mapping[str, int] = NO_JOBS
    ) -> Sequence[Delivery]:
        """ready -> sending, each with its frozen message and its room's channel; the fence goes up.

        `jobs` are an engine's, by lane: what one answers for is looked up when it is no longer being done.
        """

    def note(self, outcomes: Sequence[DeliveryResult], at: datetime) -> int:
        """Move each row on, if nobody claimed it since; returns how many. A channel is kept where none is given."""

    def put(
        self, delivery: Delivery, state: State, reason: DeliveryReason | None, at: datetime, detail: str | None = None
    ) -> bool:
        """Move it to another state, if nobody claimed it since."""

    def orphaned(self, at: datetime, lane: str | None = None) -> int:
        """Whatever is being sent, by who is gone or in a lane that is given up, becomes unknown. Returns how many."""

    def heads(self, lanes: Collection[str], until: datetime) -> Mapping[str, Head]:
        """How each of these lanes stands in which something is due by then."""

    def unknown_lanes(self) -> Sequence[str]:
        """The lanes in which something is to be looked up."""

    def by_key(self, key: str) -> Delivery | None:
        """The row of a key."""

    def by_keys(self, keys: Sequence[str]) -> Sequence[Delivery]:
        """The rows of these keys, in any order."""

    def keys_of(self, kind: str, member_id: int) -> Sequence[str]:
        """The keys of all rows of a kind about a member."""

    def untried_like(self, delivery: Delivery, until: datetime) -> Sequence[Delivery]:
        """The other rows of its kind, room and round that were never tried and are due by then, by time."""

    def skipped_like(self, delivery: Delivery, reason: DeliveryReason, detail: str) -> Sequence[Delivery]:
        """The other rows of its kind, room and round that were skipped for the reason with this detail, by time."""

    def get(self, delivery_id: int) -> Delivery | None:
        """The row."""

    def rewritten(self, delivery_id: int, payload: str) -> None:
        """Note what a sent message says now."""

    def renew(self, delivery: Delivery, at: datetime) -> bool:
        """skipped -> ready, to be composed anew: it is wanted after all. False when it is not skipped."""

    def put_in(self, delivery: Delivery, lane: str) -> bool:
        """Give it another place in the order, if nobody claimed it since."""

    def sent_parts(self, kind: str, cohort_id: int) -> Mapping[int, str]:
        """Which parts of a kind went out, by round: for papers their ids in the programme."""

    def erase(self, cohort_id: int, member_id: int, quoting: Collection[str]) -> None:
        """Forget what was written to a member, about them, and what a cohort was told in kinds that may quote them."""

    def parked(self, cohort_id: int) -> Sequence[Delivery]:
        """What waits for a person to act."""

    def rearm(self, cohort_id: int, at: datetime) -> int:
        """parked -> ready, or unknown when it was tried before: it may be there. Returns how many."""

    def rearm_parked_for(self, platform: str, reason: DeliveryReason, at: datetime) -> int:
        """The same for what is parked for this reason on a platform. Returns how many."""

    def rearm_returned(self, platform: str, workspaces: Collection[str], away: DeliveryReason, at: datetime) -> int:
        """The same for workspaces in which the bot is again: whatever is parked for their rooms, and what goes to
        people of their cohorts and is parked for the reason `away`. Returns how many.
        """

    def waiting(self, cohort_id: int, at: datetime) -> int:
        """How many rows of a cohort are due and on their way."""

    def skip(self, new: Iterable[NewDelivery], reason: DeliveryReason, at: datetime) -> int:
        """Note what is never to be posted; keys that are there already are left as they are. Returns how many."""

    def unskip(self, keys: Sequence[str], reason: DeliveryReason) -> int:
        """Take back what was skipped for the reason: it is planned anew when it is due. Returns how many."""

    def next_due(self, after: datetime | None = None) -> datetime | None:
        """When the earliest open row is due, or the earliest that is due later than `after`."""


class Store(Protocol):
    """One transaction."""

    @property
    def cohorts(self) -> Cohorts:
        """Cohorts, rooms, calendars."""
        ...

    @property
    def moderators(self) -> Moderators:
        """Who was named to look after a cohort."""
        ...

    @property
    def codes(self) -> Codes:
        """One-time codes."""
        ...

    @property
    def people(self) -> People:
        """People and accounts."""
        ...

    @property
    def members(self) -> Members:
        """Memberships."""
        ...

    @property
    def checkins(self) -> CheckIns:
        """The record."""
        ...

    @property
    def deliveries(self) -> Deliveries:
        """The ledger."""
        ...

    @property
    def audits(self) -> Audits:
        """What moderators changed."""
        ...

    @property
    def retrospectives(self) -> Retrospectives:
        """What members look back on."""
        ...

    @property
    def revisions(self) -> Revisions:
        """Posts to be edited."""
        ...

    @property
    def health(self) -> Health:
        """How the whole database stands."""
        ...

    @property
    def outreach(self) -> Outreaches:
        """Who wrote to whom."""
        ...

    @property
    def papers(self) -> Papers:
        """Papers that were picked, and who has read them."""
        ...

    @property
    def installations(self) -> Installations:
        """Workspaces that let the bot in."""
        ...

    @property
    def job_runs(self) -> JobRuns:
        """What is done regularly."""
        ...

    def sweep(self, at: datetime) -> int:
        """Delete what is too old to be of use; returns how many rows."""

    def add_draft(self, body: Mapping[str, str], at: datetime) -> str:
        """Keep what a button or form needs and its id cannot hold; returns a short token.

        `user` in it is the id of whoever it is kept for, `member` the row of the member that it is about: it goes when
        they are erased.
        """

    def draft(self, token: str) -> Mapping[str, str] | None:
        """What was kept under the token, None when it is too old or never was."""

    def first_time(self, invocation_id: str, at: datetime) -> bool:
        """Note the invocation; False when its change was made before."""
