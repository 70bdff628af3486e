"""Socket Mode under refreshes, cuts and dead tasks; HTTP with and without Slack's signature."""

import asyncio
import time
from collections.abc import Callable, Mapping

import pytest
from aiohttp import ClientConnectionResetError

from cohort_bot.app.ports.platform import Search
from cohort_bot.chat.form import Form, Reply, TextField
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import text
from cohort_bot.chat.place import Place
from cohort_bot.platforms.common.errors import WrongToken
from cohort_bot.platforms.slack.connection import HANDLERS, PING, WATCH
from tests.fakes.bot import StillClock
from tests.fakes.slack_delivery import asgi_post, signed
from tests.fakes.slack_server import SlackServer
from tests.fakes.slack_world import Fault
from tests.fakes.toy import LATELY
from tests.platforms.slack.conftest import TABLE, Toy, connected, started

FORM = Form("checkin.save", "Check in", (TextField("done", "Done", "long"),))


async def test_two_connections_are_open_when_start_returns(slack: SlackServer, clock: StillClock, toy: Toy) -> None:
    async with started(connected(slack, clock), toy) as platform:
        assert platform.asgi() is None
        assert await platform._workspaces.token("T1")
        await slack.socket.until_connected(HANDLERS)
        assert (await slack.command("U2", "/checkin")).text.startswith("checkin")
    assert not slack.socket.connections


async def test_ten_refreshes_under_load_lose_nothing(slack: SlackServer, clock: StillClock, toy: Toy) -> None:
    async def handler(invocation: Invocation) -> Reply:
        return FORM if invocation.action == "checkin" else text("Saved")

    toy.answer = handler
    async with started(connected(slack, clock, ping=PING, watch=WATCH), toy):  # no connection is given up but by Slack
        form = await slack.command("U2", "/checkin")
        stop = asyncio.Event()
        answered = 0

        async def load() -> None:
            nonlocal answered
            while not stop.is_set():
                assert "Saved" in (await slack.submit("U2", form, done="x")).text
                answered += 1

        workers = [asyncio.create_task(load()) for _ in range(20)]
        for _ in range(10):
            await slack.socket.until_connected(HANDLERS)
            await slack.socket.refresh()
        await slack.socket.until_connected(HANDLERS)
        stop.set()
        await asyncio.gather(*workers)
        assert answered >= 20
        assert slack.socket.connected == HANDLERS + 10


@pytest.mark.parametrize("times", [1, 2])
async def test_connections_that_are_cut_come_back(slack: SlackServer, clock: StillClock, toy: Toy, times: int) -> None:
    async with started(connected(slack, clock, ping=0.05), toy):
        for _ in range(times):
            slack.socket.cut()
        assert (await slack.command("U2", "/checkin")).text.startswith("checkin")
        await slack.socket.until_connected(HANDLERS)


async def test_connections_come_back_at_once_when_slack_fails_for_a_moment(
    slack: SlackServer, clock: StillClock, toy: Toy
) -> None:
    """Both are away and both are refused once: the library by itself would look again after five seconds."""
    failing = iter(range(HANDLERS))

    def luck(method: str) -> Fault | None:
        fails = method == "apps.connections.open" and next(failing, None) is not None
        return Fault("status", status=500) if fails else None

    async with started(connected(slack, clock, ping=PING), toy):
        slack.world.luck = luck
        for _ in range(HANDLERS):
            slack.socket.cut()
        async with asyncio.timeout(3):
            await slack.socket.until_connected(HANDLERS)
        assert next(failing, None) is None, "both were refused"
        assert (await slack.command("U2", "/checkin")).text.startswith("checkin")


@pytest.mark.parametrize("which", ["message_processor", "message_receiver", "current_session_monitor"])
async def test_a_connection_that_is_deaf_is_replaced(
    slack: SlackServer, clock: StillClock, toy: Toy, which: str
) -> None:
    """bolt-python issue 1529: the connection is open, but nothing is delivered any more."""
    async with started(connected(slack, clock, watch=0.02), toy) as platform:
        assert platform._sockets is not None
        deaf = platform._sockets._handlers[0]
        getattr(deaf.client, which).cancel()
        async with asyncio.timeout(5):
            async with slack.socket.changed:
                await slack.socket.changed.wait_for(lambda: slack.socket.connected > HANDLERS)
        await slack.socket.until_connected(HANDLERS)
        answers = await asyncio.gather(*(slack.command(f"U{n}", "/checkin") for n in (1, 2, 3, 4)))
        assert all(answer.text.startswith("checkin") for answer in answers)


async def true(what: Callable[[], object]) -> None:
    """The watchdog looks now and then."""
    async with asyncio.timeout(10):
        while True:
            if what():
                return
            await asyncio.sleep(0.01)


async def test_connections_that_stay_away_for_a_minute_are_a_finding_until_one_is_back(
    slack: SlackServer, clock: StillClock, toy: Toy
) -> None:
    async with started(connected(slack, clock, ping=0.05, watch=0.02), toy) as platform:
        slack.socket.unreachable = True
        for _ in range(HANDLERS):
            slack.socket.cut()
        await true(lambda: platform._connections._lost)
        assert platform.findings() == [], "the library mends most breaks in a moment"
        clock.skip(61)
        (finding,) = platform.findings()
        assert "connection to Slack has been lost for 6" in finding.problem
        slack.socket.unreachable = False
        await slack.socket.until_connected(1)
        await true(lambda: not platform.findings())
        assert (await slack.command("U2", "/checkin")).text.startswith("checkin")


async def test_an_acknowledgement_goes_over_the_other_connection_when_its_own_is_closing(
    slack: SlackServer, clock: StillClock, toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def closing(_: str) -> None:
        raise ClientConnectionResetError("Cannot write to closing transport")

    async with started(connected(slack, clock), toy) as platform:
        assert platform._sockets is not None
        monkeypatch.setattr(platform._sockets._handlers[0].client, "send_message", closing)
        answers = [await slack.command("U2", "/checkin") for _ in range(HANDLERS)]  # by turns over each connection
        assert all(answer.text.startswith("checkin") for answer in answers)


async def test_an_acknowledgement_survives_a_refresh(slack: SlackServer, clock: StillClock, toy: Toy) -> None:
    """A form is held while its connection is replaced; the acknowledgement goes out on the new one."""
    retry_startup, go_on = asyncio.Event(), asyncio.Event()

    async def handler(invocation: Invocation) -> Reply:
        if invocation.action == "checkin":
            return FORM
        retry_startup.set()
        await go_on.wait()
        return text("Saved")

    toy.answer = handler
    async with started(connected(slack, clock), toy):
        form = await slack.command("U2", "/checkin")
        sending = asyncio.create_task(slack.submit("U2", form, done="x"))
        await retry_startup.wait()
        await slack.socket.refresh(0)
        await slack.socket.refresh(0)
        await slack.socket.until_connected(HANDLERS)
        go_on.set()
        assert "Saved" in (await sending).text


async def test_a_restart_takes_buttons_of_before(slack: SlackServer, clock: StillClock, toy: Toy) -> None:
    async def form(_invocation: Invocation) -> Reply:
        return FORM

    toy.answer = form
    async with started(connected(slack, clock), toy):
        opened = await slack.command("U2", "/checkin")
    toy.answer = toy.echo
    async with started(connected(slack, clock), toy):
        assert "checkin.save" in (await slack.submit("U2", opened, done="x")).text


# HTTP


BODY = "command=%2Fcheckin&text=&team_id=T1&user_id=U2&channel_id=C1&trigger_id=1&user_name=ann"
FORM_TYPE = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed("another secret", BODY),
        signed("loopback-secret", BODY + "&x=1"),
        signed("loopback-secret", BODY, at=time.time() - 301),  # noqa: TID251 - signatures carry the real time
        {**signed("loopback-secret", BODY), "x-slack-signature": ""},
    ],
    ids=["none", "wrong secret", "other body", "old", "empty"],
)
async def test_without_slacks_signature_nothing_runs(
    slack: SlackServer, clock: StillClock, toy: Toy, headers: Mapping[str, str]
) -> None:
    async with started(connected(slack, clock, "http"), toy) as platform:
        post = asgi_post(platform.asgi())
        assert (await post(BODY.encode(), {**FORM_TYPE, **headers}))[0] == 401
        assert not toy.seen


async def test_with_it_something_does(slack: SlackServer, clock: StillClock, toy: Toy) -> None:
    async with started(connected(slack, clock, "http"), toy) as platform:
        post = asgi_post(platform.asgi())
        assert await post(BODY.encode(), {**FORM_TYPE, **signed("loopback-secret", BODY)}) == (200, "")
        await slack.world.until(lambda: slack.world.inbox("U2"))  # no response_url: the answer comes directly
        assert len(toy.seen) == 1


async def test_a_missing_secret_is_found_at_the_start(slack: SlackServer, clock: StillClock, toy: Toy) -> None:
    platform = connected(slack, clock, "http", signing_secret="")
    with pytest.raises(WrongToken, match="SLACK_SIGNING_SECRET"):
        await platform.start(TABLE, toy.dispatch, toy.complete)


async def test_slack_tries_the_address_first(slack: SlackServer, clock: StillClock, toy: Toy) -> None:
    platform = connected(slack, clock, "http")
    async with started(platform, toy):
        said = await slack.deliver("events_api", {"type": "url_verification", "challenge": "c1", "token": "x"})
        assert said == {"challenge": "c1"}


async def test_what_else_can_be_asked_of_the_address(slack: SlackServer, clock: StillClock, toy: Toy) -> None:
    platform = connected(slack, clock, "http")
    async with started(platform, toy):
        post = asgi_post(platform.asgi())
        assert (await post(b"", {}, "/slack/other"))[0] == 404
        signature = signed("loopback-secret", "")
        assert (await post(b"x" * 1_000_001, signature))[0] == 413
        assert (await post(b"", {**signature, "content-length": "1000001"}))[0] == 413
        said: list[Mapping[str, object]] = []

        async def send(message: Mapping[str, object]) -> None:
            said.append(message)

        scope = {"type": "http", "method": "GET", "path": "/slack/events", "headers": []}
        app = platform.asgi()
        assert app is not None
        await app(scope, None, send)
        assert said[0]["status"] == 405


async def test_before_the_start_and_after_the_stop_it_says_so(slack: SlackServer, clock: StillClock, toy: Toy) -> None:
    platform = connected(slack, clock, "http")
    await platform.start(TABLE, toy.dispatch, toy.complete)
    await platform.stop(1)
    post = asgi_post(platform.asgi())
    assert (await post(BODY.encode(), {**FORM_TYPE, **signed("loopback-secret", BODY)}))[0] == 200
    assert not toy.seen


async def test_another_workspace_over_http_runs_nothing(slack: SlackServer, clock: StillClock, toy: Toy) -> None:
    platform = connected(slack, clock, "http")
    async with started(platform, toy):
        payload = {**slack.command_payload("U2", "/checkin"), "team_id": "T2"}
        await slack.deliver("slash_commands", payload)
        assert not toy.seen


async def test_a_courier_posts_and_leaves_the_connections_to_others(
    slack: SlackServer, clock: StillClock, toy: Toy
) -> None:
    platform = connected(slack, clock, connects=False, posts_only=True)
    async with started(platform, toy):
        assert not slack.socket.connections
        place = Place("slack", "T1", "C1")
        ref = await platform.send(place, text("Hello"), "m1")
        assert await platform.find(place, Search("m1", LATELY)) == ref


@pytest.mark.parametrize("body", ["null", "[]", "{", "7"])
async def test_a_body_that_is_none_of_slacks_is_refused_before_bolt_reads_it(
    slack: SlackServer, clock: StillClock, body: str
) -> None:
    post = asgi_post(connected(slack, clock, "http").asgi())
    status, _ = await post(body.encode(), {"content-type": "application/json", **signed("loopback-secret", body)})
    assert status == 400


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-slack-request-timestamp": "NaN"},
        {"x-slack-request-timestamp": "inf"},
        {"x-slack-request-timestamp": "-1"},
        {"x-slack-request-timestamp": "1e9"},
        {"x-slack-request-timestamp": "١٢٣"},
        {"x-slack-request-timestamp": "9" * 5000},
        {"x-slack-request-timestamp": ""},
        {"x-slack-signature": "v0=é"},
        {"x-slack-signature": "v0=" + "A" * 64},
        {"x-slack-signature": "v1=" + "a" * 64},
        {"x-slack-signature": ""},
    ],
)
async def test_headers_that_are_no_signature_are_refused_before_the_body_is_read(
    slack: SlackServer, clock: StillClock, headers: Mapping[str, str]
) -> None:
    app = connected(slack, clock, "http").asgi()
    assert app is not None
    given = {**signed("loopback-secret", BODY), **headers} if headers else {}
    said: list[Mapping[str, object]] = []

    async def send(message: Mapping[str, object]) -> None:
        said.append(message)

    async def receive() -> Mapping[str, object]:
        raise AssertionError("the body must not be read")

    pairs = [(name.encode(), value.encode()) for name, value in given.items()]
    await app({"type": "http", "method": "POST", "path": "/slack/events", "headers": pairs}, receive, send)
    assert said[0]["status"] == 401
