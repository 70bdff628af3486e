"""A platform on which nothing leaves the process: it stands in for a real one while the year ahead is rehearsed.

It has the rooms and people that the database knows, refuses what was refused last time, and renders each message as the
real platform would.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from cohort_bot.app.commands import Table
from cohort_bot.app.ports.platform import (
    ASGIApp,
    Complete,
    Dispatch,
    Finding,
    Identity,
    Pace,
    Reason,
    Refused,
    Search,
)
from cohort_bot.app.words import platforms as platforms_words
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Place, Ref
from cohort_bot.platforms.common.errors import CannotRender

DIRECT = "direct:"
GROUP = "conversation:"


@dataclass(slots=True)
class Known:
    """What is known of a platform's people and rooms without asking it."""

    names: dict[str, str] = field(default_factory=dict)
    """What people are called, by their user id."""
    gone: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    """People to whom a direct message could not be sent."""
    refused: dict[tuple[str, str], Refused] = field(default_factory=dict)
    """Why the newest post could not be sent to a room, by workspace and channel."""
    removed: set[str] = field(default_factory=set)
    """Workspaces in which the bot is no longer installed."""


class Loopback:
    """Fulfils `ChatPlatform`. `preview` renders a message as the real platform does; `cut` collects those that lost
    something, by their summaries.
    """

    pace = Pace()  # waiting would be real

    def __init__(self, name: str, known: Known, preview: Callable[[Message], object] | None) -> None:
        self.name = name
        self.known = known
        self._preview = preview
        self._number = 0
        self.cut: dict[str, int] = {}

    async def start(self, table: Table, dispatch: Dispatch, complete: Complete) -> None:
        """Nobody is here to act."""

    async def stop(self, grace: float) -> None:
        """Nothing is under way."""

    def asgi(self) -> ASGIApp | None:
        """Nothing is served."""
        return None

    async def dm(self, workspace: str, user: str) -> Place:
        """The person's direct conversation; refused as it was the last time."""
        self._must_be_in(workspace)
        if user in self.known.gone:
            raise Refused(Reason.PERSON_GONE)
        if user in self.known.closed:
            raise Refused(Reason.DIRECT_CLOSED)
        return Place(self.name, workspace, f"{DIRECT}{user}")

    def _must_be_in(self, workspace: str) -> None:
        if workspace in self.known.removed:
            raise Refused(Reason.REVOKED)

    async def identity(self, workspace: str, user: str) -> Identity | None:  # noqa: ARG002 - the port's
        """The person as the database knows them."""
        return None if user in self.known.gone else Identity(self.known.names.get(user, user))

    async def send(self, place: Place, message: Message, mark: str, again: Search | None = None) -> Ref:  # noqa: ARG002 - the port's
        """Take it, if it can be shown there."""
        self._must_be_in(place.workspace)
        if known := self.known.refused.get((place.workspace, place.channel)):
            raise Refused(known.reason, problem=known.problem)
        if self._preview is not None:
            try:
                shown = json.dumps(self._preview(message), ensure_ascii=False, default=str)
            except CannotRender as error:
                raise Refused(Reason.INVALID, str(error)) from error
            if platforms_words.cut() in shown:
                self.cut[message.summary] = self.cut.get(message.summary, 0) + 1
        self._number += 1
        return Ref(place, str(self._number))

    async def thread(self, root: Ref, title: str) -> Place:  # noqa: ARG002 - the port's
        """The thread under the message."""
        return replace(root.place, thread=root.message_id)

    async def group(self, room: Place, people: Sequence[str], title: str) -> Place:
        """A conversation of these people."""
        name = hashlib.sha256(json.dumps([room.channel, title, sorted(people)]).encode()).hexdigest()
        return replace(room, channel=GROUP + name[:16], thread=None)

    async def find(self, place: Place, search: Search) -> Ref | None:  # noqa: ARG002 - the port's
        """Nothing: what was in doubt before the rehearsal is posted in it."""
        return None

    def link(self, ref: Ref) -> str | None:  # noqa: ARG002 - the port's
        """None: nothing is there."""
        return None

    async def edit(self, ref: Ref, message: Message) -> None:
        """Nothing is kept."""

    async def invited_only(self, place: Place) -> bool | None:  # noqa: ARG002 - the port's
        """Not known."""
        return None

    def findings(self) -> Sequence[Finding]:
        """It always works."""
        return ()

    async def check(self, place: Place) -> Sequence[Finding]:  # noqa: ARG002 - the port's
        """Nothing can be asked."""
        return ()
