"""The end of a cohort."""

from cohort_bot.chat.i18n import _, ngettext
from cohort_bot.chat.message import Actions, Button, Message, Strong, paragraph
from cohort_bot.core.membership import Cohort


def end_it() -> str:
    return _("End it")


def archive_preview(cohort: Cohort, members: int, button: Button) -> Message:
    head = _("End {cohort}?", cohort=cohort.name)
    means = ngettext(
        "It has {n} member. I'll stop posting, and nobody will be able to join or check in.",
        "It has {n} members. I'll stop posting, and nobody will be able to join or check in.",
        members,
    )
    return Message(
        head,
        (
            paragraph(Strong(head), f" {means}"),
            paragraph(_("The record stays, and /cohort export keeps working. I'll say goodbye in the room.")),
            paragraph(_("This can't be undone."), quiet=True),
            Actions((button,)),
        ),
    )


def archived(cohort: Cohort) -> Message:
    return Message(_("{cohort} has ended. I'll say goodbye in the room; the record stays.", cohort=cohort.name))


def closing(cohort: Cohort) -> Message:
    words = _("{cohort} ends here. Thank you for every week we did together, and all the best!", cohort=cohort.name)
    return Message(words)
