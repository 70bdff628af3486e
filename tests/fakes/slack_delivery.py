"""How Slack hands requests to an app: envelopes over Socket Mode connections, or signed HTTP."""

import asyncio
import contextlib
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from tests.fakes import published

Json = dict[str, Any]
Kind = Literal["slash_commands", "interactive", "events_api"]
REFRESHED = 10.0
"""Seconds after which Slack closes a connection that it has asked to replace."""

DEBUG = {"host": "applink-1"}

WAITS = 3.0
"""Seconds that Slack waits for an acknowledgement."""


class NotAcknowledged(Exception):
    """Nobody answered in time, or with an error."""


class SocketDelivery:
    """Socket Mode: any open connection gets the envelope; acknowledgements come back on any."""

    def __init__(self) -> None:
        self.connections: list[web.WebSocketResponse] = []
        self.unanswered: dict[str, Json] = {}
        self.connected = 0
        self.unreachable = False
        self._acks: dict[str, asyncio.Future[Json | None]] = {}
        self._numbers = itertools.count(1)
        self._turn = itertools.count()
        self._closing: set[asyncio.Task[None]] = set()
        self.changed = asyncio.Condition()

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """One connection; none while it is unreachable."""
        if self.unreachable:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        hello = {"num_connections": len(self.connections) + 1, "connection_info": {"app_id": "A1"}}
        debug = {**DEBUG, "build_number": 1, "approximate_connection_time": 18060}
        await self._frame(socket, {"type": "hello", **hello, "debug_info": debug})
        self.connections.append(socket)
        self.connected += 1
        await self._notify()
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._acknowledged(json.loads(message.data))
        finally:
            self._forget(socket)
            await self._notify()
        return socket

    async def deliver(self, kind: Kind, payload: Json, *, retry: int = 0) -> Json | None:
        """Send an envelope and return the acknowledgement's payload. Raises NotAcknowledged."""
        identity = f"envelope-{next(self._numbers)}"
        envelope: Json = {
            "type": kind,
            "envelope_id": identity,
            "payload": payload,
            "accepts_response_payload": kind == "slash_commands" or payload["type"] == "view_submission",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        future = asyncio.get_running_loop().create_future()
        self._acks[identity] = future
        try:
            async with asyncio.timeout(WAITS):
                await self._send(envelope)
                found: Json | None = await future
                return found
        except TimeoutError:
            raise NotAcknowledged(f"{kind} within {WAITS} s") from None
        finally:
            self._acks.pop(identity, None)

    async def refresh(self, which: int = 0) -> None:
        """Ask a connection to be replaced, as Slack does every few hours; some time later it closes the old one."""
        socket = self.connections[which]
        self.connections.remove(socket)  # Slack sends nothing more to it
        await self._frame(socket, {"type": "disconnect", "reason": "refresh_requested", "debug_info": DEBUG})
        closing = asyncio.create_task(self._close_later(socket))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    @staticmethod
    async def _close_later(socket: web.WebSocketResponse) -> None:
        await asyncio.sleep(REFRESHED)
        with contextlib.suppress(Exception):  # most often the app has closed it long ago
            await socket.close()

    def cut(self, which: int = 0) -> None:
        """Break a connection without a word."""
        socket = self.connections.pop(which)
        transport = socket._req.transport if socket._req is not None else None
        if transport is not None:
            transport.abort()

    async def until_connected(self, count: int, seconds: float = 10.0) -> None:
        """Wait until so many connections are open."""
        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(lambda: len(self.connections) >= count)

    async def close(self) -> None:
        """End all connections."""
        for closing in self._closing:
            closing.cancel()
        for socket in list(self.connections):
            with contextlib.suppress(Exception):
                await socket.close()

    async def _send(self, envelope: Json) -> None:
        while True:
            async with self.changed:
                await self.changed.wait_for(lambda: self.connections)
            socket = self.connections[next(self._turn) % len(self.connections)]
            try:
                await self._frame(socket, envelope)
            except ConnectionError:
                self._forget(socket)
                continue
            return

    @staticmethod
    async def _frame(socket: web.WebSocketResponse, frame: Json) -> None:
        published.slack_frame(frame)
        await socket.send_json(frame)

    def _acknowledged(self, message: Json) -> None:
        future = self._acks.get(message.get("envelope_id", ""))
        if future is not None and not future.done():
            future.set_result(message.get("payload"))

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if socket in self.connections:
            self.connections.remove(socket)

    async def _notify(self) -> None:
        async with self.changed:
            self.changed.notify_all()


class HttpDelivery:
    """Signed requests to the app's address, or straight into its ASGI app by way of `post`."""

    def __init__(self, secret: str, post: Callable[[bytes, Mapping[str, str]], Any]) -> None:
        self._secret = secret
        self._post = post

    async def deliver(self, kind: Kind, payload: Json, *, retry: int = 0) -> Json | None:
        """Post it and return the response's JSON. Raises NotAcknowledged."""
        if kind == "slash_commands":
            body, content = urlencode(payload), "application/x-www-form-urlencoded"
        elif kind == "interactive":
            body, content = urlencode({"payload": json.dumps(payload)}), "application/x-www-form-urlencoded"
        else:
            body, content = json.dumps(payload), "application/json"
        headers = {"content-type": content, **signed(self._secret, body)}
        if retry:
            headers |= {"x-slack-retry-num": str(retry), "x-slack-retry-reason": "http_timeout"}
        published.slack_request(kind, headers)
        try:
            async with asyncio.timeout(WAITS):
                status, said = await self._post(body.encode(), headers)
        except TimeoutError:
            raise NotAcknowledged(f"{kind} within {WAITS} s") from None
        if status // 100 != 2 if kind == "events_api" else status != 200:
            raise NotAcknowledged(f"{kind}: HTTP {status}")
        return json.loads(said) if said.startswith("{") else {"text": said} if said else None


def signed(secret: str, body: str, at: float | None = None) -> dict[str, str]:
    """The headers that prove that Slack sent it."""
    stamp = str(int(time.time() if at is None else at))  # noqa: TID251 - signatures carry the real time
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest}"}


def asgi_post(app: Any) -> Callable[..., Any]:
    """Posts into an ASGI app as a server would."""

    async def post(body: bytes, headers: Mapping[str, str], path: str = "/slack/events") -> tuple[int, str]:
        said: list[Any] = []
        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "root_path": "",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        received = False

        async def receive() -> Any:
            nonlocal received
            if received:
                return {"type": "http.disconnect"}
            received = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            said.append(message)

        await app(scope, receive, send)
        return int(said[0]["status"]), b"".join(part.get("body", b"") for part in said[1:]).decode()

    return post
