"""The end of a cohort."""

from cohort_bot.app.words import counts
from cohort_bot.chat.i18n import _, spans
from cohort_bot.chat.message import Actions, Button, Message, Strong, paragraph
from cohort_bot.core.membership import Cohort


def end_it() -> str:
    return _("End it")


def archive_preview(cohort: Cohort, members: int, button: Button) -> Message:
    """Before a cohort ends."""
    head = _("End {cohort}?", cohort=cohort.name)
    return Message(
        head,
        (
            paragraph(
                *spans(
                    "{head} It has {members}. Nothing goes out any more, and nobody can join or check in.",
                    head=Strong(head),
                    members=counts.members(members),
                )
            ),
            paragraph(_("The record stays, and /cohort export goes on working. The room gets one closing line.")),
            paragraph(_("This cannot be undone."), quiet=True),
            Actions((button,)),
        ),
    )


def archived(cohort: Cohort) -> Message:
    """After a cohort ended."""
    return Message(_("{cohort} has ended. The room gets a closing line; the record stays.", cohort=cohort.name))


def closing(cohort: Cohort) -> Message:
    """The last words in the room."""
    return Message(
        _("{cohort} ends here. Thank you for every week that we did together, and all the best.", cohort=cohort.name)
    )
