"""The addresses of calendars that people subscribe to: `GET /calendar/SECRET.ics`.

An address is a secret. It is written to no log, and one that was stopped is answered like one that never was.
"""

import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports.platform import ASGIApp
from cohort_bot.app.rate_limit import RateLimit

log = logging.getLogger(__name__)

PATH: Final = "/calendar"
ANSWERS, WITHIN, REMEMBERED = 10, 60.0, 10_000
"""So many requests for one address are answered within so many elapsed seconds; apps look a few times a day."""

UNKNOWN: Final = 300
"""So many requests for addresses that are none are answered in that time, all together."""

_SECRET: Final = re.compile(r"[\w-]{20,100}", re.ASCII)
_HEADERS: Final = {
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "default-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar: `version` changes with its content, `changed_at` is when it last did, `content` makes the file."""

    version: str
    changed_at: datetime
    content: Callable[[], Awaitable[str]]


class Calendars:
    """`find` is given the secret of an address, and returns None where there is no calendar. It raises PersonError when
    the calendar cannot be made now. `elapsed` is the time in seconds that rates are measured by.
    """

    def __init__(self, find: Callable[[str], Awaitable[Feed | None]], elapsed: Callable[[], float]) -> None:
        self._find = find
        self._elapsed = elapsed
        self._each, self._unknown = RateLimit(ANSWERS, WITHIN, REMEMBERED), RateLimit(UNKNOWN, WITHIN, 1)
        routes = [Route("/{secret}.ics", self._calendar), Route("/{rest:path}", self._other)]
        self.app: ASGIApp = Starlette(routes=routes)

    async def _calendar(self, request: Request) -> Response:
        secret = request.path_params["secret"]
        if not self._each.allows(hash(secret), self._elapsed()):
            return _later(429)
        try:
            feed = await self._find(secret) if _SECRET.fullmatch(secret) else None
        except PersonError:
            return _later(503)
        except Exception as error:  # noqa: BLE001 - a trace could show the address
            log.error("a calendar cannot be read: %s", type(error).__name__)  # noqa: TRY400
            return _later(503)
        return self._nothing() if feed is None else await _answer(request, feed)

    async def _other(self, _request: Request) -> Response:
        return self._nothing()

    def _nothing(self) -> Response:
        if not self._unknown.allows("", self._elapsed()):
            return _later(429)
        return PlainTextResponse("There is no calendar at this address.\n", 404, _HEADERS)


async def _answer(request: Request, feed: Feed) -> Response:
    changed = format_datetime(feed.changed_at.replace(microsecond=0), usegmt=True)
    headers = {**_HEADERS, "ETag": f'"{feed.version}"', "Last-Modified": changed}
    if _known(request, feed.version, changed):
        return Response(None, 304, headers)
    headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return Response(await feed.content(), 200, headers, "text/calendar; charset=utf-8")


def _known(request: Request, version: str, changed: str) -> bool:
    """Whether the client has this version (RFC 9110, section 13)."""
    tags = request.headers.get("if-none-match")
    if tags is None:
        return request.headers.get("if-modified-since") == changed
    return bool({tag.strip().removeprefix("W/") for tag in tags.split(",")} & {"*", f'"{version}"'})


def _later(status: int) -> Response:
    return PlainTextResponse("Please try again in a minute.\n", status, {**_HEADERS, "Retry-After": "60"})
