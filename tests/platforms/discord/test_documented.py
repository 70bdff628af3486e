"""Discord's documentation, asked of the loopback server over bare HTTP: a reader that shares nothing with the bot.

What is written is kept in a small model of the documentation, and whatever can be read has to say the same. Rows name
what is no state: who may do what, how long to wait, what a session gets again.
"""

import asyncio
import json
import math
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest

from tests.fakes.discord_gateway import GUILD_MESSAGES, GUILDS
from tests.fakes.discord_http import Fault
from tests.fakes.discord_server import Answer, DiscordServer
from tests.fakes.discord_world import (
    ATTACH,
    CREATE_EVENTS,
    CREATE_PRIVATE,
    CREATE_THREADS,
    EPHEMERAL,
    HISTORY,
    SEND,
    SEND_IN_THREADS,
    VIEW,
)
from tests.platforms.discord.test_gateway_rules import Wire, wire

V2, PUBLIC_THREAD, PRIVATE_THREAD = 1 << 15, 11, 12
Said = tuple[int, Any]
"""A status and what is said: a code of Discord's where something is refused."""


@dataclass
class Client:
    """Requests with the bot's token, or with none where an interaction's own is in the path."""

    server: DiscordServer
    session: aiohttp.ClientSession
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of the last answer."""

    async def ask(self, method: str, path: str, body: Any = None, /, **query: object) -> Said:
        token = {} if path.startswith(("webhooks", "interactions")) else {"Authorization": f"Bot {self.server.token}"}
        given = {name: str(value) for name, value in query.items()}
        url = f"{self.server.api_url}/{path}"
        how = "data" if isinstance(body, aiohttp.FormData) else "json"
        async with self.session.request(method, url, params=given, headers=token, **{how: body}) as response:
            self.headers = {name.lower(): value for name, value in response.headers.items()}
            said: Any = await response.json() if response.status != 204 else None
            return response.status, said["code"] if response.status >= 400 and response.status != 429 else said


@asynccontextmanager
async def client(server: DiscordServer) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(server, session)


def saying(words: str, flags: int = 0) -> dict[str, Any]:
    return {"flags": V2 | flags, "components": [{"type": 10, "content": words}]}


def with_file(words: str, name: str, content: bytes) -> aiohttp.FormData:
    """The same with a file, as https://docs.discord.com/developers/reference#uploading-files has it."""
    body = saying(words)
    body["components"].append({"type": 13, "file": {"url": f"attachment://{name}"}})
    form = aiohttp.FormData()
    form.add_field("payload_json", json.dumps({**body, "attachments": [{"id": 0, "filename": name}]}))
    form.add_field("files[0]", content, filename=name, content_type="text/plain")
    return form


def read(message: Mapping[str, Any]) -> str:
    return str(message["content"] or "".join(each.get("content", "") for each in message["components"]))


# What is written is what is read


@dataclass
class Written:
    """A message by the model. `shown` is what was last answered of it."""

    id: int
    words: str
    by: str
    shown: dict[str, Any]
    edited: bool = False
    file: bool = False


@dataclass
class Room:
    """A channel or a thread by the model."""

    id: int
    messages: list[Written] = field(default_factory=list)
    sent: int = 0
    is_thread: bool = False
    archived: bool = False


class Walk:
    """Writes at random, in channels and threads, and knows by the documentation what has to come of it."""

    def __init__(self, bot: Client, on: Wire, seed: int) -> None:
        self.bot, self.on, self.server = bot, on, bot.server
        self.random = random.Random(seed)  # noqa: S311 - a test's
        self.rooms = [Room(self.server.channel(name).id) for name in ("general", "study-hall")]
        self.gone: list[tuple[Room, int]] = []
        """Messages that were deleted, or that only one person may see."""
        self.nonces: dict[tuple[int, str], Written] = {}
        self.number = 0

    def words(self) -> str:
        self.number += 1
        return f"words {self.number}"

    def some(self) -> tuple[Room, Written] | None:
        found = [(room, each) for room in self.rooms for each in room.messages]
        return self.random.choice(found) if found else None

    def keep(self, room: Room, shown: dict[str, Any], words: str, by: str) -> Written:
        room.messages.append(Written(int(shown["id"]), words, by, shown))
        room.sent += 1
        room.archived = False  # "The API will helpfully automatically unarchive a thread when sending a message"
        return room.messages[-1]

    async def post(self) -> None:
        room, words = self.random.choice(self.rooms), self.words()
        nonce = self.random.choice(["", words, *(each for where, each in self.nonces if where == room.id)])
        enforced = self.random.random() < 0.5
        more = {"nonce": nonce, **({"enforce_nonce": True} if enforced else {})} if nonce else {}
        status, shown = await self.bot.ask("POST", f"channels/{room.id}/messages", {**saying(words), **more})
        assert (status, shown.get("nonce", "")) == (200, nonce)
        before = self.nonces.get((room.id, nonce))
        if enforced and nonce and before is not None:
            assert int(shown["id"]) == before.id, "“that message will be returned and no new message will be created”"
            return
        await self.told("MESSAGE_CREATE", room, shown)
        shown.pop("nonce", None)
        message = self.keep(room, shown, words, "bot")
        if enforced and nonce:
            self.nonces[room.id, nonce] = message

    async def told(self, event: str, room: Room, shown: Mapping[str, Any]) -> None:
        """The gateway says the same, with where it is and who wrote it."""
        found = await self.on.until(event)
        told = {"guild_id": str(self.server.world.guild), "member": found.get("member")}
        assert ("member" in found, "user" in (told["member"] or {})) == (event != "MESSAGE_DELETE", False)
        if event == "MESSAGE_DELETE":
            told.pop("member"), told.update(channel_id=str(room.id))
        assert found == {**shown, **told}

    async def share(self) -> None:
        """A file, of which the answer says what it is."""
        room, words, content = self.random.choice(self.rooms), self.words(), b"x" * self.random.randint(1, 99)
        status, shown = await self.bot.ask(
            "POST", f"channels/{room.id}/messages", with_file(words, "notes.txt", content)
        )
        assert (status, shown["attachments"]) == (200, []), "“not referenced in embeds or components”"
        (file,) = [each for each in shown["components"] if each["type"] == 13]
        assert (file["name"], file["size"]) == ("notes.txt", len(content))
        await self.told("MESSAGE_CREATE", room, shown)
        self.keep(room, shown, words, "bot").file = True

    async def reply(self) -> None:
        if (found := self.some()) is None:
            return
        (room, answered), words = found, self.words()
        body = {**saying(words), "message_reference": {"message_id": str(answered.id)}}
        status, shown = await self.bot.ask("POST", f"channels/{room.id}/messages", body)
        assert (status, shown["type"]) == (200, 19)
        assert int(shown["message_reference"]["message_id"]) == int(shown["referenced_message"]["id"]) == answered.id
        await self.told("MESSAGE_CREATE", room, shown)
        kept = self.keep(room, shown, words, "bot")
        del kept.shown["referenced_message"]  # which changes and may be deleted later

    async def person_writes(self) -> None:
        room, words = self.random.choice(self.rooms), self.words()
        message = await self.server.write("member-1", words, where=self.server.world.channels[room.id])
        shown = self.server.world.message_json(message)
        await self.told("MESSAGE_CREATE", room, shown)
        self.keep(room, shown, words, "member-1")

    async def edit(self) -> None:
        if (found := self.some()) is None:
            return
        (room, message), words = found, self.words()
        path = f"channels/{room.id}/messages/{message.id}"
        if message.file:  # it would have to be named again
            return
        status, shown = await self.bot.ask("PATCH", path, saying(words))
        if room.archived:
            assert (status, shown) == (400, 50083)
        elif message.by != "bot":
            assert (status, shown) == (403, 50005), "“Cannot edit a message authored by another user”"
        else:
            assert status == 200
            kept = {"components", "edited_timestamp"}
            before, after = ({**each, **dict.fromkeys(kept)} for each in (message.shown, shown))
            before.pop("referenced_message", None), after.pop("referenced_message", None)
            assert after == before, "an edit changes nothing else"
            await self.told("MESSAGE_UPDATE", room, shown)
            message.words, message.shown, message.edited = words, shown, True
            message.shown.pop("referenced_message", None)

    async def delete(self) -> None:
        if (found := self.some()) is None:
            return
        room, message = found
        path = f"channels/{room.id}/messages/{message.id}"
        if message.by != "bot":
            assert await self.bot.ask("DELETE", path) == (403, 50013)
            return
        assert await self.bot.ask("DELETE", path) == (204, None)
        await self.told("MESSAGE_DELETE", room, {"id": str(message.id)})
        assert await self.bot.ask("DELETE", path) == (404, 10008)
        room.messages.remove(message)
        self.gone.append((room, message.id))
        self.nonces = {key: each for key, each in self.nonces.items() if each is not message}

    async def thread(self) -> None:
        found = self.some()
        if found is None or found[0].is_thread:
            return
        room, message = found
        path = f"channels/{room.id}/messages/{message.id}/threads"
        status, shown = await self.bot.ask("POST", path, {"name": "a thread"})
        if any(each.id == message.id for each in self.rooms):
            assert (status, shown) == (400, 160004)
            return
        assert (status, int(shown["id"]), int(shown["parent_id"])) == (201, message.id, room.id)
        told = await self.on.until("THREAD_CREATE")
        times = {"thread_metadata": told["thread_metadata"]}  # its instants are of when it was asked
        assert told == {**shown, **times, "newly_created": True}
        self.rooms.append(Room(message.id, is_thread=True))

    async def thread_alone(self) -> None:
        """One without a message, for everybody or for a few."""
        room, kind = self.random.choice(self.rooms[:2]), self.random.choice((PUBLIC_THREAD, PRIVATE_THREAD))
        status, shown = await self.bot.ask("POST", f"channels/{room.id}/threads", {"name": "alone", "type": kind})
        assert (status, shown["type"], int(shown["parent_id"])) == (201, kind, room.id)
        told = await self.on.until("THREAD_CREATE")
        assert told == {**shown, "thread_metadata": told["thread_metadata"], "newly_created": True}
        self.rooms.append(Room(int(shown["id"]), is_thread=True))

    async def archive(self) -> None:
        if threads := [room for room in self.rooms if room.is_thread]:
            thread = self.random.choice(threads)
            before, thread.archived = thread.archived, self.random.random() < 0.7
            status, shown = await self.bot.ask("PATCH", f"channels/{thread.id}", {"archived": thread.archived})
            assert (status, shown["thread_metadata"]["archived"]) == (200, thread.archived)
            if thread.archived is not before:
                assert (await self.on.until("THREAD_UPDATE"))["thread_metadata"]["archived"] is thread.archived

    async def answer(self) -> None:
        """A command that is answered in one of the ways there are, for one person or for all."""
        private, later = self.random.random() < 0.7, self.random.random() < 0.5
        words, more = self.words(), self.words()
        flags = EPHEMERAL if private else 0
        asked = asyncio.create_task(self.server.slash("member-1", "general", "do"))
        interaction = await self.on.until("INTERACTION_CREATE")
        callback = f"interactions/{interaction['id']}/{interaction['token']}/callback"
        hook = f"webhooks/{interaction['application_id']}/{interaction['token']}"
        if later:
            assert await self.bot.ask("POST", callback, {"type": 5, "data": {"flags": flags}}) == (204, None)
            status, shown = await self.bot.ask("PATCH", f"{hook}/messages/@original", saying(words))
        else:
            assert await self.bot.ask("POST", callback, {"type": 4, "data": saying(words, flags)}) == (204, None)
            status, shown = await self.bot.ask("GET", f"{hook}/messages/@original")
        assert status == 200
        assert await self.bot.ask("POST", callback, {"type": 4, "data": saying(words)}) == (400, 40060)
        _, second = await self.bot.ask("POST", hook, saying(more, EPHEMERAL))
        given: Answer = await asked
        assert (given.private, given.text) == (private, words)
        assert [each.text for each in self.server.private["member-1"][-1 - private :]] == [words, more][1 - private :]
        for message, alone in ((shown, private), (second, True)):
            assert bool(message["flags"] & EPHEMERAL) is alone
            if alone:
                self.gone.append((self.rooms[0], int(message["id"])))
            else:
                self.keep(self.rooms[0], message, words, "bot")

    # What can be read

    async def agree(self) -> None:
        """All that is read of a room."""
        room = self.random.choice(self.rooms)
        path = f"channels/{room.id}/messages"
        newest = room.messages[::-1]
        at = self.random.choice(newest).id if newest else 1
        limit = self.random.randint(1, 6)
        after = [each for each in room.messages if each.id > at][:limit][::-1]
        for query, wanted in (
            ({}, newest[:50]),
            ({"limit": limit}, newest[:limit]),
            ({"before": at, "limit": limit}, [each for each in newest if each.id < at][:limit]),
            ({"after": at, "limit": limit}, after),
        ):
            status, found = await self.bot.ask("GET", path, **query)
            assert status == 200
            assert [int(each["id"]) for each in found] == [each.id for each in wanted], f"{query} of {room}"
            for each, known in zip(found, wanted, strict=True):
                self._same(each, known, room)
        for known in newest[:3]:
            status, found = await self.bot.ask("GET", f"{path}/{known.id}")
            assert status == 200
            self._same(found, known, room)
        for where, gone in self.gone[-2:]:
            one = f"channels/{where.id}/messages/{gone}"
            assert await self.bot.ask("GET", one) == (404, 10008)
            assert await self.bot.ask("PATCH", one, saying("again")) in [(404, 10008), (400, 50083)]
        _, threads = await self.bot.ask("GET", f"guilds/{self.server.world.guild}/threads/active")
        active = [room.id for room in self.rooms if room.is_thread and not room.archived]
        assert [int(each["id"]) for each in threads["threads"]] == sorted(active, reverse=True), "private ones, too"
        if room.is_thread:
            _, shown = await self.bot.ask("GET", f"channels/{room.id}")
            assert (shown["message_count"], shown["total_message_sent"]) == (len(room.messages), room.sent)

    def _same(self, found: dict[str, Any], known: Written, room: Room) -> None:
        world = self.server.world
        by = world.bot if known.by == "bot" else world.person(known.by)
        assert (int(found["channel_id"]), int(found["author"]["id"])) == (room.id, by.id)
        withheld = known.by != "bot"  # without the intent for the content of messages
        assert (read(found), bool(found["edited_timestamp"])) == ("" if withheld else known.words, known.edited)
        found.pop("referenced_message", None)
        assert found == known.shown


@pytest.mark.parametrize("seed", range(2))
async def test_what_was_written_is_what_is_read(server: DiscordServer, seed: int) -> None:
    """https://docs.discord.com/developers/resources/message, …/topics/threads, …/interactions/overview"""
    async with client(server) as bot, wire(server) as on:
        await on.identify(GUILDS | GUILD_MESSAGES)
        await on.until("READY")
        await bot.ask(
            "PUT", f"applications/{server.world.application}/commands", [{"name": "do", "description": "Do it"}]
        )
        walk = Walk(bot, on, seed)
        acts: Sequence[Callable[[], Awaitable[None]]] = (
            walk.post, walk.post, walk.post, walk.reply, walk.person_writes, walk.edit, walk.edit, walk.delete,
            walk.thread, walk.thread_alone, walk.archive, walk.answer, walk.share,
        )  # fmt: skip
        for _ in range(50):
            await walk.random.choice(acts)()
            await walk.agree()


# Who may do what

MAY_NOT: Mapping[str, tuple[int, Mapping[str, Said]]] = {
    "nothing": (0, {}),
    "view": (VIEW, dict.fromkeys(
        ["channel", "history", "message", "post", "reply", "edit", "delete", "open thread", "open private thread",
         "post in thread", "thread's history", "add to thread", "archive"], (403, 50001)
    )),
    "send": (SEND, {"post": (403, 50013), "reply": (403, 50013)}),
    "read the history": (HISTORY, {
        "history": (200, []), "thread's history": (200, []), "message": (403, 50001), "reply": (400, 160002),
    }),
    "open threads": (CREATE_THREADS, {"open thread": (403, 50013)}),
    "open private threads": (CREATE_PRIVATE, {"open private thread": (403, 50013)}),
    "send in threads": (SEND_IN_THREADS, {"post in thread": (403, 50013), "add to thread": (403, 50013)}),
    "attach files": (ATTACH, {"answer with a file": (403, 50013)}),
    "create events": (CREATE_EVENTS, {"create event": (403, 50013)}),
}  # fmt: skip
"""What the bot may not do, and what is refused for it: that, and nothing else. Each from the page of its endpoint; that
archiving and deleting what is one's own needs no permission, too.
"""


@pytest.mark.parametrize("what", MAY_NOT)
async def test_a_permission_that_is_missing_refuses_its_calls_and_no_others(server: DiscordServer, what: str) -> None:
    """https://docs.discord.com/developers/topics/permissions, and the page of each endpoint"""
    denied, refused = MAY_NOT[what]
    general, member = server.channel("general"), server.world.person("member-1")
    room, guild = f"channels/{general.id}", f"guilds/{server.world.guild}"
    async with client(server) as bot:

        async def made(path: str, body: Any) -> str:
            _, shown = await bot.ask("POST", path, body)
            return str(shown["id"])

        root, old, bare = [await made(f"{room}/messages", saying(words)) for words in ("root", "old", "bare")]
        thread = f"channels/{await made(f'{room}/messages/{root}/threads', {'name': 'a thread'})}"
        await made(f"{thread}/messages", saying("inside"))
        if denied == CREATE_EVENTS:
            server.world.withheld = denied
        else:
            await server.deny("general", denied)
        private = {"name": "a few", "type": PRIVATE_THREAD}
        calls: dict[str, tuple[str, str, Any]] = {
            "channel": ("GET", room, None),
            "history": ("GET", f"{room}/messages", None),
            "message": ("GET", f"{room}/messages/{root}", None),
            "post": ("POST", f"{room}/messages", saying("more")),
            "reply": ("POST", f"{room}/messages", {**saying("x"), "message_reference": {"message_id": root}}),
            "edit": ("PATCH", f"{room}/messages/{root}", saying("edited")),
            "delete": ("DELETE", f"{room}/messages/{old}", None),
            "open thread": ("POST", f"{room}/messages/{bare}/threads", {"name": "another"}),
            "open private thread": ("POST", f"{room}/threads", private),
            "post in thread": ("POST", f"{thread}/messages", saying("inside")),
            "thread's history": ("GET", f"{thread}/messages", None),
            "add to thread": ("PUT", f"{thread}/thread-members/{member.id}", None),
            "archive": ("PATCH", thread, {"archived": True}),
            "create event": ("POST", f"{guild}/scheduled-events", _event()),
        }
        found = {name: await bot.ask(*call) for name, call in calls.items()}
        assert {name: said for name, said in found.items() if said[0] >= 400 or said[1] == []} == {
            name: said for name, said in refused.items() if name in calls
        }


def _event() -> dict[str, Any]:
    starts, ends = (datetime.now(UTC) + timedelta(hours=n) for n in (1, 2))  # noqa: TID251 - the server's own clock
    return {
        "name": "Paper club", "privacy_level": 2, "entity_type": 3, "entity_metadata": {"location": "Online"},
        "scheduled_start_time": starts.isoformat(), "scheduled_end_time": ends.isoformat(),
    }  # fmt: skip


NOT_THERE: Mapping[tuple[str, str], Said] = {
    ("GET", "channels/1"): (404, 10003),
    ("POST", "channels/1/messages"): (404, 10003),
    ("GET", "channels/{room}/messages/1"): (404, 10008),
    ("POST", "channels/{room}/messages/1/threads"): (404, 10008),
    ("GET", "guilds/1"): (404, 10004),
    ("GET", "guilds/{guild}/members/1"): (404, 10013),
    ("GET", "guilds/{guild}/members/{left}"): (404, 10007),
    ("POST", "users/@me/channels"): (400, 50033),
    ("PATCH", "guilds/{guild}/scheduled-events/1"): (404, 10070),
    ("POST", "interactions/1/x/callback"): (404, 10062),
    ("POST", "webhooks/{application}/x"): (404, 10015),
    ("GET", "channels/{room}/messages?limit=0"): (400, 50035),
    ("GET", "channels/{room}/messages?limit=101"): (400, 50035),
    ("GET", "channels/{room}/messages?before=1&after=1"): (400, 50035),
    ("PUT", "channels/{room}/thread-members/{person}"): (400, 50024),
    ("POST", "channels/{closed}/messages"): (403, 50007),
    ("GET", "nowhere"): (404, 0),
}


async def test_what_is_not_there_or_not_possible_is_refused_with_its_code(server: DiscordServer) -> None:
    """https://docs.discord.com/developers/topics/opcodes-and-status-codes#json"""
    world = server.world
    world.person("member-2").left = world.person("member-3").closed = True
    names = {
        "room": server.channel("general").id, "guild": world.guild, "application": world.application,
        "left": world.person("member-2").id, "person": world.person("member-1").id,
        "closed": server.inbox("member-3").id,
    }  # fmt: skip
    body = {**saying("x"), "type": 4, "name": "x", "recipient_id": "1"}
    async with client(server) as bot:
        found = {}
        for method, path in NOT_THERE:
            place, _, query = path.format(**names).partition("?")
            given = dict(each.split("=") for each in query.split("&") if each)
            found[method, path] = await bot.ask(method, place, None if method == "GET" else body, **given)
    assert found == dict(NOT_THERE)


# How long to wait


async def test_every_number_of_a_limit_says_the_same(server: DiscordServer) -> None:
    """https://docs.discord.com/developers/topics/rate-limits"""
    server.http.bucket = (2, 7.4)
    rooms = [f"channels/{server.channel(name).id}/messages" for name in ("general", "study-hall")]
    buckets, remaining = set(), []
    async with client(server) as bot:
        for room in (rooms[0], rooms[0], rooms[0], rooms[1]):
            status, said = await bot.ask("POST", room, saying("again"))
            limit = {name.removeprefix("x-ratelimit-"): value for name, value in bot.headers.items()}
            resets_in = float(limit["reset-after"])
            assert 0 < resets_in <= 7.4
            now = parsedate_to_datetime(limit["date"]).timestamp()
            assert -1 <= float(limit["reset"]) - now - resets_in <= 2
            assert limit["limit"] == "2"
            buckets.add(limit["bucket"])
            remaining.append((status, int(limit["remaining"])))
            _waits(status, said, limit)
        assert len(buckets) == 1
        assert remaining == [(200, 1), (200, 0), (429, 0), (200, 1)], "each channel has its own"
        for wait in (0.3, 64.57, 120.0):
            server.fail(Fault("error", "POST", "/messages", 429, {"retry_after": wait}))
            status, said = await bot.ask("POST", rooms[1], saying("again"))
            _waits(status, said, {name.removeprefix("x-ratelimit-"): value for name, value in bot.headers.items()})
            assert said["retry_after"] == wait


def _waits(status: int, said: Any, limit: Mapping[str, str]) -> None:
    """A refusal says in three places how long to wait: in seconds, in one of them in whole ones."""
    assert ("retry-after" in limit) is ("scope" in limit) is (status == 429)
    if status == 429:
        assert said["retry_after"] == float(limit["reset-after"])
        assert int(limit["retry-after"]) == math.ceil(said["retry_after"])
        assert (said["global"], limit["scope"], limit["remaining"]) == (False, "user", "0")


# What a session gets


@pytest.mark.parametrize("last", range(6))
async def test_a_resumed_session_gets_what_it_missed_and_nothing_else(server: DiscordServer, last: int) -> None:
    """https://docs.discord.com/developers/events/gateway#resuming: “missed events in order, finishing with Resumed”"""
    async with wire(server) as on:
        await on.identify(GUILDS)
        ready = await on.until("READY")
        for bits in (SEND, 0, SEND):
            await server.deny("general", bits)
            await on.until("CHANNEL_UPDATE")
        told = [each for each in on.seen if each["op"] == 0]
        await on.ws.close(code=4000)  # by 1000 the session would be over
    assert [(each["t"], each["s"]) for each in told] == [
        ("READY", 1), ("GUILD_CREATE", 2), ("CHANNEL_UPDATE", 3), ("CHANNEL_UPDATE", 4), ("CHANNEL_UPDATE", 5),
    ]  # fmt: skip
    async with wire(server) as on:
        await on.send(6, {"token": server.token, "session_id": ready["session_id"], "seq": last})
        await on.until("RESUMED")
        hello, *again, resumed = on.seen
        assert (hello["op"], again, resumed["s"]) == (10, told[last:], 6)
        await server.deny("general", 0)
        await on.until("CHANNEL_UPDATE")
        assert on.seen[-1]["s"] == 7


async def test_a_session_begins_with_what_can_be_seen(server: DiscordServer) -> None:
    """https://docs.discord.com/developers/topics/threads#gateway-events: Guild Create has “all active threads”"""
    async with client(server) as bot:
        room = f"channels/{server.channel('general').id}"
        threads = []
        for name in ("open", "closed"):
            _, root = await bot.ask("POST", f"{room}/messages", saying(name))
            threads.append((await bot.ask("POST", f"{room}/messages/{root['id']}/threads", {"name": name}))[1]["id"])
        await bot.ask("PATCH", f"channels/{threads[1]}", {"archived": True})
        threads[1] = (await bot.ask("POST", f"{room}/threads", {"name": "a few", "type": PRIVATE_THREAD}))[1]["id"]
        async with wire(server) as on:
            await on.identify(GUILDS)
            created = await on.until("GUILD_CREATE")
        assert [each["id"] for each in created["threads"]] == threads
        channels = {each["id"]: each for each in created["channels"]}
        _, shown = await bot.ask("GET", room)
        assert channels[shown["id"]] == shown
        _, guild = await bot.ask("GET", f"guilds/{server.world.guild}")
        alike = created.keys() & guild.keys()
        assert {key: created[key] for key in alike} == {key: guild[key] for key in alike}
