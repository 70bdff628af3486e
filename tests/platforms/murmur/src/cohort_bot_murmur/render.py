"""Message and Form -> text, and what the bot keeps with it. Pure."""

from typing import Any

from cohort_bot.chat import codec
from cohort_bot.chat.form import ChoiceField, FieldErrors, Form
from cohort_bot.chat.message import Message, buttons, plain


def message(body: Message) -> tuple[str, Any]:
    """The text, and its buttons for whoever answers with a label."""
    kept = [{"label": each.label, "action": each.action, "args": dict(each.args)} for each in buttons(body)]
    return plain(body), {"buttons": kept} if kept else None


def form(shown: Form | FieldErrors) -> tuple[str, Any]:
    """The form as lines to answer, and the form itself."""
    asked, errors = (shown.form, shown.errors) if isinstance(shown, FieldErrors) else (shown, {})
    lines = [asked.title, *(f"! {error}" for error in errors.values())]
    for field in asked.fields:
        chosen = ", ".join(sorted(field.value)) if isinstance(field, ChoiceField) else field.value
        lines.append(f"{field.key}: {field.label}" + (f" [{chosen}]" if chosen else ""))
        if isinstance(field, ChoiceField):
            lines += [f"  {option.value} = {option.label}" for option in field.options]
    return "\n".join(lines), {"form": codec.dumps_form(asked)}
