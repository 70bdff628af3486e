"""Form -> modal, FieldErrors -> a message whose button opens the form again as it was filled in. Pure."""

from collections.abc import Mapping
from typing import Any

import discord
from discord import ui

from cohort_bot.app.words import platforms as platforms_words
from cohort_bot.chat.form import ChoiceField, Field, FieldErrors, FileField, Form, Option, TextField
from cohort_bot.chat.message import Actions, Button, Message, Strong, bullets, paragraph
from cohort_bot.platforms.common.errors import CannotRender
from cohort_bot.platforms.discord import ids, limits

FEWEST_RADIOS = 2


def modal(form: Form, opener: str = "") -> ui.Modal:
    """The form as a modal; *Fix it* runs `opener`, the action that opened it, when the draft is lost. Raises
    CannotRender.
    """
    if not 1 <= len(form.fields) <= limits.FIELDS:
        raise CannotRender(f"the form {form.action} has {len(form.fields)} of 1 to {limits.FIELDS} fields")
    if len({field.key for field in form.fields}) != len(form.fields):
        raise CannotRender(f"two fields of the form {form.action} have the same key")
    shown = ui.Modal(
        title=limits.cut(form.title, limits.TITLE), custom_id=_id(form.action, form.args, opener), timeout=None
    )
    for field in form.fields:
        shown.add_item(_labelled(field))
    shown.stop()  # the library keeps no modal that is finished
    return shown


def corrections(wrong: FieldErrors, draft: str, opener: str) -> Message:
    """The errors to correct. A modal cannot answer a modal, so a button opens the form again."""
    labels = {field.key: field.label for field in wrong.form.fields}
    lines = bullets((Strong(labels.get(key, key)), f": {error}") for key, error in wrong.errors.items())
    return Message(
        platforms_words.not_saved().rstrip("."),
        (
            paragraph(Strong(platforms_words.not_saved()), f" {platforms_words.look_again()}"),
            lines,
            again(draft, opener, wrong),
        ),
    )


def again(draft: str, opener: str, wrong: FieldErrors) -> Actions:
    """The button that opens the form as it was filled in."""
    return Actions((Button(platforms_words.fix(), ids.FORM, _draft_args(draft, opener, wrong.form), "primary"),))


def opening(form: Form, action: str, args: Mapping[str, str]) -> Message:
    """A message in place of a form that was ready too late to be shown at once."""
    button = Button(platforms_words.open_form(), action, args, "primary")
    return Message(form.title, (paragraph(platforms_words.ready(form.title)), Actions((button,))))


def kept(form: Form, draft: str, opener: str) -> Message:
    """The same, for a form that is the answer to a form."""
    return opening(form, ids.FORM, _draft_args(draft, opener, form))


def _draft_args(draft: str, opener: str, form: Form) -> Mapping[str, str]:
    alone = {ids.DRAFT: draft, **({ids.OPENER: opener} if opener else {})}
    full = {**form.args, **alone}
    try:
        ids.encode(ids.FORM, full)
    except CannotRender:
        return alone
    return full


def _id(action: str, args: Mapping[str, str], opener: str) -> str:
    if opener:
        try:
            return ids.encode(action, {**args, ids.OPENER: opener})
        except CannotRender:
            pass  # reopening the form is a convenience, the arguments are needed
    return ids.encode(action, args)


def _labelled(field: Field) -> ui.Label[Any]:
    if limits.size(field.key) > limits.CUSTOM_ID or not field.key:
        raise CannotRender(f"the field {field.key!r} cannot be an id")
    shortened = limits.size(field.label) > limits.LABEL
    hint = field.hint or (field.label if shortened else "")
    return ui.Label(
        text=limits.cut(field.label, limits.LABEL),
        description=limits.cut(hint, limits.HINT) or None,
        component=_component(field),
    )


def _component(field: Field) -> ui.Item[Any]:
    match field:
        case TextField():
            return _text(field)
        case ChoiceField():
            return _choice(field)
        case FileField():
            return ui.FileUpload(custom_id=field.key, required=False, min_values=0, max_values=1)


def _text(field: TextField) -> ui.TextInput[Any]:
    limit = min(field.limit, limits.INPUT)
    return ui.TextInput(
        custom_id=field.key,
        style=discord.TextStyle.long if field.kind == "long" else discord.TextStyle.short,
        # Discord refuses a value above the limit; a longer value is cut, which the person can see.
        default=field.value[:limit] or None,
        max_length=limit,
        required=field.required,
        placeholder="YYYY-MM-DD" if field.kind == "date" else None,
    )


def _choice(field: ChoiceField) -> ui.Item[Any]:
    options = field.options
    if not 1 <= len(options) <= limits.OPTIONS:
        raise CannotRender(f"the field {field.key} has {len(options)} of 1 to {limits.OPTIONS} options")
    if len({option.value for option in options}) != len(options):
        raise CannotRender(f"two options of the field {field.key} have the same value")
    if any(not option.value or limits.size(option.value) > limits.OPTION for option in options):
        raise CannotRender(f"an option of the field {field.key} has a value that is empty or too long")
    if field.many and len(options) <= limits.CHECKBOXES:
        return _checkboxes(field)
    if not field.many and FEWEST_RADIOS <= len(options) <= limits.CHECKBOXES:
        return _radios(field)
    return _select(field)


def _checkboxes(field: ChoiceField) -> ui.CheckboxGroup[Any]:
    options = [
        discord.CheckboxGroupOption(label=_label(o), value=o.value, default=o.value in field.value)
        for o in field.options
    ]
    return ui.CheckboxGroup(custom_id=field.key, options=options, min_values=0, max_values=len(options), required=False)


def _radios(field: ChoiceField) -> ui.RadioGroup[Any]:
    options = [
        discord.RadioGroupOption(label=_label(o), value=o.value, default=o.value in field.value) for o in field.options
    ]
    return ui.RadioGroup(custom_id=field.key, options=options, required=False)


def _select(field: ChoiceField) -> ui.Select[Any]:
    options = [
        discord.SelectOption(label=_label(o), value=o.value, default=o.value in field.value) for o in field.options
    ]
    most = len(options) if field.many else 1
    return ui.Select(custom_id=field.key, options=options, min_values=0, max_values=most, required=False)


def _label(option: Option) -> str:
    return limits.cut(option.label, limits.OPTION) or option.value
