"""Removing a member from a cohort."""

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words import buttons
from cohort_bot.app.words.fields import REASON_LIMIT, about_args, short_title
from cohort_bot.chat.form import Form, TextField
from cohort_bot.chat.i18n import _
from cohort_bot.chat.message import Actions, Button, Message, Strong, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.membership import Cohort, Member


def remove() -> str:
    return _("Remove them")


def remove_form(cohort: Cohort, member: Member, reason: str) -> Form:
    """From a member's card, before they are asked to be sure."""
    hint = _("I'll tell them by direct message; if empty, I won't")
    field = TextField("reason", _("Why?"), "line", reason, REASON_LIMIT, hint=hint)
    title = short_title(_("Remove {member}", member=member.name))
    return Form("cohort.remove.ask", title, (field,), about_args(cohort, member), _("Continue"))


def remove_preview(cohort: Cohort, member: Member, reason: str, button: Button) -> Message:
    head = _("Remove {member} from {cohort}?", member=member.name, cohort=cohort.name)
    if reason:
        words = _(
            "Their record stays, and reminders stop at once. I'll tell them by direct message, with your name and "
            "this reason: {reason}",
            reason=reason,
        )
    else:
        words = _(
            "Their record stays, and reminders stop at once. I won't tell them unless you add a reason. A word from "
            "you is kinder."
        )
    again = _("They can come back with {join}.", join=typed("join", member.account.platform))
    blocks = (paragraph(Strong(head)), paragraph(words), paragraph(again, quiet=True), Actions((button,)))
    return Message(head, blocks)


def removed(cohort: Cohort, member: Member, undo: Button) -> Message:
    text = _("{member} is no longer in {cohort}. Their record stays.", member=member.name, cohort=cohort.name)
    return Message(text, (paragraph(text), *buttons.undoing(undo)))


def remove_undone(cohort: Cohort, member: Member) -> Message:
    text = _(
        "{member} is back in {cohort} as if nothing had happened: their record, breaks and reminders are as before.",
        member=member.name,
        cohort=cohort.name,
    )
    return Message(text)


def in_already(cohort: Cohort, member: Member) -> PersonError:
    """The removal was undone already, or they have come back by themselves."""
    text = _("{member} is already in {cohort}, so there's nothing to undo.", member=member.name, cohort=cohort.name)
    return PersonError(text)


def undo_too_late(member: Member) -> PersonError:
    """More than ten minutes later, or they have left once more since."""
    text = _(
        "You had ten minutes to undo that. {member} can still come back with {join}.",
        member=member.name,
        join=typed("join", member.account.platform),
    )
    return PersonError(text)


def erased_since() -> PersonError:
    return PersonError(_("They've erased their data since then, so there's nothing to bring back."))
