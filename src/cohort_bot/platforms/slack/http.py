"""`/slack/events` as an ASGI app around bolt, which checks the signature; and the two pages of an installation."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from cohort_bot.app.readable import MISSHAPEN
from cohort_bot.platforms.slack.tasks import BackgroundTasks

PATH: Final = "/slack/events"
INSTALL: Final = "/slack/install"
REDIRECT: Final = "/slack/oauth_redirect"
BODY_MOST: Final = 1_000_000
"""Bytes of a request that are read; Slack's own stay below 250 KB, its limit for a view."""

SIGNATURE: Final = re.compile("v0=[0-9a-f]{64}")
TIMESTAMP: Final = re.compile("[0-9]{1,12}")


class Endpoint:
    """Takes what Slack posts, and people who install. Mount it at `/` or at `/slack`.

    `app` is None in Socket Mode: without a signing secret bolt would take what anybody signs with an empty one.
    """

    def __init__(self, app: AsyncApp | None, flow: AsyncOAuthFlow | None, running: BackgroundTasks) -> None:
        self._app = app
        self._flow = flow
        self._running = running

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        method = scope["method"]
        if self._app is not None and _is(scope, PATH):
            headers = _headers(scope)
            if method != "POST":
                await _respond(send, 405, {"allow": ["POST"]}, "Slack posts here.\n")
            elif not _looks_signed(headers):
                await _respond(send, 401, {}, "Slack signs what it sends.\n")
            elif _announced(headers) > BODY_MOST or (body := await _body(receive)) is None:
                await _too_long(send)
            elif (request := _read(scope, body)) is None:
                await _respond(send, 400, {}, "Slack never sends that.\n")
            else:
                await self._answer(send, self._app.async_dispatch, request)
        elif self._flow is not None and (_is(scope, INSTALL) or _is(scope, REDIRECT)):
            begin = self._flow.handle_installation if _is(scope, INSTALL) else self._flow.handle_callback
            if method != "GET":
                await _respond(send, 405, {"allow": ["GET"]}, "This is a page.\n")
            elif self._running.stopping:
                await _respond(send, 503, {"retry-after": ["30"]}, "I am being restarted. Please try again.\n")
            else:
                await self._answer(send, begin, _request(scope, ""))
        else:
            await _respond(send, 404, {}, "Not found\n")

    async def _answer(
        self, send: Any, begin: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]], request: AsyncBoltRequest
    ) -> None:
        with self._running.request():
            answer = await begin(request)
            await _respond(send, answer.status, dict(answer.headers), answer.body)


async def _too_long(send: Any) -> None:
    await _respond(send, 413, {}, "That is more than Slack ever sends.\n")


def _is(scope: Any, path: str) -> bool:
    """Whether it is asked for, wherever the app is mounted."""
    asked = str(scope["path"])
    return asked.endswith(path) or str(scope.get("root_path", "")) + asked == path


def _headers(scope: Any) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _looks_signed(headers: Mapping[str, str]) -> bool:
    """Whether the two headers have the form of Slack's: before anything of the body is read, and before bolt, which
    fails on others, compares them.
    """
    stamp = TIMESTAMP.fullmatch(headers.get("x-slack-request-timestamp", ""))
    return bool(stamp and SIGNATURE.fullmatch(headers.get("x-slack-signature", "")))


def _announced(headers: Mapping[str, str]) -> int:
    """How many bytes the body will have, 0 when nobody says so; the server has refused what is no number."""
    said = headers.get("content-length", "")
    return int(said[:20]) if said.isascii() and said.isdigit() else 0


def _request(scope: Any, body: str) -> AsyncBoltRequest:
    headers: dict[str, str | Sequence[str]] = {**_headers(scope)}
    query = scope.get("query_string", b"").decode("latin-1")
    return AsyncBoltRequest(body=body, query=query, headers=headers)


def _read(scope: Any, body: str) -> AsyncBoltRequest | None:
    """The request, None when its body is none of Slack's: bolt reads it before it looks at the signature."""
    try:
        return _request(scope, body)
    except MISSHAPEN:
        return None


async def _body(receive: Any) -> str | None:
    """The request's body, None when it is too long or never ends."""
    read = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        read += message.get("body", b"")
        if len(read) > BODY_MOST:
            return None
        if not message.get("more_body", False):
            return read.decode("utf-8", "replace")


async def _respond(send: Any, status: int, headers: dict[str, Any], body: str) -> None:
    said = body.encode()
    pairs = [
        (name.encode("latin-1"), str(value).encode("latin-1"))
        for name, values in headers.items()
        if name.lower() != "content-length"
        for value in (values if isinstance(values, list | tuple) else [values])
    ]
    if not any(name.lower() == b"content-type" for name, _ in pairs):
        pairs.append((b"content-type", b"text/plain; charset=utf-8"))
    pairs.append((b"content-length", str(len(said)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": said})
