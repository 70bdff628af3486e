"""Forms as modals, at each limit and one beyond it."""

from collections.abc import Mapping
from typing import Any

import pytest

from cohort_bot.chat.form import ChoiceField, FieldErrors, Form, Option, TextField
from cohort_bot.chat.message import Actions
from cohort_bot.platforms.common.errors import CannotRender
from cohort_bot.platforms.discord import forms, ids, render
from tests.fakes import discord_checks as checks
from tests.fakes.discord_world import CHECKBOXES, INPUT, RADIOS, SELECT
from tests.fakes.toy import FORM


def body(form: Form, opener: str = "") -> Mapping[str, Any]:
    modal = forms.modal(form, opener)
    found: Mapping[str, Any] = modal.to_dict()
    checks.modal(found)
    return found


def field(form: Form) -> Mapping[str, Any]:
    found: Mapping[str, Any] = body(form)["components"][0]
    return found


def one(each: TextField | ChoiceField) -> Form:
    return Form("ask.sent", "Title", (each,))


def options(number: int) -> tuple[Option, ...]:
    return tuple(Option(str(n), f"Option {n}") for n in range(1, number + 1))


def test_the_form_carries_its_action_and_arguments() -> None:
    found = body(FORM, "ask")
    assert found["custom_id"] == "ask.sent|round=3|~=ask"
    assert [label["component"]["type"] for label in found["components"]] == [CHECKBOXES, INPUT, INPUT, RADIOS]
    assert [label["component"]["custom_id"] for label in found["components"]] == ["tasks", "done", "when", "share"]
    assert not any(label["component"]["required"] for label in found["components"])


def test_the_way_back_gives_room_to_the_arguments() -> None:
    args = {"k": "x" * (100 - len("ask.sent|k="))}
    assert "~" not in body(Form("ask.sent", "T", FORM.fields, args), "ask")["custom_id"]
    with pytest.raises(CannotRender, match="101"):
        body(Form("ask.sent", "T", FORM.fields, {"k": args["k"] + "x"}))


def test_five_fields_and_one_more() -> None:
    five = tuple(TextField(f"f{number}", "Label") for number in range(5))
    assert len(body(Form("a", "T", five))["components"]) == 5
    for wrong in ((), (*five, TextField("f5", "Label"))):
        with pytest.raises(CannotRender, match="fields"):
            body(Form("a", "T", wrong))
    with pytest.raises(CannotRender, match="same key"):
        body(Form("a", "T", (five[0], five[0])))


@pytest.mark.parametrize("length", [45, 46])
def test_titles_and_labels(length: int) -> None:
    found = body(Form("a", "t" * length, (TextField("f", "l" * length),)))
    label = found["components"][0]
    assert len(found["title"]) == 45
    assert len(label["label"]) == 45
    # What is cut from a label stands below it.
    assert label.get("description") == (None if length == 45 else "l" * 46)


def test_hints_and_values() -> None:
    label = field(one(TextField("f", "L", "long", "v" * 30, limit=20, hint="h" * 101)))
    assert len(label["description"]) == 100
    assert label["component"]["value"] == "v" * 20
    assert label["component"]["max_length"] == 20
    assert field(one(TextField("f", "L", limit=9999)))["component"]["max_length"] == 4000
    assert field(one(TextField("f", "L", "date")))["component"]["placeholder"] == "YYYY-MM-DD"


@pytest.mark.parametrize(
    ("many", "number", "kind"),
    [
        (True, 1, CHECKBOXES),
        (True, 10, CHECKBOXES),
        (True, 11, SELECT),
        (True, 25, SELECT),
        (False, 1, SELECT),
        (False, 2, RADIOS),
        (False, 10, RADIOS),
        (False, 11, SELECT),
    ],
)
def test_each_number_of_options_has_its_component(many: bool, number: int, kind: int) -> None:
    chosen = frozenset({"1"})
    component = field(one(ChoiceField("f", "L", options(number), many, chosen)))["component"]
    assert component["type"] == kind
    assert [option["value"] for option in component["options"] if option.get("default")] == ["1"]
    if many:
        assert component["min_values"] == 0
        assert component["max_values"] == number


def test_options_beyond_the_limits() -> None:
    for wrong in ((), options(26), (Option("", "x"),), (Option("v" * 101, "x"),), options(1) * 2):
        with pytest.raises(CannotRender):
            body(one(ChoiceField("f", "L", wrong)))
    assert (
        len(field(one(ChoiceField("f", "L", (Option("v" * 100, "l" * 101),))))["component"]["options"][0]["label"])
        == 100
    )


def test_errors_name_the_fields_and_offer_the_form_again() -> None:
    message = forms.corrections(FieldErrors(FORM, {"done": "Please write a sentence."}), "token", "ask")
    components: list[Any] = render.message(message).view.to_components()
    checks.message({"components": components, "flags": 1 << 15})
    actions = message.blocks[-1]
    assert isinstance(actions, Actions)
    button = actions.buttons[0]
    assert button.label == "Fix it"
    assert ids.encode(button.action, button.args) == "~form|d=token|round=3|~=ask"


def test_a_draft_with_long_arguments_keeps_its_token() -> None:
    long = Form("ask.sent", "T", FORM.fields, {"k": "x" * 85})
    message = forms.kept(long, "123456789012", "ask")
    actions = message.blocks[-1]
    assert isinstance(actions, Actions)
    assert actions.buttons[0].args == {"d": "123456789012", "~": "ask"}
