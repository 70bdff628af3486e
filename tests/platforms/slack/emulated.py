"""Slack as emulate has it, an npm package that this project did not write. It runs as a process of its own.

emulate keeps the workspace and answers the Web API and OAuth. It has no clients: what people do reaches the bot as on
the loopback server, in signed requests, and `world` shows what emulate has kept, read anew after each change.

Between the two is a shim for what Slack documents and emulate lacks; docs/independent-servers.md has the sources.
"""

import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPConnection
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp
from aiohttp import web

from cohort_bot.platforms.slack.manifest import SCOPES
from tests.fakes import published
from tests.fakes.slack_delivery import Kind
from tests.fakes.slack_oauth import REDIRECT, OAuth
from tests.fakes.slack_server import SlackServer
from tests.fakes.slack_world import Channel, Json, Person, Posted
from tests.node_packages import FOLDER, NODE, needs

needs_emulate = needs("emulate")

TEAM = "T000000001"
"""emulate's only workspace."""

NAMES = ("moderator", "member-1", "member-2")
ADMIN, BOT = "xoxp-moderator", f"xoxb-loopback-{TEAM}"
SEES = ("channels:read", "channels:history", "chat:write", "files:read", "im:history", "im:write", "users:read")
"""What people's clients may do."""


def _seed() -> Json:
    app = {"app_id": "A1", "client_id": "11.22", "client_secret": "client-secret", "name": "cohort-bot"}
    bot = {"bot_id": "B1", "bot_user_id": "UBOT", "bot_name": "cohort-bot"}
    people = [{"token": f"xoxp-{name}", "type": "user", "user": name, "scopes": SEES} for name in NAMES]
    token = {"token": BOT, "type": "bot", "user": "cohort-bot", "scopes": list(SCOPES)}
    return {
        "strict_scopes": True,
        "users": [{"name": name, "is_admin": name == "moderator"} for name in NAMES],
        "channels": [{"name": "study-hall"}],
        "oauth_apps": [app | bot | {"scopes": list(SCOPES), "redirect_uris": ["https://bot.example.org" + REDIRECT]}],
        "tokens": [*people, token | {"app_id": "A1", "client_id": "11.22", "bot_id": "B1", "bot_user_id": "UBOT"}],
    }


class Process:
    """emulate with one workspace."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.address = self._said()

    def start_anew(self) -> None:
        """Nothing that was done in it has happened."""
        assert self._process.stdin is not None
        print(file=self._process.stdin, flush=True)
        self._said()

    def _said(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        assert line, f"emulate ended with {self._process.wait()}"
        return line


@contextmanager
def emulate() -> Iterator[Process]:
    """The process, ended at the end."""
    line = [NODE, "slack.mjs", json.dumps(_seed())]
    with subprocess.Popen(line, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Process(process)


def as_emulate_takes_it(method: str, query: str, body: bytes, content_type: str) -> tuple[bytes, str]:
    """The shim: body and content type for a POST, whatever the request was.

    Slack takes the arguments of every Web API method from the query of a GET, from the body of a POST, or from both.
    emulate 0.12.2 lacks two of the three:

    1. it answers GET with 404 for most methods that read;
    2. it ignores the query of a POST.
    """
    if not query:
        return body, content_type
    given = parse_qsl(query, keep_blank_values=True)
    if method == "GET" or not body:
        return urlencode(given).encode(), "application/x-www-form-urlencoded"
    if content_type.startswith("application/json"):
        return json.dumps({**dict(given), **json.loads(body)}).encode(), content_type
    return urlencode(given).encode() + b"&" + body, content_type


class EmulatedOAuth(OAuth):
    """A person on emulate's consent page, and emulate's `oauth.v2.access`."""

    def __init__(self, emulator: Process, called: Callable[[web.Request], Any]) -> None:
        super().__init__({})
        self._address = urlsplit(emulator.address).netloc
        self._called = called

    def consent(self, address: str, team: str, *, allow: bool = True) -> str:
        """There is one workspace. Slack sends people to the app's first redirect address; emulate has to be told."""
        page = self._asked("GET", f"/oauth/v2/authorize?{urlsplit(address).query}")[1]
        form = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page))
        form["redirect_uri"] = "https://bot.example.org" + REDIRECT
        location = urlsplit(self._asked("POST", "/oauth/v2/authorize/callback", urlencode(form))[0])
        return f"{location.path}?{location.query}"

    async def access(self, request: web.Request) -> web.Response:
        """Like any other method."""
        found: web.Response = await self._called(request)
        return found

    def _asked(self, method: str, path: str, body: str = "") -> tuple[str, str]:
        connection = HTTPConnection(self._address)
        connection.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        with connection.getresponse() as response:
            assert response.status in {200, 302}, response.read()
            found = response.headers.get("Location", ""), response.read().decode()
        connection.close()
        return found


class EmulatedSlack(SlackServer):
    """The loopback server's people on emulate's workspace. `users` and `rooms` are ids by name."""

    def __init__(self, emulator: Process, now: Callable[[], datetime]) -> None:
        super().__init__(now, (TEAM,))
        self._emulator = emulator
        self.oauth = EmulatedOAuth(emulator, self._called)
        self.users: dict[str, str] = {}
        self.rooms: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        self._emulator.start_anew()
        self._http_client = aiohttp.ClientSession()
        await super().__aenter__()
        self.world.people.clear()
        self.world.channels.clear()
        for each in (await self.asked("users.list"))["members"]:
            self.users[each["name"]] = each["id"]
            self.world.people[each["id"]] = Person(each["id"], each["real_name"], admin=each["is_admin"])
        for each in (await self.asked("conversations.list"))["channels"]:
            self.rooms[each["name"]] = each["id"]
            self.world.channels[each["id"]] = Channel(each["id"], each["name"])
        return self

    async def __aexit__(self, *of: object) -> None:
        await super().__aexit__(*of)
        await self._http_client.close()

    async def deliver(self, kind: Kind, payload: Json, *, retry: int = 0) -> Json | None:
        """With a trigger that emulate knows."""
        if trigger := payload.get("trigger_id"):
            user = payload.get("user_id") or payload["user"]["id"]
            known = await self.asked("views.generateTriggerId", BOT, user_id=user)
            payload["trigger_id"] = known["trigger_id"]
            if "response_url" in payload:
                payload["response_url"] = payload["response_url"].replace(trigger, known["trigger_id"])
        with published.unchecked():  # the views and messages in it are emulate's
            return await super().deliver(kind, payload, retry=retry)

    async def write(self, user: str, words: str, **_: Any) -> Posted:
        """Write to the bot directly."""
        token = "xoxp-" + next(name for name, known in self.users.items() if known == user)
        there = (await self.asked("conversations.open", token, users="UBOT"))["channel"]["id"]
        said = (await self.asked("chat.postMessage", token, channel=there, text=words))["message"]
        self.world.channels.setdefault(there, Channel(there, "directmessage", with_user=user))
        await self.event({**said, "channel": there, "channel_type": "im"}, identity=f"Ev-{said['ts']}")
        return _posted(there, said)

    async def _called(self, request: web.Request) -> web.StreamResponse:
        """A call of the bot's, by way of the shim; the world's faults that lose an answer work here, too."""
        method = request.path.removeprefix("/api/")
        sent, content_type = await request.read(), request.headers.get("Content-Type", "")
        body, content_type = as_emulate_takes_it(request.method, request.query_string, sent, content_type)
        given = _arguments(body, content_type)
        self.world.calls.append((method, given))
        fault = self.world.fault(method)
        authorization = request.headers.get("Authorization", "")
        answer = await self._posted(method, body, content_type, authorization)
        if answer["ok"]:
            await self._keep(method, given, answer)
        await self.world.notify()
        if fault is not None:
            assert fault.kind == "lose"
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(answer)

    async def _posted(self, method: str, body: bytes, content_type: str, authorization: str) -> Json:
        now = int(self._now().timestamp() * 1000)
        headers = {"Content-Type": content_type, "Authorization": authorization, "X-Now": str(now)}
        async with self._http_client.post(f"{self._emulator.address}/api/{method}", data=body, headers=headers) as said:
            assert said.status == 200, f"{method}: HTTP {said.status}"
            answer: Json = await said.json()
            return answer

    async def asked(self, method: str, token: str = ADMIN, **given: Any) -> Json:
        """What somebody's client asks for."""
        answer = await self._posted(method, json.dumps(given).encode(), "application/json", f"Bearer {token}")
        assert answer["ok"], f"{method}: {answer}"
        return answer

    async def _keep(self, method: str, given: Json, answer: Json) -> None:
        """Show in the world what came of the call."""
        match method:
            case "chat.postMessage" | "chat.update":
                await self._look(answer["channel"])
            case "conversations.open":
                there = answer["channel"]["id"]
                self.world.channels.setdefault(there, Channel(there, "directmessage", with_user=given["users"]))
            case "views.open" | "views.update":
                self.world.views[answer["view"]["id"]] = answer["view"]
                if "trigger_id" in given:
                    self.world._opened[given["trigger_id"]] = answer["view"]["id"]
            case "views.publish":
                self.world.homes[given["user_id"]] = answer["view"]

    async def _look(self, channel: str) -> None:
        """Read a channel and its threads anew."""
        token, found = BOT, list[Posted]()
        for message in reversed((await self.asked("conversations.history", token, channel=channel))["messages"]):
            found.append(_posted(channel, message))
            if message.get("reply_count"):
                replies = await self.asked("conversations.replies", token, channel=channel, ts=message["ts"])
                found += [_posted(channel, each) for each in replies["messages"][1:]]
        self.world.channels[channel].messages[:] = found


def _posted(channel: str, message: Mapping[str, Any]) -> Posted:
    """A message as emulate gives it; that of a thread's beginning has no thread."""
    thread = message.get("thread_ts")
    blocks: Sequence[Json] = message.get("blocks", ())
    found = Posted(message["ts"], channel, message["text"], blocks, thread, message.get("metadata") or {})
    found.by = message["user"]
    return found


def _arguments(body: bytes, content_type: str) -> Json:
    if content_type.startswith("application/json"):
        found: Json = json.loads(body)
        return found
    return dict(parse_qsl(body.decode()))
