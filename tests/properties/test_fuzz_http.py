"""Whatever is posted to our HTTP is answered, and never with a server error: Slack's endpoints, the pages, health."""

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_bot.clocks import SystemClock
from cohort_bot.platforms.local import pages
from cohort_bot.platforms.local.adapter import LocalPlatform
from cohort_bot.platforms.local.chat import Chat
from cohort_bot.platforms.slack import api
from cohort_bot.platforms.slack.adapter import SlackPlatform
from cohort_bot.platforms.slack.oauth import OAuth
from cohort_bot.platforms.slack.token_cipher import TokenCipher
from cohort_bot.web.server import build
from tests.fakes.toy import TABLE, MovedClock, Toy
from tests.platforms.local.visitor import HOST
from tests.properties.payloads import ANYTHING, ON_SLACK, SLASH, TEXTS, share, spoilt

SECRET = "loopback-secret"
METHODS = st.sampled_from(["POST", "POST", "GET", "PUT", "HEAD"])
KINDS = st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data"])


class Tracebacks(logging.Handler):
    """Collects the tracebacks in the log."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.seen.append(record.getMessage())


@pytest.fixture
def tracebacks() -> Iterator[Tracebacks]:
    handler = Tracebacks()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy, and no second try of an answer to a Slack that is not there."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(api, "AGAIN", ())
    monkeypatch.setattr(api, "LONGER", ())


def encoded(pairs: object) -> bytes:
    """As a form is posted."""
    return urlencode(pairs, errors="surrogatepass").encode()  # type: ignore[arg-type] # pairs or a mapping


class Asking:
    """Asks an app in a loop of its own, one request after the other."""

    def __init__(self, app: Any) -> None:
        self.loop = asyncio.new_event_loop()
        transport = httpx2.ASGITransport(app, raise_app_exceptions=True)
        self._client = httpx2.AsyncClient(transport=transport, base_url=HOST)

    def __call__(self, method: str, path: str, body: bytes, headers: dict[str, str], **more: Any) -> int:
        """The status."""
        asked = self._client.request(method, path, content=body, headers=headers, **more)
        return self.loop.run_until_complete(asked).status_code


def test_whatever_is_posted_to_http_is_answered_without_a_server_error(tracebacks: Tracebacks) -> None:
    oauth = OAuth("1.2", "loopback", TokenCipher("a key that is long enough for tests"))
    one = SlackPlatform(SystemClock(), bot_token="xoxb-x", signing_secret=SECRET, api_url="http://127.0.0.1:9/api/")
    many = SlackPlatform(SystemClock(), oauth=oauth, signing_secret=SECRET, api_url="http://127.0.0.1:9/api/")

    async def nothing() -> list[Any]:
        return []

    async def text() -> str:
        return ""

    ask = Asking(build(ready=nothing, metrics=text, mounts={"/slack": one.asgi(), "/many": many.asgi()}))  # type: ignore[dict-item]
    bodies = (
        st.binary(max_size=200)
        | ANYTHING.map(lambda value: json.dumps(value).encode())
        | spoilt(*ON_SLACK).map(lambda body: json.dumps(body).encode())
        | spoilt(*ON_SLACK).map(lambda body: urlencode({"payload": json.dumps(body)}).encode())
        | spoilt(SLASH).map(encoded)
    )
    ours = ["/slack/events", "/slack/events", "/many/events", "/many/install", "/many/oauth_redirect"]
    paths = st.sampled_from([*ours, "/healthz", "/readyz", "/metrics", "/x"])
    params = st.dictionaries(st.sampled_from(["code", "state", "error", "team", "x"]), st.text(max_size=20), max_size=3)

    @share(10)
    @given(METHODS, paths, params, bodies, KINDS, st.sampled_from([True, True, True, False]))
    def run(method: str, path: str, query: dict[str, str], body: bytes, kind: str, signed: bool) -> None:
        stamp = str(int(time.time()))  # noqa: TID251 - bolt compares with the machine's clock
        digest = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp}
        if signed:
            headers["X-Slack-Signature"] = f"v0={digest}"
        status = ask(method, path, body, headers, params=query)
        assert status < 500 or (status == 503 and path.startswith("/many")), "503: it has not been started"
        assert tracebacks.seen == []

    run()
    ask.loop.close()


def test_whatever_is_posted_to_the_pages_is_answered_without_a_server_error(tracebacks: Tracebacks) -> None:
    chat, toy = Chat(":memory:"), Toy()
    platform = LocalPlatform(chat, MovedClock(), pages.build)
    ask = Asking(platform.asgi())
    ask.loop.run_until_complete(platform.start(TABLE, toy.dispatch, toy.complete))
    names = st.sampled_from(
        ["_as", "_in", "_id", "_line", "_button", "_thread", "_action", "_args", "_to", "_wall", "_before", "done"]
    )
    lines = st.sampled_from(["/echo words:x", "/ask", "/card", "/cohort create", "/nothing", "hello", "general"])
    others = st.sampled_from(["1|ask|", "1", "member-1", "moderator", "2027-01-04T09:00", '{"a": "1"}', "ask.sent"])
    values = TEXTS | lines | others
    pairs = st.lists(st.tuples(names, values), max_size=6)
    paths = st.sampled_from(["/", "/live", "/complete", "/type", "/press", "/submit", "/dismiss", "/clock", "/x"])
    origins = st.sampled_from([HOST, HOST, HOST, "http://evil.example", "null", ""])
    ways = st.sampled_from(["POST", "POST", "GET", "PUT", "HEAD"])

    @share(15)
    @given(ways, paths, pairs, pairs, st.binary(max_size=50), KINDS, origins, st.booleans())
    def run(
        method: str,
        path: str,
        query: list[tuple[str, str]],
        posted: list[tuple[str, str]],
        raw: bytes,
        kind: str,
        origin: str,
        script: bool,
    ) -> None:
        body = encoded(posted) if "urlencoded" in kind else raw
        headers = {"Content-Type": kind, "Origin": origin, **({"X-Playground": "1"} if script else {})}
        status = ask(method, f"{path}?{encoded(query).decode()}", body, headers)
        assert status < 500
        assert tracebacks.seen == []

    run()
    ask.loop.run_until_complete(platform.stop(1))
    ask.loop.close()
    chat.close()
