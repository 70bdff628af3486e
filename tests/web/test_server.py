"""The one web server: health, readiness, metrics, mounts, ports, its end."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Mapping, Sequence

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from cohort_bot.app.ports.platform import ASGIApp, Finding
from cohort_bot.web import server
from cohort_bot.web.server import PortTaken, bind, bind_next_free, build, is_loopback, serve


def _client(
    mounts: Mapping[str, ASGIApp] | None = None,
    findings: Sequence[Finding] = (),
    metrics: str = "",
) -> httpx2.AsyncClient:
    async def ready() -> Sequence[Finding]:
        return findings

    async def exposition() -> str:
        return metrics

    app = build(ready=ready, metrics=exposition, mounts=mounts)
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1")


def _named(name: str) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(f"{name} {Request(scope).url.path}")(scope, receive, send)

    return app


async def test_it_is_alive_and_says_so_at_the_root() -> None:
    async with _client() as client:
        assert (await client.get("/healthz")).text == "ok\n"
        page = await client.get("/")
        assert (page.status_code, "cohort-bot is running" in page.text) == (200, True)


async def test_it_is_ready_when_nothing_was_found() -> None:
    async with _client() as client:
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"ready": True, "findings": []})
    async with _client(findings=[Finding("No database.", "Set DATABASE_URL.")]) as client:
        answer = await client.get("/readyz")
        found = [{"problem": "No database.", "cure": "Set DATABASE_URL."}]
        assert (answer.status_code, answer.json()) == (503, {"ready": False, "findings": found})
    async with _client(findings=[Finding("Marks.", "Allow it.", bearable=True)]) as client:
        answer = await client.get("/readyz")
        assert answer.json() == {"ready": True, "findings": [{"problem": "Marks.", "cure": "Allow it."}]}
        assert answer.status_code == 200, "it works all the same"


async def test_metrics_are_passed_on_as_prometheus_wants_them() -> None:
    async with _client(metrics="bot_due 0.5\n") as client:
        answer = await client.get("/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.text == "bot_due 0.5\n"


async def test_what_is_mounted_gets_its_paths_and_the_root_what_is_left() -> None:
    async with _client({"/": _named("local"), "/slack": _named("slack")}) as client:
        assert (await client.get("/")).text == "local /"
        assert (await client.get("/other/page")).text == "local /other/page"
        assert (await client.get("/slack/events")).text == "slack /slack/events"
        assert (await client.get("/healthz")).text == "ok\n"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("", False),
        ("10.0.0.1", False),
        ("example.org", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_a_port_that_is_taken_is_named_and_the_next_one_used() -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} is taken"):
            bind("127.0.0.1", port)
        said: list[str] = []
        with bind_next_free("127.0.0.1", port, said.append) as bound:
            used = bound.getsockname()[1]
        assert used > port
        assert said == [f"Port {port} is taken by another program; using {used} instead."]
    said.clear()
    with bind_next_free("127.0.0.1", 0, said.append):
        assert not said


def test_when_no_port_is_free_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PORTS_TRIED", 1)
    with bind("127.0.0.1", 0) as taken, pytest.raises(PortTaken, match="set PORT"):
        bind_next_free("127.0.0.1", taken.getsockname()[1], print)


async def test_it_serves_in_this_loop_and_leaves_signals_alone() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    running = await serve(_named("here"), "127.0.0.1", 0)
    async with httpx2.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"http://127.0.0.1:{running.port}/x")).text == "here /x"
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
    await running.stop()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", running.port)) != 0


async def test_a_stream_that_never_ends_does_not_keep_it_from_stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "DRAIN", 0)
    ended = asyncio.Event()

    async def for_ever() -> AsyncIterator[str]:
        yield "first\n"
        await asyncio.Event().wait()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await StreamingResponse(for_ever())(scope, receive, send)
        finally:
            ended.set()

    running = await serve(app, "127.0.0.1", 0)
    async with (
        httpx2.AsyncClient(trust_env=False) as client,
        client.stream("GET", f"http://127.0.0.1:{running.port}/") as answer,
    ):
        lines = answer.aiter_lines()  # kept: the client hangs up with its last reader
        assert await anext(lines) == "first"
        assert not ended.is_set()
        async with asyncio.timeout(3):
            await running.stop()
            await ended.wait()


async def test_stopping_at_once_is_fine() -> None:
    running = await serve(_named("here"), "127.0.0.1", 0)
    async with asyncio.timeout(5):
        await running.stop()
