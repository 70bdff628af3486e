"""The page answers its own machine and its own posts only."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from cohort_bot.platforms.local.guard import BODY_LIMIT
from tests.fakes.toy import Toy
from tests.platforms.local.visitor import HOST, Visitors


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "localhost:1", "127.9.9.9", "[::1]:8000"])
async def test_this_machine_is_answered(visitors: Visitors, host: str) -> None:
    assert (await visitors.client.get("/", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "example.org",
        "127.0.0.1.example.org",
        "10.0.0.1",
        "",
        "[",
        "127.0.0.1@example.org",
        "example.org@127.0.0.1",
        "127.0.0.1:8000.evil.example",
        "127.0.0.1:evil",
        "127.0.0.1:99999",
        "127.0.0.1:-1",
        "127.0.0.1:",
        "127.0.0.1/evil.example",
        "127.0.0.1?evil.example",
        "localhost#evil.example",
        "127.0.0.1:8000:9000",
        "[::1]evil.example",
    ],
)
async def test_any_other_name_is_refused(visitors: Visitors, host: str) -> None:
    for path in ("/", "/live", "/events", "/static/playground.js"):
        answer = await visitors.client.get(path, headers={"Host": host})
        assert answer.status_code == 403
        assert "http://127.0.0.1" in answer.text


@pytest.mark.parametrize(
    "origin",
    ["https://example.org", "null", "", "http://127.0.0.1:8001", "https://127.0.0.1:8000", "http://localhost:8000"],
)
async def test_a_post_from_elsewhere_is_refused(visitors: Visitors, toy: Toy, origin: str) -> None:
    answer = await visitors.client.post("/type", data={"_line": "/ask"}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert HOST in answer.text
    assert not toy.seen


async def test_a_post_that_does_not_say_from_where_is_refused(visitors: Visitors, toy: Toy) -> None:
    del visitors.client.headers["Origin"]
    assert (await visitors.client.post("/type", data={"_line": "/ask"})).status_code == 403
    assert not toy.seen


async def test_a_body_that_is_too_long_is_refused(visitors: Visitors, toy: Toy) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(BODY_LIMIT // 1024 + 1):
            yield b"x" * 1024

    async def whole() -> AsyncIterator[bytes]:
        yield b"_line=%2Fecho+words:" + b"y" * (BODY_LIMIT - 20)

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await visitors.client.post("/type", content=chunks(), headers=form)
    assert (answer.status_code, "1024 KiB" in answer.text) == (413, True)
    assert not toy.seen
    assert (await visitors.client.post("/type", content=whole(), headers=form)).status_code == 303
    assert len(toy.seen[0].args["words"]) == BODY_LIMIT - 20


async def test_every_answer_forbids_what_is_not_its_own(visitors: Visitors) -> None:
    answers: list[httpx2.Response] = [
        await visitors.client.get("/"),
        await visitors.client.get("/static/playground.css"),
        await visitors.client.get("/nowhere"),
        await visitors.client.get("/", headers={"Host": "example.org"}),
        await visitors.client.post("/type", data={"_line": "x"}),
    ]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
