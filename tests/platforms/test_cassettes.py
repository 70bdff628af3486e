"""Cassettes of the live check, played to the loopback servers: these must answer as was answered there."""

import json
import tomllib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from cohort_bot.platforms.discord import recorded as discord_recorded
from cohort_bot.platforms.slack import recorded as slack_recorded
from tests.fakes.discord_http import Http, answer
from tests.fakes.discord_server import DiscordServer
from tests.fakes.discord_world import ApiError, Channel, Posted
from tests.fakes.replay import Cassette, Difference, Player, epoch, explained, iso
from tests.fakes.slack_api import WebApi
from tests.fakes.slack_checks import pressable
from tests.fakes.slack_server import Answer, SlackServer
from tests.platforms.test_live_check import OnDiscord, OnSlack, checked

FOLDER = Path(__file__).parents[1] / "cassettes"
CASSETTES = sorted(FOLDER.glob("*.jsonl"))
KNOWN: Sequence[Mapping[str, Any]] = tomllib.loads((FOLDER / "known_differences.toml").read_text("utf-8"))["difference"]
COMMAND, PRESS, SUBMIT = 2, 3, 5
"""Discord's numbers for what people do."""


def system_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the services' own clock


@asynccontextmanager
async def discord() -> AsyncIterator[Player]:
    async with DiscordServer(system_now) as server:
        world = server.world
        ids = {"bot": world.bot.id, "application": world.application, "workspace": world.guild}
        ids |= {"room": server.channel("general").id, "person": world.person("member-1").id}
        roles = {name: str(number) for name, number in ids.items()} | {"no message": "1"}
        token = f"Bot {server.token}"
        known = discord_recorded.KNOWN

        def act(here: Callable[[Any], Any], event: Mapping[str, Any]) -> Mapping[str, Any] | None:
            channel = world.channels.get(int(here(event["channel_id"])))
            if channel is None or event["type"] not in {COMMAND, PRESS, SUBMIT}:
                return None
            body, interaction = server._interaction(
                event["type"], world.person("member-1"), channel, here(event["data"])
            )
            if message := event.get("message"):
                interaction.pressed = channel.get(int(here(message["id"])))
                if interaction.pressed is None:
                    return None
                body["message"] = world.message_json(interaction.pressed)
            server._waiting[interaction.token] = interaction
            return body

        yield Player(known, f"{server.api_url}/", roles, lambda _: token, iso, system_now(), act)


@asynccontextmanager
async def slack() -> AsyncIterator[Player]:
    async with SlackServer(system_now) as server:
        world = server.world
        nothing = {"no room": "C00000000", "no person": "U00000000", "no message": "1000000000.000001"}
        roles = {"bot": world.bot_user, "bot profile": "B1", "room": "C1", "workspace": "T1", "person": "U2", **nothing}

        def token(path: str) -> str:
            return f"Bearer {world.app_token if path.endswith('apps.connections.open') else world.bot_token}"

        def act(here: Callable[[Any], Any], event: Mapping[str, Any]) -> Mapping[str, Any] | None:
            match event:
                case {"type": "block_actions", "container": {"message_ts": mark}, "actions": [{"action_id": action}]}:
                    post = next(post for post in world.posts("C1") if post.ts == here(mark))
                    buttons = [each for block in post.blocks for each in pressable(block)]
                    label = next(each["text"]["text"] for each in buttons if each["action_id"] == here(action))
                    return server.press_payload("U2", post, label)
                case {"type": "view_submission", "view": {"id": mark}} if here(mark) in world.views:
                    view = world.views[here(mark)]
                    (field,) = (block["block_id"] for block in view["blocks"] if block["type"] == "input")
                    return server.submit_payload("U2", Answer("", view=view), **{field: "Something"})
                case {"command": _}:
                    return server.command_payload("U2", "/cohort help", "C1")
            return None

        yield Player(slack_recorded.KNOWN, server.api_url, roles, token, epoch, system_now(), act)


SERVERS: Mapping[str, Callable[[], Any]] = {"discord": discord, "slack": slack}


async def differences(path: Path, *, one: bool = False) -> list[Difference]:
    """What nothing explains: all of it, or the first that is found."""
    return (await compared(path, one=one))[0]


async def compared(path: Path, *, one: bool = False) -> tuple[list[Difference], list[str]]:
    """The differences that nothing explains, and the rows of known ones that explain none."""
    cassette = Cassette.read(path)
    rows = [row for row in KNOWN if fnmatchcase(cassette.name, row["cassette"])]

    def unexplained(each: Difference) -> bool:
        return not any(explained(each, row) for row in rows)

    async with SERVERS[cassette.head["platform"]]() as player:
        found = await player.play(cassette, unexplained if one else lambda _: False)
    idle = [row["why"] for row in rows if not any(explained(each, row) for each in found)]
    return [each for each in found if unexplained(each)], idle


@pytest.mark.parametrize("path", CASSETTES, ids=lambda path: path.stem)
async def test_the_loopback_server_answers_as_recorded(path: Path) -> None:
    found, idle = await compared(path)
    assert not found, "\n" + "\n".join({(each.method, each.at): str(each) for each in found}.values())
    assert idle == [], "rows of known_differences.toml that are no longer needed"


Change = Callable[[Any], Any]


def _without(name: str) -> Change:
    return lambda body: {key: value for key, value in body.items() if key != name}


def _with(**more: Any) -> Change:
    return lambda body: {**body, **more}


def _post(change: Change) -> Change:
    """The same of the message in an answer of Slack's."""
    return lambda body: {**body, "message": change(body["message"])}


DISCORD: Mapping[str, tuple[str, Change]] = {
    "a history oldest first": ("_history", lambda body: body[::-1]),
    "a post without its time": ("_post", _without("timestamp")),
    "an id that is a number": ("_post", lambda body: {**body, "id": int(body["id"])}),
    "a post in another channel": ("_post", _with(channel_id="123456789012345678")),
    "a post without its flag": ("_post", _with(flags=0)),
    "an edit that changes nothing": (
        "_edit",
        lambda body: {**body, "components": [{**body["components"][0], "components": []}]},
    ),
    "an edit without its time": ("_edit", _with(edited_timestamp=None)),
    "a thread with an id of its own": ("_thread", _with(id="123456789012345678")),
    "a direct conversation of another kind": ("_direct", _with(type=0)),
    "an event that is over": ("_create_event", _with(status=3)),
}
SLACK: Mapping[str, tuple[str, Change]] = {
    "a history oldest first": ("_history", lambda body: {**body, "messages": body["messages"][::-1]}),
    "a history without pages": ("_history", _without("response_metadata")),
    "a thread without its first message": ("_replies", lambda body: {**body, "messages": body["messages"][1:]}),
    "a time stamp that is a number": ("_post", lambda body: {**body, "ts": float(body["ts"])}),
    "a post without its metadata": ("_post", _post(_without("metadata"))),
    "a post with another text": ("_post", _post(_with(text="other"))),
    "a post without its channel": ("_post", _without("channel")),
    "a conversation of another time": ("_open", lambda _: {"channel": {"id": f"D{system_now():%f}"}}),
    "a file without its id": ("_uploaded", lambda body: {"files": [_without("id")(each) for each in body["files"]]}),
    "a person who is nobody": ("_user", _without("user")),
}


def _of(name: str) -> Path:
    return next(path for path in CASSETTES if path.stem == name)


@pytest.mark.deviates
@pytest.mark.parametrize("what", DISCORD)
async def test_a_deviation_of_the_loopback_discord_is_found(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    handler, change = DISCORD[what]
    right = getattr(Http, handler)

    async def wrong(self: Http, request: web.Request) -> web.Response:
        said: web.Response = await right(self, request)
        assert isinstance(said.body, bytes)
        return answer(change(json.loads(said.body)), said.status)

    monkeypatch.setattr(Http, handler, wrong)
    assert await differences(_of("discord-simcord"), one=True)


@pytest.mark.deviates
@pytest.mark.parametrize("what", SLACK)
async def test_a_deviation_of_the_loopback_slack_is_found(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    handler, change = SLACK[what]
    right = getattr(WebApi, handler)
    monkeypatch.setattr(WebApi, handler, lambda self, given: change(right(self, given)))
    assert await differences(_of("slack-emulate"), one=True)


@pytest.mark.deviates
async def test_what_is_not_there_must_be_refused_in_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_request: web.Request, _channel: Channel) -> Posted:
        raise ApiError(10003)

    monkeypatch.setattr(Http, "_message", staticmethod(unknown))
    (found, *_) = [each for each in await differences(_of("discord-simcord")) if each.step == "edit what isn't there"]
    assert 'was "404 refused with 10008", here it is "404 refused with 10003"' in str(found)
    monkeypatch.setattr(WebApi, "_update", lambda _self, given: {"channel": given["channel"], "ts": given["ts"]})
    (found, *_) = [each for each in await differences(_of("slack-emulate")) if each.step == "edit what isn't there"]
    assert "refused with message_not_found" in str(found)


async def recorded(platform: str, folder: Path) -> Path:
    """A cassette of the loopback server itself, of which no difference is known."""
    now = {"discord": DiscordServer, "slack": SlackServer}[platform](system_now)
    async with now as server:
        world = OnDiscord(server) if isinstance(server, DiscordServer) else OnSlack(server)
        report = await checked(world, world.act, folder)
        assert not [step for step in report.steps if step.state == "failed"]
    return next(folder.glob("*.jsonl"))  # noqa: ASYNC240 - a folder of this test


@pytest.mark.deviates
async def test_what_the_loopback_discord_answers_more_or_otherwise_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await recorded("discord", tmp_path)
    assert await differences(path) == []
    opened, posted, envelope = Http._direct, Http._post, DiscordServer._interaction

    async def created(self: Http, request: web.Request) -> web.Response:
        said = await opened(self, request)
        assert isinstance(said.body, bytes)
        return answer(json.loads(said.body), 201)

    async def verified(self: Http, request: web.Request) -> web.Response:
        said = await posted(self, request)
        assert isinstance(said.body, bytes)
        return answer({**json.loads(said.body), "verified": True}, said.status)

    def unnamed(self: DiscordServer, *given: Any) -> Any:
        body, interaction = envelope(self, *given)
        return {**_without("member")(body), "version": "1"}, interaction

    monkeypatch.setattr(Http, "_direct", created)
    monkeypatch.setattr(Http, "_post", verified)
    monkeypatch.setattr(DiscordServer, "_interaction", unnamed)
    found = {str(each).partition(", ")[2] for each in await differences(path)}
    assert '“open a direct conversation”, POST users/@me/channels: the outcome was "200", here it is "201"' in found
    assert "“post”, POST channels/*/messages: .verified was nothing, here it is true" in found
    acts = "“a person presses a button”, event INTERACTION_CREATE"
    assert any(each.startswith(f"{acts}: .member was {{") and each.endswith("here it is nothing") for each in found)
    assert any(each.startswith(f"{acts}: .version was ") for each in found)


@pytest.mark.deviates
async def test_what_the_loopback_slack_answers_more_or_otherwise_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await recorded("slack", tmp_path)
    assert await differences(path) == []
    right, pressed = WebApi._post, SlackServer.press_payload
    monkeypatch.setattr(WebApi, "_post", lambda self, given: {**right(self, given), "limit": 1})
    monkeypatch.setattr(SlackServer, "press_payload", lambda *given: _without("response_url")(pressed(*given)))
    found = {(each.step, each.at, each.here) for each in await differences(path)}
    assert ("post", ".limit", "1") in found
    assert ("a person presses a button", ".response_url", "nothing") in found
