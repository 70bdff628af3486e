"""Asking back when what was typed has several meanings, or none: what it may be, each with a button."""

from typing import Final

from cohort_bot.app.errors import PersonError, Question
from cohort_bot.chat.form import Form, TextField
from cohort_bot.chat.i18n import _
from cohort_bot.chat.message import Actions, Block, Button, Message, Strong, bullets, paragraph

ROW: Final = 4
"""Buttons side by side: five are a platform's most, and four of these fill a line."""


def question(asked: Question, draft: str) -> Message:
    """What may be meant, with a button each, and one for another answer."""
    blocks: list[Block] = [paragraph(Strong(asked.head))]
    buttons = [Button(choice.label, "answer", {"draft": draft, "value": choice.value}) for choice in asked.choices]
    if any(choice.detail != choice.label for choice in asked.choices):
        blocks.append(bullets(choice.detail for choice in asked.choices))
    buttons.append(another(asked.label, draft))
    blocks += [Actions(tuple(buttons[start : start + ROW])) for start in range(0, len(buttons), ROW)]
    return Message(asked.head, tuple(blocks))


def another(label: str, draft: str) -> Button:
    return Button(label, "answer.other", {"draft": draft})


def other_form(typed: str, draft: str, label: str, hint: str) -> Form:
    field = TextField("value", label, "line", typed, 100, required=True, hint=hint)
    return Form("answer", label, (field,), {"draft": draft})


def no_longer() -> PersonError:
    """A question that is too old, or was asked of somebody else."""
    return PersonError(_("I no longer have that question, so nothing was changed. Please type the command again."))
