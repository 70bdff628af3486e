"""The options of a command as fields of a form, for a platform that asks for what a typed line left out. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from cohort_bot.app.commands import CommandSpec, Param
from cohort_bot.app.words.dates import weekday
from cohort_bot.chat.form import ChoiceField, Option, TextField
from cohort_bot.chat.i18n import _
from cohort_bot.chat.typed import word
from cohort_bot.core.folding import bare
from cohort_bot.core.rounds import DAYS


def missing(spec: CommandSpec, given: Mapping[str, str]) -> Sequence[Param]:
    """Required options that were left out."""
    return [param for param in spec.params if param.required and not given.get(param.name, "").strip()]


def label(param: Param) -> str:
    """An option's name, and what it is for."""
    return f"{word(param.name)}: {_(param.summary)}"


def option_field(param: Param, value: str) -> TextField | ChoiceField:
    """The field of an option; what was typed for it is in it."""
    if param.kind in {"choice", "day"}:
        options = param.labelled or tuple(Option(day, weekday(number)) for number, day in enumerate(DAYS))
        chosen = [each.value for each in options if bare(value) in {bare(each.value), bare(each.label)}]
        return ChoiceField(param.name, label(param), options, value=frozenset(chosen))
    picked = param.kind == "date" and (not value or is_date(value))  # a date in words stays as it was typed
    kind: Literal["date", "line"] = "date" if picked else "line"
    return TextField(param.name, label(param), kind, value, limit=500, required=param.required)


def is_date(value: str) -> bool:
    """Whether the text is a date as date pickers have it: YYYY-MM-DD."""
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
