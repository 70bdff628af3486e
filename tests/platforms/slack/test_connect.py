"""Somebody of another workspace in a channel that both share (Slack Connect): every button and form has an answer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cohort_bot.platforms.slack import translate
from tests.fakes.slack_checks import seen
from tests.fakes.slack_server import Answer
from tests.fakes.slack_world import Person
from tests.platforms.slack.cohort import Cohort, running

MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
THEIRS = "T_EXT"


@pytest.fixture(params=["socket", "oauth"])
async def bot(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Cohort]:
    async with running(tmp_path, request.param) as it:
        await it.create()
        it.slack.world.people["UEXT"] = Guest("UEXT", "Guest From Partner", "America/New_York", admin=True)
        yield it


class Guest(Person):
    """Slack tells of strangers in the channels that are shared, and whose they are."""

    def record(self, team: str, *, locale: bool = False) -> dict[str, Any]:
        return super().record(team, locale=locale) | {"team_id": THEIRS, "is_stranger": True}


def from_elsewhere(payload: dict[str, Any], team: str = THEIRS) -> dict[str, Any]:
    """The payload as it comes from somebody of another workspace; `team` is the one that it names."""
    payload["team"], payload["user"]["team_id"] = {"id": team, "domain": "x"}, THEIRS
    return payload


async def pressed(bot: Cohort, label: str, team: str = THEIRS) -> Answer:
    """The guest presses a button of the newest post."""
    payload = from_elsewhere(bot.slack.press_payload("UEXT", bot.slack.world.posts()[-1], label), team)
    await bot.slack.deliver("interactive", payload)
    return await bot.slack._answer(payload)


async def sent(bot: Cohort, form: Answer, installed: str | None, **fields: str) -> Any:
    """The guest sends a form; the acknowledgement."""
    payload = from_elsewhere(bot.slack.submit_payload("UEXT", form, **fields))
    view = {key: value for key, value in payload["view"].items() if key != "app_installed_team_id"}
    payload["view"] = view | ({"app_installed_team_id": installed} if installed else {})
    return await bot.slack.deliver("interactive", payload)


def roster(bot: Cohort) -> Any:
    return bot.runtime.database.read(lambda store: store.members.in_cohort(1))


@pytest.mark.parametrize("team", [THEIRS, "T1"])
@pytest.mark.parametrize("installed", ["T1", None])
async def test_a_guest_joins_and_checks_in(bot: Cohort, team: str, installed: str | None) -> None:
    """Whichever team the payloads name."""
    answer = await sent(bot, await pressed(bot, "Join", team), installed, timezone="New York")
    assert "Welcome" in seen(answer["view"]["blocks"])
    (guest,) = await roster(bot)
    assert (guest.account.workspace, guest.account.name) == ("T1", "Guest From Partner")
    await bot.until(MONDAY)
    answer = await sent(bot, await pressed(bot, "Check in", team), installed, done="Read")
    assert "Checked in" in seen(answer["view"]["blocks"])


async def test_a_guest_manages_nothing_although_they_do_at_home(bot: Cohort) -> None:
    payload = bot.slack.command_payload("UEXT", "/cohort members")
    await bot.slack.deliver("slash_commands", payload)
    assert "Only moderators" in (await bot.slack._answer(payload)).text


async def test_who_cannot_be_known_is_told_so_before_they_type(bot: Cohort) -> None:
    bot.slack.world.fail("users.info", "user_not_visible", times=9)
    assert "Slack hasn't told me yet who you are" in (await pressed(bot, "Join")).text
    assert await roster(bot) == []


async def test_a_form_from_a_workspace_without_the_app_keeps_what_was_typed(bot: Cohort) -> None:
    form = await pressed(bot, "Join")
    form.view = {
        **(form.view or {}),
        "private_metadata": '{"action":"join.save","args":{"id":"1"},"channel":"C9"}',
        "team_id": THEIRS,
    }
    answer = await sent(bot, form, None, timezone="New York")
    assert answer["response_action"] == "errors"
    assert await roster(bot) == []


async def test_a_button_in_a_channel_where_no_cohort_meets_is_refused_with_a_word(bot: Cohort) -> None:
    payload = from_elsewhere(bot.slack.press_payload("UEXT", bot.slack.world.posts()[-1], "Join"))
    payload["channel"]["id"] = payload["container"]["channel_id"] = "C9"
    await bot.slack.deliver("interactive", payload)
    async with asyncio.timeout(5):
        answer = await bot.slack._answer(payload)
    assert "not installed in this workspace" in answer.text


def test_a_payload_names_the_installed_workspace_first() -> None:
    body = {
        "team": {"id": "T_TEAM"},
        "user": {"id": "U", "team_id": "T_USER"},
        "message": {"team": "T_MESSAGE", "bot_profile": {"team_id": "T_BOT"}},
        "view": {"app_installed_team_id": "T_VIEW", "team_id": "T_OPENED"},
    }
    expected = ["T_VIEW", "T_BOT", "T_MESSAGE", "T_TEAM", "T_OPENED", "T_USER"]
    assert translate.teams(body) == expected
    assert translate.teams({"team_id": "T_EVENT", "authorizations": [{"team_id": "T_OURS"}]}) == ["T_OURS", "T_EVENT"]
    assert translate.teams({"team": None, "user": "U1", "view": None}) == []
