"""The gateway of a loopback Discord: a websocket with zlib-stream, sessions that can be resumed, op 7 and op 9."""

import asyncio
import json
import secrets
import zlib
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.discord_world import World

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
PERSONAL = {"INTERACTION_CREATE", "MESSAGE_CREATE", "MESSAGE_UPDATE"}
"""Events that may come from a direct conversation."""

GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 9, 1 << 12
"""The intents without which Discord sends no messages of servers, or of direct conversations."""

BEAT_EVERY = 41_250
REPLAYED = 1000
"""So many events of a session are kept for its resume."""


@dataclass(slots=True)
class Session:
    """What outlives a connection: the last events that were sent, by number."""

    id: str
    shard: tuple[int, int] = (0, 1)
    sent: int = 0
    events: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=REPLAYED))
    socket: "Socket | None" = None

    def concerns(self, guild: int | None) -> bool:
        """Whether its shard has the server; direct conversations are with the first."""
        number, of = self.shard
        return number == ((guild >> 22) % of if guild else 0)


class Socket:
    """One connection."""

    def __init__(self, request: web.Request) -> None:
        self.request = request
        self.ws = web.WebSocketResponse()
        self._zlib = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None

    async def send(self, payload: dict[str, Any]) -> None:
        if self.ws.closed:
            return
        text = json.dumps(payload)
        try:
            if self._zlib is None:
                await self.ws.send_str(text)
            else:
                await self.ws.send_bytes(self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH))
        except ConnectionResetError:
            return


class Gateway:
    """All sessions. `identified` and `resumed` count; `refuse` is a close code for the next identification;
    while it is `unreachable` nobody connects.
    """

    def __init__(self, world: World, token: str) -> None:
        self._world = world
        self._token = token
        self.url = ""
        self.sessions: dict[str, Session] = {}
        self.identified = 0
        self.resumed = 0
        self.refuse: int | None = None
        self.unreachable = False
        self.intents: int | None = None
        self.moved = asyncio.Event()
        """Set whenever something happened."""

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """A connection, from hello to its end."""
        if self.unreachable:
            raise web.HTTPServiceUnavailable
        socket = Socket(request)
        await socket.ws.prepare(request)
        await socket.send({"op": HELLO, "d": {"heartbeat_interval": BEAT_EVERY}, "s": None, "t": None})
        async for message in socket.ws:
            if message.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                break
            payload = json.loads(message.data)
            match payload["op"]:
                case 1:
                    await socket.send({"op": ACK, "d": None, "s": None, "t": None})
                case 2:
                    await self._identify(socket, payload["d"])
                case 6:
                    await self._resume(socket, payload["d"])
        for session in self.sessions.values():
            if session.socket is socket:
                session.socket = None
        return socket.ws

    async def emit(self, event: str, data: dict[str, Any]) -> bool:
        """Send an event to its shard's sessions, to one without a connection at its resume. False: there is none."""
        guild = None if event in PERSONAL and "guild_id" not in data else self._world.guild
        if event.startswith("MESSAGE_") and not (self.intents or 0) & (GUILD_MESSAGES if guild else DIRECT_MESSAGES):
            return False
        concerned = [session for session in self.sessions.values() if session.concerns(guild)]
        for session in concerned:
            await self._dispatch(session, event, data)
        return bool(concerned)

    # What can happen to a connection

    async def reconnect(self) -> None:
        """Op 7: please connect again and resume."""
        for socket in self._sockets():
            await socket.send({"op": RECONNECT, "d": None, "s": None, "t": None})

    async def invalidate(self) -> None:
        """Op 9: the session is gone, identify anew."""
        sockets = self._sockets()
        self.sessions.clear()
        for socket in sockets:
            await socket.send({"op": INVALID, "d": False, "s": None, "t": None})

    async def close(self, code: int) -> None:
        """Close every connection with the code; the sessions stay."""
        for socket in self._sockets():
            await socket.ws.close(code=code)

    def abort(self) -> None:
        """Cut the TCP connections."""
        for socket in self._sockets():
            if socket.request.transport is not None:
                socket.request.transport.abort()

    def _sockets(self) -> list[Socket]:
        return [session.socket for session in self.sessions.values() if session.socket is not None]

    async def _identify(self, socket: Socket, data: dict[str, Any]) -> None:
        if data["token"] != self._token or self.refuse is not None:
            await socket.ws.close(code=self.refuse or 4004)
            return
        self.identified += 1
        self.intents = data["intents"]
        number, of = data.get("shard", (0, 1))
        session = Session(secrets.token_hex(8), (number, of), socket=socket)
        self.sessions[session.id] = session
        world = self._world
        here = world.member and session.concerns(world.guild)
        ready = {
            "v": 10,
            "user": {**world.bot.user(), "bot": True, "verified": True, "mfa_enabled": False, "flags": 0},
            "guilds": [{"id": str(world.guild), "unavailable": True}] if here else [],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": [number, of],
            "application": {"id": str(world.application), "flags": 0},
            "private_channels": [],
        }
        await self._dispatch(session, "READY", ready)
        if here and world.available:
            await self._dispatch(session, "GUILD_CREATE", world.guild_json())

    async def _resume(self, socket: Socket, data: dict[str, Any]) -> None:
        session = self.sessions.get(data["session_id"])
        if session is None:
            await socket.send({"op": INVALID, "d": False, "s": None, "t": None})
            return
        self.resumed += 1
        session.socket = socket
        for payload in [event for event in session.events if event["s"] > data["seq"]]:
            await socket.send(payload)
        await self._dispatch(session, "RESUMED", {})

    async def _dispatch(self, session: Session, event: str, data: dict[str, Any]) -> None:
        session.sent += 1
        payload = {"op": DISPATCH, "t": event, "s": session.sent, "d": data}
        session.events.append(payload)
        self.moved.set()
        if session.socket is not None:
            await session.socket.send(payload)
