"""A loopback Slack and the platform on it, with handlers that a test writes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from cohort_bot.app.commands import GROUPED, CommandSpec, Param, Role, Table
from cohort_bot.app.services import Services
from cohort_bot.chat.form import Form, Option, Reply, TextField
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import text
from cohort_bot.platforms.slack import answers
from cohort_bot.platforms.slack.adapter import SlackPlatform
from cohort_bot.platforms.slack.oauth import OAuth
from cohort_bot.platforms.slack.token_cipher import TokenCipher
from tests.fakes.bot import StillClock
from tests.fakes.slack_server import SlackServer

SECRET_KEY = "a key that is long enough for tests"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library honours a proxy even for 127.0.0.1, and takes settings from the environment."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("BOT_TOKEN", "APP_TOKEN", "SIGNING_SECRET", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.delenv(f"SLACK_{name}", raising=False)


async def _unused(_services: Services, _invocation: Invocation) -> Reply:
    raise AssertionError("dispatch is the test's")


TABLE = Table(
    (
        CommandSpec("checkin", Role.ANYONE, _unused, "Check in", {"": "checkin"}, (Param("round", "int", "which"),)),
        CommandSpec("join", Role.ANYONE, _unused, "Join", {"": "join", GROUPED: "cohort join"}),
        CommandSpec("plan", Role.ANYONE, _unused, "Plan", {"": "plan", GROUPED: "cohort plan"}),
        CommandSpec("secret", Role.ANYONE, _unused, "Not here", {"": "secret", GROUPED: ""}),
        CommandSpec("help", Role.ANYONE, _unused, "Help", {"": "help", GROUPED: "cohort help"}),
        CommandSpec(
            "cohort.create",
            Role.ANYONE,
            _unused,
            "Start a cohort",
            {"": "cohort create"},
            (
                Param("name", "text", "what it is called", required=True),
                Param("starts", "date", "the first day"),
                Param("day", "day", "the day on which weeks open"),
                Param("channel", "channel", "the room"),
                Param("mentor", "member", "who helps"),
                Param("pace", "choice", "how fast", choices=(Option("slow", "Slowly"), Option("fast", "Fast"))),
            ),
        ),
        CommandSpec("checkin.save", Role.ANYONE, _unused),
        CommandSpec("checkin.evidence", Role.ANYONE, _unused),
    )
)


FORM = Form("checkin.save", "Check in", (TextField("done", "Done", "long"), TextField("next", "Next")), {"round": "3"})


def always(reply: Reply) -> Callable[[Invocation], Awaitable[Reply]]:
    """A handler with one answer for everything."""

    async def answer(_invocation: Invocation) -> Reply:
        return reply

    return answer


class Toy:
    """`dispatch` for a platform: what arrived, and what a test answers."""

    def __init__(self) -> None:
        self.seen: list[Invocation] = []
        self.answer: Callable[[Invocation], Awaitable[Reply]] = self.echo

    async def echo(self, invocation: Invocation) -> Reply:
        return text(f"{invocation.action} {dict(invocation.args)} {dict(invocation.fields)}")

    async def dispatch(self, invocation: Invocation) -> Reply:
        self.seen.append(invocation)
        return await self.answer(invocation)

    async def complete(self, *_: object) -> tuple[Option, ...]:
        return ()


@pytest.fixture
def toy() -> Toy:
    return Toy()


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch, toy: Toy) -> Callable[[Reply], asyncio.Event]:
    """Makes handlers slower than an acknowledgement may take: they end when the event is set."""

    def slow(reply: Reply) -> asyncio.Event:
        # Only from now on: what a test did before must not become late on a busy machine.
        monkeypatch.setattr(answers, "DEFER", 0.05)
        go_on = asyncio.Event()

        async def answer(_invocation: Invocation) -> Reply:
            await go_on.wait()
            return reply

        toy.answer = answer
        return go_on

    return slow


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def teams() -> tuple[str, ...]:
    """The workspaces that Slack has."""
    return ("T1",)


@pytest.fixture
async def slack(clock: StillClock, teams: tuple[str, ...]) -> AsyncIterator[SlackServer]:
    async with SlackServer(clock.now, teams) as server:
        yield server


def connected(
    slack: SlackServer, clock: StillClock, mode: str = "socket", *, secret_key: str = SECRET_KEY, **more: object
) -> SlackPlatform:
    """A platform for the loopback server, not started yet. The modes: "socket", "http", "oauth" (over HTTP) and
    "oauth-socket".
    """
    world = slack.world
    token: dict[str, object] = {"signing_secret": world.signing_secret}
    if mode.endswith("socket"):
        token = {"app_token": world.app_token}
    if mode.startswith("oauth"):
        token["oauth"] = OAuth(slack.oauth.client_id, slack.oauth.client_secret, TokenCipher(secret_key))
    else:
        token["bot_token"] = world.bot_token
    quick = {"ping": 0.2, "watch": 0.2, "part_gap": 0.0, **token, **more}
    platform = SlackPlatform(clock, api_url=slack.api_url, **quick)  # type: ignore[arg-type]
    if not mode.endswith("socket"):
        slack.serve_http(platform.asgi())
    return platform


@contextlib.asynccontextmanager
async def started(platform: SlackPlatform, toy: Toy) -> AsyncIterator[SlackPlatform]:
    """The platform, taking requests."""
    await platform.start(TABLE, toy.dispatch, toy.complete)
    try:
        yield platform
    finally:
        await platform.stop(1)


@pytest.fixture(params=["socket", "http"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def platform(slack: SlackServer, clock: StillClock, toy: Toy, mode: str) -> AsyncIterator[SlackPlatform]:
    """The platform in both modes."""
    async with started(connected(slack, clock, mode), toy) as running:
        yield running
