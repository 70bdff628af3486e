"""A Discord on loopback, written to its public documentation: HTTP and gateway, on which the real client runs.

async with DiscordServer(clock.now) as server:
    platform = DiscordPlatform(server.token, clock, server.api_url, server.gateway_url)
    ...
    form = await server.slash("member-1", "general", "checkin")
    answer = await server.submit("member-1", form, tasks=["1"], done="Chapter one")
"""

import asyncio
import base64
import contextlib
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Self

from aiohttp import web

from tests.fakes import discord_checks as checks
from tests.fakes import discord_typed as typed
from tests.fakes import published
from tests.fakes.discord_gateway import Gateway
from tests.fakes.discord_http import Fault, Http, answer, is_private, numbered, read_body
from tests.fakes.discord_world import (
    ATTACH,
    BUTTON,
    DIRECT,
    EPHEMERAL,
    MANAGE_GUILD,
    THREAD,
    ApiError,
    Channel,
    Person,
    Posted,
    World,
    walk,
)
from tests.pseudo_locale import english

DEADLINE = 3.0
LOOK_AGAIN = 0.02
PATIENCE = 20.0
"""Seconds that a test waits for an answer."""

MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, SUGGESTIONS, MODAL = 4, 5, 6, 7, 8, 9
Where = str | Channel | Posted


def _picture(number: int) -> dict[str, Any]:
    """An attachment of a message."""
    address = f"https://cdn.example.org/{number}/notes.png"
    return {"id": str(number), "filename": "notes.png", "size": 1, "url": address, "proxy_url": address}


class NoAnswer(Exception):
    """“The application did not respond.”"""


@dataclass(slots=True)
class Answer:
    """What a person gets. A message for them alone, or a form; `deferred` says that they saw “thinking” first, and
    `acknowledged` after how many seconds Discord heard anything.
    """

    person: Person
    channel: Channel
    message: Posted | None = None
    modal: Mapping[str, Any] | None = None
    choices: Sequence[Mapping[str, Any]] = ()
    deferred: bool = False
    acknowledged: float = 0.0
    private: bool = True
    under: Posted | None = None
    """The message with the button that was pressed for it."""

    @property
    def text(self) -> str:
        assert self.message is not None, "not a message"
        return self.message.text

    @property
    def buttons(self) -> dict[str, str]:
        return self.message.buttons if self.message else {}

    @property
    def title(self) -> str:
        assert self.modal is not None, f"not a form: {self.text}"
        return english(str(self.modal["title"]))

    @property
    def form(self) -> dict[str, Mapping[str, Any]]:
        """The form's fields by custom_id."""
        assert self.modal is not None, f"not a form: {self.text}"
        return {label["component"]["custom_id"]: label["component"] for label in self.modal["components"]}


@dataclass(slots=True)
class Interaction:
    """One that waits for its answer."""

    id: int
    token: str
    kind: int
    answer: Answer
    began: float
    pressed: Posted | None = None
    """The message under which a button was pressed."""
    followed: list[Posted] = field(default_factory=list)
    """What came after the first answer."""
    acknowledged: bool = False
    focused: int = 3
    """The type of the option that is being typed."""
    done: asyncio.Event = field(default_factory=asyncio.Event)


class DiscordServer:
    """One server (“guild”) with a bot and people. `now` is its calendar; the three seconds are real ones."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:  # noqa: TID251 - a clock
        self.world = World(now)
        head = base64.urlsafe_b64encode(str(self.world.application).encode()).decode().rstrip("=")
        self.token = f"{head}.{secrets.token_hex(3)}.{secrets.token_hex(19)}"
        self.gateway = Gateway(self.world, self.token)
        self.http = Http(self.world, self.gateway, self.token)
        self.deadline = DEADLINE
        self.files: dict[str, tuple[str, bytes]] = {}
        """Files for forms, by id."""
        self.refuses_files = False
        """Whether a file is refused although the permissions allow it, as where a server's rules are stricter."""
        self.callbacks: list[Mapping[str, Any]] = []
        self.private: dict[str, list[Posted]] = {}
        """What each person alone was shown, by name."""
        self.errors: list[int] = []
        """Error codes that callbacks were answered with."""
        self._waiting: dict[str, Interaction] = {}
        self._runner: web.AppRunner | None = None
        for name in ("general", "study-hall"):
            self.world.add_channel(name)
        self.world.add_person("moderator", manages=True)
        for number in (1, 2, 3):
            self.world.add_person(f"member-{number}")

    async def _dated(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Discord's own clock is in every answer."""
        response.headers["Date"] = format_datetime(self.world.now().astimezone(UTC), usegmt=True)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**22)
        app.on_response_prepare.append(self._dated)
        app.on_response_prepare.append(published.discord)
        app.add_routes(self.http.routes())
        callback = r"/api/v10/interactions/{interaction_id:\d+}/{interaction_token}/callback"
        hook = r"/api/v10/webhooks/{webhook_id:\d+}/{webhook_token}"
        app.router.add_get(r"/ephemeral-attachments/{number:\d+}/{name}", self._file)
        app.router.add_post(callback, self.http.guarded(self._callback, with_token=False))
        app.router.add_post(hook, self.http.guarded(self._follow_up, with_token=False))
        for said in (f"{hook}/messages/@original", rf"{hook}/messages/{{message_id:\d+}}"):
            app.router.add_get(said, self.http.guarded(self._read_answer, with_token=False))
            app.router.add_patch(said, self.http.guarded(self._edit_answer, with_token=False))
            app.router.add_delete(said, self.http.guarded(self._delete_answer, with_token=False))
        app.router.add_route("*", "/{elsewhere:.*}", self._nothing)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.api_url = f"http://127.0.0.1:{port}/api/v10"
        self.gateway_url = self.gateway.url = f"ws://127.0.0.1:{port}/gateway"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.http.released.set()
        self.gateway.abort()
        if self._runner is not None:
            await self._runner.cleanup()

    # Reading and arranging

    def channel(self, name: str) -> Channel:
        return self.world.channel(name)

    def inbox(self, person: str) -> Channel:
        """The direct conversation of a person with the bot."""
        return self.world.direct(self.world.person(person).id)

    def fail(self, fault: Fault) -> None:
        """Let the next call that fits go wrong."""
        self.http.faults.append(fault)

    def posted(self, path: str = "/messages") -> list[Any]:
        """The recorded bodies of posts."""
        return [call.body for call in self.http.calls if call.method == "POST" and call.path.endswith(path)]

    async def deny(self, name: str, bits: int) -> None:
        """Take permissions from the bot in a channel."""
        channel = self.channel(name)
        channel.denied = bits
        await self.gateway.emit("CHANNEL_UPDATE", self.world.channel_json(channel))

    async def delete_channel(self, name: str) -> None:
        channel = self.channel(name)
        del self.world.channels[channel.id]
        await self.gateway.emit("CHANNEL_DELETE", self.world.channel_json(channel))

    async def kick(self) -> None:
        """Remove the bot from the server."""
        self.world.member = False
        await self.gateway.emit("GUILD_DELETE", {"id": str(self.world.guild)})

    async def invite(self) -> None:
        """Take it back. The event of a server that is new to the bot says nothing of whether it is available."""
        self.world.member = True
        guild = {key: value for key, value in self.world.guild_created().items() if key != "unavailable"}
        await self.gateway.emit("GUILD_CREATE", guild)

    async def outage(self) -> None:
        """Discord loses the server for a while."""
        self.world.available = False
        await self.gateway.emit("GUILD_DELETE", {"id": str(self.world.guild), "unavailable": True})

    async def recover(self) -> None:
        """The outage is over."""
        self.world.available = True
        await self.gateway.emit("GUILD_CREATE", self.world.guild_created())

    def forget(self) -> None:
        """Drop what is recorded of calls, answers and interactions that have theirs; for those who stay long."""
        for recorded in (self.http.calls, self.callbacks, self.private, self.errors):
            recorded.clear()
        self._waiting = {token: each for token, each in self._waiting.items() if not each.done.is_set()}
        self.http.forget_nonces()

    async def until(self, true: Callable[[], object], within: float = 5.0) -> None:
        """Return when it is true: looked at whenever something has happened, and now and then."""
        async with asyncio.timeout(within):
            while not true():
                self.gateway.moved.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.gateway.moved.wait(), LOOK_AGAIN)

    @staticmethod
    async def _nothing(_request: web.Request) -> web.Response:
        return answer(ApiError(0).body, 404)

    # What people do

    async def slash(self, who: str, where: Where, words: str, /, **options: object) -> Answer:
        """Type a command that is registered, with options of the types that were registered."""
        return await self._act(2, who, where, typed.command(self.http.commands, self.world, words, options))

    async def suggest(
        self, who: str, where: Where, words: str, option: str, begun: str, /, **options: object
    ) -> list[str]:
        """Type a part of an option; the suggested values."""
        data = typed.command(self.http.commands, self.world, words, {**options, option: begun}, option)
        return [str(choice["value"]) for choice in (await self._act(4, who, where, data)).choices]

    async def press(self, who: str, message: Posted | Answer, label: str) -> Answer:
        """Press a button under a message."""
        found = message.message if isinstance(message, Answer) else message
        assert found is not None, "a form has no buttons"
        item = next(i for i in walk(found.components) if i["type"] == BUTTON and english(i["label"]) == label)
        data = {"custom_id": item["custom_id"], "component_type": BUTTON}
        return await self._act(3, who, found, data, found)

    async def write(
        self, who: str, words: str, *, answers: Posted | None = None, files: int = 0, where: Channel | None = None
    ) -> Posted:
        """Write to the bot directly, or in another channel, and return the message."""
        person = self.world.person(who)
        body: dict[str, Any] = {"content": words, "attachments": [_picture(number + 1) for number in range(files)]}
        if answers is not None:
            reference = {"type": 0, "message_id": str(answers.id), "channel_id": str(answers.channel.id)}
            body["message_reference"] = reference
        message = self.http.add(where or self.world.direct(person.id), body)
        message.by = person
        await self.tell("MESSAGE_CREATE", message)
        return message

    async def rewrite(self, message: Posted, words: str) -> None:
        """Edit what a person wrote."""
        message.body = {**message.body, "content": words}
        message.edited = (message.edited or message.at) + timedelta(seconds=1)
        await self.tell("MESSAGE_UPDATE", message)

    async def tell(self, event: str, message: Posted) -> None:
        """Send the event of a message, perhaps once more."""
        await self.http.tell(event, message)

    async def answered(self, message: Posted, number: int = 1) -> Posted:
        """What the bot said in the conversation since a person wrote something: the last of so many messages."""

        def since() -> list[Posted]:
            return [each for each in message.channel.messages if each.id > message.id and each.by is None]

        await self.until(lambda: len(since()) >= number)
        return since()[number - 1]

    async def submit(self, who: str, form: Answer, /, **given: str | Sequence[str]) -> Answer:
        """Fill in a form, leaving what was filled in already, and send it."""
        assert form.modal is not None, f"not a form: {form.text}"
        assert not given.keys() - form.form.keys(), f"no fields {given.keys() - form.form.keys()}"
        components = [
            {"type": label["type"], "id": number, "component": typed.filled(label["component"], given)}
            for number, label in enumerate(form.modal["components"], start=1)
        ]
        data = {"custom_id": form.modal["custom_id"], "components": components}
        sent = {each for item in components for each in item["component"].get("values", ()) if each in self.files}
        if sent:
            data["resolved"] = {"attachments": {each: self._attachment(each) for each in sent}}
        return await self._act(5, who, form.channel, data, form.under)

    def attach(self, name: str, content: bytes) -> str:
        """Pick a file for a form; returns its id, which is the field's value."""
        number = str(self.world.new_id())
        self.files[number] = (name, content)
        return number

    def _attachment(self, number: str) -> dict[str, Any]:
        name, content = self.files[number]
        url = f"{self.api_url.removesuffix('/api/v10')}/ephemeral-attachments/{number}/{name}?ex=1&is=2&hm=3"
        return {"id": number, "filename": name, "size": len(content), "url": url, "proxy_url": url, "ephemeral": True}

    async def _file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["number"]][1])

    async def _act(
        self, kind: int, who: str, where: Where, data: dict[str, Any], message: Posted | None = None
    ) -> Answer:
        person = self.world.person(who)
        channel = where.channel if isinstance(where, Posted) else self.world.channel(where)
        body, interaction = self._interaction(kind, person, channel, data)
        if message is not None:
            body["message"] = self.world.message_json(message)
            interaction.pressed = interaction.answer.under = message
        interaction.focused = typed.focused_kind(data)
        self._waiting[interaction.token] = interaction
        if not await self.gateway.emit("INTERACTION_CREATE", body):
            raise NoAnswer("the bot is not connected")
        try:
            async with asyncio.timeout(PATIENCE):
                await interaction.done.wait()
        except TimeoutError:
            raise NoAnswer(f"no answer to {data}") from None
        return interaction.answer

    def _interaction(
        self, kind: int, person: Person, channel: Channel, data: dict[str, Any]
    ) -> tuple[dict[str, Any], Interaction]:
        world = self.world
        token, number = secrets.token_hex(8), world.new_id()
        interaction = Interaction(number, token, kind, Answer(person, channel), time.monotonic())  # noqa: TID251
        body: dict[str, Any] = {
            "id": str(number),
            "application_id": str(world.application),
            "type": kind,
            "token": token,
            "version": 1,
            "data": data,
            "channel_id": str(channel.id),
            "channel": world.channel_json(channel),
            "app_permissions": str(world.may(channel)),
            "locale": person.locale,
            "entitlements": [],
            "authorizing_integration_owners": {"0": "0" if channel.type == DIRECT else str(world.guild)},
            "context": 1 if channel.type == DIRECT else 0,
            "attachment_size_limit": 10_485_760,
        }
        if channel.type == DIRECT:
            return {**body, "user": person.user()}, interaction
        guild = {"id": str(world.guild), "locale": world.locale, "features": []}
        member = {**world.member_json(person), "permissions": world.permissions(person)}
        return {
            **body,
            "guild_id": str(world.guild),
            "guild": guild,
            "member": member,
            "guild_locale": world.locale,
        }, interaction

    # What the bot answers

    async def _callback(self, request: web.Request) -> web.Response:
        interaction = self._waiting.get(request.match_info["interaction_token"])
        waited = 0.0 if interaction is None else time.monotonic() - interaction.began  # noqa: TID251
        if interaction is None or (waited > self.deadline and not interaction.acknowledged):
            self.errors.append(10062)
            raise ApiError(10062)
        if interaction.acknowledged:
            self.errors.append(40060)
            raise ApiError(40060)
        body = await read_body(request)
        data = {**(body.get("data") or {}), **{key: body[key] for key in ("files", "raw") if key in body}}
        given = interaction.answer
        self._attaching(given, data)
        match body["type"]:
            case 4:
                checks.message(data)
                given.message = self._show(given, data)
            case 5:
                given.deferred, given.private = True, is_private(data)
            case 6 | 7:
                if interaction.pressed is None:
                    raise checks.Invalid("there is no message to change")
                given.message = interaction.pressed
                if body["type"] == UPDATE:
                    self._change(given.message, data)
            case 8:
                given.choices = data["choices"]
                checks.choices(given.choices, interaction.focused)
            case 9:
                if interaction.kind == 5:
                    raise checks.Invalid("a form cannot be answered with a form")
                checks.modal(data)
                given.modal = data
            case other:
                raise checks.Invalid(f"type {other}")
        self.callbacks.append(body)
        interaction.acknowledged, given.acknowledged = True, waited
        if body["type"] != DEFERRED:
            interaction.done.set()
        if request.query.get("with_response") not in {"1", "true"}:
            return answer(None, 204)
        found: dict[str, Any] = {"interaction": {"id": str(interaction.id), "type": interaction.kind}}
        if given.message is not None:
            found["interaction"]["response_message_id"] = str(given.message.id)
            if body["type"] in {MESSAGE, UPDATE}:
                found["resource"] = {"type": body["type"], "message": self.world.message_json(given.message)}
        return answer(found)

    def _answered(self, request: web.Request) -> Interaction:
        """The interaction of the token, which takes more once it has been acknowledged."""
        interaction = self._waiting.get(request.match_info["webhook_token"])
        if interaction is None or not interaction.acknowledged:
            raise ApiError(10015)
        return interaction

    def _said(self, request: web.Request) -> Posted:
        """The first answer, or one that followed it."""
        interaction, which = self._answered(request), request.match_info.get("message_id", "@original")
        first = [interaction.answer.message] if interaction.answer.message and which == "@original" else []
        for message in (*first, *(each for each in interaction.followed if str(each.id) == which)):
            return message
        raise ApiError(10008)

    async def _follow_up(self, request: web.Request) -> web.Response:
        """A message after the first answer."""
        interaction, body = self._answered(request), await read_body(request)
        if interaction.answer.deferred and interaction.answer.message is None:  # “the loading message will be edited”
            return await self._edit_answer(request)
        self._attaching(interaction.answer, body)
        checks.message(body)
        interaction.followed.append(self._show(interaction.answer, body))
        return answer(self.world.message_json(interaction.followed[-1]))

    async def _read_answer(self, request: web.Request) -> web.Response:
        return answer(self.world.message_json(self._said(request)))

    async def _edit_answer(self, request: web.Request) -> web.Response:
        """What was said; after “thinking” it is the answer itself."""
        interaction, body = self._answered(request), await read_body(request)
        given = interaction.answer
        self._attaching(given, body)
        if given.message is None and given.deferred and "message_id" not in request.match_info:
            checks.message(body)
            flags = int(body.get("flags") or 0) & ~EPHEMERAL | EPHEMERAL * given.private
            given.message = self._show(given, {**body, "flags": flags})
        else:
            self._change(self._said(request), body)
        interaction.done.set()
        return answer(self.world.message_json(self._said(request)))

    async def _delete_answer(self, request: web.Request) -> web.Response:
        interaction, message = self._answered(request), self._said(request)
        for shown in (*self.private.values(), message.channel.messages, interaction.followed):
            if message in shown:
                shown.remove(message)
        if message is interaction.answer.message:
            interaction.answer.message, interaction.answer.deferred = None, False
        return answer(None, 204)

    @staticmethod
    def _change(message: Posted, body: Mapping[str, Any]) -> None:
        checks.message(body)
        message.body = {**message.body, **body, "components": numbered(body["components"])}

    def _attaching(self, given: Answer, data: dict[str, Any]) -> None:
        if data.get("files") and (self.refuses_files or not self.world.may(given.channel) & ATTACH):
            raise ApiError(50013)

    def _show(self, given: Answer, data: dict[str, Any]) -> Posted:
        private = is_private(data)
        message = self.http.add(given.channel, data, private=given.person.id if private else None)
        if given.message is None:
            given.private = private
        if private:
            self.private.setdefault(given.person.name, []).append(message)
        return message


__all__ = ["MANAGE_GUILD", "THREAD", "Answer", "DiscordServer", "Fault", "NoAnswer", "Person", "Posted"]
