"""The loopback gateway holds clients to Discord's rules: seen by a bare websocket, by discord.py and by discord.js."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import pytest

from cohort_bot.platforms.discord.adapter import DiscordPlatform
from cohort_bot.platforms.discord.connection import INTENTS
from tests.fakes import published
from tests.fakes.discord_gateway import (
    BEAT_EVERY,
    DIRECT_MESSAGES,
    GUILD_MEMBERS,
    GUILD_MESSAGES,
    GUILD_PRESENCES,
    GUILDS,
)
from tests.fakes.discord_server import DiscordServer
from tests.fakes.discord_world import MESSAGE_CONTENT
from tests.fakes.toy import Toy
from tests.platforms.discord.conftest import started

SOON = 60
"""Milliseconds between two heartbeats where one is missed."""


class Wire:
    """A client that does nothing by itself."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse, server: DiscordServer) -> None:
        self.ws = ws
        self.token = server.token
        self.seen: list[dict[str, Any]] = []

    async def send(self, op: int, d: object) -> None:
        await self.ws.send_str(json.dumps({"op": op, "d": d}))

    async def identify(self, intents: int, **more: object) -> None:
        await self.send(2, {"token": self.token, "intents": intents, "properties": {}, **more})

    async def until(self, event: str) -> dict[str, Any]:
        """The data of the next event of this name."""
        while True:
            message = await self.ws.receive(5)
            assert message.type is aiohttp.WSMsgType.TEXT, f"closed with {self.ws.close_code}"
            self.seen.append(json.loads(message.data))
            if self.seen[-1]["t"] == event:
                data: dict[str, Any] = self.seen[-1]["d"]
                return data

    async def closed(self) -> int | None:
        """The code with which the connection ends."""
        while (await self.ws.receive(5)).type is aiohttp.WSMsgType.TEXT:
            pass
        return self.ws.close_code


@asynccontextmanager
async def wire(server: DiscordServer, version: str = "10") -> AsyncIterator[Wire]:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{server.gateway_url}?v={version}&encoding=json") as ws,
    ):
        yield Wire(ws, server)


async def echo(server: DiscordServer) -> str:
    return (await server.slash("member-1", "general", "echo", words="still here")).text


async def test_a_client_without_a_heartbeat_is_cut_off_and_may_resume(server: DiscordServer) -> None:
    server.gateway.beat_every = SOON
    async with wire(server) as silent:
        await silent.identify(GUILDS)
        ready = await silent.until("READY")
        assert await silent.closed() == 4000
    server.gateway.beat_every = BEAT_EVERY
    async with wire(server) as again:
        await again.send(6, {"token": server.token, "session_id": ready["session_id"], "seq": 1})
        await again.until("RESUMED")
        assert [each["t"] for each in again.seen] == [None, "GUILD_CREATE", "RESUMED"]
    assert (server.gateway.identified, server.gateway.resumed) == (1, 1)


async def test_a_session_that_timed_out_is_not_resumed(server: DiscordServer) -> None:
    async with wire(server) as before:
        await before.identify(GUILDS)
        ready = await before.until("READY")
        await server.gateway.close(4009)
        assert await before.closed() == 4009
    async with wire(server) as again:
        await again.send(6, {"token": server.token, "session_id": ready["session_id"], "seq": 1})
        await again.ws.receive_json(timeout=5)
        assert await again.ws.receive_json(timeout=5) == {"op": 9, "d": False, "s": None, "t": None}
    assert server.gateway.resumed == 0


@pytest.mark.parametrize(
    ("op", "data", "code"),
    [
        (99, None, 4001),
        (2, {"intents": 1}, 4002),
        (2, "x" * 4096, 4002),
        (8, {"guild_id": "1", "query": "", "limit": 0}, 4003),
        (2, {"token": "wrong", "intents": 1}, 4004),
        (2, {"intents": 1, "shard": [2, 2]}, 4010),
        (2, {"intents": 1 << 30}, 4013),
        (2, {"intents": GUILD_MEMBERS}, 4014),
        (2, {"intents": GUILD_PRESENCES}, 4014),
        (2, {"intents": GUILDS | MESSAGE_CONTENT}, 4014),
    ],
)
async def test_what_breaks_the_rules_is_closed_with_its_code(
    server: DiscordServer, op: int, data: object, code: int
) -> None:
    async with wire(server) as client:
        if isinstance(data, dict) and code >= 4010:
            data = {"token": server.token, **data}
        await client.send(op, data)
        assert await client.closed() == code
    assert server.gateway.sessions == {}


async def test_rules_of_a_session(server: DiscordServer) -> None:
    async with wire(server, version="8") as old:
        assert await old.closed() == 4012
    async with wire(server) as twice:
        await twice.identify(GUILDS)
        ready = await twice.until("READY")
        await twice.identify(GUILDS)
        assert await twice.closed() == 4005
    async with wire(server) as ahead:
        await ahead.send(6, {"token": server.token, "session_id": ready["session_id"], "seq": 1000})
        assert await ahead.closed() == 4007
    async with wire(server) as leaving:
        await leaving.identify(GUILDS)
        await leaving.until("READY")
        await leaving.ws.close(code=1000)
    await server.until(lambda: not server.gateway.sessions)


async def test_only_what_the_intents_cover_is_sent(server: DiscordServer) -> None:
    general, inbox = server.channel("general"), server.inbox("member-1")
    async with wire(server) as nothing, wire(server) as servers, wire(server) as words:
        await nothing.identify(0)
        await servers.identify(GUILDS | DIRECT_MESSAGES)
        await words.identify(GUILD_MESSAGES)
        for each in (nothing, servers, words):
            await each.until("READY")
        await server.write("member-1", "psst", where=inbox)
        await server.write("member-1", "hello", where=general)
        await server.write("member-1", f"hello <@{server.world.bot.id}>", where=general)
        await server.deny("general", 0)
        with published.unchecked():
            await server.gateway.emit("INTERACTION_CREATE", {"id": "1"})
        for each in (nothing, servers, words):
            await each.until("INTERACTION_CREATE")
        assert [each["t"] for each in nothing.seen] == [None, "READY", "INTERACTION_CREATE"]
        told = [each["t"] for each in servers.seen[2:]]
        assert told == ["GUILD_CREATE", "MESSAGE_CREATE", "CHANNEL_UPDATE", "INTERACTION_CREATE"]
        assert servers.seen[3]["d"]["content"] == "psst"
        assert [each["d"]["content"] for each in words.seen if each["t"] == "MESSAGE_CREATE"] == [
            "",
            f"hello <@{server.world.bot.id}>",
        ]


async def test_the_content_of_messages_is_for_who_was_granted_it(
    server: DiscordServer, platform: DiscordPlatform
) -> None:
    """The bot does not ask for it: of what people write in a channel it learns when, and not what."""
    assert not (server.gateway.intents or 0) & MESSAGE_CONTENT
    await server.write("member-1", "a secret", where=server.channel("general"), files=1)
    room = platform.client.get_partial_messageable(server.channel("general").id)
    (read,) = [message async for message in room.history()]
    assert (read.content, read.attachments, read.components) == ("", [], [])
    server.world.enabled_intents = MESSAGE_CONTENT
    (read,) = [message async for message in room.history()]
    assert (read.content, len(read.attachments)) == ("a secret", 1)


async def test_the_bot_beats_and_goes_on_after_each_kind_of_end(
    server: DiscordServer, toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(_client: object, _shard: int, *, initial: bool = False) -> None:
        return

    monkeypatch.setattr(discord.Client, "before_identify_hook", at_once)
    monkeypatch.setattr(discord.backoff.ExponentialBackoff, "delay", lambda _self: 0.01)
    server.gateway.beat_every, server.gateway.tolerance = 300, 10.0
    async with started(server, toy):
        await server.until(lambda: server.gateway.beats >= 2)
        assert (server.gateway.identified, server.gateway.resumed) == (1, 0), "it was never cut off"
        before = server.gateway.beats
        server.gateway.beat_every = 41_250
        await server.gateway.ask_for_a_beat()
        await server.until(lambda: server.gateway.beats > before)
        await server.gateway.close(4009)
        await server.until(lambda: server.gateway.identified == 2)
        assert await echo(server) == "still here"
        assert server.gateway.resumed == 0, "a new session"


async def test_each_intent_of_the_bot_is_used(server: DiscordServer, platform: DiscordPlatform) -> None:
    """Without one of them something that the bot needs would not come; no other is asked for."""
    assert server.gateway.intents == INTENTS.value == GUILDS | DIRECT_MESSAGES
    assert platform.client.guilds, "from GUILD_CREATE"
    message = await server.write("member-1", "I read")
    assert (await server.answered(message)).text == "You wrote: I read"
