"""What a claim gives to the courier: rows with their destinations and messages."""

from dataclasses import dataclass, replace

from cohort_bot.app.ports.platform import ChatPlatform, OpensGroups, Reason, Refused
from cohort_bot.app.ports.store import Delivery
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Place


@dataclass(frozen=True, slots=True)
class Person:
    """A person's direct conversation, which the platform has to open."""

    workspace: str
    user: str


@dataclass(frozen=True, slots=True)
class Circle:
    """A few people's own conversation, which the platform has to open; `room` is the channel that they come from."""

    room: Place
    users: tuple[str, ...]
    title: str

    @property
    def workspace(self) -> str:
        """The room's."""
        return self.room.workspace

    async def place(self, platform: ChatPlatform) -> Place:
        """The conversation. Raises Refused where there can be none."""
        if not isinstance(platform, OpensGroups):
            raise Refused(Reason.NOT_ALLOWED, "no conversations of a few people")
        return await platform.group(self.room, self.users, self.title)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A row that this process has claimed, and its destination. `message` is None when only its frozen text is at hand.

    `left` says that the room has moved to another channel since it was sent to `to`.
    """

    delivery: Delivery
    to: Place | Person | Circle
    message: Message | None = None
    left: bool = False

    @property
    def lane(self) -> str:
        """Messages in a lane are sent one at a time."""
        return self.delivery.lane

    @property
    def platform(self) -> str:
        """The platform's name."""
        return self.delivery.what.platform

    async def place(self, platform: ChatPlatform) -> Place:
        """The place itself; a conversation of one person or of a few is opened. Raises Refused."""
        if isinstance(self.to, Circle):
            return await self.to.place(platform)
        return self.to if isinstance(self.to, Place) else await platform.dm(self.to.workspace, self.to.user)

    def without_thread(self) -> "Parcel | None":
        """The same for the room, None when it is for no thread."""
        if not isinstance(self.to, Place) or self.to.thread is None:
            return None
        return replace(self, to=replace(self.to, thread=None))


@dataclass(frozen=True, slots=True)
class Claims:
    """The courier's work: messages to send, ambiguous ones to look up; `closed` rows need nothing more. Those in
    `beside` have to be composed by `compose_beside` before they can be claimed.
    """

    send: tuple[Parcel, ...]
    look_up: tuple[Parcel, ...]
    closed: int
    beside: tuple[Delivery, ...] = ()
