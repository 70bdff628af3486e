"""Keeps the page to the machine it runs on: loopback hosts, posts from the page itself, small bodies, a strict CSP."""

import ipaddress
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cohort_bot.app.ports.guides import FILE_MOST
from cohort_bot.app.words import playground as playground_words

BODY_LIMIT = 1024 * 1024
"""The largest body that is read, in bytes."""

FILE_BODY_LIMIT = FILE_MOST + BODY_LIMIT
"""The same of a form with a file."""

PORT_MOST = 65535
_HOST = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[0-9A-Za-z.-]+))(?::(?P<port>[0-9]{1,5}))?")
_DRAINED = 2 * FILE_BODY_LIMIT  # a browser shows our answer only if it could finish sending
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


class Guard:
    """ASGI middleware. A web page elsewhere can neither read the playground (DNS rebinding) nor act in it (CSRF)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is refused, pass on the rest."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        refusal = refused(scope["method"], Headers(scope=scope))
        if refusal:
            await PlainTextResponse(refusal, 403)(scope, receive, send_with_headers)
            return
        if scope["method"] == "POST":
            with_file = Headers(scope=scope).get("content-type", "").startswith("multipart/form-data")
            limit = FILE_BODY_LIMIT if with_file else BODY_LIMIT
            body = await _body(receive, limit)
            if body is None:
                answer = playground_words.too_large(limit // 1024)
                await PlainTextResponse(answer, 413)(scope, receive, send_with_headers)
                return
            receive = _replay(body, receive)
        await self._app(scope, receive, send_with_headers)


def refused(method: str, headers: Headers) -> str | None:
    """Why a request is not answered, None when it is."""
    host = headers.get("host", "")
    if not _is_loopback(host):
        return playground_words.playground_away()
    if method in ("GET", "HEAD"):
        return None
    if headers.get("origin") != f"http://{host}":
        return f"Only the playground's own page may post here (Origin must be http://{host})."
    return None


def _is_loopback(host: str) -> bool:
    """Whether the Host header, a name or an address with or without a port, means this machine."""
    parts = _HOST.fullmatch(host)
    if parts is None or int(parts["port"] or 0) > PORT_MOST:
        return False
    name = (parts["name"] or parts["six"]).lower()
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


async def _body(receive: Receive, limit: int) -> bytes | None:
    parts, size = [], 0
    while size <= _DRAINED:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None  # what came of it is not what was to be sent
        part = message.get("body", b"")
        size += len(part)
        if size <= limit:
            parts.append(part)
        if not message.get("more_body", False):
            break
    return b"".join(parts) if size <= limit else None


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed
