"""The gateway of a loopback Discord: a websocket with zlib-stream, sessions that can be resumed, op 7 and op 9.

As documented it wants heartbeats, sends only what a session's intents cover, and closes the connection of a client that
breaks its rules: https://docs.discord.com/developers/events/gateway
"""

import asyncio
import json
import secrets
import zlib
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMessage, WSMsgType, web

from tests.fakes import published
from tests.fakes.discord_world import MESSAGE_CONTENT, World

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
PERSONAL = {"INTERACTION_CREATE", "MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"}
"""Events that may come from a direct conversation."""

GUILDS, GUILD_MEMBERS, GUILD_PRESENCES, GUILD_MESSAGES = 1 << 0, 1 << 1, 1 << 8, 1 << 9
DIRECT_MESSAGES, GUILD_SCHEDULED_EVENTS = 1 << 12, 1 << 16
PRIVILEGED = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT
"""The intents that have to be enabled for the application first."""
INTENTS = (1 << 17) - 1 | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25
"""Every intent that there is."""

NEEDS = {
    "GUILD_": GUILDS,
    "CHANNEL_": GUILDS,
    "THREAD_": GUILDS,
    "GUILD_MEMBER_": GUILD_MEMBERS,
    "GUILD_SCHEDULED_EVENT_": GUILD_SCHEDULED_EVENTS,
    "PRESENCE_": GUILD_PRESENCES,
}
"""The intents for events by how their names begin, the longest beginning last; other events are always sent."""

BEAT_EVERY = 41_250
"""Milliseconds between two heartbeats."""
MOST_BYTES = 4096
"""The largest payload that a client may send."""
REPLAYED = 1000
"""So many events of a session are kept for its resume."""


class Refused(Exception):
    """What a client sent breaks a rule; its connection is closed with the code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Session:
    """What outlives a connection: the last events that were sent, by number."""

    id: str
    intents: int
    shard: tuple[int, int] = (0, 1)
    sent: int = 0
    events: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=REPLAYED))
    socket: "Socket | None" = None

    def concerns(self, guild: int | None) -> bool:
        """Whether its shard has the server; direct conversations are with the first."""
        number, of = self.shard
        return number == ((guild >> 22) % of if guild else 0)

    def wants(self, event: str, guild: int | None) -> bool:
        """Whether its intents cover the event."""
        if event.startswith("MESSAGE_"):
            needed = GUILD_MESSAGES if guild else DIRECT_MESSAGES
        else:
            needed = next((bit for name, bit in reversed(NEEDS.items()) if event.startswith(name)), 0)
        return self.intents & needed == needed


class Socket:
    """One connection."""

    def __init__(self, request: web.Request) -> None:
        self.request = request
        self.ws = web.WebSocketResponse()
        self.ended = False
        """Whether Discord closed it."""
        self._zlib = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None

    async def send(self, payload: dict[str, Any]) -> None:
        if self.ws.closed:
            return
        published.gateway(payload)
        text = json.dumps(payload)
        try:
            if self._zlib is None:
                await self.ws.send_str(text)
            else:
                await self.ws.send_bytes(self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH))
        except ConnectionResetError:
            return

    async def close(self, code: int) -> None:
        self.ended = True
        await self.ws.close(code=code)


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
        """Those of the newest session."""
        self.beat_every = BEAT_EVERY
        self.tolerance = 0.0
        """Seconds that a heartbeat may be late besides, for clients that have to wait for their turn on the machine."""
        self.acknowledges = True
        """Whether heartbeats are answered."""
        self.beats = 0
        self.moved = asyncio.Event()
        """Set whenever something happened."""

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """A connection, from hello to its end."""
        if self.unreachable:
            raise web.HTTPServiceUnavailable
        socket = Socket(request)
        await socket.ws.prepare(request)
        if request.query.get("v", "10") != "10":
            await socket.close(4012)
            return socket.ws
        await socket.send({"op": HELLO, "d": {"heartbeat_interval": self.beat_every}, "s": None, "t": None})
        try:
            # Discord has some tolerance for the way through the network.
            async with asyncio.timeout(self._patience()) as silence:
                async for message in socket.ws:
                    await self._take(socket, message, silence)
        except Refused as refused:
            await socket.close(refused.code)
        except TimeoutError:  # “your connection will be closed and you will be forced to Resume”
            await socket.close(4000)
        for session in list(self.sessions.values()):
            if session.socket is socket:
                session.socket = None
                if not socket.ended and socket.ws.close_code in {1000, 1001}:  # by the client: the session is over
                    del self.sessions[session.id]
        return socket.ws

    def _patience(self) -> float:
        """Seconds without a heartbeat after which a connection is closed."""
        return 2 * self.beat_every / 1000 + self.tolerance

    async def _take(self, socket: Socket, message: WSMessage, silence: asyncio.Timeout) -> None:
        """What a client sent. Raises Refused."""
        if message.type not in {WSMsgType.TEXT, WSMsgType.BINARY} or len(message.data) > MOST_BYTES:
            raise Refused(4002)
        try:
            payload = json.loads(message.data)
            known = any(session.socket is socket for session in self.sessions.values())
            match payload["op"]:
                case 1:
                    silence.reschedule(asyncio.get_running_loop().time() + self._patience())
                    self.beats += 1
                    self.moved.set()
                    if self.acknowledges:
                        await socket.send({"op": ACK, "d": None, "s": None, "t": None})
                case 2 | 6 if known:
                    raise Refused(4005)
                case 2:
                    await self._identify(socket, payload["d"])
                case 6:
                    await self._resume(socket, payload["d"])
                case 3 | 4 | 8 | 31 | 43:
                    if not known:
                        raise Refused(4003)
                case _:
                    raise Refused(4001)
        except (ValueError, KeyError, TypeError) as error:
            raise Refused(4002) from error

    async def emit(self, event: str, data: dict[str, Any]) -> bool:
        """Send an event to its shard's sessions, to one without a connection at its resume. False: there is none."""
        guild = None if event in PERSONAL and "guild_id" not in data else self._world.guild
        concerned = [each for each in self.sessions.values() if each.concerns(guild) and each.wants(event, guild)]
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
        """Close every connection with the code; the sessions stay, but for codes that ask for a new one."""
        sockets = self._sockets()
        if code in {4007, 4009}:
            self.sessions.clear()
        for socket in sockets:
            await socket.close(code)

    async def ask_for_a_beat(self) -> None:
        """Op 1: send a heartbeat at once."""
        for socket in self._sockets():
            await socket.send({"op": HEARTBEAT, "d": None, "s": None, "t": None})

    def abort(self) -> None:
        """Cut the TCP connections."""
        for socket in self._sockets():
            if socket.request.transport is not None:
                socket.request.transport.abort()

    def _sockets(self) -> list[Socket]:
        return [session.socket for session in self.sessions.values() if session.socket is not None]

    async def _identify(self, socket: Socket, data: dict[str, Any]) -> None:
        if data["token"] != self._token or self.refuse is not None:
            raise Refused(self.refuse or 4004)
        intents, (number, of) = data["intents"], data.get("shard", (0, 1))
        if intents < 0 or intents & ~INTENTS:
            raise Refused(4013)
        if intents & PRIVILEGED & ~self._world.enabled_intents:
            raise Refused(4014)
        if not 0 <= number < of:
            raise Refused(4010)
        self.identified += 1
        self.intents = intents
        session = Session(secrets.token_hex(8), intents, (number, of), socket=socket)
        self.sessions[session.id] = session
        world = self._world
        here = world.member and session.concerns(world.guild)
        ready = {
            "v": 10,
            "user": world.me(),
            "guilds": [{"id": str(world.guild), "unavailable": True}] if here else [],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": [number, of],
            "application": {"id": str(world.application), "flags": 0, "flags_new": "0"},
        }
        await self._dispatch(session, "READY", ready)
        if here and world.available and session.wants("GUILD_CREATE", world.guild):
            await self._dispatch(session, "GUILD_CREATE", world.guild_created())

    async def _resume(self, socket: Socket, data: dict[str, Any]) -> None:
        if data["token"] != self._token:
            raise Refused(4004)
        session = self.sessions.get(data["session_id"])
        if session is None:
            await socket.send({"op": INVALID, "d": False, "s": None, "t": None})
            return
        if not 0 <= data["seq"] <= session.sent:
            del self.sessions[session.id]
            raise Refused(4007)
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
