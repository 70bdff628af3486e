"""Limits for the clients of an open port: time for a request, connections, requests that are answered at a time.

A client that connects and then sends nothing, or one byte a second, costs a descriptor; when none are left, nobody is
answered any more, not even health checks. So a request has a time limit, and when there are too many connections the
one that has waited longest for its own request makes room for the newest.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any, Final

from starlette.requests import ClientDisconnect
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

from cohort_bot.app.ports.platform import ASGIApp

log = logging.getLogger(__name__)

REQUEST_TIME: Final = 10.0
"""Seconds of elapsed time within which a whole request must arrive: Slack's take a fraction of one."""

CONNECTIONS_MOST: Final = 512
ANSWERED_MOST: Final = 256
"""The most requests that are answered at a time; further ones are asked to try again. Always less than connections."""

BACKLOG: Final = 64
"""Connections that the system keeps until they are taken; Python tries as often in a row when it has no descriptors."""

ALWAYS: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Health checks are answered however busy the bot is."""

SAY_AGAIN: Final = 60.0
"""Seconds until the log repeats that there are no descriptors left."""

_TIMEOUT: Final = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


def connections_most() -> int:
    """How many connections there may be: half of the descriptors that the process may have, the others are its own."""
    try:
        import resource  # noqa: PLC0415 - Windows has none

        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    except ImportError:
        return CONNECTIONS_MOST
    return CONNECTIONS_MOST if soft == resource.RLIM_INFINITY else max(2, min(CONNECTIONS_MOST, soft // 2))


class Connections:
    """All connections of a server: which of them wait for their client, the longest first, and which are answered."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.waiting: dict[Connection, None] = {}
        self.answered: set[Connection] = set()

    def make_room(self, there: int) -> bool:
        """Make room for one more connection; returns whether there is any."""
        if there < self.most:
            return True
        longest = next(iter(self.waiting), None)
        if longest is None:
            return False
        longest.abort()
        return True


class Connection(H11Protocol):
    """One connection, which ends when a request takes too long to come, or an answer to be taken."""

    def __init__(
        self,
        connections: Connections,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._all = connections
        self._limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        room = self._all.make_room(len(self.connections))
        super().connection_made(transport)
        if room:
            self._wait()
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """The request was answered: the client may send its next one, and has to read the answer."""
        self._wait()
        super().on_response_complete()
        self._look()  # the next request may have arrived already

    def abort(self) -> None:
        """End it at once; what was not sent yet is lost."""
        self._stop_waiting()
        self.transport.abort()

    def _cycle(self) -> RequestResponseCycle | None:
        """The newest request, which uvicorn types as if there always were one."""
        return self.cycle

    def _look(self) -> None:
        """Whether a whole request has arrived and is not answered yet: then the client is not the one to be waited
        for.
        """
        cycle = self._cycle()
        if cycle is not None and not cycle.more_body and not cycle.response_complete:
            self._stop_waiting()
            self._all.answered.add(self)

    def _wait(self) -> None:
        self._stop_waiting()
        self._all.waiting[self] = None
        self._limit = self.loop.call_later(REQUEST_TIME, self._too_slow)

    def _stop_waiting(self) -> None:
        self._all.waiting.pop(self, None)
        self._all.answered.discard(self)
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _too_slow(self) -> None:
        """Say so to a client that has begun a request and gets no answer otherwise."""
        cycle = self._cycle()
        answered = cycle is not None and cycle.response_started
        if answered or self.transport.is_closing() or self.transport.get_write_buffer_size():
            self.abort()
            return
        self._stop_waiting()
        self.transport.write(_TIMEOUT)
        self.transport.close()


class AnswerLimit:
    """ASGI middleware: a limited number of requests is answered at a time, the others are asked to try again in a
    moment.

    A request that is still arriving does not count, or slow clients would block everybody.
    """

    def __init__(self, app: ASGIApp, connections: Connections) -> None:
        self._app = app
        self._all = connections
        self._most = min(ANSWERED_MOST, connections.most // 2)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] not in ALWAYS and len(self._all.answered) > self._most:
            headers = [(b"content-length", b"0"), (b"retry-after", b"5"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 503, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        with contextlib.suppress(ClientDisconnect):  # a client that has disconnected gets no answer and no log line
            await self._app(scope, receive, send)


def log_descriptor_exhaustion_rarely(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    """asyncio logs it with a trace for each try, many times a second; returns a function that undoes this."""
    before = loop.get_exception_handler()
    said: list[float] = []

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if str(context.get("message", "")).startswith("socket.accept() out of system resource"):
            if not said or loop.time() - said[-1] >= SAY_AGAIN:
                said[:] = [loop.time()]
                log.error("no connection can be taken: all descriptors are in use; raise their limit (LimitNOFILE)")
        elif before is not None:
            before(loop, context)
        else:
            loop.default_exception_handler(context)

    loop.set_exception_handler(handle)
    return lambda: loop.set_exception_handler(before)
