"""Recorded payloads -> Invocation."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cohort_bot.app.errors import PersonError
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Actor, Place
from cohort_bot.platforms.slack import text as slack_text
from cohort_bot.platforms.slack import translate
from cohort_bot.platforms.slack.forms import Asked
from cohort_bot.platforms.slack.ids import State, dumps
from cohort_bot.platforms.slack.translate import Who
from tests.platforms.slack.conftest import TABLE

AT = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
ANN = Actor("slack", "T1", "U2", "Ann", zone="Europe/Berlin")
COMMAND = {
    "command": "/cohort",
    "text": 'create name:"AI 2027"',
    "team_id": "T1",
    "channel_id": "C1",
    "channel_name": "general",
    "user_id": "U2",
    "user_name": "ann",
    "trigger_id": "1.2.x",
    "response_url": "https://hooks.slack.com/1",
}
PRESSED: dict[str, Any] = {
    "type": "block_actions",
    "team": {"id": "T1"},
    "user": {"id": "U2", "username": "ann", "team_id": "T1"},
    "trigger_id": "3.4.x",
    "container": {"type": "message", "message_ts": "9.1", "channel_id": "C1"},
    "channel": {"id": "C1", "name": "general"},
    "message": {"ts": "9.1"},
    "actions": [{"action_id": "checkin#2", "value": '{"id":"1","round":"3"}', "type": "button"}],
}


def test_a_command() -> None:
    found = translate.command(COMMAND, TABLE, ANN, AT)
    place = Place("slack", "T1", "C1")
    assert found == Invocation("1.2.x", "cohort.create", "command", ANN, place, AT, {"name": "AI 2027"})
    assert translate.who(COMMAND) == Who("T1", "U2", "ann")


def test_a_command_in_a_direct_conversation() -> None:
    body = COMMAND | {"channel_id": "D9", "channel_name": "directmessage", "text": "plan"}
    found = translate.command(body, TABLE, ANN, AT)
    assert isinstance(found, Invocation)
    assert found.direct
    assert found.place == Place("slack", "T1", "D9")


def test_a_command_with_something_missing() -> None:
    row = TABLE.get("cohort.create")
    assert row is not None
    assert translate.command(COMMAND | {"text": "create day:Monday"}, TABLE, ANN, AT) == Asked(row, {"day": "Monday"})


def test_a_button() -> None:
    found = translate.pressed(PRESSED, ANN, AT)
    assert (found.id, found.action, found.kind) == ("3.4.x", "checkin", "button")
    assert found.args == {"id": "1", "round": "3"}
    assert found.place == Place("slack", "T1", "C1")
    assert translate.who(PRESSED) == Who("T1", "U2", "ann")


def test_a_button_in_a_thread_a_view_and_the_home_tab() -> None:
    threaded = PRESSED | {"message": {"ts": "9.1", "thread_ts": "8.0"}}
    assert translate.pressed(threaded, ANN, AT).place == Place("slack", "T1", "C1", "8.0")
    bare = {key: value for key, value in PRESSED.items() if key not in {"channel", "message", "container"}}
    view = {"type": "modal", "private_metadata": dumps(State(channel="C1", thread="8.0"))}
    assert translate.pressed(bare | {"view": view}, ANN, AT).place == Place("slack", "T1", "C1", "8.0")
    home = {"type": "home", "private_metadata": ""}
    assert translate.pressed(bare | {"view": home}, ANN, AT).place is None


@pytest.mark.parametrize("value", ["{", "[1]", "3"])
def test_a_button_that_is_not_ours(value: str) -> None:
    with pytest.raises(PersonError):
        translate.pressed(PRESSED | {"actions": [{"action_id": "x", "value": value}]}, ANN, AT)


def submission(state: State, values: dict[str, Any]) -> dict[str, Any]:
    view = {"id": "V1", "private_metadata": dumps(state), "state": {"values": values}}
    return {"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U2", "name": "ann"}, "view": view}


def test_a_form() -> None:
    values = {
        "tasks": {"tasks": {"type": "checkboxes", "selected_options": [{"value": "1"}, {"value": "3"}]}},
        "share": {"share": {"type": "checkboxes", "selected_options": []}},
        "done": {"done": {"type": "plain_text_input", "value": "<!channel> a\r\nb"}},
        "next": {"next": {"type": "plain_text_input", "value": None}},
        "day": {"day": {"type": "datepicker", "selected_date": "2027-01-05"}},
        "pace": {"pace": {"type": "radio_buttons", "selected_option": {"value": "slow"}}},
    }
    found = translate.submitted(submission(State("checkin.save", {"round": "3"}, "C1"), values), ANN, AT)
    assert (found.action, found.kind, found.args) == ("checkin.save", "form", {"round": "3"})
    assert found.place == Place("slack", "T1", "C1")
    assert found.fields == {
        "tasks": ("1", "3"),
        "share": (),
        "done": ("<!channel> a\nb",),
        "next": (),
        "day": ("2027-01-05",),
        "pace": ("slow",),
    }


def test_the_options_that_were_asked_for_run_the_command() -> None:
    values = {
        "name": {"name": {"type": "plain_text_input", "value": "AI"}},
        "channel": {"channel": {"type": "channels_select", "selected_channel": "C2"}},
        "mentor": {"mentor": {"type": "users_select", "selected_user": None}},
    }
    body = submission(State("cohort.create", {}, "C1", command=True), values)
    found = translate.submitted(body, ANN, AT)
    assert (found.action, found.kind) == ("cohort.create", "command")
    assert found.args == {"name": "AI", "channel": "C2"}


def test_the_same_content_has_the_same_identity_without_a_trigger() -> None:
    one = submission(State("a"), {"x": {"x": {"type": "plain_text_input", "value": "1"}}})
    other = submission(State("a"), {"x": {"x": {"type": "plain_text_input", "value": "2"}}})
    assert translate.identity(one) == translate.identity(dict(one)) != translate.identity(other)
    assert translate.identity({"event_id": "Ev1"}) == "Ev1"


@pytest.mark.parametrize("metadata", ["", "{", "[]"])
def test_a_form_that_is_not_ours(metadata: str) -> None:
    body = submission(State("a"), {})
    body["view"]["private_metadata"] = metadata
    with pytest.raises(PersonError):
        translate.submitted(body, ANN, AT)


@pytest.mark.parametrize(
    ("body", "who"),
    [
        ({"team_id": "T1", "event": {"type": "app_home_opened", "user": "U2"}}, Who("T1", "U2", "U2")),
        ({"team_id": "T1", "event": {"type": "user_change", "user": {"id": "U2"}}}, Who("T1", "U2", "U2")),
        ({"team": None, "user": {"id": "U2", "team_id": "T1"}}, Who("T1", "U2", "U2")),
        ({"type": "shortcut", "team": {"id": "T1"}, "user": {"id": "U2", "name": "ann"}}, Who("T1", "U2", "ann")),
    ],
)
def test_who_it_is(body: dict[str, Any], who: Who) -> None:
    assert translate.who(body) == who


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt;", "&lt;"),
        ("<https://example.org/a?b=1&amp;c=2>", "https://example.org/a?b=1&c=2"),
        ("<http://example.org|example.org>", "http://example.org"),
        ("see <https://example.org/x|my notes>", "see my notes (https://example.org/x)"),
        ("<mailto:a@example.org|a@example.org>", "a@example.org"),
        ("thanks <@U2> and <@U3|Ada>", "thanks @U2 and @Ada"),
        ("<#C1|general> <!here> <!subteam^S1|@mentors>", "#general @here @mentors"),
        ("*bold* :tada: <", "*bold* :tada: <"),
    ],
)
def test_what_a_person_typed_is_read_back_from_mrkdwn(sent: str, typed: str) -> None:
    assert slack_text.read(sent) == typed
