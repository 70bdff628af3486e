"""The options of a command as fields: what was typed already is in them."""

import pytest

from cohort_bot.app.commands import CommandSpec, Param, Role
from cohort_bot.chat.form import ChoiceField, Option, TextField
from cohort_bot.platforms.common.option_fields import missing, option_field
from tests.fakes.toy import TABLE


@pytest.mark.parametrize(
    ("typed", "kind"), [("", "date"), ("2027-01-04", "date"), ("tomorrow", "line"), ("4/1", "line")]
)
def test_a_date_in_words_stays_as_it_was_typed(typed: str, kind: str) -> None:
    shown = option_field(Param("starts", "date", "the first day", required=True), typed)
    assert isinstance(shown, TextField)
    assert (shown.key, shown.kind, shown.value, shown.required) == ("starts", kind, typed, True)


@pytest.mark.parametrize("typed", ["monday", "Monday", " MONDAY "])
def test_a_choice_is_made_however_it_was_written(typed: str) -> None:
    shown = option_field(Param("day", "day", "the day"), typed)
    assert isinstance(shown, ChoiceField)
    assert len(shown.options) == 7
    assert shown.value == {"Monday"}
    pace = Param("pace", "choice", "how fast", choices=(Option("cohort", "With the group"),))
    assert option_field(pace, "fast") == ChoiceField("pace", "pace: how fast", (Option("cohort", "With the group"),))


def test_only_what_is_needed_is_missing() -> None:
    spec = CommandSpec(
        "x", Role.ANYONE, TABLE.rows[0].handler, params=(Param("a", "text", "", required=True), Param("b", "text", ""))
    )
    assert [param.name for param in missing(spec, {"a": " "})] == ["a"]
    assert not missing(spec, {"a": "1"})
