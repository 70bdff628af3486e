"""`/slack/events` as an ASGI app around bolt, which checks the signature; and the two pages of an installation."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from cohort_bot.platforms.common.payloads import MALFORMED
from cohort_bot.platforms.common.tasks import BackgroundTasks
from cohort_bot.platforms.slack.manifest import INSTALL, PATH, REDIRECT
from cohort_bot.platforms.slack.reply_channels import responding

BODY_MOST: Final = 1_000_000
"""Bytes of a request that are read; Slack's own stay below 250 KB, its limit for a view."""

SIGNATURE: Final = re.compile("v0=[0-9a-f]{64}")
TIMESTAMP: Final = re.compile("[0-9]{1,12}")

Handle = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]


class Endpoint:
    """Takes Slack's requests, and people who install the app. Mount it at `/` or at `/slack`.

    `app` is None in Socket Mode: without a signing secret bolt would accept requests signed with an empty one.
    """

    def __init__(self, app: AsyncApp | None, flow: AsyncOAuthFlow | None, running: BackgroundTasks) -> None:
        self._app = app
        self._flow = flow
        self._running = running

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        routed = await self._routed(Request(scope, receive))
        if isinstance(routed, Response):
            await routed(scope, receive, send)
            return
        handle, request = routed
        with responding(self._running):
            answer = await handle(request)
            await to_starlette_response(answer)(scope, receive, send)

    async def _routed(self, request: Request) -> Response | tuple[Handle, AsyncBoltRequest]:
        """The request for bolt, or the reason for refusing it."""
        if self._app is not None and _is(request, PATH):
            read = await _signed(request)
            return read if isinstance(read, Response) else (self._app.async_dispatch, read)
        if self._flow is not None and (_is(request, INSTALL) or _is(request, REDIRECT)):
            if request.method != "GET":
                return PlainTextResponse("This is a page.\n", 405, {"allow": "GET"})
            if self._running.stopping:
                headers = {"retry-after": "30"}
                return PlainTextResponse("I am being restarted. Please try again.\n", 503, headers)
            handle = self._flow.handle_installation if _is(request, INSTALL) else self._flow.handle_callback
            return handle, to_async_bolt_request(request, b"")
        return PlainTextResponse("Not found\n", 404)


def _is(request: Request, path: str) -> bool:
    """Whether the request is for this path, wherever the app is mounted."""
    asked = str(request.scope["path"])
    return asked.endswith(path) or str(request.scope.get("root_path", "")) + asked == path


async def _signed(request: Request) -> Response | AsyncBoltRequest:
    """The request for bolt, if it may be Slack's.

    The two headers must have the form of Slack's before anything of the body is read, and before bolt, which fails on
    others, compares them; bolt reads the body before it looks at the signature.
    """
    if request.method != "POST":
        return PlainTextResponse("Slack posts here.\n", 405, {"allow": "POST"})
    stamp = TIMESTAMP.fullmatch(request.headers.get("x-slack-request-timestamp", ""))
    if not (stamp and SIGNATURE.fullmatch(request.headers.get("x-slack-signature", ""))):
        return PlainTextResponse("Slack signs what it sends.\n", 401)
    announced = request.headers.get("content-length", "")  # the server has already refused anything but a number
    if (announced.isdigit() and int(announced[:20]) > BODY_MOST) or (body := await _body(request)) is None:
        return PlainTextResponse("That is more than Slack ever sends.\n", 413)
    try:
        return to_async_bolt_request(request, body)
    except MALFORMED:
        return PlainTextResponse("Slack never sends that.\n", 400)


async def _body(request: Request) -> bytes | None:
    """The request's body, None when it is too long or never ends."""
    read = bytearray()
    try:
        async for part in request.stream():
            read += part
            if len(read) > BODY_MOST:
                return None
    except ClientDisconnect:
        return None
    return bytes(read)
