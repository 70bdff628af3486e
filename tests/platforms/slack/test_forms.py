"""Forms and messages as views, and what comes back from them."""

import json
from dataclasses import replace

import pytest

from cohort_bot.chat.form import ChoiceField, FieldErrors, Form, Option, TextField
from cohort_bot.chat.message import Button, Message, paragraph
from cohort_bot.platforms.common.errors import CannotRender
from cohort_bot.platforms.slack import forms, ids, limits
from cohort_bot.platforms.slack.forms import Asked
from cohort_bot.platforms.slack.ids import State
from cohort_bot.platforms.slack.text import Json
from tests.fakes.slack_checks import seen, view_problems
from tests.fakes.toy import FORM, card
from tests.platforms.slack.conftest import TABLE

HERE = State(channel="C1", thread="1.5")


def form(*fields: TextField | ChoiceField, title: str = "A form", **args: str) -> Form:
    return Form("form.save", title, fields, args)


def element(view: Json, key: str) -> Json:
    return next(block["element"] for block in view["blocks"] if block.get("block_id") == key)


def test_a_form_carries_what_its_submission_needs() -> None:
    view = forms.view(FORM, HERE)
    assert not view_problems(view)
    assert view["callback_id"] == "ask.sent"
    assert view["title"]["text"] == "Check-in: week 3"
    assert ids.loads(view["private_metadata"]) == State("ask.sent", {"round": "3"}, "C1", "1.5")
    assert [block["block_id"] for block in view["blocks"]] == ["tasks", "done", "when", "share"]
    assert [element(view, key)["type"] for key in ("tasks", "done", "when", "share")] == [
        "checkboxes",
        "plain_text_input",
        "datepicker",
        "radio_buttons",
    ]


@pytest.mark.parametrize(("size", "first"), [(24, "input"), (25, "header")])
def test_a_long_title_becomes_the_first_block(size: int, first: str) -> None:
    view = forms.view(form(TextField("a", "A"), title="t" * size), HERE)
    assert not view_problems(view)
    assert view["blocks"][0]["type"] == first
    assert "t" * size in (view["title"]["text"], view["blocks"][0].get("text", {}).get("text"))


def test_limits_of_fields() -> None:
    view = forms.view(
        form(
            TextField("long", "L" * 2001, "long", "v" * 4000, limit=5000, hint="h" * 2001),
            TextField("short", "S", value="too long", limit=3),
            TextField("day", "D", "date", "2027-01-04"),
            TextField("noday", "D", "date", "tomorrow"),
            ChoiceField(
                "many", "M", tuple(Option(str(n), "o" * 76) for n in range(10)), many=True, value=frozenset("3")
            ),
            ChoiceField("one", "O", tuple(Option(str(n), f"{n}") for n in range(11)), value=frozenset(["10"])),
        ),
        HERE,
    )
    assert not view_problems(view)
    assert len(element(view, "long")["initial_value"]) == 3000
    assert element(view, "short")["initial_value"] == "too"
    assert element(view, "day")["initial_date"] == "2027-01-04"
    assert "initial_date" not in element(view, "noday")
    assert element(view, "many")["options"][0]["text"]["text"] == "o" * 74 + "…"
    assert element(view, "one")["type"] == "static_select"
    assert element(view, "one")["initial_option"]["value"] == "10"
    with pytest.raises(CannotRender):
        forms.view(form(ChoiceField("m", "M", tuple(Option(str(n), "o") for n in range(11)), many=True)), HERE)


def test_metadata_at_its_limit() -> None:
    room = limits.METADATA - len(ids.dumps(State("form.save", {"x": ""}, "C1", "1.5")))
    assert not view_problems(forms.view(form(TextField("a", "A"), x="y" * room), HERE))
    with pytest.raises(CannotRender, match="3001"):
        forms.view(form(TextField("a", "A"), x="y" * (room + 1)), HERE)


def test_errors_beside_their_fields() -> None:
    errors = FieldErrors(FORM, {"done": "Write something.", "other": "And this."})
    assert forms.errors(errors) == {"done": "Write something.", "tasks": "And this."}
    view = forms.view(errors, HERE)
    assert not view_problems(view)
    assert "What did you do?\n⚠ Write something." in seen(view["blocks"])
    assert seen(view["blocks"]).endswith("⚠ And this.")


def test_a_message_is_a_view_without_submit() -> None:
    view = forms.view(card(), HERE)
    assert not view_problems(view)
    assert "submit" not in view
    assert view["title"]["text"] == "cohort-bot"
    many = Message("s", tuple(paragraph(str(n)) for n in range(101)))
    assert not view_problems(forms.view(many, HERE))
    assert len(forms.view(many, HERE)["blocks"]) == 100


def test_left_out_options_are_asked_for() -> None:
    row = TABLE.get("cohort.create")
    assert row is not None
    view = forms.view(Asked(row, {"starts": "2027-01-04", "channel": "C2", "pace": "fast"}), HERE)
    assert not view_problems(view)
    assert view["title"]["text"] == "/cohort create"
    assert ids.loads(view["private_metadata"]).command
    kinds = {block["block_id"]: block["element"]["type"] for block in view["blocks"]}
    assert kinds == {
        "name": "plain_text_input",
        "starts": "datepicker",
        "day": "radio_buttons",
        "channel": "channels_select",
        "mentor": "users_select",
        "pace": "radio_buttons",
    }
    assert [block["block_id"] for block in view["blocks"] if not block["optional"]] == ["name"]
    assert element(view, "channel")["initial_channel"] == "C2"
    assert element(view, "pace")["initial_option"]["value"] == "fast"


def test_the_home_tab() -> None:
    view = forms.home([card(), replace(card(), summary="Again")], [Button("Check in", "checkin")])
    assert not view_problems(view)
    assert seen(view["blocks"]).startswith("[Check in]")
    full = Message("s", tuple(paragraph(str(n)) for n in range(150)))
    assert not view_problems(forms.home([full, full], [Button("Check in", "checkin")]))


def test_what_is_not_the_state_of_a_view() -> None:
    assert ids.loads("") == State()
    for wrong in ("[]", '{"args": 1}'):
        with pytest.raises(ValueError, match="not the state"):
            ids.loads(wrong)
    with pytest.raises(json.JSONDecodeError):
        ids.loads("{")
