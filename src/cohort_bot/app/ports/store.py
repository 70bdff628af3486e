"""What a transaction can read and write. `storage` implements it; a transaction function gets a Store.

All methods are synchronous: a transaction never waits for anything but the database.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Protocol, Self, TypedDict, Unpack

from cohort_bot.app.ports.audits import Audits
from cohort_bot.app.ports.calendars import Calendars
from cohort_bot.app.ports.checkins import CheckIns
from cohort_bot.app.ports.codes import Codes
from cohort_bot.app.ports.cohorts import Cohorts
from cohort_bot.app.ports.groups import SmallGroups
from cohort_bot.app.ports.health import Health
from cohort_bot.app.ports.installations import Installations
from cohort_bot.app.ports.job_runs import JobRuns
from cohort_bot.app.ports.marks import Marks
from cohort_bot.app.ports.moderators import Moderators
from cohort_bot.app.ports.outreach import Outreaches
from cohort_bot.app.ports.paper_club import PaperClub
from cohort_bot.app.ports.papers import Papers
from cohort_bot.app.ports.people import Members, People
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.recall_answers import RecallAnswers
from cohort_bot.app.ports.retrospectives import Retrospectives
from cohort_bot.app.ports.revisions import Revisions
from cohort_bot.app.ports.workspace_programmes import WorkspaceProgrammes
from cohort_bot.core.delivery_states import State
from cohort_bot.core.membership import Account, Member, Room

AHEAD: Final = timedelta(seconds=30)
"""How long before they are due rows are written where one process has the ledger to itself: when thousands of cohorts
open at once, this moves work ahead of the instant. A change to a cohort removes them again.
"""

SOON: Final = timedelta(seconds=5)
"""How long before something in a lane is due the engine requests it: the clocks of processes differ."""

KEEP_INVOCATIONS: Final = timedelta(days=2)
"""How long an invocation is remembered; platforms repeat one within minutes (Slack: up to five)."""

KEEP_DRAFTS: Final = timedelta(days=30)
"""How long a preview's button or a form that was kept can still be used."""

NO_JOBS: Final[Mapping[str, int]] = MappingProxyType({})
"""The jobs where there is no engine: no lane has one."""


class _More(TypedDict, total=False):
    """Fields that only some posts have."""

    member_id: int
    round: int | None
    in_thread: bool
    expires: datetime
    part: str | None
    args: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A message to be posted once. `key` names it for ever: writing the same key again changes nothing.

    It goes to a room (`room_id`; under the round's opening card when `in_thread`) or to a person (`account_id`).
    `due` and `expires` are instants of the calendar; after `expires` it is skipped instead of posted. `part`
    distinguishes several of one kind: a round's reminders, the programme's papers.
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

    `message_id` and `thread` are the platform's, once it is sent; `channel` is where it was last tried; `detail`
    belongs to the reason.
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
    """The row of the ledger that is next in its lane. Every change to the row changes `updated`."""

    id: int
    key: str
    updated: datetime


@dataclass(frozen=True, slots=True)
class DirectMessage:
    """A row of the ledger that goes to a person, as far as counting needs it. If it was sent, `updated` says when."""

    key: str
    kind: str
    state: State
    updated: datetime
    round: int | None = None
    member_id: int | None = None


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """The outcome of a claimed row: its new state and the reason, or with `SENT` the platform's ids."""

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
    """The ledger of deliveries."""

    def add(self, new: Iterable[NewDelivery], at: datetime | None = None) -> None:
        """Add rows to be posted; existing keys are left as they are.

        Rows due later than the instant `at` are written ahead, and `withdraw` can remove them.
        """

    def freeze(self, composed: Sequence[tuple[NewDelivery, str]]) -> Sequence[Delivery]:
        """Store what is composed, as JSON, for rows that are still as they were written: with the same instant, ready,
        never tried. Returns these, in any order; the claim keeps their texts.
        """

    def withdraw(self, cohort_id: int, after: datetime) -> None:
        """Remove what was never tried: rows written ahead that are due later than `after`, and composed texts."""

    def take_back(
        self,
        cohort_id: int,
        planned: Collection[str],
        dropped: Collection[DeliveryReason],
        left_out: DeliveryReason,
        at: datetime,
        far: datetime,
    ) -> datetime | None:
        """Undo what was done for instants later than `at`, which is now: the calendar was ahead.

        Rows of the `planned` kinds that were never tried are deleted: those that are due later, even if they were
        `left_out` at once, and those that were `dropped` later for one of these reasons. Other rows that were dropped
        in that way, or are due later than `far`, become ready now. What was sent later was sent now at the latest.
        Returns when the first deleted row was due.
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

        A lane is a channel, which several cohorts may share, or a person's direct messages.
        """

    def rows(self, ids: Sequence[int]) -> Sequence[Delivery]:
        """These rows, in this order."""

    def claim(
        self, frozen: Sequence[tuple[Delivery, str, str | None]], at: datetime, jobs: Mapping[str, int] = NO_JOBS
    ) -> Sequence[Delivery]:
        """ready -> sending, each with its frozen message and its room's channel; the fence goes up.

        `jobs` are an engine's, by lane: when a job has died, the rows claimed for it are looked up.
        """

    def note(self, outcomes: Sequence[DeliveryResult], at: datetime) -> int:
        """Move each row to its new state, if it was not claimed again since; returns how many. Without a channel in the
        result the old one stays.
        """

    def put(
        self, delivery: Delivery, state: State, reason: DeliveryReason | None, at: datetime, detail: str | None = None
    ) -> bool:
        """Move it to another state, if it was not claimed again since."""

    def orphaned(self, at: datetime, lane: str | None = None) -> int:
        """Rows being sent by a process that has ended, or in a lane that is given up, become unknown. Returns how
        many.
        """

    def heads(self, lanes: Collection[str], until: datetime) -> Mapping[str, Head]:
        """The heads of those of these lanes in which something is due by then."""

    def unknown_lanes(self) -> Sequence[str]:
        """The lanes in which a message is to be looked up."""

    def by_key(self, key: str) -> Delivery | None:
        """The row of a key."""

    def look_ahead(self, keys: Sequence[str]) -> None:
        """Read the rows of these keys at once: `by_key` knows them until one is written to in this transaction."""

    def by_keys(self, keys: Sequence[str]) -> Sequence[Delivery]:
        """The rows of these keys, in any order."""

    def direct(self, account_id: int, since: datetime) -> Sequence[DirectMessage]:
        """The direct messages to an account that were changed at the instant or later, those that are skipped or parked
        left out. What goes to a channel in place of the account is none.
        """

    def rounds_in_rooms(self, cohort_id: int, kinds: Collection[str], since: int) -> Mapping[int, frozenset[int]]:
        """In which rounds from `since` on a post of one of the kinds was sent to each room."""

    def keys_of(self, kind: str, member_id: int) -> Sequence[str]:
        """The keys of all rows of a kind about a member."""

    def untried_like(self, delivery: Delivery, until: datetime) -> Sequence[Delivery]:
        """The other rows of its kind, room and round that were never tried and are due by then, by time."""

    def skipped_like(self, delivery: Delivery, reason: DeliveryReason, detail: str) -> Sequence[Delivery]:
        """The other rows of its kind, room and round that were skipped for the reason with this detail, by time."""

    def skipped_about(self, member_id: int, reason: DeliveryReason, since: datetime) -> Sequence[Delivery]:
        """The rows about a member that were skipped for the reason at the instant or later, by time."""

    def set_args(self, delivery: Delivery, args: Mapping[str, str]) -> None:
        """Replace what the row is composed from."""

    def get(self, delivery_id: int) -> Delivery | None:
        """The row."""

    def rewritten(self, delivery_id: int, payload: str) -> None:
        """Record the new content of a sent message."""

    def renew(self, delivery: Delivery, at: datetime) -> bool:
        """skipped -> ready, to be composed again because it is wanted after all. False when it is not skipped."""

    def put_in(self, delivery: Delivery, lane: str) -> bool:
        """Move it to another lane, if it was not claimed again since."""

    def postpone(self, delivery: Delivery, due: datetime, expires: datetime | None) -> bool:
        """Give a row that is ready another instant at which it is due, if it was not claimed since."""

    def posted(self, kinds: Collection[str], cohort_id: int, number: int | None) -> Sequence[Delivery]:
        """What was posted of these kinds in a round, or in all, or may have been, in the order in which it was
        written.
        """

    def sent_parts(self, kind: str, cohort_id: int) -> Mapping[int, str]:
        """Which parts of a kind went out, by round: for papers their ids in the programme."""

    def erase(self, cohort_id: int, member_id: int, quoting: Collection[str]) -> None:
        """Erase messages to a member or about them, and a cohort's messages of the kinds that may quote them."""

    def drop(self, room_id: int, most: int) -> int:
        """Delete what was posted in a room, at most so many rows; returns how many."""

    def sweep(self, expired: datetime, remembered: Collection[str], most: int) -> int:
        """Delete direct messages that expired before an instant, at most so many, but for those of kinds that are
        `remembered` and that were tried. Returns how many.
        """

    def parked(self, cohort_id: int) -> Sequence[Delivery]:
        """The rows that wait for a person to act."""

    def rearm(self, cohort_id: int, at: datetime) -> int:
        """parked -> ready, or unknown when it was tried before and may have been posted. Returns how many."""

    def rearm_one(self, delivery: Delivery, at: datetime) -> None:
        """The same for one row, if it is parked."""

    def rearm_parked_for(self, platform: str, reason: DeliveryReason, at: datetime) -> int:
        """The same for rows that are parked for this reason on a platform. Returns how many."""

    def rearm_returned(self, platform: str, workspaces: Collection[str], away: DeliveryReason, at: datetime) -> int:
        """The same for workspaces to which the bot has returned: rows parked for their rooms, and direct messages to
        people of their cohorts that are parked for the reason `away`. Returns how many.
        """

    def waiting(self, cohort_id: int, at: datetime) -> int:
        """How many rows of a cohort are due and not closed yet."""

    def skip(self, new: Iterable[NewDelivery], reason: DeliveryReason, at: datetime) -> int:
        """Record rows that are never to be posted; existing keys are left as they are. Returns how many."""

    def unskip(self, keys: Sequence[str], reason: DeliveryReason) -> int:
        """Delete rows that were skipped for the reason; they are planned again when they are due. Returns how many."""

    def next_due(self, after: datetime | None = None) -> datetime | None:
        """When the earliest open row is due, or the earliest that is due later than `after`."""


class Store(Protocol):
    """One transaction."""

    cohorts: Cohorts
    """Cohorts, rooms, calendars."""
    moderators: Moderators
    """The people and roles named as moderators."""
    codes: Codes
    """One-time codes."""
    people: People
    """People and accounts."""
    members: Members
    """Memberships."""
    checkins: CheckIns
    """The record of check-ins."""
    deliveries: Deliveries
    """The ledger."""
    audits: Audits
    """The log of moderators' changes."""
    retrospectives: Retrospectives
    """Members' retrospectives."""
    marks: Marks
    """Which posts can be found again."""
    revisions: Revisions
    """Posts to be edited."""
    health: Health
    """Figures of the whole database."""
    outreach: Outreaches
    """The log of outreach."""
    papers: Papers
    """Picked papers, and who has read which."""
    installations: Installations
    """Workspaces that installed the bot."""
    job_runs: JobRuns
    """The last runs of the regular jobs."""
    programmes: WorkspaceProgrammes
    """Programmes that were added in chat."""
    calendars: Calendars
    """Calendars that people subscribe to."""
    groups: SmallGroups
    """Small groups."""
    paper_club: PaperClub
    """What is proposed, voted for and presented in the paper club."""
    recall_answers: RecallAnswers
    """What became of the questions on earlier weeks."""

    @property
    def posts_changed(self) -> bool:
        """Whether this transaction may have changed what is to be posted or edited now."""

    @property
    def plans_changed(self) -> bool:
        """Whether it may have changed what has to be planned."""

    def sweep(self, at: datetime, most: int) -> int:
        """Delete what is too old to be of use, at most so many rows; returns how many."""

    def add_draft(self, body: Mapping[str, str], at: datetime, token: str = "") -> str:
        """Store what a button or form needs and its id cannot hold; returns a short token. With a `token` of the
        caller's it replaces what was stored under that.

        `user` in it is the id of the person it is stored for, `member` the row id of the member it is about: it is
        deleted when they are erased.
        """

    def draft(self, token: str) -> Mapping[str, str] | None:
        """The draft with this token, None when it is too old or never existed."""

    def first_time(self, invocation_id: str, at: datetime) -> bool:
        """Record the invocation; False when its change was made before."""
