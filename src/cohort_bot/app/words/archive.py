"""The end of a cohort."""

from typing import Final

from cohort_bot.app.words.counts import counted
from cohort_bot.chat.message import Actions, Button, Message, Strong, paragraph
from cohort_bot.core.membership import Cohort

END_IT: Final = "End it"


def archive_preview(cohort: Cohort, members: int, button: Button) -> Message:
    """Before a cohort ends."""
    head = f"End {cohort.name}?"
    return Message(
        head,
        (
            paragraph(
                Strong(head),
                f" It has {counted(members, 'member')}. Nothing goes out any more, and nobody can join or check in.",
            ),
            paragraph("The record stays, and /cohort export goes on working. The room gets one closing line."),
            paragraph("This cannot be undone.", quiet=True),
            Actions((button,)),
        ),
    )


def archived(cohort: Cohort) -> Message:
    """After a cohort ended."""
    return Message(f"{cohort.name} has ended. The room gets a closing line; the record stays.")


def closing(cohort: Cohort) -> Message:
    """The last words in the room."""
    return Message(f"{cohort.name} ends here. Thank you for every week that we did together, and all the best.")
