"""What the log tells, and what it never tells."""

import contextlib
import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from cohort_bot import logs
from cohort_bot.app.ports.platform import Reason, Refused
from cohort_bot.app.ports.store import Store
from tests.fakes.bot import running
from tests.fakes.discord_server import DiscordServer, Fault
from tests.platforms.discord import cohort as on_discord
from tests.platforms.slack import cohort as on_slack

MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
MARK = "Zq7-private-words"
"""In everything that a person writes below."""


@contextlib.contextmanager
def logged(level: str = "DEBUG", shape: str = "json", secrets: frozenset[str] = frozenset()) -> Iterator[io.StringIO]:
    """What the whole process logs meanwhile."""
    root, own = logging.getLogger(), logging.getLogger("cohort_bot")
    before = root.handlers[:], root.level, own.level
    stream = io.StringIO()
    try:
        logs.configure(level, shape, secrets, stream)  # type: ignore[arg-type]
        yield stream
    finally:
        root.handlers[:], level_before, own_before = before
        root.setLevel(level_before)
        own.setLevel(own_before)
        logging.captureWarnings(capture=False)


def events(stream: io.StringIO) -> list[dict[str, object]]:
    """Each line is one JSON object."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def test_an_invocation_and_what_follows_from_it_can_be_told_apart(tmp_path: Path) -> None:
    with logged("INFO") as stream:
        async with running(tmp_path) as bot:
            await bot.create()
            await bot.join("member-1")
            bot.chat.fail_next(Refused(Reason.NOT_ALLOWED, "no"))
            await bot.until(MONDAY)
    told = events(stream)
    joined = next(each for each in told if each.get("action") == "join")
    assert {"invocation", "platform", "outcome", "seconds", "timestamp", "level", "logger"} <= set(joined)
    assert joined["outcome"] == "answered"
    parked = next(each for each in told if "is parked" in str(each["event"]))
    assert (parked["kind"], parked["level"]) == ("opening", "warning")
    tried = [
        each for each in told if each.get("delivery") == parked["delivery"] and each["event"] == "delivery attempted"
    ]
    assert [each["outcome"] for each in tried] == ["parked"]
    assert not any("invocation" in each for each in tried), "a delivery does not belong to whoever was there last"


def nothing_private(text: str, *secrets: str) -> None:
    found = [line for line in text.splitlines() if MARK in line or any(secret in line for secret in secrets)]
    assert not found, found[:3]


def broken(store: Store) -> None:
    """A fault whose statement has what somebody wrote among its parameters."""
    store.people.add("discord", "", "U-twice", MARK, "UTC")
    store.people.add("discord", "", "U-twice", MARK, "UTC")


async def test_a_story_on_discord_at_debug_tells_no_token_and_no_words(tmp_path: Path) -> None:
    with logged() as stream:
        async with DiscordServer() as server, on_discord.running(tmp_path, server=server) as bot:
            await bot.create(MARK)
            await bot.join("member-1")
            server.fail(Fault("error", "POST", "/messages", 500))
            server.fail(Fault("lose", "POST", "/messages"))
            await bot.until(MONDAY)
            form = await server.slash("member-1", "general", "checkin")
            words = {"done": f"{MARK} done", "blockers": f"{MARK} blocked", "next": f"{MARK} next"}
            await server.submit("member-1", form, tasks=["1"], share=["thread"], **words)
            await server.slash("member-1", "general", "break", **{"from": MARK})
            await server.slash("member-1", "general", "profile", timezone=MARK)
            await bot.runtime.settle()
            try:
                await bot.runtime.database.write(broken)
            except IntegrityError:
                logging.getLogger("cohort_bot").exception("as any fault is logged")
            await server.deny("general", -1)
            await bot.days(8)
    assert "answered" in stream.getvalue()
    assert "UNIQUE constraint failed" in stream.getvalue()
    nothing_private(stream.getvalue(), server.token)
    assert not re.search(r"/(webhooks|interactions)/\d+/\w{20}", stream.getvalue())


async def test_a_story_on_slack_at_debug_tells_no_token_and_no_words(tmp_path: Path) -> None:
    with logged() as stream:
        async with on_slack.running(tmp_path, "socket") as bot:
            world = bot.slack.world
            await bot.create(MARK)
            await bot.join("U2")
            await bot.until(MONDAY)
            form = await bot.slack.command("U2", "/checkin")
            words = {"done": f"{MARK} done", "blockers": f"{MARK} blocked", "next": f"{MARK} next"}
            await bot.slack.submit("U2", form, tasks=["1"], share=["thread", "blocker"], **words)
            await bot.type("U2", f"/cohort {MARK}")
            await bot.type("U2", f"/cohort break from:{MARK}")
            await bot.days(8)
    assert "answered" in stream.getvalue()
    nothing_private(stream.getvalue(), world.bot_token, world.app_token)


@pytest.mark.parametrize("shape", ["json", "text"])
def test_secrets_are_struck_out_wherever_they_come_from(shape: str) -> None:
    given = {'a "quoted" secret', "s3cret-key"}
    patterns = [
        "xoxb-1234567890-abcdef",
        "xapp-1-A1-2-abc",
        "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDe.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "https://discord.com/api/v10/webhooks/123456789/aW50ZXJhY3Rpb246MTIzNDU2Nzg5/messages/@original",
        "https://hooks.slack.com/commands/T1/2/abcdef",
        "wss://wss-primary.slack.com/link/?ticket=abcdef-12&app_id=1",
        "postgresql://bot:pa55w0rd@db.example/cohort",
    ]
    with logged(shape=shape, secrets=frozenset(given)) as stream:
        log = logging.getLogger("some.library")
        for secret in [*given, *patterns]:
            log.warning("it said %s", secret)
            try:
                raise ValueError(secret)
            except ValueError:
                log.exception("again", extra={"where": secret})
    text = stream.getvalue()
    hidden = ["quoted", "s3cret", "1234567890", "A1-2", "GabcDe", "aW50", "T1/2", "abcdef-12", "pa55w0rd"]
    assert [word for word in hidden if word in text] == []
    assert "db.example/cohort" in text, "what is no secret stays"
    assert "ValueError" in text


def test_libraries_speak_from_warning_on_and_in_the_same_shape() -> None:
    with logged("DEBUG") as stream:
        for name in ("discord.http", "slack_bolt.App", "apscheduler.scheduler", "uvicorn.error", "aiosqlite"):
            logging.getLogger(name).debug("with a whole request")
            logging.getLogger(name).info("with a whole request")
            logging.getLogger(name).error("broken")
        logging.getLogger("cohort_bot.app").debug("ours")
    assert [(each["event"], each["level"]) for each in events(stream)] == [("broken", "error")] * 5 + [
        ("ours", "debug")
    ]


def test_text_is_for_people_and_automatic_means_json_where_nobody_sits() -> None:
    with logged("INFO", "text") as stream:
        logging.getLogger("cohort_bot").info("hello", extra={"week": 3})
    assert re.search(r"info .*hello.* week=3", stream.getvalue())
    with logged("INFO", "auto") as stream:
        logging.getLogger("cohort_bot").info("hello")
    assert events(stream)[0]["event"] == "hello"
