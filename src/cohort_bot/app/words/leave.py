"""Leaving a cohort."""

from cohort_bot.chat.i18n import _
from cohort_bot.chat.message import Actions, Button, Message, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.membership import Cohort


def leave_preview(cohort: Cohort) -> Message:
    head = _("Leave {cohort}?", cohort=cohort.name)
    words = _("Reminders stop at once. Your record stays, in case you come back.")
    button = Button(_("Leave"), "leave.yes", {"id": str(cohort.id)}, "danger")
    return Message(head, (paragraph(head), paragraph(words), Actions((button,))))


def left(cohort: Cohort, platform: str) -> Message:
    return Message(
        _(
            "You've left {cohort}. {join} brings you back, with everything you did.",
            cohort=cohort.name,
            join=typed("join", platform),
        )
    )
