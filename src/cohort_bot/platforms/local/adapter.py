"""The port for the playground. Translation only: no rule of the product lives here."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

from cohort_bot.app.commands import Table
from cohort_bot.app.delivery.upcoming import Upcoming
from cohort_bot.app.ports.platform import (
    ASGIApp,
    CannotDownload,
    Complete,
    Dispatch,
    Finding,
    Identity,
    Pace,
    Reason,
    Refused,
    Search,
    Speak,
)
from cohort_bot.app.words import playground as playground_words
from cohort_bot.chat.catalogues import ENGLISH
from cohort_bot.chat.i18n import _, language
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Actor, Place, Ref
from cohort_bot.platforms.common.bounded import BoundedDict
from cohort_bot.platforms.common.origin import Origin
from cohort_bot.platforms.local.answers import Answers, Stopping
from cohort_bot.platforms.local.chat import (
    CHANNELS,
    DM,
    SAMPLES,
    Chat,
    Person,
    dm_channel,
    group_channel,
    people_of,
)
from cohort_bot.platforms.local.commands import PLATFORM
from cohort_bot.platforms.local.guide import Guide

WORKSPACE = "playground"

FILES_MOST = 5
"""Files of forms that are kept in memory at a time."""


class TimeControl(Protocol):
    """The movable calendar."""

    def now(self) -> datetime:
        """Where it stands, aware UTC."""

    async def next_post(self) -> Upcoming | None:
        """What somebody will see next."""

    async def a_week_on(self, channel: str) -> datetime | None:
        """Where a step of a week leads best, by the cohorts of the channel or by any; None when it does not matter."""

    async def settle(self) -> None:
        """Return when everything that is due now is delivered."""

    async def advance(self, to: datetime) -> None:
        """Visit every due instant in order and return when all is delivered. Raises PersonError for going back."""


LANGUAGE: Final = "language"
"""The key under which the language of everybody's client is kept."""


class LocalPlatform:
    """The playground as a chat platform. `pages` makes what `asgi()` hands to whoever serves it (`pages.build`);
    `say_again` has the bot say in another language what it has posted.
    """

    name = PLATFORM
    pace = Pace()
    workspace = WORKSPACE

    def __init__(
        self,
        chat: Chat,
        time: TimeControl,
        pages: Callable[["LocalPlatform"], ASGIApp],
        people: Sequence[Person] = SAMPLES,
        guide: Guide | None = None,
        say_again: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        self.chat = chat
        self.guide = guide or Guide(chat)
        self.time = time
        self._say_again = say_again
        self._set_people(people, chat.value(LANGUAGE) or ENGLISH)
        self.answers = Answers(chat, time.now, self.guide.done)
        self.stopping = False
        self._files: BoundedDict[str, tuple[str, bytes]] = BoundedDict(FILES_MOST)
        self._moving = asyncio.Lock()
        self._next: tuple[tuple[int, str], Upcoming | None] | None = None
        self._app = pages(self)

    # The port

    async def start(self, table: Table, dispatch: Dispatch, complete: Complete) -> None:
        """Take invocations from now on."""
        self.answers.begin(table, dispatch, complete)
        self.stopping = False

    def look_up_language(self, speak: Speak) -> None:
        """Set the callback before something is said that nothing was dispatched for."""
        self.answers.speak = speak

    async def stop(self, grace: float) -> None:
        """Take no more, end the event streams, wait at most `grace` seconds for what runs, then cancel it."""
        self.stopping = True
        self.chat.touch()
        await self.answers.stop(grace)

    def asgi(self) -> ASGIApp:
        """The pages; mount them at `/`."""
        return self._app

    async def dm(self, workspace: str, user: str) -> Place:
        """The person's inbox."""
        return self._known(Place(self.name, workspace, dm_channel(user)))

    async def identity(self, workspace: str, user: str) -> Identity | None:
        """The person's name, None when there is no such person."""
        known = self.people.get(user) if workspace == WORKSPACE else None
        return Identity(known.name, known.id) if known else None

    async def send(self, place: Place, message: Message, mark: str, again: Search | None = None) -> Ref:  # noqa: ARG002 - one message holds it all
        """Post it, as often as it is sent."""
        self._known(place)
        posted = self.chat.post(place.channel, message, self.time.now(), root=_root(place), mark=mark)
        return Ref(place, str(posted))

    async def download(self, workspace: str, file: str, most: int) -> tuple[str, bytes]:  # noqa: ARG002 - the port's
        """A file that was sent with a form a moment ago."""
        name, content = self._files.pop(file, (None, b""))
        if name is None:
            raise CannotDownload("no such file")
        if len(content) > most:
            raise CannotDownload("too large", too_large=True)
        return name, content

    def keep_file(self, name: str, content: bytes) -> str:
        """Keep a file until it is downloaded; returns the value of its form's field. Few are kept at a time."""
        token = secrets.token_urlsafe(9)
        self._files[token] = (name, content)
        return token

    async def thread(self, root: Ref, title: str) -> Place:
        """The thread under the message, or the one it is in; the first title stays."""
        self._known(root.place)
        if root.place.thread is not None:
            return root.place
        if not self.chat.open_thread(_number(root.message_id), title):
            raise Refused(Reason.INVALID, "the message is gone")
        return replace(root.place, thread=root.message_id)

    async def group(self, room: Place, people: Sequence[str], title: str) -> Place:  # noqa: ARG002 - named after its people
        """A channel that only these people see."""
        return self._known(replace(room, channel=group_channel(people), thread=None))

    async def find(self, place: Place, search: Search) -> Ref | None:
        """The message with the mark in this very channel or thread."""
        self._known(place)
        message_id = self.chat.find(place.channel, _root(place), search.mark, self.time.now() - search.within)
        return None if message_id is None else Ref(place, str(message_id))

    async def last_written(self, place: Place, since: datetime) -> datetime | None:  # noqa: ARG002 - the port's
        """None: people type commands here, and nothing else."""
        self._known(place)
        return None

    def link(self, ref: Ref) -> str | None:  # noqa: ARG002 - the page shows its threads itself
        """None: a page of one's own machine has no address that others could follow."""
        return None

    async def edit(self, ref: Ref, message: Message) -> None:
        """Replace what it says."""
        self._known(ref.place)
        if not self.chat.edit(_number(ref.message_id), message):
            raise Refused(Reason.INVALID, "the message is gone")

    async def invited_only(self, place: Place) -> bool:  # noqa: ARG002 - the port's
        """False: everybody sees both channels."""
        return False

    def findings(self) -> Sequence[Finding]:
        """Nothing: each call reports its own failures."""
        return ()

    async def check(self, place: Place) -> Sequence[Finding]:
        """Nothing can be forbidden here; a channel can only be missing."""
        try:
            self._known(place)
        except Refused:
            problem = playground_words.no_channel(place.channel)
            return [Finding(problem, playground_words.use_one_of(CHANNELS), elsewhere=True)]
        return []

    async def person(self, workspace: str, user: str) -> Actor | None:
        """The sample person."""
        known = self.people.get(user) if workspace == WORKSPACE else None
        return None if known is None else self.actor(known)

    # What the pages call

    async def next_post(self) -> Upcoming | None:
        """What somebody will see next. It is looked for again when anything was posted, and once it is past."""
        seen, now = (self.chat.version, language()), self.time.now()
        if self._next is None or self._next[0] != seen or (self._next[1] and self._next[1].due <= now):
            self._next = (seen, await self.time.next_post())
        return self._next[1]

    async def advance(self, to: datetime) -> None:
        """Move the clock, one move at a time. Raises PersonError for going back, and Stopping."""
        if self.stopping:
            raise Stopping
        async with self._moving:
            await self.time.advance(to)
        self.chat.touch()

    def origin(self, person: Person, channel: str, invocation_id: str, thread: str | None = None) -> Origin:
        """Where an act of the person's in the channel comes from."""
        return Origin(invocation_id, self.actor(person), Place(self.name, WORKSPACE, channel, thread), self.time.now())

    def actor(self, person: Person) -> Actor:
        """The person as one who acts."""
        return Actor(
            self.name,
            WORKSPACE,
            person.id,
            person.name,
            admin=person.admin,
            zone=person.zone,
            handle=person.id,
            locale=person.language,
        )

    async def speak(self, language: str) -> None:
        """Everybody's client is in the language from now on, and what is posted is said again in it."""
        self.chat.keep(LANGUAGE, language)
        self._set_people(list(self.people.values()), language)
        if self._say_again is not None:
            await self._say_again(language)
        self.chat.touch()

    def _set_people(self, people: Sequence[Person], language: str) -> None:
        self.people: Mapping[str, Person] = {each.id: replace(each, language=language) for each in people}

    async def settle(self) -> None:
        """Wait until what an act has caused is posted, so that the page can show it."""
        if not self.stopping:
            await self.answers.settle(self.time.settle())

    def _known(self, place: Place) -> Place:
        if place.workspace != WORKSPACE:
            raise Refused(Reason.ROOM_GONE, _("there's no workspace {workspace}", workspace=place.workspace))
        people = people_of(place.channel) or ([place.channel.removeprefix(DM)] if place.channel.startswith(DM) else [])
        if unknown := [person for person in people if person not in self.people]:
            raise Refused(Reason.PERSON_GONE, _("there's nobody called {name}", name=unknown[0]))
        if not people and place.channel not in CHANNELS:
            raise Refused(Reason.ROOM_GONE, _("there's no channel {channel}", channel=place.channel))
        if place.thread is not None and self.chat.get(_number(place.thread)) is None:
            raise Refused(Reason.ROOM_GONE, "the thread is gone")
        return place


def _root(place: Place) -> int | None:
    return None if place.thread is None else _number(place.thread)


def _number(message_id: str) -> int:
    try:
        return int(message_id)
    except ValueError:
        raise Refused(Reason.INVALID, f"there is no message {message_id}") from None
