"""The end of a cohort."""

from cohort_bot.chat.i18n import _, ngettext
from cohort_bot.chat.message import Actions, Button, Message, Strong, paragraph
from cohort_bot.core.membership import Cohort


def end_it() -> str:
    return _("End it")


def archive_preview(cohort: Cohort, members: int, button: Button) -> Message:
    head = _("End {cohort}?", cohort=cohort.name)
    means = ngettext(
        "It has {n} member. Nothing goes out any more, and nobody can join or check in.",
        "It has {n} members. Nothing goes out any more, and nobody can join or check in.",
        members,
    )
    return Message(
        head,
        (
            paragraph(Strong(head), f" {means}"),
            paragraph(_("The record stays, and /cohort export goes on working. The room gets one closing line.")),
            paragraph(_("This cannot be undone."), quiet=True),
            Actions((button,)),
        ),
    )


def archived(cohort: Cohort) -> Message:
    return Message(_("{cohort} has ended. The room gets a closing line; the record stays.", cohort=cohort.name))


def closing(cohort: Cohort) -> Message:
    words = _(
        "{cohort} ends here. Thank you for every week that we did together, and all the best.", cohort=cohort.name
    )
    return Message(words)
