"""What the app needs from a chat platform: posting, looking up, who is there, and how it fails."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Protocol, runtime_checkable

from cohort_bot.app.commands import Table
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.health import Examination, Meeting
from cohort_bot.app.ports.health import Finding as Finding  # noqa: PLC0414 - part of the port
from cohort_bot.app.ports.installations import Installation
from cohort_bot.chat.form import Option, Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Actor, Place, Ref

Dispatch = Callable[[Invocation], Awaitable[Reply]]
Lost = Callable[[Invocation], Awaitable[None]]
Speak = Callable[[Actor], Awaitable[None]]
"""Called when the reply to an invocation did not arrive."""
Complete = Callable[[Invocation, str, str], Awaitable[Sequence[Option]]]
"""(the command so far, the option's name, the text typed for it) -> at most 25 suggestions."""
ASGIApp = Callable[[Any, Any, Any], Awaitable[None]]


class Reason(Enum):
    """Why a platform refused a message. Those with a cure wait until a person has acted; the others pass by
    themselves.
    """

    BUSY = "busy"  # rate limit or outage: again later
    DOUBTED = "doubted"  # believed when the platform repeats it
    ROOM_GONE = "room gone"
    NOT_ALLOWED = "not allowed"
    DIRECT_CLOSED = "direct messages closed"
    PERSON_GONE = "person gone"
    REVOKED = "access revoked"
    INVALID = "message refused"
    UNSEEN = "our posts cannot be recognised"

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
    """A message that may have been posted, and how far the search for it has got.

    It was first sent at most `within` ago; the platform counts back from its own clock. The other fields belong to the
    platform: it records here what it has seen, newest first, so that the next call continues where this one stopped.
    """

    mark: str
    within: timedelta
    newest: str = ""
    """The id of a message at which to begin: then one page is enough. Empty for the newest that there is."""
    blind: bool = False
    """Whether nobody looked, because the operator wants a repeat where the bot may not read."""
    since: datetime | None = None
    """By the platform's clock, from the first page on."""
    position: str = ""
    """Where the next page begins, empty for the newest."""
    parts: dict[int, str] = field(default_factory=dict)
    """Message parts found so far, by number."""
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
    """Who an account belongs to, as the platform reports it now: the name that people see, and the account's own.

    `ids` are further ids of the same person on the platform: an invocation with one of them is theirs. `locale` is that
    of their client, empty where the platform does not say.
    """

    name: str
    handle: str = ""
    ids: frozenset[str] = frozenset()
    locale: str = ""


class CannotDownload(Exception):
    """A file that somebody sent cannot be had; `too_large` when it has more bytes than are wanted."""

    def __init__(self, detail: str, *, too_large: bool = False) -> None:
        super().__init__(detail)
        self.too_large = too_large


class ChatPlatform(Protocol):
    """A chat service. Keeps nothing in memory that a restart must not lose."""

    name: str
    pace: Pace

    async def start(self, table: Table, dispatch: Dispatch, complete: Complete) -> None:
        """Connect and take invocations; returns once it can post."""

    async def stop(self, grace: float) -> None:
        """Take no more work; let running work finish within `grace` seconds of elapsed time."""

    def asgi(self) -> ASGIApp | None:
        """The ASGI app that `web` mounts for it, None when it needs no HTTP."""

    async def dm(self, workspace: str, user: str) -> Place:
        """The direct conversation with a person. Raises Refused."""

    async def identity(self, workspace: str, user: str) -> Identity | None:
        """Who the person is, None when they are not in the workspace.

        None is returned only while the bot itself is in it. Raises Refused or Unknown when the answer is not known.
        """

    async def send(self, place: Place, message: Message, mark: str, again: Search | None = None) -> Ref:
        """Post it once, with a lasting mark that `find` recognises. Raises Refused or Unknown.

        `again` means that it was tried before: a post that needs several messages then looks for those already posted.
        """

    async def thread(self, root: Ref, title: str) -> Place:
        """The thread under a message, opened if there is none yet. Raises Refused or Unknown."""

    async def find(self, place: Place, search: Search) -> Ref | None:
        """The message that was sent with the mark, None when it certainly does not exist. Raises Refused or Unknown;
        called again with the same search it continues where it stopped.

        A post of ours whose mark cannot be read may be the one: then it raises Refused instead of returning None.
        """

    def link(self, ref: Ref) -> str | None:
        """Where a browser finds the message or its thread, None when the platform has no such address."""

    async def edit(self, ref: Ref, message: Message) -> None:
        """Replace a message's content. Raises Refused or Unknown."""

    async def invited_only(self, place: Place) -> bool | None:
        """Whether only chosen people see the channel; None where that is not known."""

    def findings(self) -> Sequence[Finding]:
        """Problems that keep the platform from working at all right now; empty without any."""

    async def check(self, place: Place) -> Sequence[Finding]:
        """Problems that keep the bot from working in the place; empty without any."""


@runtime_checkable
class OpensGroups(Protocol):
    """A platform on which a few people can have a conversation of their own, with the bot in it."""

    async def group(self, room: Place, people: Sequence[str], title: str) -> Place:
        """The conversation of exactly these people; `room` is the channel that they come from. Raises Refused or
        Unknown.

        It may be called again with the same people and title, and then finds what it opened before: a title is used
        once.
        """


@dataclass(frozen=True, slots=True)
class ScheduledEvent:
    """A date of a cohort's that everybody in its workspace can see."""

    name: str
    text: str
    starts: datetime
    ends: datetime


@runtime_checkable
class SchedulesEvents(Protocol):
    """A platform whose workspaces have a list of events."""

    async def schedule(self, post: Ref, event: ScheduledEvent | None, earlier: Sequence[Ref]) -> None:
        """Leave just one event there about what the post says, which leads to it; without an `event` none is left.

        `earlier` are posts that said something about it before: an event that leads to one of them is the same one. It
        may be called again with the same. Raises Refused or Unknown.
        """


@runtime_checkable
class SeesDeletions(Protocol):
    """A platform that says whether a message is still there, whatever its history shows."""

    async def deleted(self, ref: Ref) -> bool:
        """Whether the message was deleted. Raises Refused or Unknown when that is not known."""


@runtime_checkable
class SeesActivity(Protocol):
    """A platform on which it can be seen whether people write in a conversation."""

    async def last_written(self, place: Place, since: datetime) -> datetime | None:
        """When a person last wrote in the conversation or thread, None when nobody has since the instant. What they
        wrote is not looked at. Raises Refused or Unknown when it cannot be seen.
        """


@runtime_checkable
class TakesFiles(Protocol):
    """A platform on which people can send files with a form."""

    async def download(self, workspace: str, file: str, most: int) -> tuple[str, bytes]:
        """The name and content of a file that was sent with a form: `file` is the value of its FileField.

        Raises CannotDownload, also for one of more than `most` bytes, which is not read to its end.
        """


@runtime_checkable
class KnowsPeople(Protocol):
    """A platform that can be asked at any time what somebody may do."""

    async def person(self, workspace: str, user: str) -> Actor | None:
        """The person with the rights and roles that they have in the workspace now; None when they are not in it.

        Raises Refused or Unknown when the answer is not known.
        """


@runtime_checkable
class NeedsDatabase(Protocol):
    """A platform that stores data of its own, such as the workspaces that installed it."""

    def attach(self, database: Database, resume: Callable[[str], None]) -> None:
        """Set the database, and the callback for a workspace that can be posted to again. Called before the start."""


@runtime_checkable
class Answering(Protocol):
    """A platform that learns whether its answers arrive."""

    def report_lost(self, lost: Lost) -> None:
        """Set the callback for replies that did not arrive. Called before the start."""


@runtime_checkable
class SaysThings(Protocol):
    """A platform that says something to people by itself, such as what is wrong with what they typed."""

    def look_up_language(self, speak: Speak) -> None:
        """Set the callback after which the surrounding `speaking` block speaks an actor's language. Called before the
        start.
        """


@runtime_checkable
class Examinable(Protocol):
    """A platform whose set-up can be checked without connecting to it, even while the bot runs."""

    async def examine(self, meetings: Iterable[Meeting]) -> Examination | None:
        """What live calls report about the tokens and about these of its rooms; None when there is nothing to check."""


@runtime_checkable
class InManyWorkspaces(Protocol):
    """A platform on which each workspace installs the bot, which needs a token of each."""

    def lacking(self, installed: Sequence[Installation], workspaces: Collection[str]) -> Sequence[Finding]:
        """The workspaces, of these, for which there is no token; `installed` is what the database has."""


@runtime_checkable
class OneConnection(Protocol):
    """A platform whose events only one process may receive at a time."""

    connected_to: str
    """The name, for operators, of what only one process may be connected to."""

    lock_family: int
    """The number of its locks in PostgreSQL, unique among the platforms."""
