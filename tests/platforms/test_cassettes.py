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
from tests.fakes.slack_server import SlackServer

FOLDER = Path(__file__).parents[1] / "cassettes"
CASSETTES = sorted(FOLDER.glob("*.jsonl"))
KNOWN: Sequence[Mapping[str, Any]] = tomllib.loads((FOLDER / "known_differences.toml").read_text("utf-8"))["difference"]


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
        yield Player(known, f"{server.api_url}/", roles, lambda _: token, iso, system_now())


@asynccontextmanager
async def slack() -> AsyncIterator[Player]:
    async with SlackServer(system_now) as server:
        world = server.world
        nothing = {"no room": "C00000000", "no person": "U00000000", "no message": "1000000000.000001"}
        roles = {"bot": world.bot_user, "bot profile": "B1", "room": "C1", "workspace": "T1", "person": "U2", **nothing}

        def token(path: str) -> str:
            return f"Bearer {world.app_token if path.endswith('apps.connections.open') else world.bot_token}"

        yield Player(slack_recorded.KNOWN, server.api_url, roles, token, epoch, system_now())


SERVERS: Mapping[str, Callable[[], Any]] = {"discord": discord, "slack": slack}


async def differences(path: Path) -> list[Difference]:
    """What nothing explains."""
    cassette = Cassette.read(path)
    rows = [row for row in KNOWN if fnmatchcase(cassette.name, row["cassette"])]
    async with SERVERS[cassette.head["platform"]]() as player:
        found = await player.play(cassette)
        assert player.played > 10 * player.passed_over
    return [each for each in found if not any(explained(each, row) for row in rows)]


@pytest.mark.parametrize("path", CASSETTES, ids=lambda path: path.stem)
async def test_the_loopback_server_answers_as_recorded(path: Path) -> None:
    found = await differences(path)
    assert not found, "\n" + "\n".join({(each.method, each.at): str(each) for each in found}.values())


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


@pytest.mark.parametrize("what", DISCORD)
async def test_a_deviation_of_the_loopback_discord_is_found(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    handler, change = DISCORD[what]
    right = getattr(Http, handler)

    async def wrong(self: Http, request: web.Request) -> web.Response:
        said: web.Response = await right(self, request)
        assert isinstance(said.body, bytes)
        return answer(change(json.loads(said.body)), said.status)

    monkeypatch.setattr(Http, handler, wrong)
    assert await differences(_of("discord-simcord"))


@pytest.mark.parametrize("what", SLACK)
async def test_a_deviation_of_the_loopback_slack_is_found(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    handler, change = SLACK[what]
    right = getattr(WebApi, handler)
    monkeypatch.setattr(WebApi, handler, lambda self, given: change(right(self, given)))
    assert await differences(_of("slack-emulate"))


async def test_what_is_not_there_must_be_refused_in_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_request: web.Request, _channel: Channel) -> Posted:
        raise ApiError(10003)

    monkeypatch.setattr(Http, "_message", staticmethod(unknown))
    (found, *_) = [each for each in await differences(_of("discord-simcord")) if each.step == "edit what isn't there"]
    assert 'was "404 refused with 10008", here it is "404 refused with 10003"' in str(found)
    monkeypatch.setattr(WebApi, "_update", lambda _self, given: {"channel": given["channel"], "ts": given["ts"]})
    (found, *_) = [each for each in await differences(_of("slack-emulate")) if each.step == "edit what isn't there"]
    assert "refused with message_not_found" in str(found)
