"""What the app needs from a chat platform: posting, looking up, who is there, and how it fails."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Protocol, runtime_checkable

from cohort_bot.app.commands import Table
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.health import Examination, Meeting
from cohort_bot.app.ports.health import Finding as Finding  # noqa: PLC0414 - part of the port
from cohort_bot.chat.form import Option, Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Place, Ref

Dispatch = Callable[[Invocation], Awaitable[Reply]]
Lost = Callable[[Invocation], Awaitable[None]]
"""Told when the reply to an invocation did not arrive."""
Complete = Callable[[Invocation, str, str], Awaitable[Sequence[Option]]]
"""(the command so far, the option's name, what is typed of it) -> at most 25 suggestions."""
ASGIApp = Callable[[Any, Any, Any], Awaitable[None]]


class Reason(Enum):
    """Why a platform refused a message. Those marked with a cure wait until a person has acted; the others pass."""

    BUSY = "busy"  # rate limit or outage: again later
    DOUBTED = "doubted"  # believed when it is said once more
    ROOM_GONE = "room gone"
    NOT_ALLOWED = "not allowed"
    DIRECT_CLOSED = "direct messages closed"
    PERSON_GONE = "person gone"
    REVOKED = "access revoked"
    INVALID = "message refused"

    @property
    def passing(self) -> bool:
        """Whether waiting helps."""
        return self in {Reason.BUSY, Reason.DOUBTED}


class Refused(Exception):
    """The platform certainly did not post it. `retry_after` is in seconds of elapsed time, if the platform said so.

    `detail` is for the log. Where the platform knows more than the reason, `problem` and `cure` are for a moderator: a
    part of a sentence and whole ones.
    """

    def __init__(
        self, reason: Reason, detail: str = "", retry_after: float | None = None, cure: str = "", problem: str = ""
    ) -> None:
        super().__init__(detail or reason.value)
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after
        self.cure = cure
        self.problem = problem


class Unknown(Exception):
    """Nobody knows whether it was posted: a time-out, a dropped connection, a 5xx."""


@dataclass(slots=True)
class Search:
    """A message that may have been posted, and how far the look for it has come.

    It was first sent at most `within` ago; the platform counts back from its own clock. All else belongs to the
    platform: it keeps here what it has seen, newest first, so that the next call goes on where this one stopped.
    """

    mark: str
    within: timedelta
    since: datetime | None = None
    """By the platform's clock, from the first page on."""
    position: str = ""
    """Where the next page begins, empty for the newest."""
    parts: dict[int, str] = field(default_factory=dict)
    """What was found of it, by the number of the part."""
    pages: int = 0
    whole: bool = False
    """Whether everything up to `since` was seen."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a platform may be sent to, in elapsed time: messages a second, seconds between two in one channel.

    `per_second` holds for each workspace, or with `shared` for all of them together.
    """

    per_second: float = 1_000_000.0
    channel_gap: float = 0.0
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """Who an account belongs to, as the platform tells it now: the name that people see there, and the account's own.

    `ids` are further ids of the same person on the platform: what comes under one of them comes from them.
    """

    name: str
    handle: str = ""
    ids: frozenset[str] = frozenset()


class ChatPlatform(Protocol):
    """A place where people talk. Keeps nothing that a restart may not lose."""

    name: str
    pace: Pace

    async def start(self, table: Table, dispatch: Dispatch, complete: Complete) -> None:
        """Connect and take invocations; returns once it can post."""

    async def stop(self, grace: float) -> None:
        """Take no more work; let what runs end within `grace` seconds of elapsed time."""

    def asgi(self) -> ASGIApp | None:
        """What `web` mounts for it, None when it needs no HTTP."""

    async def dm(self, workspace: str, user: str) -> Place:
        """The direct conversation with a person. Raises Refused."""

    async def identity(self, workspace: str, user: str) -> Identity | None:
        """Who the person is, None when they are not in the workspace.

        None is said only while the bot itself is there. Raises Refused or Unknown when it cannot be told.
        """

    async def send(self, place: Place, message: Message, mark: str, again: Search | None = None) -> Ref:
        """Post it once, with a lasting mark that `find` recognises. Raises Refused or Unknown.

        `again` says that it was tried before: what needs several messages then looks for those that are there.
        """

    async def thread(self, root: Ref, title: str) -> Place:
        """The thread under a message, opened if there is none yet. Raises Refused or Unknown."""

    async def find(self, place: Place, search: Search) -> Ref | None:
        """The message that was sent with the mark, None when it is certainly not there. Raises Refused or Unknown;
        called again with the same search it goes on where it stopped.

        A post of ours whose mark cannot be read may be the one: then it is Refused, and not None.
        """

    def link(self, ref: Ref) -> str | None:
        """Where a browser finds the message or its thread, None when the platform has no such address."""

    async def edit(self, ref: Ref, message: Message) -> None:
        """Replace a message's content. Raises Refused or Unknown."""

    async def invited_only(self, place: Place) -> bool | None:
        """Whether only chosen people see the channel; None where that cannot be told."""

    def findings(self) -> Sequence[Finding]:
        """What keeps it from working at all right now; empty when nothing does."""

    async def check(self, place: Place) -> Sequence[Finding]:
        """What keeps the bot from working in the place, empty when nothing does."""


@runtime_checkable
class NeedsDatabase(Protocol):
    """A platform that keeps something of its own in the database, such as who let it in."""

    def attach(self, database: Database, resume: Callable[[str], None]) -> None:
        """Before it starts: the database, and how to say that posts may go out again in a workspace."""


@runtime_checkable
class Answering(Protocol):
    """A platform that learns whether its answers arrive."""

    def report_lost(self, lost: Lost) -> None:
        """Before it starts: whom to tell of an answer that did not."""


@runtime_checkable
class Examinable(Protocol):
    """A platform that can be asked about a set-up without connecting to it, also beside a running bot."""

    async def examine(self, meetings: Iterable[Meeting]) -> Examination | None:
        """What live calls tell of the tokens and of these rooms of its own; None when there is nothing to ask."""


@runtime_checkable
class OneConnection(Protocol):
    """A platform whose events must not reach two processes at once, whichever of them connects."""

    connected_to: str
    """What one process alone may be connected to, as an operator reads it."""

    lock_family: int
    """The number of its locks in PostgreSQL, which no other platform may have."""
