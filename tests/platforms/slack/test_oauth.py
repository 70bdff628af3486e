"""Many workspaces: installing in a browser, and what the stores keep."""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from cohort_bot.app.ports.platform import Reason, Refused
from cohort_bot.chat.message import text as words
from cohort_bot.chat.place import Place
from cohort_bot.platforms.slack import installations
from tests.fakes.bot import StillClock
from tests.fakes.slack_oauth import Browser, asgi_get
from tests.fakes.slack_server import SlackServer
from tests.platforms.slack.conftest import SECRET_KEY, Toy
from tests.platforms.slack.installing import app

MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
SUNDAY = datetime(2027, 1, 10, 23, 0, tzinfo=UTC)


@pytest.fixture
def teams() -> tuple[str, ...]:
    return ("T1", "T2")


# Installing


@pytest.mark.parametrize("mode", ["oauth", "oauth-socket"])
async def test_two_workspaces_install_it_and_are_answered(
    slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path, mode: str
) -> None:
    async with app(slack, clock, toy, tmp_path, mode) as (platform, browser):
        for team in ("T1", "T2"):
            status, page = await browser.install(slack.oauth, team)
            assert (status, f"I'm in Workspace {team} now" in page) == (200, True)
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
        assert "so nothing was installed." in page
        assert 'href="/slack/install"' in page
        assert platform.installations is not None
        assert await platform.installations.token("T1") is None


async def test_forged_used_and_old_states(slack: SlackServer, clock: StillClock, toy: Toy, tmp_path: Path) -> None:
    async with app(slack, clock, toy, tmp_path) as (platform, browser):
        back = slack.oauth.consent(await browser.begin(), "T1")
        other = Browser(asgi_get(platform.asgi()))
        status, page = await other.open(back)
        assert (status, "come here from the install page" in page) == (400, True), "another browser than began it"
        other.cookies["slack-app-oauth-state"] = "forged"
        status, page = await other.open("/slack/oauth_redirect?code=code-1&state=forged")
        assert (status, "already finished" in page) == (401, True)

        cookies = dict(browser.cookies)
        assert (await browser.open(back))[0] == 200
        browser.cookies = cookies
        status, page = await browser.open(back)
        assert (status, "already finished" in page) == (401, True), "a state is good once"

        back = slack.oauth.consent(await browser.begin(), "T2")
        clock.move_to(clock.now() + installations.STATE_LIVES)
        status, page = await browser.open(back)
        assert (status, "longer than ten minutes" in page) == (401, True)
        assert slack.worlds["T2"].bot_token == "xoxb-loopback-T2", "no code was exchanged"


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        ("invalid_code", 401, "Slack didn't confirm the installation"),
        ("bad_client_secret", 401, "Slack didn't confirm the installation"),
        ("ratelimited", 401, "Slack didn't confirm the installation"),
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
        slack.world.fail("oauth.v2.access", error, retry_after=1 if error == "ratelimited" else None)
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
        assert (status, "Slack didn't answer" in page) == (502, True)


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
        assert (status, "couldn't save the installation" in page) == (500, True)


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
