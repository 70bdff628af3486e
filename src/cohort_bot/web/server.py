"""One Starlette app for the whole process, and uvicorn inside our own event loop."""

import asyncio
import contextlib
import errno
import functools
import ipaddress
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from cohort_bot.app.ports.platform import ASGIApp, Finding
from cohort_bot.app.ports.startup import CannotStart
from cohort_bot.chat.i18n import N_, _
from cohort_bot.web import limits

DRAIN = 2
"""Elapsed seconds that open connections get when the server stops; an event stream would stay for ever."""

PORTS_TRIED = 50

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_STATUS_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>cohort-bot</title>
<h1>cohort-bot is running</h1>
<p>People talk to it where they chat. For operators:
<a href="/healthz">is it alive</a>, <a href="/readyz">is it ready</a>, <a href="/metrics">metrics</a>.</p>
</html>
"""


class CannotListen(CannotStart):
    """HTTP cannot be offered as configured: one line with the setting and the cure."""


class PortTaken(CannotListen):
    """Another program listens there already."""


def build(
    *,
    ready: Callable[[], Awaitable[Sequence[Finding]]],
    metrics: Callable[[], Awaitable[str]],
    mounts: Mapping[str, ASGIApp] | None = None,
) -> Starlette:
    """The app. `ready` finds what keeps the bot from working, `metrics` writes its figures in Prometheus's text format;
    `mounts` are ASGI apps by path, `/` for the rest.
    """

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> Response:
        found = await ready()
        able = all(finding.bearable for finding in found)
        findings = [{"problem": finding.problem, "cure": finding.cure} for finding in found]
        return JSONResponse({"ready": able, "findings": findings}, 200 if able else 503)

    async def prometheus(_request: Request) -> Response:
        return PlainTextResponse(await metrics(), media_type=METRICS_TYPE)

    async def status(_request: Request) -> Response:
        return HTMLResponse(_STATUS_PAGE)

    routes: list[BaseRoute] = [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", prometheus),
    ]
    # The longest path first: `/` takes whatever is left.
    placed = sorted((mounts or {}).items(), key=lambda item: -len(item[0]))
    routes += [Mount(path, app) for path, app in placed]
    if "/" not in (mounts or {}):
        routes.append(Route("/", status))
    return Starlette(routes=routes)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to the host."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 is any free one. Raises PortTaken and CannotListen."""
    not_ours = CannotListen(
        N_("HOST is {host!r}, which is no address of this machine; set it to 127.0.0.1, or to 0.0.0.0 for all"),
        host=host,
    )
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError):
        raise not_ours from None
    bound = socket.socket(family, kind, proto)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(limits.BACKLOG)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                N_("Port {port} is taken by another program. Please set PORT to a free one."), port=port
            ) from None
        if error.errno == errno.EACCES:
            raise CannotListen(
                N_("PORT is {port}, which only root may use; set it to one from 1024 on"), port=port
            ) from None
        raise not_ours from None
    bound.setblocking(False)
    return bound


def bind_next_free(host: str, port: int, say: Callable[[str], None]) -> socket.socket:
    """A socket on the port or the next free one; `say` gets a line when it is another one. Raises PortTaken."""
    for candidate in range(port, min(port + PORTS_TRIED, 65536)):
        try:
            bound = bind(host, candidate)
        except PortTaken:
            continue
        if candidate != port:
            say(_("Port {port} is taken by another program; using {other} instead.", port=port, other=candidate))
        return bound
    raise PortTaken(N_("No port from {port} on is free. Please set PORT to another one."), port=port)


class _Uvicorn(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to bootstrap, which stops platforms and server in order."""
        yield


class WebServer:
    """A server that runs until it is stopped."""

    def __init__(self, app: ASGIApp, bound: socket.socket) -> None:
        connections = limits.Connections(limits.connections_most())
        config = uvicorn.Config(
            limits.AnswerLimit(app, connections),
            http=functools.partial(limits.Connection, connections),  # type: ignore[arg-type] # uvicorn calls it as a class
            backlog=limits.BACKLOG,
            log_level=logging.ERROR,  # malformed input from a port scanner is not worth a log line
            access_log=False,
            lifespan="off",
            log_config=None,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=DRAIN,
            ws="none",
        )
        self.port = int(bound.getsockname()[1])
        """The port that it listens on."""
        self._bound = bound
        self._server = _Uvicorn(config)
        self._task: asyncio.Task[None] | None = None
        self._log_as_before: Callable[[], None] | None = None

    async def start(self) -> None:
        """Take requests from now on. The socket listens already, so earlier connections are not refused."""
        self._log_as_before = limits.log_descriptor_exhaustion_rarely(asyncio.get_running_loop())
        self._task = asyncio.create_task(self._server.serve(sockets=[self._bound]))

    async def stop(self) -> None:
        """Take no more requests, give running ones `DRAIN` seconds, close."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        self._bound.close()
        if self._log_as_before is not None:
            self._log_as_before()


async def serve(app: ASGIApp, host: str, port: int) -> WebServer:
    """Start serving in this event loop; `stop` what is returned. Raises PortTaken."""
    server = WebServer(app, bind(host, port))
    await server.start()
    return server
