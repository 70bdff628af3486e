"""What is typed, pressed and filled in, as invocations."""

import contextlib
import json
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_bot.app.errors import PersonError
from cohort_bot.app.table import TABLE as REAL
from cohort_bot.chat.form import Form
from cohort_bot.chat.i18n import speaking
from cohort_bot.chat.message import Actions, Button, Message
from cohort_bot.chat.place import Actor, Place
from cohort_bot.platforms.common.origin import Origin
from cohort_bot.platforms.local import commands, ids, translate
from cohort_bot.platforms.local.commands import CommandWanted, Suggestion, ValueWanted
from tests.fakes.toy import START, TABLE

PLACE = Place("local", "playground", "general")
ORIGIN = Origin("one", Actor("local", "playground", "member-1", "Sample Member 1"), PLACE, START)


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("/ask", "ask"),
        (" /Ask ", "ask"),
        ("/cohort create", "cohort.create"),
        ("/cohort  CREATE name:x", "cohort.create"),
    ],
)
def test_commands_are_found(line: str, action: str) -> None:
    invocation = translate.command(line, TABLE, ORIGIN)
    assert (invocation.action, invocation.kind, invocation.id) == (action, "command", "one")
    assert (invocation.actor, invocation.place, invocation.at) == (ORIGIN.actor, PLACE, START)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("hello", "Start with a slash"),
        ("", "Start with a slash"),
        ("/", "Type / to see"),
        ("/ecko words:x", "Did you mean /echo?"),
        ("/cohort", "Did you mean /cohort create?"),
        ("/cohort creat", "Did you mean /cohort create?"),
        ("/cohort foo", "There's no /cohort foo. You can use create, progress."),
        ("/foo bar", "There's no command /foo bar. Type / to see"),
        ("/xyzzy", "Type / to see"),
        ("/ask.sent", "There's no command"),
        ("/ask now", "has no options"),
    ],
)
def test_commands_that_are_not_there(line: str, says: str) -> None:
    with pytest.raises(PersonError) as error:
        translate.command(line, TABLE, ORIGIN)
    assert says in str(error.value)


@given(st.one_of(st.text(), st.text().map("/echo ".__add__), st.text(' /echo:wrds"\\').map("/echo ".__add__)))
def test_any_line_is_read_or_answered(line: str) -> None:
    with contextlib.suppress(PersonError):
        translate.command(line, TABLE, ORIGIN)
    found = commands.suggest(line, TABLE)
    if not isinstance(found, ValueWanted):
        known = found.known if isinstance(found, CommandWanted) else found
        assert all(suggestion.line.startswith("/") for suggestion in known)


def _labels(line: str) -> list[str]:
    found = commands.suggest(line, TABLE)
    assert not isinstance(found, ValueWanted)
    return [suggestion.label for suggestion in (found.known if isinstance(found, CommandWanted) else found)]


def test_commands_then_options_then_values_are_suggested() -> None:
    assert _labels("") == _labels("words") == []
    assert _labels("/") == ["/echo", "/ask", "/fail", "/wait", "/card", "/named", "/cohort create", "/cohort progress"]
    assert _labels("/c") == ["/card", "/cohort create", "/cohort progress", "/echo"]
    assert _labels("/cohort") == ["/cohort create", "/cohort progress"]
    assert _labels("/echo") == ["/echo"]
    assert commands.suggest("/echo ", TABLE) == [
        Suggestion("/echo words:", "words:", "what to say (required)"),
        Suggestion("/echo fruit:", "fruit:", "a fruit"),
    ]
    assert _labels("/echo f") == ["fruit:"]
    assert _labels('/echo words:"a b" ') == ["fruit:"]
    assert commands.suggest('/echo words:"a b" fruit:"blood o', TABLE) == ValueWanted(
        "echo", {"words": "a b"}, "fruit", "blood o", '/echo words:"a b" fruit:'
    )
    assert commands.suggest("/echo fruit:", TABLE) == ValueWanted("echo", {}, "fruit", "", "/echo fruit:")
    assert commands.taken("/echo fruit:", "blood orange", "Blood Orange") == Suggestion(
        '/echo fruit:"blood orange" ', "blood orange", "Blood Orange"
    )


@pytest.mark.parametrize(
    ("line", "action", "args"),
    [
        ("/mitmachen zeitzone:Berlin", "join", {"timezone": "Berlin"}),
        ("/unirme zona:Madrid", "join", {"timezone": "Madrid"}),
        ("/join timezone:Lima", "join", {"timezone": "Lima"}),
        ("/cohort ankündigen text:x", "cohort.announce", {"text": "x"}),
        ("/gruppe ankundigen", "cohort.announce", {}),
    ],
)
def test_commands_are_understood_in_every_language(line: str, action: str, args: dict[str, str]) -> None:
    invocation = translate.command(line, REAL, ORIGIN)
    assert (invocation.action, invocation.args) == (action, args)


def test_commands_are_suggested_in_the_language_that_is_spoken() -> None:
    def labels(line: str) -> list[str]:
        found = commands.suggest(line, REAL)
        assert not isinstance(found, ValueWanted)
        return [each.label for each in (found.known if isinstance(found, CommandWanted) else found)]

    with speaking("de"):
        assert labels("/mit") == ["/mitmachen", "/kleingruppe mitmachen", "/cohort mitglieder"]
        assert labels("/join") == ["/mitmachen", "/kleingruppe mitmachen"]
        assert labels("/mitmachen ") == labels("/join ") == ["gruppe:", "zeitzone:", "tempo:", "stunden:"]
        assert labels("/mitmachen time") == labels("/join zei") == ["zeitzone:"]
        found = commands.suggest("/mitmachen zeitzone:ber", REAL)
        assert found == ValueWanted("join", {}, "timezone", "ber", "/mitmachen zeitzone:")
        found = commands.suggest("/uber", REAL)
        assert isinstance(found, CommandWanted)
        assert [each.line for each in found.among(["cohort board"])] == ["/cohort übersicht "]


def test_a_button_carries_its_action_and_arguments() -> None:
    button = Button("Check in", "checkin", {"round": "3", "cohort": "a&b=c"})
    message = Message("", (Actions((Button("Other", "other"), button)),))
    value = ids.button_value(7, button)
    assert translate.button_message(value) == 7
    invocation, pressed = translate.pressed(value, 7, message, ORIGIN)
    assert pressed == button
    assert (invocation.kind, invocation.action, dict(invocation.args)) == ("button", "checkin", dict(button.args))
    assert parse_qs(value.partition("?")[2]) == {"round": ["3"], "cohort": ["a&b=c"]}


@pytest.mark.parametrize("value", ["7 checkin?round=4", "7 other", "8 checkin?round=3", "7 checkin?round=3&x=1"])
def test_a_button_that_the_message_does_not_have(value: str) -> None:
    message = Message("", (Actions((Button("Check in", "checkin", {"round": "3"}),)),))
    with pytest.raises(PersonError, match="changed in the meantime"):
        translate.pressed(value, 7, message, ORIGIN)


@pytest.mark.parametrize("value", ["", "x", "-1 a?", "²", "9" * 5000])
def test_a_button_of_no_message(value: str) -> None:
    with pytest.raises(PersonError, match="I don't know that button"):
        translate.button_message(value)


def test_a_form_brings_its_answers_and_its_arguments() -> None:
    state = ids.form_state(Form("checkin.sent", "Check in", (), {"round": "3"}))
    posted = [*state.items(), ("_as", "x"), ("tasks", "1"), ("tasks", "2"), ("done", "a\r\nb"), ("done", "\r")]
    invocation = translate.submitted(posted, ORIGIN)
    assert (invocation.kind, invocation.action, dict(invocation.args)) == ("form", "checkin.sent", {"round": "3"})
    assert dict(invocation.fields) == {"tasks": ("1", "2"), "done": ("a\nb", "\r")}


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"_args": "{}"},
        {"_action": "a", "_args": "{"},
        {"_action": "a", "_args": "[]"},
        {"_action": "a", "_args": json.dumps({"round": 3})},
        {"_action": "a", "_args": json.dumps({"round": "\ud800"})},
        {"_action": "a", "_args": "[" * 100_000},
    ],
)
def test_a_form_that_is_not_whole(posted: dict[str, str]) -> None:
    with pytest.raises(PersonError, match="open it again"):
        translate.submitted(posted.items(), ORIGIN)
