"""Payloads of any shape: each is translated, or answered with a sentence; never a traceback, and no server error.

`FUZZ=100000` sets how many inputs there are; `make fuzz` does that.
"""

import asyncio
import contextlib
import copy
import hashlib
import hmac
import json
import logging
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohort_bot.app.errors import PersonError
from cohort_bot.app.table import TABLE
from cohort_bot.chat.place import Actor, Place
from cohort_bot.clocks import SystemClock
from cohort_bot.platforms.discord import translate as discord
from cohort_bot.platforms.local import translate as local
from cohort_bot.platforms.slack import translate as slack
from cohort_bot.platforms.slack.adapter import SlackPlatform
from cohort_bot.web.server import build

HOW_MANY = int(os.environ.get("FUZZ", "600"))
many = settings(max_examples=HOW_MANY, suppress_health_check=list(HealthCheck))
few = settings(many, max_examples=max(100, HOW_MANY // 20))

AT = datetime(2027, 1, 4, tzinfo=UTC)
MEMBER = Actor("slack", "T1", "U1", "Sample member")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)

COMMAND = {
    "name": "cohort",
    "options": [
        {"name": "create", "type": 1, "options": [{"name": "name", "type": 3, "value": "AI", "focused": True}]}
    ],
}
PRESSED = {"custom_id": "checkin|round=3", "component_type": 2}
MODAL = {
    "custom_id": "checkin.save|round=3|~=checkin",
    "components": [
        {"type": 18, "component": {"type": 4, "custom_id": "done", "value": "x"}},
        {"type": 18, "component": {"type": 3, "custom_id": "tasks", "values": ["1"]}},
    ],
}
ON_SLACK: list[dict[str, Any]] = [
    {"command": "/cohort", "text": 'create name:"AI 2027"', "team_id": "T1", "user_id": "U1", "channel_id": "C1"},
    {
        "type": "block_actions",
        "user": {"id": "U1", "name": "m", "team_id": "T1"},
        "team": {"id": "T1"},
        "channel": {"id": "C1", "name": "general"},
        "container": {"channel_id": "C1", "thread_ts": "1.2"},
        "message": {"thread_ts": "1.2"},
        "actions": [{"type": "button", "action_id": "checkin", "value": '{"round": "3"}'}],
    },
    {
        "type": "view_submission",
        "user": {"id": "U1"},
        "team": {"id": "T1"},
        "view": {
            "private_metadata": '{"a": "checkin.save", "g": {"round": "3"}}',
            "state": {
                "values": {"tasks": {"x": {"selected_options": [{"value": "1"}]}}, "done": {"x": {"value": "y"}}}
            },
        },
    },
    {"type": "event_callback", "event_id": "E1", "team_id": "T1", "event": {"type": "app_home_opened", "user": "U1"}},
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a payload."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += places(inner, (*path, key))
    return found


@st.composite
def spoilt(draw: st.DrawFn, *payloads: dict[str, Any]) -> dict[str, Any]:
    """A payload as the platform sends it, with up to three places changed, taken out or put elsewhere."""
    payload: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(payloads)))
    for _ in range(draw(st.integers(0, 3))):
        *way, last = draw(st.sampled_from(places(payload) or [("name",)]))
        inner: Any = payload
        for key in way:
            inner = inner[key]
        if draw(st.booleans()):
            inner[last] = draw(JSON)
        elif isinstance(inner, dict):
            inner.pop(last, None)
    return payload


def told(translate: Callable[[], object]) -> None:
    """A person gets a sentence at most."""
    with contextlib.suppress(PersonError):
        translate()


@many
@given(spoilt(COMMAND, PRESSED, MODAL) | st.dictionaries(st.text(max_size=10), JSON))
def test_whatever_discord_sends_is_translated_or_answered(data: dict[str, Any]) -> None:
    origin = discord.Origin("1", MEMBER, Place("discord", "1", "2"), AT)
    told(lambda: discord.command(data, TABLE, origin))
    told(lambda: discord.completing(data, TABLE, origin))
    told(lambda: discord.pressed(data, origin))
    told(lambda: discord.submitted(data, origin))


@many
@given(spoilt(*ON_SLACK) | st.dictionaries(st.text(max_size=10), JSON))
def test_whatever_slack_sends_is_translated_or_answered(body: dict[str, Any]) -> None:
    assert slack.identity(body)
    slack.who(body)
    told(lambda: slack.command(body, TABLE, MEMBER, AT))
    told(lambda: slack.button(body, MEMBER, AT))
    told(lambda: slack.submitted(body, MEMBER, AT))
    told(lambda: slack.shortcut(body, "checkin.evidence", {}, MEMBER, AT))


TYPED = st.sampled_from(["/", "/cohort", "create", "name:", '"', "“", "round:3", "\\", "https://x:1", " ", "\n"])
WORDS = st.lists(TYPED | st.text(max_size=12), max_size=8).map(" ".join)
FIELDS = st.lists(st.tuples(st.sampled_from(["_action", "_args", "done"]), st.text(max_size=40)), max_size=5)


@many
@given(WORDS | st.text(max_size=80), FIELDS)
def test_whatever_is_typed_into_the_page_is_translated_or_answered(line: str, posted: list[tuple[str, str]]) -> None:
    origin = local.Origin("1", MEMBER, Place("local", "w", "general"), AT)
    told(lambda: local.typed(line, TABLE, origin))
    told(lambda: local.typed(f"/cohort create {line}", TABLE, origin))
    told(lambda: local.suggest(line, TABLE))
    told(lambda: local.button_message(line))
    told(lambda: local.submitted(posted, origin))


class Tracebacks(logging.Handler):
    """Collects the tracebacks in the log."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.seen.append(record.getMessage())


def test_whatever_is_posted_to_http_is_answered_without_a_server_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    secret = "loopback-secret"
    platform = SlackPlatform(
        SystemClock(), bot_token="xoxb-x", signing_secret=secret, api_url="http://127.0.0.1:9/api/"
    )

    async def nothing() -> list[Any]:
        return []

    async def text() -> str:
        return ""

    asgi = platform.asgi()
    assert asgi is not None
    app = build(ready=nothing, metrics=text, mounts={"/slack": asgi})
    bodies = (
        st.binary(max_size=200)
        | JSON.map(lambda value: json.dumps(value).encode())
        | spoilt(*ON_SLACK).map(lambda body: urlencode({"payload": json.dumps(body)}).encode())
        | spoilt(ON_SLACK[0]).map(lambda body: urlencode(body, doseq=False).encode("utf-8", "replace"))
    )
    kinds = st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/plain"])
    paths = st.sampled_from(["/slack/events", "/slack/install", "/slack/oauth_redirect", "/healthz", "/metrics", "/x"])

    async def ask(method: str, path: str, body: bytes, kind: str, signed: bool) -> int:
        stamp = str(int(time.time()))  # noqa: TID251 - bolt compares with the machine's clock
        digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp}
        if signed:
            headers["X-Slack-Signature"] = f"v0={digest}"
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return (await client.request(method, path, content=body, headers=headers)).status_code

    tracebacks = Tracebacks()
    logging.getLogger().addHandler(tracebacks)
    loop = asyncio.new_event_loop()

    @few
    @given(st.sampled_from(["POST", "GET", "PUT", "HEAD"]), paths, bodies, kinds, st.booleans())
    def run(method: str, path: str, body: bytes, kind: str, signed: bool) -> None:
        assert loop.run_until_complete(ask(method, path, body, kind, signed)) < 500
        assert tracebacks.seen == []

    try:
        run()
    finally:
        logging.getLogger().removeHandler(tracebacks)
        loop.close()
