"""Slack's documentation, asked of the loopback server over bare HTTP: a reader that shares nothing with the bot.

What is written is kept in a small model of the documentation, and whatever can be read has to say the same. Rows name
what is no state: which scope a method needs, what is refused, how long to wait.
"""

import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from tests.fakes.slack_server import SlackServer
from tests.fakes.slack_world import HistoryLimit, Posted, PostLimit

ROOM, PERSON = "C1", "U2"
PLAIN = {"type": "plain_text", "text": "x"}
FORM: dict[str, Any] = {
    "type": "modal", "callback_id": "form", "private_metadata": "kept", "title": PLAIN, "submit": PLAIN,
    "blocks": [
        {"type": "input", "block_id": "done", "label": PLAIN, "optional": True,
         "element": {"type": "plain_text_input", "action_id": "a"}},
    ],
}  # fmt: skip


@dataclass
class Client:
    """Requests with the bot's token, their arguments in one of the ways that Slack takes."""

    slack: SlackServer
    session: aiohttp.ClientSession
    chance: random.Random = field(default_factory=lambda: random.Random(26))  # noqa: S311 - a test's
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)

    async def ask(self, method: str, **given: Any) -> dict[str, Any]:
        flat = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in given.items()
            if value is not None
        }
        ways: list[tuple[str, dict[str, Any]]] = [("POST", {"json": given}), ("POST", {"data": flat})]
        ways += [("GET", {"params": flat}), ("POST", {"params": flat})]
        verb, way = self.chance.choice(ways)
        token = {"Authorization": f"Bearer {self.slack.world.bot_token}"}
        async with self.session.request(verb, self.slack.api_url + method, headers=token, **way) as response:
            self.status, self.headers = response.status, response.headers
            said: dict[str, Any] = await response.json()
            assert said["ok"] is ("error" not in said)
            assert response.status == (429 if said.get("error") == "ratelimited" else 200), "“ok” says it"
            return said

    async def must(self, method: str, **given: Any) -> dict[str, Any]:
        said = await self.ask(method, **given)
        assert said["ok"], said
        return said


@pytest.fixture
async def bot(slack: SlackServer) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(slack, session)


def section(words: str) -> list[dict[str, Any]]:
    return [{"type": "section", "text": {"type": "mrkdwn", "text": words}}]


# What is written is what is read


@dataclass
class Written:
    """A message by the model."""

    ts: str
    words: str
    by: str
    thread: str | None = None
    blocks: str = ""
    metadata: Mapping[str, Any] | None = None
    edited: bool = False
    file: str = ""


class Walk:
    """Writes at random, in a channel, in threads and to a person, and knows by the documentation what comes of it."""

    def __init__(self, bot: Client, direct: str, seed: int) -> None:
        self.bot, self.world = bot, bot.slack.world
        self.random = bot.chance = random.Random(seed)  # noqa: S311 - a test's
        self.rooms: dict[str, list[Written]] = {ROOM: [], direct: []}
        self.gone: list[tuple[str, str]] = []
        """Messages that were deleted, or that only one person saw."""
        self.private: list[str] = []
        self.number = 0

    def words(self) -> str:
        self.number += 1
        return f"words {self.number}"

    def room(self) -> str:
        return self.random.choice(list(self.rooms))

    def some(self) -> tuple[str, Written] | None:
        found = [(room, each) for room, messages in self.rooms.items() for each in messages]
        return self.random.choice(found) if found else None

    def root(self, room: str) -> str | None:
        """A message to answer, or none."""
        roots = [each.ts for each in self.rooms[room] if each.thread is None]
        return self.random.choice(roots) if roots and self.random.random() < 0.4 else None

    def replies(self, room: str, root: Written) -> list[Written]:
        return [each for each in self.rooms[room] if each.thread == root.ts]

    async def post(self) -> None:
        room, words = self.room(), self.words()
        root = self.root(room)
        metadata = {"event_type": "e", "event_payload": {"mark": words}} if self.random.random() < 0.5 else None
        blocks = f"*{words}*" if self.random.random() < 0.5 else ""
        more = {name: value for name, value in (("thread_ts", root), ("metadata", metadata)) if value}
        said = await self.bot.must(
            "chat.postMessage", channel=room, text=words, **more, **({"blocks": section(blocks)} if blocks else {})
        )
        written = Written(said["ts"], words, self.world.bot_user, root, blocks, metadata)
        assert said["channel"] == room
        self._same(said["message"], written, marked=True)
        self.rooms[room].append(written)

    async def person_writes(self) -> None:
        room, words = self.room(), self.words()
        post = Posted(self.world.ts(), room, words, (), by=PERSON)
        self.world.channels[room].messages.append(post)
        self.rooms[room].append(Written(post.ts, words, PERSON))

    async def share(self) -> None:
        """A file, which can be taken away again."""
        room, content = self.room(), self.words().encode()
        asked = await self.bot.must("files.getUploadURLExternal", filename="a.txt", length=len(content))
        files = [{"id": asked["file_id"], "title": "A"}]
        early = await self.bot.ask("files.completeUploadExternal", channel_id=room, files=files)
        assert early["error"] == "file_not_found", "it was not sent yet"
        for sent, status in ((content + b"x", 400), (content, 200)):
            async with self.bot.session.post(asked["upload_url"], data=sent) as response:
                assert response.status == status
        nobody = await self.bot.ask("files.completeUploadExternal", channel_id=PERSON, files=files)
        assert nobody["error"] == "channel_not_found", "a channel, not a person"
        before = {post.ts for post in self.world.channels[room].messages}
        root = self.root(room)
        more = {"thread_ts": root} if root else {}
        said = await self.bot.must("files.completeUploadExternal", channel_id=room, files=files, **more)
        assert [each["id"] for each in said["files"]] == [asked["file_id"]]
        (made,) = [post.ts for post in self.world.channels[room].messages if post.ts not in before]
        written = Written(made, "", self.world.bot_user, root, file=asked["file_id"])
        self.rooms[room].append(written)
        if self.random.random() < 0.5:
            await self.bot.must("files.delete", file=asked["file_id"])
            assert (await self.bot.ask("files.delete", file=asked["file_id"]))["error"] == "file_not_found"
            self.rooms[room].remove(written)

    async def update(self) -> None:
        found = self.some()
        if found is None or found[1].file:
            return
        (room, message), words, marked = found, self.words(), self.random.random() < 0.3
        metadata = self.random.choice([{}, {"event_type": "f", "event_payload": {"mark": words}}]) if marked else None
        given: dict[str, Any] = {} if metadata is None else {"metadata": metadata}
        kind = self.random.choice(["text", "blocks", "both"])
        given |= {"text": words} if kind != "blocks" else {}
        given |= {"blocks": section(f"*{words}*")} if kind != "text" else {}
        said = await self.bot.ask("chat.update", channel=room, ts=message.ts, **given)
        if message.by != self.world.bot_user:
            assert said["error"] == "cant_update_message"
            return
        assert said["ok"], said
        message.edited = True
        message.words = words if kind != "blocks" else message.words
        message.blocks = f"*{words}*" if kind != "text" else ""  # “if the text argument is provided … will be removed”
        if metadata is not None:  # “If you don't include this field, the message's previous metadata will be retained”
            message.metadata = metadata or None
        assert (said["channel"], said["ts"], said["text"]) == (room, message.ts, message.words)
        self._same({**said["message"], "ts": message.ts, "thread_ts": message.thread}, message, marked=True)

    async def delete(self) -> None:
        found = self.some()
        if found is None or self.replies(*found):  # what is left of a root is another message, of which little is said
            return
        room, message = found
        said = await self.bot.ask("chat.delete", channel=room, ts=message.ts)
        if message.by != self.world.bot_user:
            assert said["error"] == "cant_delete_message"
            return
        assert (said["ok"], said["channel"], said["ts"]) == (True, room, message.ts)
        assert (await self.bot.ask("chat.delete", channel=room, ts=message.ts))["error"] == "message_not_found"
        self.rooms[room].remove(message)
        self.gone.append((room, message.ts))

    async def whisper(self) -> None:
        words = self.words()
        said = await self.bot.must("chat.postEphemeral", channel=ROOM, user=PERSON, text=words)
        self.gone.append((ROOM, said["message_ts"]))
        self.private.append(words)

    async def respond(self) -> None:
        """To a command, by its response_url: to the person unless it is said to be for all."""
        words, kind = self.words(), self.random.choice([None, "ephemeral", "in_channel"])
        url = self.bot.slack.command_payload(PERSON, "/answer", ROOM)["response_url"]
        root = self.root(ROOM)
        body = {"text": words, **({"response_type": kind} if kind else {}), **({"thread_ts": root} if root else {})}
        before = {post.ts for post in self.world.channels[ROOM].messages}
        async with self.bot.session.post(url, json=body) as response:
            assert (response.status, await response.text()) == (200, "ok")
        new = [post.ts for post in self.world.channels[ROOM].messages if post.ts not in before]
        if kind == "in_channel":
            (made,) = new
            self.rooms[ROOM].append(Written(made, words, self.world.bot_user, root))
        else:
            assert new == []
            self.private.append(words)

    # What can be read

    async def agree(self) -> None:
        """All that is read of a room, in parts and page by page."""
        room, marked = self.room(), self.random.random() < 0.5
        messages = [each for each in self.rooms[room] if each.thread is None][::-1]
        ends = sorted([self.random.choice(messages).ts for _ in range(2)]) if messages else ["1.000001", "2.000001"]
        inclusive = self.random.random() < 0.5
        oldest, latest = (end if self.random.random() < 0.5 else None for end in ends)
        parts = {name: value for name, value in (("oldest", oldest), ("latest", latest)) if value}
        wanted = [
            each
            for each in messages
            if (oldest or "") < each.ts < (latest or "9") or (inclusive and each.ts in {oldest, latest})
        ]
        await self._read("conversations.history", room, wanted, marked=marked, inclusive=inclusive, **parts)
        if messages:
            root = self.random.choice(messages)
            wanted = [root, *self.replies(room, root)]
            await self._read("conversations.replies", room, wanted, marked=marked, ts=root.ts)
            link = await self.bot.must("chat.getPermalink", channel=room, message_ts=root.ts)
            assert root.ts.replace(".", "") in link["permalink"]
        for where, ts in self.gone[-2:]:
            said = await self.bot.ask("chat.getPermalink", channel=where, message_ts=ts)
            assert said["error"] == "message_not_found"
            said = await self.bot.ask("chat.update", channel=where, ts=ts, text="again")
            assert said["error"] == "message_not_found"
            assert (await self.bot.ask("conversations.replies", channel=where, ts=ts))["error"] == "thread_not_found"
        assert list(self.world.private(PERSON)) == self.private

    async def _read(self, method: str, room: str, wanted: Sequence[Written], *, marked: bool, **more: Any) -> None:
        limit, cursor, found = self.random.randint(1, 5), "", []
        while True:
            paged = {"limit": limit, **({"cursor": cursor} if cursor else {}), **more}
            page = await self.bot.must(method, channel=room, include_all_metadata=marked, **paged)
            assert len(page["messages"]) <= limit
            assert page["messages"] or not cursor, "more was promised"
            found += page["messages"]
            cursor = page["response_metadata"]["next_cursor"]
            assert page["has_more"] is bool(cursor)
            if not cursor:
                break
        assert [each["ts"] for each in found] == [each.ts for each in wanted], f"{method} {more}"
        for each, known in zip(found, wanted, strict=True):
            replies = self.replies(room, known)
            told = (each.get("reply_count", 0), each.get("latest_reply"), each.get("thread_ts"))
            assert told == (len(replies), replies[-1].ts if replies else None, known.ts if replies else known.thread)
            self._same(each, known, marked=marked)

    def _same(self, found: Mapping[str, Any], known: Written, *, marked: bool) -> None:
        own = known.by == self.world.bot_user
        assert (found["ts"], found["user"], found["text"]) == (known.ts, known.by, known.words)
        assert found.get("thread_ts") in {known.thread, known.ts}
        assert ("bot_id" in found, bool(found.get("edited"))) == (own, known.edited)
        assert found.get("metadata") == (known.metadata if marked else None)
        assert "".join(each["text"]["text"] for each in found.get("blocks", ())) == known.blocks
        assert [each["id"] for each in found.get("files", ())] == ([known.file] if known.file else [])
        assert found.get("subtype") == ("file_share" if known.file else None)


@pytest.mark.parametrize("seed", range(2))
async def test_what_was_written_is_what_is_read(bot: Client, seed: int) -> None:
    """https://docs.slack.dev/reference/methods, and …/messaging/modifying-messages"""
    direct = (await bot.must("conversations.open", users=PERSON))["channel"]["id"]
    walk = Walk(bot, direct, seed)
    acts: Sequence[Callable[[], Awaitable[None]]] = (
        walk.post, walk.post, walk.post, walk.person_writes, walk.update, walk.update, walk.delete, walk.whisper,
        walk.respond, walk.share,
    )  # fmt: skip
    for _ in range(50):
        await walk.random.choice(acts)()
        await walk.agree()


# Who may do what

SCOPES: Mapping[str, Mapping[str, str]] = {
    "nothing": {},
    "chat:write": dict.fromkeys(["post", "post elsewhere", "update", "delete", "whisper"], "missing_scope"),
    "chat:write.public": {"post elsewhere": "not_in_channel"},
    "channels:join": {"join": "missing_scope"},
    "channels:history": {"history": "missing_scope", "replies": "missing_scope"},
    "groups:history": {"private history": "missing_scope"},
    "im:history": {"direct history": "missing_scope"},
    "mpim:history": {"group's history": "missing_scope"},
    "im:write": {"open": "missing_scope"},
    "mpim:write": {"open for several": "missing_scope"},
    "users:read": {"person": "missing_scope"},
    "files:write": {"upload": "missing_scope"},
}
"""What the app may not do, and what is refused for it: that, and nothing else. Each from the page of its method."""


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_scope_that_is_missing_refuses_its_methods_and_no_others(bot: Client, scope: str) -> None:
    """https://docs.slack.dev/reference/scopes"""
    world = bot.slack.world
    direct = (await bot.must("conversations.open", users=PERSON))["channel"]["id"]
    several = (await bot.must("conversations.open", users="U2,U3"))["channel"]["id"]
    world.channels["G1"].member = True
    ts, old = [(await bot.must("chat.postMessage", channel=ROOM, text=words))["ts"] for words in ("root", "old")]
    world.scopes -= {scope}
    view = {"type": "home", "blocks": section("home")}
    calls: dict[str, tuple[str, dict[str, Any]]] = {
        "who am I": ("auth.test", {}),
        "post": ("chat.postMessage", {"channel": ROOM, "text": "x"}),
        "post elsewhere": ("chat.postMessage", {"channel": "C2", "text": "x"}),
        "update": ("chat.update", {"channel": ROOM, "ts": ts, "text": "x"}),
        "delete": ("chat.delete", {"channel": ROOM, "ts": old}),
        "whisper": ("chat.postEphemeral", {"channel": ROOM, "user": PERSON, "text": "x"}),
        "link": ("chat.getPermalink", {"channel": ROOM, "message_ts": ts}),
        "history": ("conversations.history", {"channel": ROOM}),
        "replies": ("conversations.replies", {"channel": ROOM, "ts": ts}),
        "private history": ("conversations.history", {"channel": "G1"}),
        "direct history": ("conversations.history", {"channel": direct}),
        "group's history": ("conversations.history", {"channel": several}),
        "open": ("conversations.open", {"users": PERSON}),
        "open for several": ("conversations.open", {"users": "U3,U2"}),
        "person": ("users.info", {"user": PERSON}),
        "upload": ("files.getUploadURLExternal", {"filename": "a", "length": 1}),
        "home": ("views.publish", {"user_id": PERSON, "view": view}),
        "join": ("conversations.join", {"channel": "C2"}),
    }
    found = {name: await bot.ask(method, **given) for name, (method, given) in calls.items()}
    assert {name: said["error"] for name, said in found.items() if not said["ok"]} == SCOPES[scope]
    for said in found.values():
        if said.get("error") == "missing_scope":
            assert (said["needed"], scope in said["provided"].split(",")) == (scope, False)


REFUSED: Mapping[str, tuple[str, Mapping[str, Any], str]] = {
    "no such channel": ("chat.postMessage", {"channel": "C9", "text": "x"}, "channel_not_found"),
    "no such person": ("chat.postMessage", {"channel": "U9", "text": "x"}, "user_not_found"),
    "a private channel": ("chat.postMessage", {"channel": "G1", "text": "x"}, "channel_not_found"),
    "nothing to say": ("chat.postMessage", {"channel": ROOM}, "no_text"),
    "too much to say": ("chat.postMessage", {"channel": ROOM, "text": "x" * 40_001}, "msg_too_long"),
    "no such thread": ("conversations.replies", {"channel": ROOM, "ts": "1.000001"}, "thread_not_found"),
    "no block": ("chat.postMessage", {"channel": ROOM, "blocks": [{"type": "paragraph"}]}, "invalid_blocks"),
    "archived": ("chat.postMessage", {"channel": "C3", "text": "x"}, "is_archived"),
    "nothing to edit with": ("chat.update", {"channel": ROOM, "ts": "{ts}"}, "no_text"),
    "whisper elsewhere": ("chat.postEphemeral", {"channel": "C2", "user": PERSON, "text": "x"}, "not_in_channel"),
    "read elsewhere": ("conversations.history", {"channel": "C2"}, "not_in_channel"),
    "join a conversation": ("conversations.join", {"channel": "{direct}"}, "method_not_supported_for_channel_type"),
    "open for nobody": ("conversations.open", {}, "users_list_not_supplied"),
    "nobody": ("users.info", {"user": "U9"}, "user_not_found"),
    "a used trigger": ("views.open", {"trigger_id": "{trigger}", "view": "{view}"}, "exchanged_trigger_id"),
    "no trigger": ("views.open", {"trigger_id": "1.2.x", "view": "{view}"}, "invalid_trigger_id"),
    "no such view": ("views.update", {"view_id": "V99", "view": "{view}"}, "not_found"),
    "another view by now": ("views.update", {"view_id": "{opened}", "hash": "old", "view": "{view}"}, "hash_conflict"),
    "no such method": ("chat.whisper", {}, "unknown_method"),
}


async def test_what_is_not_there_or_not_possible_is_refused_with_its_code(bot: Client) -> None:
    """https://docs.slack.dev/reference/methods: the table of errors of each"""
    world = bot.slack.world
    world.channels["C3"] = type(world.channels[ROOM])("C3", "old", archived=True)
    trigger = world.trigger()
    opened = (await bot.must("views.open", trigger_id=trigger, view=FORM))["view"]["id"]
    names: dict[str, Any] = {
        "{ts}": (await bot.must("chat.postMessage", channel=ROOM, text="x"))["ts"], "{trigger}": trigger,
        "{direct}": (await bot.must("conversations.open", users=PERSON))["channel"]["id"], "{opened}": opened,
        "{view}": FORM,
    }  # fmt: skip
    found = {}
    for what, (method, given, _) in REFUSED.items():
        filled = {name: names.get(value, value) if isinstance(value, str) else value for name, value in given.items()}
        found[what] = (await bot.ask(method, **filled)).get("error")
    assert found == {what: error for what, (_, _, error) in REFUSED.items()}
    astray = await bot.must("chat.postMessage", channel=ROOM, text="x", thread_ts="1.000001")
    assert "thread_ts" not in astray["message"], "posted in the room: docs/independent-servers.md"


async def test_how_long_to_wait_is_said_in_whole_seconds(bot: Client) -> None:
    """https://docs.slack.dev/apis/web-api/rate-limits, and the page of conversations.history"""
    world = bot.slack.world
    world.post_limit, world.history_limit = PostLimit(29.5), HistoryLimit(2, 60)
    for _ in range(3):
        world.channels[ROOM].messages.append(Posted(world.ts(), ROOM, "x", (), by=PERSON))
    for method, given, seconds in (
        ("chat.postMessage", {"text": "x"}, 30),
        ("conversations.history", {"limit": 100}, 60),
        ("conversations.replies", {"ts": world.channels[ROOM].messages[0].ts}, 60),
    ):
        said = await bot.must(method, channel=ROOM, **given)
        assert len(said.get("messages", ())) <= 2
        assert "Retry-After" not in bot.headers
        assert (await bot.ask(method, channel=ROOM, **given))["error"] == "ratelimited"
        assert seconds - 5 <= int(bot.headers["Retry-After"]) <= seconds
    await bot.must("chat.postMessage", channel="C2", text="each channel has its own")


async def test_a_locale_is_given_to_who_asks_for_it(bot: Client) -> None:
    """https://docs.slack.dev/reference/methods/users.info"""
    assert "locale" not in (await bot.must("users.info", user=PERSON))["user"]
    assert (await bot.must("users.info", user=PERSON, include_locale=True))["user"]["locale"] == "en-US"
