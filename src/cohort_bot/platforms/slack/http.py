"""`/slack/events` as an ASGI app around bolt, which checks the signature."""

from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from cohort_bot.platforms.slack.running import Running

PATH: Final = "/slack/events"
BODY_MOST: Final = 1_000_000
"""Bytes of a request that are read; Slack's own stay below 250 KB, its limit for a view."""


class Endpoint:
    """Takes what Slack posts. Mount it at `/` or at `/slack`."""

    def __init__(self, app: AsyncApp, running: Running) -> None:
        self._app = app
        self._running = running

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        path = scope["path"]
        if not path.endswith(PATH) and scope.get("root_path", "") + path != PATH:
            await _respond(send, 404, {}, "Not found\n")
        elif scope["method"] != "POST":
            await _respond(send, 405, {"allow": ["POST"]}, "Slack posts here.\n")
        elif (body := await _body(receive)) is None:
            await _respond(send, 413, {}, "That is more than Slack ever sends.\n")
        else:
            with self._running.request():
                headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
                query = scope.get("query_string", b"").decode("latin-1")
                answer = await self._app.async_dispatch(AsyncBoltRequest(body=body, query=query, headers=headers))
                await _respond(send, answer.status, dict(answer.headers), answer.body)


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
