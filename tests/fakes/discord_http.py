"""The HTTP interface of a loopback Discord: what a bot calls, with permissions, buckets, nonces and faults."""

import asyncio
import json
import math
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from tests.fakes import discord_checks as checks
from tests.fakes.discord_events import ScheduledEvents
from tests.fakes.discord_gateway import Gateway
from tests.fakes.discord_world import (
    CREATE_PRIVATE,
    CREATE_THREADS,
    DIRECT,
    EPHEMERAL,
    ERRORS,
    GROUP,
    HISTORY,
    MANAGE_THREADS,
    PRIVATE,
    SEND,
    SEND_IN_THREADS,
    THREAD,
    VIEW,
    ApiError,
    Channel,
    Posted,
    World,
    pinged,
)

Handler = Callable[[web.Request], Awaitable[web.Response]]


def _without_localizations(body: dict[str, Any]) -> dict[str, Any]:
    """A command as Discord gives it to who does not ask for localizations."""
    kept = {key: value for key, value in body.items() if not key.endswith("_localizations")}
    for inner in ("options", "choices"):
        if inner in kept:
            kept[inner] = [_without_localizations(each) for each in kept[inner]]
    return kept


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next call that fits. `lose` does the work and cuts the line; `drop` cuts it at once;
    `hang` does the work and never answers; `error` answers with the status.
    """

    kind: Literal["lose", "drop", "hang", "error"]
    method: str
    path: str
    status: int = 500
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1

    def answer(self) -> web.Response:
        """Of an `error`: what Discord says at least, with what is given here."""
        code = self.body.get("code", 0)
        said = {"message": ERRORS[code][1] if code in ERRORS else f"error {code}", "code": code, **self.body}
        if self.status != 429:
            return answer(said, self.status, self.headers)
        wait = self.body["retry_after"]
        said = {"message": "You are being rate limited.", "global": False, **self.body}
        headers = {
            "X-RateLimit-Limit": "5",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": "1800000000.000",
            "X-RateLimit-Reset-After": str(wait),
            "X-RateLimit-Bucket": "limited",
            "X-RateLimit-Scope": "user",
            "Retry-After": str(math.ceil(wait)),
        }
        return answer(said, 429, headers | self.headers)


@dataclass(slots=True)
class Call:
    """A recorded request."""

    method: str
    path: str
    body: Any


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON, with the content type exactly as Discord sends it."""
    if status == 204:
        return web.Response(status=204)
    raw = json.dumps(body).encode()
    return web.Response(body=raw, status=status, headers={"Content-Type": "application/json", **(headers or {})})


async def read_body(request: web.Request) -> Any:
    """The body, None when there is none; with files their texts by name under `files`, and their bytes under `raw`."""
    if not request.content_type.startswith("multipart/"):
        raw = await request.read()
        return json.loads(raw) if raw else None
    parts = await request.post()
    body: dict[str, Any] = json.loads(str(parts["payload_json"]))
    uploads = [part for part in parts.values() if isinstance(part, web.FileField)]
    sent = {part.filename: _content(part) for part in uploads}
    return {**body, "files": {name: content.decode(errors="replace") for name, content in sent.items()}, "raw": sent}


def _content(part: web.FileField) -> bytes:
    part.file.seek(0)
    return part.file.read()


class Http:
    """All routes. `bucket` is (messages, seconds) for each channel, None for no limit."""

    def __init__(self, world: World, gateway: Gateway, token: str) -> None:
        self.world = world
        self.gateway = gateway
        self.token = token
        self.commands: list[dict[str, Any]] = []
        self.registrations = 0
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.luck: Callable[[web.Request], Fault | None] = lambda _: None  # what happens to calls without a fault
        self.bucket: tuple[int, float] | None = None
        self.too_many = 0
        self.cannot_read_commands = False
        self.renumbers = False
        """Whether components in the history have other ids than they were sent with."""
        self.released = asyncio.Event()
        self._windows: dict[int, tuple[float, int]] = {}
        self._nonces: dict[tuple[int, str], Posted] = {}
        self.events = ScheduledEvents(world)

    def routes(self) -> list[web.RouteDef]:
        application = r"/api/v10/applications/{application_id:\d+}"
        channel = r"/api/v10/channels/{channel_id:\d+}"
        events = r"/api/v10/guilds/{guild_id:\d+}/scheduled-events"
        return [
            web.get("/gateway", self.gateway.handle),
            self._route("GET", "/api/v10/users/@me", self._me),
            self._route("GET", "/api/v10/oauth2/applications/@me", self._application),
            self._route("GET", "/api/v10/applications/@me", self._application),
            self._route("GET", r"/api/v10/guilds/{guild_id:\d+}", self._guild),
            self._route("GET", channel, self._get_channel),
            self._route("GET", "/api/v10/gateway", self._gateway),
            self._route("GET", "/api/v10/gateway/bot", self._gateway_bot),
            self._route("GET", f"{application}/commands", self._get_commands),
            self._route("PUT", f"{application}/commands", self._put_commands),
            self._route("POST", f"{application}/commands", self._post_command),
            self._route("POST", "/api/v10/users/@me/channels", self._direct),
            self._route("GET", r"/api/v10/guilds/{guild_id:\d+}/members/{user_id:\d+}", self._member),
            self._route("PATCH", channel, self._archive),
            self._route("DELETE", channel, self._delete_channel),
            self._route("GET", f"{channel}/messages", self._history),
            self._route("GET", rf"{channel}/messages/{{message_id:\d+}}", self._read),
            self._route("POST", f"{channel}/messages", self._post),
            self._route("PATCH", rf"{channel}/messages/{{message_id:\d+}}", self._edit),
            self._route("DELETE", rf"{channel}/messages/{{message_id:\d+}}", self._delete),
            self._route("POST", rf"{channel}/messages/{{message_id:\d+}}/threads", self._thread),
            self._route("POST", f"{channel}/threads", self._private_thread),
            self._route("PUT", rf"{channel}/thread-members/{{user_id:\d+}}", self._add_to_thread),
            self._route("GET", r"/api/v10/guilds/{guild_id:\d+}/threads/active", self._active_threads),
            self._route("GET", events, self._events),
            self._route("POST", events, self._create_event),
            self._route("PATCH", rf"{events}/{{guild_scheduled_event_id:\d+}}", self._modify_event),
            self._route("DELETE", rf"{events}/{{guild_scheduled_event_id:\d+}}", self._delete_event),
        ]

    def _route(self, method: str, path: str, handler: Handler) -> web.RouteDef:
        return web.route(method, path, self.guarded(handler))

    def guarded(self, handler: Handler, *, with_token: bool = True) -> Handler:
        """The handler behind the token (an interaction's own token is in its path) and the faults."""

        async def run(request: web.Request) -> web.Response:
            if with_token and request.headers.get("Authorization") != f"Bot {self.token}":
                return Fault("error", request.method, request.path, 401, {"message": "401: Unauthorized"}).answer()
            return await self.run(request, handler)

        return run

    async def run(self, request: web.Request, handler: Handler) -> web.Response:
        """The handler with the fault that is due, its errors as Discord words them."""
        self.calls.append(Call(request.method, request.path, await read_body(request)))
        fault = self._fault(request)
        if fault is not None and fault.kind == "error":
            return fault.answer()
        if fault is not None and fault.kind == "drop":
            return self._cut(request)
        self.gateway.moved.set()
        try:
            done = await handler(request)
        except ApiError as error:
            done = answer(error.body, error.status)
        except checks.Invalid as wrong:
            field, _, why = str(wrong).rpartition(": ")
            errors: dict[str, Any] = {"_errors": [{"code": "BASE_TYPE_BAD", "message": why}]}
            whole = ApiError(50035)
            done = answer({**whole.body, "errors": {field: errors} if field else errors}, whole.status)
        if fault is not None and fault.kind == "lose":
            return self._cut(request)
        if fault is not None:
            await self.released.wait()
        return done

    def _fault(self, request: web.Request) -> Fault | None:
        for fault in self.faults:
            if fault.method == request.method and re.search(fault.path, request.path):
                fault.times -= 1
                if not fault.times:
                    self.faults.remove(fault)
                return fault
        return self.luck(request)

    @staticmethod
    def _cut(request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    # Who am I, and what is registered

    async def _me(self, request: web.Request) -> web.Response:
        return answer(self.world.me())

    async def _application(self, request: web.Request) -> web.Response:
        found: dict[str, Any] = {
            "id": str(self.world.application),
            "name": "cohort-bot",
            "icon": None,
            "description": "",
            "type": None,
            "bot": self.world.bot.user(),
            "verify_key": "00",
            "bot_public": True,
            "bot_require_code_grant": False,
            "flags": 0,
            "flags_new": "0",
            "owner": next(iter(self.world.people.values())).user(),
            "team": None,
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "approximate_guild_count": 1,
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "eligible_oauth2_scopes": [],
        }
        return answer(found)

    def _here(self, request: web.Request) -> dict[str, Any]:
        if int(request.match_info["guild_id"]) != self.world.guild or not self.world.here:
            raise ApiError(10004)
        return self.world.guild_json()

    async def _guild(self, request: web.Request) -> web.Response:
        return answer({**self._here(request), "home_header": None, "nsfw": False})

    async def _get_channel(self, request: web.Request) -> web.Response:
        return answer(self.world.channel_json(self._channel(request)))

    async def _gateway(self, request: web.Request) -> web.Response:
        return answer({"url": self.gateway.url})

    async def _gateway_bot(self, request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return answer({"url": self.gateway.url, "shards": 1, "session_start_limit": limit})

    async def _get_commands(self, request: web.Request) -> web.Response:
        if self.cannot_read_commands:
            raise ApiError(0)
        localized = request.query.get("with_localizations") == "true"
        return answer(self.commands if localized else [_without_localizations(each) for each in self.commands])

    async def _put_commands(self, request: web.Request) -> web.Response:
        self.commands = self._registered(await request.json())
        return answer(self.commands)

    async def _post_command(self, request: web.Request) -> web.Response:
        """One command, in place of that of its name."""
        (command,) = self._registered([await request.json()])
        kept = [each for each in self.commands if each["name"] != command["name"]]
        created = len(kept) == len(self.commands)
        self.commands = [*kept, command]
        return answer(command, 201 if created else 200)

    def _registered(self, bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
        checks.commands(bodies)
        self.registrations += 1
        extra = {
            "application_id": str(self.world.application),
            "version": str(self.world.new_id()),
            "default_member_permissions": None,
            "nsfw": False,
            "dm_permission": True,
            "contexts": None,
            "integration_types": [0],
        }
        return [{"type": 1, **extra, **body, "id": str(self.world.new_id())} for body in bodies]

    # Messages

    def _channel(self, request: web.Request) -> Channel:
        channel = self.world.channels.get(int(request.match_info["channel_id"]))
        if channel is None:
            raise ApiError(10003)
        if not self.world.may(channel) & VIEW:
            raise ApiError(50001)
        return channel

    async def _direct(self, request: web.Request) -> web.Response:
        person = self.world.by_id(int((await request.json())["recipient_id"]))
        if person is None:
            raise ApiError(50033)
        return answer(self.world.channel_json(self.world.direct(person.id)))

    async def _member(self, request: web.Request) -> web.Response:
        wanted = int(request.match_info["user_id"])
        person = self.world.by_id(wanted)
        if int(request.match_info["guild_id"]) != self.world.guild or not self.world.here:
            raise ApiError(50001)
        if wanted == self.world.bot.id:
            return answer(self.world.bot_member())
        if person is None:
            raise ApiError(10013)
        if person.left:
            raise ApiError(10007)
        return answer(self.world.member_json(person))

    async def _history(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        if not self.world.may(channel) & HISTORY:
            return answer([])
        if "around" in request.query or {"after", "before"} <= request.query.keys():
            raise checks.Invalid("after, before: one of them; around: not here")
        after, before = int(request.query.get("after", 0)), int(request.query.get("before", 2**63))
        limit = int(request.query.get("limit", 50))
        if not 1 <= limit <= 100:
            raise checks.Invalid("limit: 1 to 100")
        found = [message for message in channel.messages if after < message.id < before]
        found = found[:limit] if "after" in request.query else found[-limit:]
        page = [self.world.message_json(message) for message in reversed(found)]
        if self.renumbers:
            for message in page:
                message["components"] = numbered([{**each, "id": 0} for each in message["components"]])
        return answer(page)

    async def _post(self, request: web.Request) -> web.Response:
        channel, body = self._channel(request), await read_body(request)
        headers = self._take_from_bucket(channel)
        if headers is not None and headers.get("Retry-After"):
            self.too_many += 1
            wait = float(headers["X-RateLimit-Reset-After"])
            return Fault("error", "POST", request.path, 429, {"retry_after": wait}, headers).answer()
        person = self.world.by_id(channel.person or 0) if channel.type == DIRECT else None
        if person is not None and (person.closed or person.left or not self.world.here):
            raise ApiError(50007)
        needed = SEND_IN_THREADS if channel.type in {THREAD, PRIVATE} else SEND
        if not self.world.may(channel) & needed:
            raise ApiError(50013)
        if "message_reference" in body and not self.world.may(channel) & HISTORY:
            raise ApiError(160002)
        checks.message(body)
        nonce = str(body["nonce"]) if body.get("enforce_nonce") else None
        known = self._nonces.get((channel.id, nonce or ""))
        if known is None:
            known = self.add(channel, {"components": [], **body}, nonce)
            await self._to_archive(channel, archived=False)
            await self.tell("MESSAGE_CREATE", known, body.get("nonce"))
        said = {"nonce": body["nonce"]} if "nonce" in body else {}
        return answer({**self.world.message_json(known), **said}, headers=headers)

    def add(
        self, channel: Channel, body: dict[str, Any], nonce: str | None = None, private: int | None = None
    ) -> Posted:
        """Put a message into a channel, private ones apart from it."""
        if "components" in body:
            body = {**body, "components": numbered(body["components"])}
        message = Posted(self.world.new_id(), channel, body, self.world.now(), nonce, private)
        message.pings = pinged(message.text, body.get("allowed_mentions"))
        if private is None:
            channel.messages.append(message)
            channel.sent += 1
        if nonce is not None:
            self._nonces[channel.id, nonce] = message
        return message

    def forget_nonces(self) -> None:
        """Some minutes have passed."""
        self._nonces.clear()

    async def _read(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        if not self.world.may(channel) & HISTORY:
            raise ApiError(50001)
        return answer(self.world.message_json(self._message(request, channel)))

    @staticmethod
    def _message(request: web.Request, channel: Channel) -> Posted:
        message = channel.get(int(request.match_info["message_id"]))
        if message is None:
            raise ApiError(10008)
        return message

    async def _edit(self, request: web.Request) -> web.Response:
        channel, body = self._channel(request), await request.json()
        message = self._message(request, channel)
        if self.world.author(message) is not self.world.bot:
            raise ApiError(50005)
        if channel.archived:
            raise ApiError(50083)
        whole = {**message.body, **body}
        checks.message(whole)
        message.body = {**whole, "components": numbered(whole["components"])}
        message.edited = self.world.now()
        await self.tell("MESSAGE_UPDATE", message)
        return answer(self.world.message_json(message))

    async def _delete(self, request: web.Request) -> web.Response:
        """Its own, for which it needs no permission."""
        channel = self._channel(request)
        message = self._message(request, channel)
        if self.world.author(message) is not self.world.bot:
            raise ApiError(50013)
        channel.messages.remove(message)
        await self.tell("MESSAGE_DELETE", message)
        return answer(None, 204)

    async def tell(self, event: str, message: Posted, nonce: str | None = None) -> None:
        """Send the event of a message to who listens, the bot's own among them."""
        found = self.world.message_json(message)
        if event == "MESSAGE_DELETE":
            found = {key: found[key] for key in ("id", "channel_id")}
        if message.channel.type not in {DIRECT, GROUP}:
            found["guild_id"] = str(self.world.guild)
            if event != "MESSAGE_DELETE":
                bot, by = self.world.bot, self.world.author(message)
                member = self.world.bot_member() if by is bot else self.world.member_json(by)
                found["member"] = {key: value for key, value in member.items() if key != "user"}
        await self.gateway.emit(event, {**found, **({"nonce": nonce} if nonce else {})})

    async def _thread(self, request: web.Request) -> web.Response:
        channel, body = self._channel(request), await request.json()
        message = self._message(request, channel)
        if not self.world.may(channel) & CREATE_THREADS:
            raise ApiError(50013)
        if message.id in self.world.channels:
            raise ApiError(160004)
        if not 1 <= checks.size(body["name"]) <= 100:
            raise checks.Invalid("name: 1 to 100")
        thread = Channel(message.id, body["name"], THREAD, parent=channel.id)
        self.world.channels[thread.id] = thread
        await self.gateway.emit("THREAD_CREATE", {**self.world.channel_json(thread), "newly_created": True})
        return answer(self.world.channel_json(thread), 201)

    async def _private_thread(self, request: web.Request) -> web.Response:
        """A thread without a message. Nothing makes it one of its kind: the same body twice is two threads."""
        channel, body = self._channel(request), await request.json()
        checks.thread(body)
        if not self.world.may(channel) & (CREATE_PRIVATE if body["type"] == PRIVATE else CREATE_THREADS):
            raise ApiError(50013)
        thread = Channel(self.world.new_id(), body["name"], body["type"], parent=channel.id)
        self.world.channels[thread.id] = thread
        await self.gateway.emit("THREAD_CREATE", {**self.world.channel_json(thread), "newly_created": True})
        return answer(self.world.channel_json(thread), 201)

    async def _add_to_thread(self, request: web.Request) -> web.Response:
        thread, person = self._channel(request), self.world.by_id(int(request.match_info["user_id"]))
        if thread.type not in {THREAD, PRIVATE}:
            raise ApiError(50024)
        if not self.world.may(thread) & SEND_IN_THREADS:
            raise ApiError(50013)
        if person is None:
            raise ApiError(10013)
        if person.left:
            raise ApiError(10007)
        if thread.archived:
            raise ApiError(50083)
        thread.members.add(person.id)
        return answer(None, 204)

    async def _active_threads(self, request: web.Request) -> web.Response:
        self._here(request)
        threads = sorted((each for each in self.world.threads() if not each.archived), key=lambda each: -each.id)
        found = {"threads": [self.world.channel_json(each) for each in threads], "members": [], "has_more": False}
        return answer(found)

    async def _archive(self, request: web.Request) -> web.Response:
        """A thread, which the bot may close that it has opened itself."""
        thread = self._channel(request)
        if thread.type not in {THREAD, PRIVATE}:
            raise ApiError(50013)
        await self._to_archive(thread, archived=bool((await request.json())["archived"]))
        return answer(self.world.channel_json(thread))

    async def _to_archive(self, thread: Channel, *, archived: bool) -> None:
        """Or back from there, as by any message that is sent to it."""
        if thread.archived is not archived:
            thread.archived = archived
            await self.gateway.emit("THREAD_UPDATE", self.world.channel_json(thread))

    async def _delete_channel(self, request: web.Request) -> web.Response:
        """A thread, with a permission that the bot does not ask for."""
        thread = self._channel(request)
        if thread.type not in {THREAD, PRIVATE} or not self.world.may(thread) & MANAGE_THREADS:
            raise ApiError(50013)
        return answer(self.world.channel_json(self.world.channels.pop(thread.id)))

    # Scheduled events

    async def _events(self, request: web.Request) -> web.Response:
        self._here(request)
        return answer(self.events.shown)

    async def _create_event(self, request: web.Request) -> web.Response:
        self._here(request)
        return answer(self.events.create(await request.json()))

    async def _modify_event(self, request: web.Request) -> web.Response:
        self._here(request)
        return answer(self.events.modify(int(request.match_info["guild_scheduled_event_id"]), await request.json()))

    async def _delete_event(self, request: web.Request) -> web.Response:
        self._here(request)
        self.events.delete(int(request.match_info["guild_scheduled_event_id"]))
        return web.Response(status=204)

    def _take_from_bucket(self, channel: Channel) -> dict[str, str] | None:
        if self.bucket is None:
            return None
        limit, seconds = self.bucket
        now = asyncio.get_running_loop().time()
        ends, used = self._windows.get(channel.id, (now + seconds, 0))
        if now >= ends:
            ends, used = now + seconds, 0
        headers = {
            "X-RateLimit-Bucket": "messages",
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - used - 1)),
            "X-RateLimit-Reset": f"{self.world.now().timestamp() + ends - now:.3f}",
            "X-RateLimit-Reset-After": f"{ends - now:.3f}",
            "Via": "1.1 google",
        }
        if used >= limit:
            return {**headers, "Retry-After": str(math.ceil(ends - now))}
        self._windows[channel.id] = (ends, used + 1)
        return headers


def numbered(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The components with an id each, as Discord numbers those that come without."""
    used: set[int] = set()

    def collect(items: list[dict[str, Any]]) -> None:
        for item in items:
            used.add(item.get("id") or 0)
            collect([*item.get("components", []), *([item["accessory"]] if "accessory" in item else [])])

    def number(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found = []
        for item in items:
            own = item.get("id")
            if not own:
                own = next(n for n in range(1, 1000) if n not in used)
                used.add(own)
            numbered_item = {**item, "id": own}
            if "components" in item:
                numbered_item["components"] = number(item["components"])
            if "accessory" in item:
                (numbered_item["accessory"],) = number([item["accessory"]])
            found.append(numbered_item)
        return found

    collect(components)
    return number(components)


def is_private(body: dict[str, Any]) -> bool:
    """Whether only the person who acted sees it."""
    return bool(int(body.get("flags") or 0) & EPHEMERAL)
