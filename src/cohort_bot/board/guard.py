"""What the board refuses before any page is asked for, and the headers of every answer."""

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_MOST: Final = 256 * 1024

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Guard:
    """Refuses other hosts, posts from other pages and large bodies, and adds the headers that browsers hold to."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope)
        headers = request.headers
        refusal = None
        if headers.get("host", "") != self._host:
            refusal = PlainTextResponse("wrong host", 400)
        elif request.method == "POST" and not _from_us(headers, self._host):
            refusal = PlainTextResponse("posted from elsewhere", 403)
        elif not headers.get("content-length", "0").isdigit() or int(headers.get("content-length", "0")) > BODY_MOST:
            refusal = PlainTextResponse("too large", 413)
        elif request.method == "POST" and "content-length" not in headers:
            refusal = PlainTextResponse("length required", 411)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await (refusal or self._app)(scope, receive, with_headers)


def _from_us(headers: Headers, host: str) -> bool:
    """Whether a browser says that a page of ours posts it; what is no browser says nothing."""
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc == host
    return headers.get("sec-fetch-site") in {None, "same-origin"}
