"""Payloads as Discord sends them -> Invocation."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cohort_bot.chat.place import Actor, Place
from cohort_bot.platforms.common.origin import Origin
from cohort_bot.platforms.discord import translate
from tests.fakes.toy import TABLE

ORIGIN = Origin(
    "1", Actor("discord", None, "2", "Member"), Place("discord", "3", "4"), datetime(2027, 1, 4, tzinfo=UTC)
)


def test_a_command() -> None:
    data = {
        "id": "9",
        "name": "echo",
        "type": 1,
        "options": [{"name": "words", "type": 3, "value": " two  words "}],
    }
    found = translate.command(data, TABLE, ORIGIN)
    assert (found.id, found.action, found.kind, dict(found.args)) == ("1", "echo", "command", {"words": " two  words "})
    assert found.at == ORIGIN.at
    assert found.place == ORIGIN.place


@pytest.mark.parametrize(
    ("value", "said"), [(3, "3"), (3.0, "3"), (2.5, "2.5"), (True, "true"), (False, "false"), ("x", "x")]
)
def test_values_are_text(value: object, said: str) -> None:
    data = {"name": "echo", "options": [{"name": "words", "type": 3, "value": value}]}
    assert translate.command(data, TABLE, ORIGIN).args["words"] == said


def test_a_subcommand() -> None:
    data = {
        "name": "cohort",
        "options": [{"name": "create", "type": 1, "options": [{"name": "name", "type": 3, "value": "AI"}]}],
    }
    found = translate.command(data, TABLE, ORIGIN)
    assert (found.action, dict(found.args)) == ("cohort.create", {"name": "AI"})


def test_a_command_that_the_table_no_longer_has_keeps_its_words() -> None:
    data = {"name": "cohort", "options": [{"name": "dance", "type": 1}]}
    assert translate.command(data, TABLE, ORIGIN).action == "cohort dance"


def test_completion() -> None:
    data = {
        "name": "echo",
        "options": [
            {"name": "words", "type": 3, "value": "x"},
            {"name": "fruit", "type": 3, "value": "ap", "focused": True},
        ],
    }
    wanted = translate.completing(data, TABLE, ORIGIN)
    assert wanted is not None
    assert (wanted.option, wanted.typed, wanted.so_far.args["words"]) == ("fruit", "ap", "x")
    assert translate.completing({"name": "echo", "options": []}, TABLE, ORIGIN) is None


def test_a_form_with_every_component() -> None:
    components: list[dict[str, Any]] = [
        {"type": 18, "id": 1, "component": {"type": 22, "id": 2, "custom_id": "tasks", "values": ["1", "3"]}},
        {"type": 18, "id": 3, "component": {"type": 4, "id": 4, "custom_id": "done", "value": "text"}},
        {"type": 18, "id": 5, "component": {"type": 21, "id": 6, "custom_id": "share", "value": "thread"}},
        {"type": 18, "id": 7, "component": {"type": 21, "id": 8, "custom_id": "none", "value": None}},
        {"type": 18, "id": 9, "component": {"type": 3, "id": 10, "custom_id": "many", "values": []}},
        {"type": 1, "components": [{"type": 4, "custom_id": "old", "value": "row"}]},
    ]
    found, opener = translate.submitted({"custom_id": "ask.sent|round=3|~=ask", "components": components}, ORIGIN)
    assert (found.action, dict(found.args), opener) == ("ask.sent", {"round": "3"}, "ask")
    assert found.fields == {
        "tasks": ("1", "3"),
        "done": ("text",),
        "share": ("thread",),
        "many": (),
        "old": ("row",),
    }


def test_ids_that_are_not_ours_do_no_harm() -> None:
    for custom_id in ("", "|", "a|b|=c", "x" * 100, "%7C%3D"):
        assert translate.pressed({"custom_id": custom_id}, ORIGIN).kind == "button"


def test_places() -> None:
    assert translate.place("3", "4", None) == Place("discord", "3", "4")
    assert translate.place("3", "5", "4") == Place("discord", "3", "4", "5")
    assert translate.place(None, "6", None) == Place("discord", "", "6")
    assert translate.place("3", None, None) is None
