"""Many workspaces: installing in a browser, what the stores keep, and what a workspace that goes takes with it."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from cohort_bot.app.ports import Reason, Refused
from cohort_bot.chat.message import text as words
from cohort_bot.chat.place import Place
from cohort_bot.platforms.slack import installations
from cohort_bot.platforms.slack.adapter import SlackPlatform
from cohort_bot.storage.database import SqliteDatabase
from tests.fakes.bot import StillClock
from tests.fakes.slack_oauth import Browser, asgi_get
from tests.fakes.slack_server import SlackServer
from tests.platforms.slack.cohort import running
from tests.platforms.slack.conftest import SECRET_KEY, TABLE, Toy, connected

MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
SUNDAY = datetime(2027, 1, 10, 23, 0, tzinfo=UTC)


@contextlib.asynccontextmanager
async def app(
    slack: SlackServer, clock: StillClock, toy: Toy, folder: Path, mode: str = "oauth", secret_key: str = SECRET_KEY
) -> AsyncIterator[tuple[SlackPlatform, Browser]]:
    """The platform with a database, and somebody's browser."""
    database = SqliteDatabase(folder / "bot.db")
    database.upgrade()
    database.open()
    platform = connected(slack, clock, mode, secret_key=secret_key)
    assert platform.installations is not None
    platform.installations.lend(database, lambda: None)
    await platform.start(TABLE, toy.dispatch, toy.complete)
    try:
        yield platform, Browser(asgi_get(platform.asgi()))
    finally:
        await platform.stop(1)
        await database.close()


@pytest.fixture
async def slack(clock: StillClock) -> AsyncIterator[SlackServer]:
    async with SlackServer(clock.now, ("T1", "T2")) as server:
        yield server


# Installing


@pytest.mark.parametrize("mode", ["oauth", "oauth-socket"])
async def test_two_workspaces_install_it_and_are_answered(
    slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path, mode: str
) -> None:
    async with app(slack, clock, toy, tmp_path, mode) as (platform, browser):
        for team in ("T1", "T2"):
            status, page = await browser.install(slack.oauth, team)
            assert (status, f"I am in Workspace {team} now" in page) == (200, True)
            assert slack.worlds[team].bot_token.startswith(f"xoxb-{team}-")
        for team in ("T1", "T2"):
            assert (await slack.at(team).command("U2", "/checkin")).text.startswith("checkin")
            assert toy.seen[-1].actor.workspace == team
            await platform.send(Place("slack", team, "C1"), words(f"for {team}"), f"m-{team}")
            assert slack.worlds[team].timeline() == [f"for {team}"]
            assert await platform.check(Place("slack", team, "C1")) == []


async def test_authorisation_is_cached(slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path) -> None:
    async with app(slack, clock, toy, tmp_path) as (_, browser):
        await browser.install(slack.oauth, "T1")
        for _ in range(5):
            await slack.command("U2", "/checkin")
        asked = [method for method, _ in slack.world.calls].count("auth.test")
        assert asked == 2, "once when it was installed, once at the first request"


async def test_a_workspace_that_did_not_install_it(
    slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path
) -> None:
    async with app(slack, clock, toy, tmp_path) as (platform, browser):
        await browser.install(slack.oauth, "T1")
        there = slack.at("T2")
        await there.deliver("slash_commands", there.command_payload("U2", "/checkin"))
        assert not toy.seen
        assert "not installed in this workspace" in json.dumps(there.world.calls)
        with pytest.raises(Refused) as refused:
            await platform.send(Place("slack", "T2", "C1"), words("x"), "m")
        assert refused.value.reason is Reason.REVOKED


async def test_a_denied_consent_ends_on_a_friendly_page(
    slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path
) -> None:
    async with app(slack, clock, toy, tmp_path) as (platform, browser):
        status, page = await browser.install(slack.oauth, "T1", allow=False)
        assert status == 200
        assert "Nothing was installed, as you chose." in page
        assert 'href="/slack/install"' in page
        assert platform.installations is not None
        assert await platform.installations.token("T1") is None


async def test_forged_used_and_old_states(slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path) -> None:
    async with app(slack, clock, toy, tmp_path) as (platform, browser):
        back = slack.oauth.consent(await browser.begin(), "T1")
        other = Browser(asgi_get(platform.asgi()))
        status, page = await other.open(back)
        assert (status, "not reached from the install page" in page) == (400, True), "another browser than began it"
        other.cookies["slack-app-oauth-state"] = "forged"
        status, page = await other.open("/slack/oauth_redirect?code=code-1&state=forged")
        assert (status, "finished already" in page) == (401, True)

        cookies = dict(browser.cookies)
        assert (await browser.open(back))[0] == 200
        browser.cookies = cookies
        status, page = await browser.open(back)
        assert (status, "finished already" in page) == (401, True), "a state is good once"

        back = slack.oauth.consent(await browser.begin(), "T2")
        clock.move_to(clock.now() + installations.STATE_LIVES)
        status, page = await browser.open(back)
        assert (status, "longer than ten minutes" in page) == (401, True)
        assert slack.worlds["T2"].bot_token == "xoxb-loopback-T2", "no code was exchanged"


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        ("invalid_code", 401, "Slack did not confirm the installation"),
        ("bad_client_secret", 401, "Slack did not confirm the installation"),
        ("ratelimited", 401, "Slack did not confirm the installation"),
    ],
)
async def test_what_slack_may_answer_to_a_code(
    slack: SlackServer,
    clock: StillClock,
    toy: Toy,
    tmp_path: Path,
    error: str,
    status: int,
    said: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with app(slack, clock, toy, tmp_path) as (_, browser):
        slack.world.fail("oauth.v2.access", error)
        back = slack.oauth.consent(await browser.begin(), "T1")
        answer = await browser.open(back)
        assert (answer[0], said in answer[1]) == (status, True)
        assert error in caplog.text, "the operator can read why"
        assert "code-1" not in caplog.text
        assert slack.oauth.client_secret not in caplog.text


async def test_slack_that_does_not_answer(slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path) -> None:
    async with app(slack, clock, toy, tmp_path) as (_, browser):
        back = slack.oauth.consent(await browser.begin(), "T1")
        await slack.__aexit__()
        status, page = await browser.open(back)
        assert (status, "Slack did not answer" in page) == (502, True)


async def test_a_whole_organisation_is_asked_to_choose_a_workspace(
    slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path
) -> None:
    slack.oauth.enterprise = True
    async with app(slack, clock, toy, tmp_path) as (_, browser):
        status, page = await browser.install(slack.oauth, "T1")
        assert (status, "not in a whole organisation" in page) == (400, True)


async def test_a_database_that_fails_ends_on_a_page(
    slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path
) -> None:
    async with app(slack, clock, toy, tmp_path) as (_, browser):
        back = slack.oauth.consent(await browser.begin(), "T1")
        engine = create_engine(f"sqlite:///{tmp_path / 'bot.db'}")
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE installations"))
        engine.dispose()
        status, page = await browser.open(back)
        assert (status, "could not keep the installation" in page) == (500, True)


async def test_what_slack_says_is_shown_as_text(
    slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path
) -> None:
    async with app(slack, clock, toy, tmp_path) as (_, browser):
        _, page = await browser.open("/slack/oauth_redirect?error=%3Cscript%3Ealert(1)%3C/script%3E")
        assert "<script>" not in page
        assert "&lt;script&gt;" in page


async def test_pages_are_pages_and_socket_mode_has_no_events_over_http(
    slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path
) -> None:
    async with app(slack, clock, toy, tmp_path, "oauth-socket") as (platform, _):
        get = asgi_get(platform.asgi())
        assert (await get("/slack/install", {}, "POST"))[0] == 405
        assert (await get("/slack/events", {}, "POST"))[0] == 404
        status, _, headers = await get("/slack/install", {})
        assert status == 200
        assert ("cache-control", "no-store") in headers
        assert any(name == "content-security-policy" and "frame-ancestors 'none'" in value for name, value in headers)


# What is kept


def kept(folder: Path) -> str:
    """Everything that is in the database's files."""
    return "".join(path.read_bytes().decode("latin-1") for path in folder.glob("bot.db*"))


async def test_a_token_is_nowhere_but_sealed(
    slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with app(slack, clock, toy, tmp_path) as (platform, browser):
        await browser.install(slack.oauth, "T1")
        await slack.command("U2", "/checkin")
        assert "xoxb" not in kept(tmp_path)
        assert "xoxb" not in caplog.text
        assert platform.installations is not None
        for shown in (repr(platform.installations), repr(platform), str(platform.findings())):
            assert "xoxb" not in shown


async def test_it_works_after_a_restart_and_with_a_new_key(
    slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path
) -> None:
    async with app(slack, clock, toy, tmp_path) as (_, browser):
        await browser.install(slack.oauth, "T1")
    new = "another key that is long enough"
    async with app(slack, clock, toy, tmp_path, secret_key=f"{new},{SECRET_KEY}") as (platform, _):
        await platform.send(Place("slack", "T1", "C1"), words("still here"), "m")
    async with app(slack, clock, toy, tmp_path, secret_key=new) as (platform, _):
        await platform.send(Place("slack", "T1", "C1"), words("and with the new key alone"), "n")
        assert not platform.findings()


async def test_a_key_that_opens_nothing_is_a_finding_and_installing_again_cures_it(
    slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path
) -> None:
    async with app(slack, clock, toy, tmp_path) as (_, browser):
        await browser.install(slack.oauth, "T1")
        await browser.install(slack.oauth, "T2")
    wrong = "quite another key, and long enough"
    async with app(slack, clock, toy, tmp_path, secret_key=wrong.replace(",", "")) as (platform, browser):
        found = platform.findings()
        assert len(found) == 2
        assert "SECRET_KEY does not open the tokens of the Slack workspace T1" in found[0].problem
        assert "/slack/install" in found[0].cure
        with pytest.raises(Refused) as refused:
            await platform.send(Place("slack", "T1", "C1"), words("x"), "m")
        assert refused.value.reason is Reason.REVOKED
        await browser.install(slack.oauth, "T1")
        await platform.send(Place("slack", "T1", "C1"), words("back"), "m")
        assert [finding.problem[-3:] for finding in platform.findings()] == ["T2."]


async def test_a_body_of_another_workspace_is_not_taken(
    slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path
) -> None:
    async with app(slack, clock, toy, tmp_path) as (_, browser):
        await browser.install(slack.oauth, "T1")
        await browser.install(slack.oauth, "T2")
    engine = create_engine(f"sqlite:///{tmp_path / 'bot.db'}")
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE installations SET body = (SELECT body FROM installations WHERE workspace = 'T1')")
        )
    engine.dispose()
    async with app(slack, clock, toy, tmp_path) as (platform, _):
        assert [finding.problem[-3:] for finding in platform.findings()] == ["T2."]


# Leaving and coming back


async def left(platform: SlackPlatform, team: str) -> None:
    """Wait until the workspace is forgotten: events are acknowledged before they are worked on."""
    assert platform.installations is not None
    async with asyncio.timeout(5):
        while await platform.installations.token(team) is not None:  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0)


@pytest.mark.parametrize("mode", ["oauth", "oauth-socket"])
async def test_an_uninstalled_workspace_is_forgotten_and_the_other_is_not(
    slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path, mode: str
) -> None:
    async with app(slack, clock, toy, tmp_path, mode) as (platform, browser):
        for team in ("T1", "T2"):
            await browser.install(slack.oauth, team)
        await slack.at("T2").uninstall()
        await left(platform, "T2")
        assert platform.installations is not None
        assert await platform.installations.token("T1") is not None


async def test_a_persons_own_token_is_not_the_bots(
    slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path
) -> None:
    async with app(slack, clock, toy, tmp_path) as (platform, browser):
        await browser.install(slack.oauth, "T1")
        await slack.event({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}})
        assert platform.installations is not None
        assert await platform.installations.token("T1") is not None


async def test_an_event_that_slack_repeats_after_a_new_installation_takes_nothing_away(
    slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path
) -> None:
    async with app(slack, clock, toy, tmp_path) as (platform, browser):
        await browser.install(slack.oauth, "T1")
        slack.world.calls.clear()
        await slack.event({"type": "app_uninstalled"}, retry=2)
        await slack.world.until(lambda: "auth.test" in [method for method, _ in slack.world.calls])
        await platform._running.drain(1)
        assert platform.installations is not None
        assert await platform.installations.token("T1") is not None
        slack.world.revoked = True
        await slack.event({"type": "app_uninstalled"}, retry=2)
        await left(platform, "T1")


async def test_one_workspace_that_takes_its_access_away_is_a_finding(
    slack: SlackServer, clock: StillClock, toy: Toy
) -> None:
    platform = connected(slack, clock, "http")
    await platform.start(TABLE, toy.dispatch, toy.complete)
    assert not platform.findings()
    await slack.uninstall()
    async with asyncio.timeout(5):
        while not platform.findings():  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0)
    (finding,) = platform.findings()
    assert "SLACK_BOT_TOKEN" in finding.cure
    await platform.stop(1)


async def test_posts_wait_for_a_workspace_and_go_out_when_it_is_back(tmp_path: Path) -> None:
    async with running(tmp_path, "oauth") as bot:
        away, stays = bot.at("T2"), bot.at("T1")
        for each in (away, stays):
            await each.create()
            await each.join("U2")
        await away.slack.uninstall()
        await left(bot.platform, "T2")
        await bot.until(MONDAY)
        assert [post for post in stays.slack.world.posts() if post.said.startswith("Week 1 ")]
        assert not [post for post in away.slack.world.posts() if post.said.startswith("Week 1 ")]
        parked = await bot.application.database.read(
            lambda store: [(row.what.kind, row.reason) for row in store.deliveries.parked(1)]
        )
        assert ("opening", "my access was taken away") in parked

        await bot.install("T2")
        await bot.settle()
        assert away.card(1).blocks
        form = await away.slack.press("U2", away.card(1), "Check in")
        assert "on time" in (await away.slack.submit("U2", form, tasks=["1"])).text


async def test_two_workspaces_see_nothing_of_each_other(tmp_path: Path) -> None:
    """They have the same people's and channels' ids, and cohorts of the same name."""
    async with running(tmp_path, "oauth") as bot:
        one, other = bot.at("T1"), bot.at("T2")
        await one.create()
        await one.join("U2", "U3")
        answer = (await other.type("U2", "/cohort join")).text
        assert "AI 2027" not in answer
        await other.create()
        await other.join("U4")
        await bot.until(MONDAY)
        assert "has joined" in "\n".join(one.slack.world.timeline())
        form = await one.type("U2", "/checkin")
        await one.slack.submit("U2", form, tasks=["1"], done="ONLY-IN-ONE", share=["thread"])
        await bot.until(SUNDAY + timedelta(days=2))
        for team, mine in (("T1", True), ("T2", False)):
            world = bot.slack.worlds[team]
            everything = json.dumps([post.blocks for channel in world.channels.values() for post in channel.messages])
            assert ("ONLY-IN-ONE" in everything) is mine
        for line in ("/cohort progress", "/cohort members", "/cohort plan", "/checkin round:1"):
            said = (await other.type("U1", line)).text
            assert "ONLY-IN-ONE" not in said
            assert "Sample Member 1" not in said
        assert "of 1 checked in" in (await other.type("U1", "/cohort progress")).text
        assert "of 2 checked in" in (await one.type("U1", "/cohort progress")).text
        # A button of the one's card, pressed by the same person's id in the other workspace.
        pressed = await other.slack.press("U3", one.card(1), "Check in")
        assert pressed.view is None, pressed.text
        home = json.dumps(await other.slack.open_home("U3"))
        assert "Sample" not in home
