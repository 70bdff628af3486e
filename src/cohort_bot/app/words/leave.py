"""Leaving a cohort."""

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words import buttons
from cohort_bot.chat.i18n import _
from cohort_bot.chat.message import Actions, Button, Message, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.membership import Cohort


def leave_preview(cohort: Cohort) -> Message:
    head = _("Leave {cohort}?", cohort=cohort.name)
    words = _("Reminders stop at once. Your record stays, in case you come back.")
    button = Button(_("Leave"), "leave.yes", {"id": str(cohort.id)}, "danger")
    return Message(head, (paragraph(head), paragraph(words), Actions((button,))))


def left(cohort: Cohort, at: str, platform: str) -> Message:
    """Somebody has left; `at` is when, for the button."""
    head = _(
        "You've left {cohort}. {join} brings you back, with everything you did.",
        cohort=cohort.name,
        join=typed("join", platform),
    )
    button = Button(buttons.undo(), "leave.undo", {"id": str(cohort.id), "left": at})
    return Message(head, (paragraph(head), *buttons.undoing(button)))


def leave_undone(cohort: Cohort) -> Message:
    text = _(
        "You're back in {cohort} as if you had never left: your record, breaks and reminders are as before.",
        cohort=cohort.name,
    )
    return Message(text)


def in_already(cohort: Cohort) -> PersonError:
    return PersonError(_("You're in {cohort}, so there's nothing to undo.", cohort=cohort.name))


def undo_too_late(cohort: Cohort, platform: str) -> PersonError:
    """More than ten minutes after they left, or after they left once more."""
    text = _(
        "You had ten minutes to undo that. {join} still brings you back to {cohort}, with everything you did.",
        join=typed("join", platform),
        cohort=cohort.name,
    )
    return PersonError(text)
