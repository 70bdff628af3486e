"""A chat platform in memory: the whole bot in a test, without HTTP, and with faults on request.

bot = MemoryPlatform(clock.now)
await bot.start(table, dispatcher, dispatcher.complete)
form = await bot.type("member-1", "/checkin")
await bot.submit("member-1", form, tasks=("1",), done="Read chapter one")
assert "Checked in" in bot.private("member-1")[-1]
"""

import asyncio
import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import overload

from cohort_bot.app.commands import HELP, Table
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
    Unknown,
)
from cohort_bot.chat.form import ChoiceField, FieldErrors, Form, Option, Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Actions, Message, buttons, plain
from cohort_bot.chat.place import Actor, Place, Ref
from cohort_bot.platforms.common import typed_lines
from cohort_bot.platforms.common.origin import Origin
from cohort_bot.platforms.local import commands, translate
from cohort_bot.platforms.local.chat import CHANNELS, DM, SAMPLES, Person, dm_channel, group_channel, people_of
from tests.pseudo_locale import english

WORKSPACE = "playground"
_PASSING = re.compile(
    r"\b(?:\d+ (?:minute|hour|day|week)s? ago|yesterday|tomorrow|just now|(?:opens|closes|ends|is due) in \d+)\b", re.I
)
"""Words that are wrong when a message is read again."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that is in a channel. `private` names the one person who sees it."""

    ref: Ref
    message: Message
    mark: str | None
    at: datetime
    private: str | None = None
    title: str | None = None

    @property
    def text(self) -> str:
        """What it says."""
        return english(plain(self.message))


@dataclass(frozen=True)
class Remembered:
    """What a platform still knows when the bot starts again on it."""

    sent: tuple[Sent, ...]
    people: Mapping[str, Person]
    next_id: int
    hidden: frozenset[str]
    gone: tuple[frozenset[str], frozenset[str]]


def _lasting(message: Message) -> None:
    """Refuse what would be wrong a day later: messages are read again. A button speaks of when it is pressed."""
    read = replace(message, blocks=tuple(block for block in message.blocks if not isinstance(block, Actions)))
    passing = _PASSING.search(english(plain(read)))
    assert passing is None, f"{passing[0]!r} in {message.summary!r}"


class MemoryPlatform:
    """ChatPlatform as a list. `fail_next`, `lose_answer_next` and `closed` make it as nasty as the real ones.

    `name` is the platform whose command names are typed; with "discord" or "slack" it stands in for these.
    """

    def __init__(self, now: Callable[[], datetime], people: Sequence[Person] = SAMPLES, name: str = "local") -> None:
        self.name = name
        self.pace = Pace()
        self.sent: list[Sent] = []
        self.no_groups = False
        """Whether a few people cannot have a conversation of their own."""
        self.talked: list[tuple[Place, datetime]] = []
        """When people wrote to each other, and where."""
        self.unread: set[str] = set()
        """Channels into which the bot may not look."""
        self.closed: set[str] = set()
        """People whose direct messages are closed."""
        self.hidden_channels: set[str] = set()
        """Channels that only chosen people see."""
        self.left: set[str] = set()
        """People who have left the workspace; their direct messages are refused as if they were closed."""
        self.unsure: Exception | None = None
        """What is raised to who asks about a person, as long as it is set."""
        self.unmarked: set[str] = set()
        """Channels in whose history no mark is shown, or how their names begin."""
        self.ahead = timedelta()
        """How far the clock by which its history is searched is ahead of that by which messages are dated."""
        self.looked: list[tuple[Place, Search]] = []
        """Where something was searched for, and what."""
        self.files: dict[str, tuple[str, bytes]] = {}
        """Files that can be sent with a form: the field's value is the key."""
        self._now = now
        self.people = {person.id: person for person in people}
        self._table = Table(())
        self._dispatch: Dispatch | None = None
        self._complete: Complete | None = None
        self._running: set[asyncio.Task[Reply]] = set()
        self._ids = itertools.count(1)
        self._faults: list[Exception] = []
        self._lose = 0

    def remember(self) -> Remembered:
        """All that is in it; nothing may be done on it afterwards."""
        gone = frozenset(self.closed), frozenset(self.left)
        return Remembered(tuple(self.sent), dict(self.people), next(self._ids), frozenset(self.hidden_channels), gone)

    def recall(self, known: Remembered) -> None:
        """Be as another one was."""
        self.sent = [*known.sent]
        self.people = {**known.people}
        self._ids = itertools.count(known.next_id)
        self.hidden_channels = {*known.hidden}
        self.closed, self.left = map(set, known.gone)

    # Faults

    def fail_next(self, *faults: Exception) -> None:
        """The next calls that reach the platform raise these, one each, and do nothing."""
        self._faults.extend(faults)

    def lose_answer_next(self, times: int = 1) -> None:
        """The next messages are posted, but the sender learns Unknown."""
        self._lose += times

    # The port

    async def start(self, table: Table, dispatch: Dispatch, complete: Complete) -> None:
        self._table, self._dispatch, self._complete = table, dispatch, complete

    async def stop(self, grace: float) -> None:
        self._dispatch = self._complete = None
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def asgi(self) -> ASGIApp | None:
        return None

    async def dm(self, workspace: str, user: str) -> Place:
        self._fault()
        return self._known(Place(self.name, workspace, dm_channel(user)))

    async def identity(self, workspace: str, user: str) -> Identity | None:
        if self.unsure is not None:
            raise self.unsure
        known = self.people.get(user) if workspace == WORKSPACE else None
        return Identity(known.name, known.id) if known and user not in self.left else None

    async def send(self, place: Place, message: Message, mark: str, again: Search | None = None) -> Ref:
        self._fault()
        ref = self._post(self._known(place), message, mark)
        if self._lose:
            self._lose -= 1
            raise Unknown("the connection broke after the message was sent")
        return ref

    async def thread(self, root: Ref, title: str) -> Place:
        self._fault()
        self._known(root.place)
        if root.place.thread is not None:
            return root.place
        found = self._get(root)
        self._put(found, replace(found, title=found.title or title))
        return replace(root.place, thread=root.message_id)

    async def group(self, room: Place, people: Sequence[str], title: str) -> Place:
        self._fault()
        if self.no_groups:
            raise Refused(Reason.NOT_ALLOWED, "no groups")
        return self._known(replace(room, channel=group_channel(people)))

    async def find(self, place: Place, search: Search) -> Ref | None:
        self._fault()
        self._known(place)
        self.looked.append((place, search))
        if any(place.channel.startswith(name) for name in self.unmarked):
            return None
        mark, since = search.mark, self._now() + self.ahead - search.within
        found = (each for each in self.sent if each.ref.place == place and each.mark == mark and each.at >= since)
        return next((each.ref for each in found), None)

    async def deleted(self, ref: Ref) -> bool:
        return all(each.ref != ref for each in self.sent)

    async def last_written(self, place: Place, since: datetime) -> datetime | None:
        self._fault()
        if place.channel in self.unread:
            raise Refused(Reason.NOT_ALLOWED, "the history cannot be read")
        return max((at for where, at in self.talked if where == place and at >= since), default=None)

    def link(self, ref: Ref) -> str | None:
        return f"https://chat.example.org/{ref.place.channel}/{ref.message_id}"

    async def edit(self, ref: Ref, message: Message) -> None:
        self._fault()
        _lasting(message)
        found = self._get(ref)
        self._put(found, replace(found, message=message))

    async def download(self, workspace: str, file: str, most: int) -> tuple[str, bytes]:
        if file not in self.files:
            raise CannotDownload("no such file")
        if len(self.files[file][1]) > most:
            raise CannotDownload("too large", too_large=True)
        return self.files[file]

    async def person(self, workspace: str, user: str) -> Actor | None:
        if self.unsure is not None:
            raise self.unsure
        return self.actor(user) if workspace == WORKSPACE and user in self.people and user not in self.left else None

    async def invited_only(self, place: Place) -> bool:
        return place.channel in self.hidden_channels

    def findings(self) -> Sequence[Finding]:
        """Nothing: what cannot be reached is told by each call."""
        return ()

    async def check(self, place: Place) -> Sequence[Finding]:
        try:
            self._known(place)
        except Refused as refusal:
            return [Finding(str(refusal), f"Use one of {', '.join(CHANNELS)}.", elsewhere=True)]
        return []

    # What a test does in people's place

    def talk(self, channel: str, thread: str | None = None) -> None:
        """Somebody writes something that is not for the bot."""
        self.talked.append((Place(self.name, WORKSPACE, channel, thread), self._now()))

    async def type(self, person: str, line: str, channel: str = CHANNELS[0]) -> Reply:
        """Type a command line."""
        origin = self._origin(person, Place(self.name, WORKSPACE, channel))
        return await self._run(typed_lines.invocation(line, self._table, origin, self.name, self._people_in))

    async def write(
        self, person: str, text: str, *, message: str = "", answers: Sent | None = None, files: int = 0
    ) -> Reply:
        """Write to the bot directly, perhaps in answer to one of its messages; the same `message` again is an edit."""
        origin = self._origin(person, Place(self.name, WORKSPACE, dm_channel(person)))
        answered = answers.ref.message_id if answers else ""
        return await self._run(origin.message(text, message or origin.id, answered, files))

    @overload
    async def press(self, person: str, message: Sent, label: str) -> Reply: ...
    @overload
    async def press(self, person: str, message: Message, label: str, channel: str = ...) -> Reply: ...
    async def press(self, person: str, message: Sent | Message, label: str, channel: str = CHANNELS[0]) -> Reply:
        """Press the button that begins with the label."""
        body = message.message if isinstance(message, Sent) else message
        place = message.ref.place if isinstance(message, Sent) else Place(self.name, WORKSPACE, channel)
        offered = buttons(body)
        button = next((each for each in offered if english(each.label).startswith(label)), None)
        assert button is not None, f"no button {label!r} among {[each.label for each in offered]}"
        origin = self._origin(person, place)
        return await self._run(
            Invocation(
                id=origin.id,
                action=button.action,
                kind="button",
                actor=origin.actor,
                place=origin.place,
                at=origin.at,
                args=button.args,
            )
        )

    async def submit(
        self, person: str, form: Reply, channel: str = CHANNELS[0], **answers: str | Sequence[str]
    ) -> Reply:
        """Send a form; fields that are not named keep what is filled in."""
        if isinstance(form, FieldErrors):
            form = form.form
        assert isinstance(form, Form), f"not a form: {form}"
        filled = {key: (value,) if isinstance(value, str) else tuple(value) for key, value in answers.items()}
        unknown = filled.keys() - {field.key for field in form.fields}
        assert not unknown, f"the form has no field {unknown}"
        before = {
            field.key: tuple(sorted(field.value)) if isinstance(field, ChoiceField) else (field.value,)
            for field in form.fields
        }
        origin = self._origin(person, Place(self.name, WORKSPACE, channel))
        return await self._run(
            Invocation(
                id=origin.id,
                action=form.action,
                kind="form",
                actor=origin.actor,
                place=origin.place,
                at=origin.at,
                args=form.args,
                fields={**before, **filled},
            )
        )

    async def complete(self, person: str, line: str, channel: str = CHANNELS[0]) -> Sequence[Option]:
        """What is suggested for the value that the line ends with."""
        found = commands.suggest(line, self._table, self.name)
        assert isinstance(found, commands.ValueWanted), f"no value is wanted: {found}"
        assert self._complete is not None
        origin = self._origin(person, Place(self.name, WORKSPACE, channel))
        so_far = Invocation(
            id=origin.id,
            action=found.action,
            kind="command",
            actor=origin.actor,
            place=origin.place,
            at=origin.at,
            args=found.args,
        )
        return await self._complete(so_far, found.option, found.typed)

    async def commands(self, person: str, typed: str) -> Sequence[str]:
        """The commands that are suggested to a person who has typed this after the slash."""
        assert self._complete is not None
        origin = self._origin(person, Place(self.name, WORKSPACE, CHANNELS[0]))
        found = await self._complete(origin.invocation("command", HELP, {}), "", typed)
        return [option.value for option in found]

    def _people_in(self, said: str) -> Iterable[tuple[str, str]]:
        return translate.people_in(said, self._names())

    def _names(self) -> Mapping[str, str]:
        return {known.id: known.name for known in self.people.values()}

    def actor(self, person: str) -> Actor:
        """The person as the platform tells of them."""
        known = self.people[person]
        return Actor(
            self.name,
            WORKSPACE,
            known.id,
            known.name,
            admin=known.admin,
            zone=known.zone,
            handle=known.id,
            locale=known.language,
        )

    def posts(self, channel: str = CHANNELS[0], thread: str | None = None) -> Sequence[Sent]:
        """What everybody sees in a channel, or in a thread of it."""
        place = Place(self.name, WORKSPACE, channel, thread)
        return [each for each in self.sent if each.ref.place == place and each.private is None]

    def timeline(self, channel: str = CHANNELS[0], thread: str | None = None) -> Sequence[str]:
        """The same as text."""
        return [each.text for each in self.posts(channel, thread)]

    def inbox(self, person: str) -> Sequence[Sent]:
        """What was sent to a person directly."""
        return self.posts(dm_channel(person))

    def private(self, person: str) -> Sequence[str]:
        """The private answers that a person got, as text."""
        return [each.text for each in self.sent if each.private == person]

    # Inside

    async def _run(self, invocation: Invocation) -> Reply:
        assert self._dispatch is not None, "start the platform first"
        task = asyncio.ensure_future(self._dispatch(invocation))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        reply = await task
        if isinstance(reply, Message):
            place = invocation.place or Place(self.name, WORKSPACE, CHANNELS[0])
            self._post(place, reply, None, private=invocation.actor.user)
        return reply

    def _origin(self, person: str, place: Place) -> Origin:
        return Origin(f"memory-{next(self._ids)}", self.actor(person), place, self._now())

    def _post(self, place: Place, message: Message, mark: str | None, private: str | None = None) -> Ref:
        _lasting(message)
        ref = Ref(place, str(next(self._ids)))
        self.sent.append(Sent(ref, message, mark, self._now(), private))
        return ref

    def _get(self, ref: Ref) -> Sent:
        for each in self.sent:
            if each.ref == ref:
                return each
        raise Refused(Reason.INVALID, "the message is gone")

    def _put(self, old: Sent, new: Sent) -> None:
        self.sent[self.sent.index(old)] = new

    def _fault(self) -> None:
        if self._faults:
            raise self._faults.pop(0)

    def _known(self, place: Place) -> Place:
        if place.channel.startswith(DM):
            user = place.channel.removeprefix(DM)
            if user not in self.people:
                raise Refused(Reason.PERSON_GONE)
            if user in self.closed | self.left:
                raise Refused(Reason.DIRECT_CLOSED)
        elif people := people_of(place.channel):
            if not self.people.keys() >= set(people) - self.left:
                raise Refused(Reason.PERSON_GONE)
        elif place.channel not in CHANNELS or place.workspace != WORKSPACE:
            raise Refused(Reason.ROOM_GONE)
        return place


def answers(form: Reply) -> Mapping[str, str]:
    """What has to be mended, by field."""
    assert isinstance(form, FieldErrors), f"nothing to mend: {form}"
    return form.errors
