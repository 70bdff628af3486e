"""Taking somebody out of a cohort."""

from typing import Final

from cohort_bot.app.words.fields import REASON_LIMIT, about_args, short_title
from cohort_bot.chat.form import Form, TextField
from cohort_bot.chat.message import Actions, Button, Message, Strong, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.membership import Cohort, Member

REMOVE: Final = "Remove them"


def remove_form(cohort: Cohort, member: Member, reason: str) -> Form:
    """From a member's card, before they are asked to be sure."""
    hint = "They are told by direct message; left out, they are not"
    field = TextField("reason", "Why?", "line", reason, REASON_LIMIT, hint=hint)
    return Form(
        "cohort.remove.ask", short_title(f"Remove {member.name}"), (field,), about_args(cohort, member), "Go on"
    )


def remove_preview(cohort: Cohort, member: Member, reason: str, button: Button) -> Message:
    """Before somebody is taken out."""
    head = f"Remove {member.name} from {cohort.name}?"
    if reason:
        told = f"I tell them by direct message, with your name and the reason: {reason}"
    else:
        told = "I do not tell them; a word from you is kinder, or a reason, which I pass on."
    words = paragraph(f"Their record stays, reminders stop at once. {told}")
    again = paragraph(f"They can join again with {typed('join', member.account.platform)}.", quiet=True)
    return Message(head, (paragraph(Strong(head)), words, again, Actions((button,))))


def removed(cohort: Cohort, member: Member) -> Message:
    """After somebody was taken out."""
    return Message(f"{member.name} is no longer in {cohort.name}. Their record stays.")
