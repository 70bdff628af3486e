"""A loopback Slack: Web API, Socket Mode, signed HTTP, response_url; and people who use it.

async with SlackServer(clock.now) as slack:
    platform = SlackPlatform(clock, bot_token=slack.world.bot_token, app_token=slack.world.app_token,
                             api_url=slack.api_url)
    answer = await slack.command("U1", '/cohort create name:"AI 2027"')
    await slack.press("U1", answer, "Create")

Written to Slack's public documentation. Every view and message is checked as Slack checks it.
"""

import asyncio
import copy
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Self

from aiohttp import web

from tests.fakes import published
from tests.fakes.slack_api import WebApi
from tests.fakes.slack_checks import pressable, seen, view_problems
from tests.fakes.slack_delivery import HttpDelivery, Kind, SocketDelivery, asgi_post
from tests.fakes.slack_oauth import OAuth
from tests.fakes.slack_world import Json, Posted, World, numbered
from tests.pseudo_locale import english


@dataclass
class Answer:
    """What a person got: private messages, or a view, or what to mend in the one they sent."""

    trigger: str
    messages: list[Posted] = field(default_factory=list)
    view: Json | None = None
    errors: Json = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What they read."""
        if self.view is not None:
            return english(f"{self.view['title']['text']}\n{seen(self.view['blocks'])}")
        return "\n".join(post.said for post in self.messages)

    @property
    def metadata(self) -> str:
        """What the view carries."""
        return str((self.view or {}).get("private_metadata", ""))


class SlackServer:
    """The server. Its `world` holds what there is; `socket` delivers unless `serve_http` was called.

    With several teams `at(team)` is the same server as the people of that workspace see it.
    """

    def __init__(self, now: Callable[[], datetime], teams: Sequence[str] = ("T1",)) -> None:
        self._now = now
        self.worlds = {team: World(now, team) for team in teams}
        self.world = self.worlds[teams[0]]
        self.oauth = OAuth(self.worlds)
        self._apis = {team: WebApi(world, lambda: self.address) for team, world in self.worlds.items()}
        self.socket = SocketDelivery()
        self._http: HttpDelivery | None = None
        self._events = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self.address = ""
        self.files: dict[str, tuple[str, bytes]] = {}

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.on_response_prepare.append(self._dated)
        app.router.add_post("/api/oauth.v2.access", self.oauth.access)
        app.router.add_route("*", "/api/{method}", self._called)
        app.router.add_post("/response/{team}/{channel}/{user}/{request}", self._responded)
        app.router.add_post("/upload/{team}/{file}", self._sent_up)
        app.router.add_get("/files-pri/{file}/download/{name}", self._private_file)
        app.router.add_get("/socket", self.socket.socket)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.address = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _dated(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Slack's own clock is in every answer."""
        response.headers["Date"] = format_datetime(self._now(), usegmt=True)

    async def _called(self, request: web.Request) -> web.StreamResponse:
        """A method, in the workspace whose token it is called with."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        team = next((team for team, world in self.worlds.items() if world.bot_token == token), self.world.team)
        return await self._apis[team].handle(request)

    async def _responded(self, request: web.Request) -> web.StreamResponse:
        return await self._apis[request.match_info["team"]].respond(request)

    async def _sent_up(self, request: web.Request) -> web.StreamResponse:
        return await self._apis[request.match_info["team"]].upload(request)

    def at(self, team: str) -> Self:
        """The same server, seen from a workspace. Ask for it when the app is connected."""
        there = copy.copy(self)
        there.world = self.worlds[team]
        return there

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL is set to."""
        return f"{self.address}/api/"

    def serve_http(self, asgi: Any) -> None:
        """Deliver by signed HTTP requests into this ASGI app from now on."""
        self._http = HttpDelivery(self.world.signing_secret, asgi_post(asgi))

    async def deliver(self, kind: Kind, payload: Json, *, retry: int = 0) -> Json | None:
        """Hand a payload to the app and return its acknowledgement."""
        published.slack_payload(kind, payload)
        if self._http is not None:
            return await self._http.deliver(kind, payload, retry=retry)
        return await self.socket.deliver(kind, payload, retry=retry)

    # What people do

    async def command(self, user: str, line: str, channel: str = "C1") -> Answer:
        """Type a slash command."""
        payload = self.command_payload(user, line, channel)
        if said := await self.deliver("slash_commands", payload):  # the acknowledgement may be the answer
            trigger, blocks = payload["trigger_id"], said.get("blocks") or []
            private = user if said.get("response_type") != "in_channel" else None
            post = Posted(self.world.ts(), channel, said.get("text", ""), blocks, private=private)
            post.by, post.request = self.world.bot_user, trigger
            (self.world.ephemerals if private else self.world.channels[channel].messages).append(post)
            if not private:
                return Answer(trigger, [post])
        return await self._answer(payload)

    def command_payload(self, user: str, line: str, channel: str = "C1") -> Json:
        """What Slack sends for a slash command."""
        command, _, text = line.partition(" ")
        trigger = self.world.trigger()
        return {
            "token": "x",
            "command": command,
            "text": text,
            "team_id": self.world.team,
            "team_domain": "loopback",
            "channel_id": channel,
            "channel_name": self.world.channels[channel].name,
            "user_id": user,
            "user_name": self.world.people[user].name.lower(),
            "api_app_id": "A1",
            "is_enterprise_install": "false",
            "trigger_id": trigger,
            "response_url": self._response_url(channel, user, trigger),
        }

    async def press(self, user: str, where: Answer | Posted | Json, label: str) -> Answer:
        """Press the button that begins with the label, in a message, a view or the home tab."""
        payload = self.press_payload(user, where, label)
        before = dict(self.world.views)
        await self.deliver("interactive", payload)
        view = payload.get("view") or {}
        if view.get("type") == "modal":
            identity = view["id"]
            await self.world.until(lambda: self.world.views[identity] is not before[identity])
            return Answer(payload["trigger_id"], view=self.world.views[identity])
        return await self._answer(payload)

    def press_payload(self, user: str, where: Answer | Posted | Json, label: str) -> Json:
        """What Slack sends for a pressed button."""
        view = where.view if isinstance(where, Answer) else where if isinstance(where, dict) else None
        posts = where.messages if isinstance(where, Answer) else [where] if isinstance(where, Posted) else []
        blocks = view["blocks"] if view else [block for post in posts for block in numbered(post.blocks)]
        elements = [(block, each) for block in blocks for each in pressable(block)]
        found = [(block, each) for block, each in elements if english(each["text"]["text"]).startswith(label)]
        assert found, f"no button {label!r} among {[each['text']['text'] for _, each in elements]}"
        block, button = found[0]
        trigger = self.world.trigger()
        action = {**button, "block_id": block["block_id"], "action_ts": self.world.ts()}
        payload = {**self._interaction("block_actions", user), "trigger_id": trigger, "actions": [action]}
        if view:
            return {**payload, "view": view, "container": {"type": "view", "view_id": view["id"]}}
        post = posts[0]
        container = {
            "type": "message",
            "message_ts": post.ts,
            "channel_id": post.channel,
            "is_ephemeral": bool(post.private),
        }
        if post.thread:
            container["thread_ts"] = post.thread
        return {
            **payload,
            "container": container,
            "channel": {"id": post.channel, "name": self.world.channels[post.channel].name},
            "message": post.record(metadata=False),
            "state": {"values": {}},
            "response_url": self._response_url(post.channel, user, trigger),
        }

    async def submit(self, user: str, where: Answer, **answers: str | Sequence[str]) -> Answer:
        """Send the form of a view; fields that are not named keep what is filled in."""
        payload = self.submit_payload(user, where, **answers)
        return await self.send_form(payload)

    async def send_form(self, payload: Json) -> Answer:
        """Deliver a submission and do to the view what the acknowledgement says."""
        identity = payload["view"]["id"]
        said = await self.deliver("interactive", payload) or {}
        action = said.get("response_action")
        if action == "errors":
            blocks = {block["block_id"] for block in payload["view"]["blocks"] if block["type"] == "input"}
            assert set(said["errors"]) <= blocks, f"errors for fields that are not there: {said['errors']}"
            return Answer(payload["trigger_id"], view=payload["view"], errors=said["errors"])
        if action == "update":
            assert not (problems := view_problems(said["view"])), problems
            saving = self.world.keep_view(said["view"], view_id=identity)
            await self.world.notify()
            if "Saving…" in seen(saving["blocks"]):
                await self.world.until(lambda: self.world.views[identity] is not saving)
            return Answer(payload["trigger_id"], view=self.world.views[identity])
        assert not said, f"an acknowledgement that Slack does not know: {said}"
        return Answer(payload["trigger_id"])

    def submit_payload(self, user: str, where: Answer, **answers: str | Sequence[str]) -> Json:
        """What Slack sends for a submission."""
        view = where.view
        assert view is not None, f"not a form: {where.text}"
        inputs = [block for block in view["blocks"] if block["type"] == "input"]
        unknown = answers.keys() - {block["block_id"] for block in inputs}
        assert not unknown, f"the form has no field {unknown}"
        values = {
            block["block_id"]: {block["element"]["action_id"]: self._value(block, answers.get(block["block_id"]))}
            for block in inputs
        }
        payload = {
            **self._interaction("view_submission", user),
            "trigger_id": self.world.trigger(),
            "response_urls": [],
        }
        return {**payload, "view": {**view, "state": {"values": values}}}

    def _value(self, block: Json, given: str | Sequence[str] | None) -> Json:
        if block["element"]["type"] != "file_input":
            return _state(block["element"], given)
        return {"type": "file_input", "files": [self._described(str(given))] if given else []}

    def attach(self, name: str, content: bytes) -> str:
        """Pick a file for a form; returns its id, which is the field's value."""
        number = f"F{len(self.files) + 1}"
        self.files[number] = (name, content)
        return number

    def _described(self, number: str) -> Json:
        name, content = self.files[number]
        return {**self._file(number, name, len(content)), "timestamp": 1800000000, "user_team": self.world.team}

    def _file(self, number: str, name: str, size: int) -> Json:
        url = f"{self.address}/files-pri/{self.world.team}-{number}/download/{name}"
        return {
            "id": number,
            "created": 1800000000,
            "name": name,
            "title": name,
            "mimetype": "text/plain",
            "filetype": "text",
            "pretty_type": "Plain Text",
            "user": "U2",
            "editable": False,
            "size": size,
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": False,
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": url,
            "url_private_download": url,
            "permalink": url,
            "permalink_public": url,
            "is_starred": False,
            "has_rich_preview": False,
            "channels": [],
            "groups": [],
        }

    async def _private_file(self, request: web.Request) -> web.Response:
        """As Slack does: without a token that may read files there is a page to log in, and no file."""
        team, _, number = request.match_info["file"].partition("-")
        world = self.worlds[team]
        if request.headers.get("Authorization") != f"Bearer {world.bot_token}" or "files:read" not in world.scopes:
            return web.Response(text="<!DOCTYPE html><title>Sign in</title>", content_type="text/html")
        return web.Response(body=self.files[number][1])

    async def shortcut(self, user: str, callback: str) -> Answer:
        """Use a global shortcut."""
        payload = self.shortcut_payload(user, callback)
        await self.deliver("interactive", payload)
        return await self._answer(payload)

    def shortcut_payload(self, user: str, callback: str) -> Json:
        """What Slack sends for a global shortcut: less of the app and the person than with others."""
        found = self._interaction("shortcut", user)
        del found["api_app_id"], found["user"]["name"]
        more = {"trigger_id": self.world.trigger(), "callback_id": callback, "action_ts": self.world.ts()}
        return found | more

    async def message_shortcut(self, user: str, callback: str, post: Posted) -> Answer:
        """Use a shortcut of a message."""
        trigger = self.world.trigger()
        payload = {
            **self._interaction("message_action", user),
            "trigger_id": trigger,
            "callback_id": callback,
            "action_ts": self.world.ts(),
            "message_ts": post.ts,
            "message": post.record(metadata=False),
            "channel": {"id": post.channel, "name": self.world.channels[post.channel].name},
            "response_url": self._response_url(post.channel, user, trigger),
        }
        del payload["api_app_id"]
        await self.deliver("interactive", payload)
        return await self._answer(payload)

    async def open_home(self, user: str) -> Json:
        """Open the home tab and read it."""
        before = self.world.homes.get(user)
        await self.event({"type": "app_home_opened", "user": user, "tab": "home", "channel": f"D{user}"})
        await self.world.until(lambda: self.world.homes.get(user) is not before)
        return self.world.homes[user]

    async def write(
        self,
        user: str,
        words: str,
        *,
        thread: str | None = None,
        files: int = 0,
        channel: str = "",
        kind: str = "im",
        **more: Any,
    ) -> Posted:
        """Write to the bot directly, or elsewhere, and return the message; `more` are parts of the event."""
        there = self.world.channels[channel] if channel else self.world.dm_of(user)
        message = Posted(self.world.ts(), there.id, words, (), thread, by=user)
        there.messages.append(message)
        event: Json = {**message.record(metadata=False), "channel": there.id, "channel_type": kind, **more}
        event.pop("app_id", None)
        if files:
            event |= {"subtype": "file_share", "files": [self._file(f"F{n}", "notes.png", 1) for n in range(files)]}
        await self.event(event, identity=f"Ev-{message.ts}")
        return message

    async def rewrite(self, message: Posted, words: str) -> None:
        """Edit what a person wrote."""
        before = message.record(metadata=False)
        message.text, message.edited = words, self.world.ts()
        after = message.record(metadata=False)
        changed: Json = {"message": after, "previous_message": before, "channel": message.channel, "channel_type": "im"}
        changed |= {"subtype": "message_changed", "hidden": True, "ts": self.world.ts()}
        await self.event({"type": "message", **changed})

    async def answered(self, message: Posted, number: int = 1) -> Posted:
        """What the bot said in the conversation since a person wrote something: the last of so many messages."""

        def since() -> list[Posted]:
            posts = self.world.channels[message.channel].messages
            return [post for post in posts if post.ts > message.ts and post.by == self.world.bot_user]

        await self.world.until(lambda: len(since()) >= number)
        return since()[number - 1]

    async def event(self, event: Json, *, identity: str | None = None, retry: int = 0) -> Json | None:
        """Send an event of the Events API; the same identity is the same event again."""
        payload = {
            "token": "x",
            "team_id": self.world.team,
            "api_app_id": "A1",
            "type": "event_callback",
            "event_id": identity or f"Ev{next(self._events)}",
            "event_time": 1,
            "event": {**event, "event_ts": self.world.ts()},
            "is_ext_shared_channel": False,
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self.world.team,
                    "user_id": self.world.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
        }
        return await self.deliver("events_api", payload, retry=retry)

    async def user_changed(self, user: str) -> Json | None:
        """Tell of what somebody, or an admin, has changed of them."""
        record = self.world.people[user].record(self.world.team, locale=True)
        record["profile"]["fields"] = None
        return await self.event({"type": "user_change", "user": record, "cache_ts": 1800000000})

    async def uninstall(self, *, retry: int = 0) -> None:
        """Somebody removes the app from the workspace: its token is dead, and two events say so."""
        self.world.revoked = True
        await self.event({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [self.world.bot_user]}}, retry=retry)
        await self.event({"type": "app_uninstalled"}, retry=retry)

    # Inside

    def _interaction(self, kind: str, user: str) -> Json:
        person = self.world.people[user]
        return {
            "type": kind,
            "token": "x",
            "api_app_id": "A1",
            "team": {"id": self.world.team, "domain": "loopback"},
            "user": {
                "id": user,
                "username": person.name.lower(),
                "name": person.name.lower(),
                "team_id": self.world.team,
            },
            "is_enterprise_install": False,
            "enterprise": None,
        }

    def _response_url(self, channel: str, user: str, trigger: str) -> str:
        return f"{self.address}/response/{self.world.team}/{channel}/{user}/{trigger}"

    async def _answer(self, payload: Json) -> Answer:
        """Wait for what the request led to."""
        trigger = payload["trigger_id"]

        def said() -> list[Posted]:
            return [post for post in self.world.ephemerals if post.request == trigger]

        await self.world.until(lambda: said() or self.world.opened(trigger))
        await asyncio.sleep(0)
        view = self.world.opened(trigger)
        return Answer(trigger, [] if view else said(), view)


def _state(element: Json, given: str | Sequence[str] | None) -> Json:
    """An element's value in view.state."""
    kind = element["type"]
    if kind == "checkboxes":
        chosen = [o["value"] for o in element.get("initial_options", ())] if given is None else list(given)
        options = [option for option in element["options"] if option["value"] in chosen]
        return {"type": kind, "selected_options": options}
    if kind in {"radio_buttons", "static_select"}:
        options = [option for option in element["options"] if option["value"] == given]
        return {"type": kind, "selected_option": options[0] if options else element.get("initial_option")}
    if kind == "plain_text_input":
        return {"type": kind, "value": element.get("initial_value") if given is None else given or None}
    name = kind.removesuffix("s_select").removesuffix("picker")
    return {"type": kind, f"selected_{name}": element.get(f"initial_{name}") if given is None else given or None}
