"""What `cohort-bot live-check` needs of a platform beyond the port: to see what lies in the test room, and remove it.

A platform's package has it as `check_live(settings, clock)`, beside `connect`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, Protocol

from cohort_bot.app.commands import Table
from cohort_bot.app.ports.platform import ChatPlatform, Complete, Dispatch
from cohort_bot.chat.message import File
from cohort_bot.chat.place import Place, Ref
from cohort_bot.platforms.common.cassette import Recorder

SAYS: Final = "cohort-bot live-check"
"""What everything that the check makes begins with, by which a later run knows it."""

FILE: Final = "cohort-bot-live-check"
"""So begins the name of its file."""


@dataclass(frozen=True, slots=True)
class Made:
    """Something in a conversation that the check made; `id` is the platform's own."""

    kind: Literal["message", "thread", "event", "file"]
    id: str
    place: Place


@dataclass(frozen=True, slots=True)
class Seen:
    """What lies in a conversation: what the check made, and when somebody else last wrote there."""

    made: Sequence[Made]
    others: Sequence[datetime]


class Service(Protocol):
    """One platform, as the check uses it."""

    platform: ChatPlatform
    recorder: Recorder
    """Has what the service answered."""
    page: int
    """Messages a page when a post is looked for."""
    repeats: bool
    """Whether the same mark twice posts once."""
    where: str
    """The service's name for a cassette; it tells whether it is the real one."""
    nothing: Mapping[str, str]
    """Ids of a "room", a "message" and a "person" that are not there."""
    listens: str
    """Why what people do does not arrive here; empty when it does."""

    async def open(self, room: str, table: Table, dispatch: Dispatch, complete: Complete) -> Place:
        """Connect, and find the room by its id. Raises CannotStart, Refused or Unknown."""

    async def close(self) -> None:
        """End the connection."""

    def roles(self) -> Mapping[str, str]:
        """Ids of the bot's own, by what they are; those that begin with "bot" write its messages."""

    async def see(self, place: Place) -> Seen:
        """What lies in a room or a direct conversation. Raises Refused or Unknown."""

    async def remove(self, made: Made) -> None:
        """Delete it. Raises Refused or Unknown."""

    async def overlong(self, place: Place) -> str:
        """Post more than the platform takes, and return its error code; empty when it took it."""

    async def upload(self, place: Place, file: File) -> None:
        """Send the file to the room. Raises Refused or Unknown."""

    def made(self, ref: Ref) -> Made:
        """The message as something to be removed."""
        return Made("message", ref.message_id, ref.place)


def names(value: Any) -> bool:
    """Whether a text of the bot's own begins as the check's do, however the platform writes it."""
    return str(value or "").replace("\\", "").lstrip("#*- \n").startswith(SAYS)
