"""The open port, from outside with real sockets: who is slow, many, or both keeps nobody else from being answered."""

import asyncio
import contextlib
import logging
import os
import resource
import socket
from collections.abc import AsyncIterator, Iterator

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from cohort_bot.app.ports.platform import ASGIApp
from cohort_bot.web import limits
from cohort_bot.web.server import WebServer, serve

LENGTH = b"Content-Length: 100"
HALF = b"POST /x HTTP/1.1\r\nHost: x\r\n" + LENGTH + b"\r\n\r\na="
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Says how many bytes came."""
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


class Client:
    """One connection, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, *parts: bytes, pause: float = 0.0) -> None:
        for part in parts:
            self.writer.write(part)
            with contextlib.suppress(ConnectionError):
                await self.writer.drain()
            await asyncio.sleep(pause)

    async def answer(self) -> bytes:
        """All that comes until the other side hangs up; what came before a reset counts."""
        said = b""
        async with asyncio.timeout(5):
            with contextlib.suppress(ConnectionError):
                while part := await self.reader.read(4096):
                    said += part
        return said

    async def first_line(self) -> bytes:
        async with asyncio.timeout(5):
            return await self.reader.readline()


@contextlib.asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[WebServer]:
    server = await serve(app, "127.0.0.1", 0)
    try:
        yield server
    finally:
        await server.stop()


@contextlib.asynccontextmanager
async def connected(server: WebServer) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        yield Client(reader, writer)
    finally:
        writer.close()


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ten seconds in a test."""
    monkeypatch.setattr(limits, "REQUEST_TIME", 0.2)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        HALF,
        HALF.replace(b"Content-Length: 100", b"Transfer-Encoding: chunked"),
    ],
    ids=["nothing", "half a line", "half of the headers", "half a body", "half a chunk"],
)
async def test_a_request_that_does_not_end_is_ended(begun: bytes) -> None:
    async with serving(echo) as server, connected(server) as client:
        await client.send(begun)
        assert (await client.answer()).startswith(b"HTTP/1.1 408 ")


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    "begun",
    [b"GET / HTTP/1.1\r\nX-Y: ", HALF.replace(LENGTH, b"Content-Length: 100000")],
    ids=["headers", "body"],
)
async def test_a_byte_now_and_then_does_not_help(begun: bytes) -> None:
    async with serving(echo) as server, connected(server) as client:
        dripping = asyncio.create_task(client.send(begun, *[b"z"] * 90_000, pause=0.02))
        said = await client.answer()
        # Whoever sends on after the end has the connection reset, which may take the answer away before it is read.
        assert said == b"" or said.startswith(b"HTTP/1.1 408 ")
        dripping.cancel()


@pytest.mark.usefixtures("short")
async def test_an_answer_before_the_body_does_not_let_the_body_go_on_for_ever() -> None:
    async def refuses(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("no", 401)(scope, receive, send)

    async with serving(refuses) as server, connected(server) as client:
        dripping = asyncio.create_task(client.send(HALF, *[b"z"] * 90, pause=0.02))
        said = await client.answer()
        assert said.startswith(b"HTTP/1.1 401 ")
        dripping.cancel()


@pytest.mark.usefixtures("short")
async def test_an_answer_that_takes_its_time_is_waited_for() -> None:
    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.5)
        await echo(scope, receive, send)

    async with serving(slow) as server, connected(server) as client:
        await client.send(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab")
        assert (await client.answer()).endswith(b"\r\n\r\n2")


async def test_several_requests_on_one_connection_are_answered() -> None:
    async with serving(echo) as server, connected(server) as client:
        await client.send(WHOLE * 2 + WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert (await client.answer()).count(b"HTTP/1.1 200 OK") == 3


async def test_who_waits_longest_makes_room_for_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CONNECTIONS_MOST", 8)
    async with serving(echo) as server, contextlib.AsyncExitStack() as stack:
        slow = [await stack.enter_async_context(connected(server)) for _ in range(20)]
        for each in slow:
            await each.send(HALF)
        async with connected(server) as client:
            await client.send(WHOLE)
            assert await client.first_line() == b"HTTP/1.1 200 OK\r\n"
        assert [await each.answer() for each in slow[:12]] == [b""] * 12
        await slow[-1].send(b"z" * 98)
        assert await slow[-1].first_line() == b"HTTP/1.1 200 OK\r\n", "who is not too many goes on"


async def test_health_is_told_when_all_places_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CONNECTIONS_MOST", 8)
    go_on = asyncio.Event()

    async def busy(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/long":
            await go_on.wait()
        await echo(scope, receive, send)

    async with serving(busy) as server, contextlib.AsyncExitStack() as stack:
        long = [await stack.enter_async_context(connected(server)) for _ in range(5)]
        for each in long:
            await each.send(WHOLE.replace(b"/healthz", b"/long"))
        assert (await long[4].answer()).startswith(b"HTTP/1.1 503 ")
        async with connected(server) as client:
            await client.send(WHOLE)
            assert await client.first_line() == b"HTTP/1.1 200 OK\r\n"
        go_on.set()
        for each in long[:4]:
            assert await each.first_line() == b"HTTP/1.1 200 OK\r\n"


def test_half_of_the_descriptors_are_for_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    for soft, most in ((256, 128), (1024, 512), (100_000, 512), (resource.RLIM_INFINITY, 512)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, soft=soft: (soft, soft))
        assert limits.connections_most() == most


@contextlib.contextmanager
def no_descriptors_left() -> Iterator[None]:
    """Whatever this process would open fails; the system's own limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(int(each.name) for each in os.scandir("/proc/self/fd")) + 1, hard))
    filling = []
    with contextlib.suppress(OSError):
        while True:
            filling.append(os.dup(0))
    try:
        yield
    finally:
        for number in filling:
            os.close(number)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_the_log_says_once_that_there_are_no_descriptors(caplog: pytest.LogCaptureFixture) -> None:
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    async with serving(echo) as server:
        await asyncio.sleep(0)
        clients = [socket.socket() for _ in range(20)]
        with no_descriptors_left():
            for each in clients:
                each.setblocking(False)
                each.connect_ex(("127.0.0.1", server.port))
            for _ in range(50):  # turns of the loop, in which it tries to take them
                await asyncio.sleep(0.001)
        said = [record for record in caplog.records if record.levelno >= logging.WARNING]
        assert [record.getMessage().partition(";")[0] for record in said] == [
            "no connection can be taken: all descriptors are in use"
        ]
        for each in clients:
            each.close()
        loop.call_exception_handler({"message": "something else"})
        assert caplog.records[-1].getMessage() == "something else"
    assert loop.get_exception_handler() is before
