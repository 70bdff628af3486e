"""The manifest against the command table, Slack's limits, and what the adapter really uses."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cohort_bot.app.commands import CommandSpec, Role, Table
from cohort_bot.app.table import TABLE as REAL
from cohort_bot.chat.i18n import speaking
from cohort_bot.platforms import slack
from cohort_bot.platforms.common.errors import CannotRender
from cohort_bot.platforms.slack import commands, limits, manifest
from cohort_bot.settings import WrongSetting
from tests.platforms.slack.conftest import TABLE

SOURCE = "\n".join(
    path.read_text("utf-8") for path in Path(slack.__file__).parent.glob("*.py") if path.name != "manifest.py"
)
RESERVED = {"join", "leave", "status", "who", "open", "search", "topic", "remind", "me", "dm", "invite", "shrug", "msg"}


def parsed(table: Table = REAL, *, socket_mode: bool = True) -> Any:
    return yaml.safe_load(manifest.manifest(table, socket_mode=socket_mode, url="https://bot.example.org/"))


@pytest.mark.parametrize("table", [REAL, TABLE])
def test_every_command_is_there_and_no_other(table: Table) -> None:
    heads = {words.split(" ")[0] for words, _ in table.commands("slack")}
    listed = parsed(table)["features"]["slash_commands"]
    assert {command["command"] for command in listed} == {f"/{head}" for head in heads}
    assert not heads & RESERVED
    assert len(listed) <= 50
    for command in listed:
        assert len(command["command"]) <= 32
        assert 1 <= len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000
        assert command["should_escape"] is True
        assert "url" not in command


def test_limits_of_the_rest() -> None:
    body = parsed(TABLE)
    assert len(body["display_information"]["name"]) <= 35
    assert len(body["display_information"]["description"]) <= 140
    assert len(body["features"]["bot_user"]["display_name"]) <= 80
    shortcuts = body["features"]["shortcuts"]
    assert {shortcut["type"] for shortcut in shortcuts} == {"global", "message"}
    for shortcut in shortcuts:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
        assert TABLE.get(shortcut["callback_id"]) is not None
    assert body["features"]["app_home"]["home_tab_enabled"] is True
    assert body["features"]["app_home"]["messages_tab_enabled"] is True
    assert body["features"]["app_home"]["messages_tab_read_only_enabled"] is False, "reminders can be answered"


def test_the_command_lists_every_verb_that_it_understands() -> None:
    described = {each["command"]: each["description"] for each in parsed()["features"]["slash_commands"]}
    assert "checkin" in described["/cohort"].lower().split(", ")


def test_a_shortcut_without_a_row_is_left_out() -> None:
    bare = Table(tuple(row for row in TABLE.rows if row.action == "checkin"))
    assert [each["callback_id"] for each in parsed(bare)["features"]["shortcuts"]] == ["checkin"]


def test_every_scope_is_used_and_everything_used_has_its_scope() -> None:
    scopes = parsed()["oauth_config"]["scopes"]["bot"]
    assert scopes == list(manifest.SCOPES)
    called = set(re.findall(r'"((?:auth|chat|conversations|users|views|files)\.[A-Za-z.]+)"', SOURCE))
    called |= {"auth.test"} if ".auth_test(" in SOURCE else set()
    if ".files_upload_v2(" in SOURCE:  # the library's way through Slack's steps of an upload
        called |= {"files.getUploadURLExternal", "files.completeUploadExternal"}
    declared = {method for methods in manifest.SCOPES.values() for method in methods} | set(manifest.FREE)
    assert called - {"files.slack.com"} == declared
    assert [scope for scope, methods in manifest.SCOPES.items() if not methods] == ["commands", "files:read"]


def test_every_event_is_used_and_everything_used_is_asked_for() -> None:
    events = parsed()["settings"]["event_subscriptions"]["bot_events"]
    assert {event.partition(".")[0] for event in events} == set(re.findall(r'app\.event\("(\w+)"\)', SOURCE))


def test_socket_mode_needs_no_address_and_http_has_one_everywhere() -> None:
    socket, http = parsed(), parsed(socket_mode=False)
    assert socket["settings"]["socket_mode_enabled"] is True
    assert http["settings"]["socket_mode_enabled"] is False
    address = "https://bot.example.org/slack/events"
    assert http["settings"]["interactivity"] == {"is_enabled": True, "request_url": address}
    assert http["settings"]["event_subscriptions"]["request_url"] == address
    assert {command["url"] for command in http["features"]["slash_commands"]} == {address}
    assert "redirect_urls" not in yaml.safe_load(manifest.manifest(REAL, socket_mode=True))["oauth_config"]
    for body in (socket, http):
        assert body["oauth_config"]["redirect_urls"] == ["https://bot.example.org/slack/oauth_redirect"]
    assert "/slack/events" not in manifest.manifest(REAL, socket_mode=True, url="https://bot.example.org")
    with pytest.raises(WrongSetting, match="begins with https"):
        manifest.manifest(REAL, socket_mode=False, url="http://bot.example.org")


def _row(name: str) -> CommandSpec:
    return CommandSpec("x", Role.ANYONE, REAL.rows[0].handler, "x", {"": name})


@pytest.mark.parametrize("name", ["join", "who", "x" * 32])
def test_what_slack_would_refuse_is_refused_here(name: str) -> None:
    with pytest.raises(CannotRender):
        manifest.manifest(Table((_row(name),)), socket_mode=True)
    assert commands.payload(Table((_row("x" * 31),)))


def test_too_many_commands() -> None:
    assert len(commands.payload(Table(tuple(_row(f"a{n}") for n in range(50))))) == 50
    with pytest.raises(CannotRender):
        commands.payload(Table(tuple(_row(f"a{n}") for n in range(51))))


@pytest.mark.parametrize("spoken", ["de", "es"])
def test_the_manifest_is_in_the_language_of_the_terminal_and_within_limits(spoken: str) -> None:
    english = yaml.safe_load(manifest.manifest(REAL, socket_mode=True))
    with speaking(spoken):
        body = yaml.safe_load(manifest.manifest(REAL, socket_mode=True))
    assert [each["command"] for each in body["features"]["slash_commands"]] == ["/checkin", "/cohort"]
    for key, most in (("description", limits.SUMMARY), ("usage_hint", limits.HINT)):
        said = [each[key] for each in body["features"]["slash_commands"]]
        assert not set(said) & {each[key] for each in english["features"]["slash_commands"]}
        assert max(map(len, said)) <= most
    assert ("fortschritt" if spoken == "de" else "progreso") in str(body)
