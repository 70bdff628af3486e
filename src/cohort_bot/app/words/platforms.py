"""What a platform's adapter says by itself: a form that came late, a text that was cut, a restart.

What names a platform's own permissions and settings stands with that platform, as findings with a cure.
"""

from typing import Final

from cohort_bot.app.errors import PersonError

WRONG: Final = "Sorry, that went wrong on my side. Please try again in a minute."
STOPPING: Final = "One moment, please: I am being restarted. Try it in a minute; nothing was lost."
UNSHOWABLE: Final = "I could not show that; whoever runs me finds out why in the log. What you did is not lost."
TYPE_AGAIN: Final = "That took long. Please type the command again: it will be quicker now."
OPENED_LATE: Final = "That took too long to open. Please type it again."
TOO_LONG_TO_SHOW: Final = "That is too long to be shown here. Please try it with less."

# Forms

OPEN_FORM: Final = "Open the form"
FORM_READY: Final = "That took a moment. The form is ready."
FIX: Final = "Fix it"
NOT_SAVED: Final = "Nothing is saved yet."
LOOK_AGAIN: Final = "Please look at this again:"
NOTHING_TO_FILL_IN: Final = "Nothing to fill in."


def ready(title: str) -> str:
    """Beside the button that opens a form which came too late to be shown at once."""
    return f"{title}: the form is ready."


# Texts and files

CUT: Final = "This was too long for one post, so its end is left out."
FILE_CUT: Final = "The rest is too long to read here; whoever runs me can give you all as a file."
FILE_SENT: Final = "You find it in your direct messages with me."
FILE_NOT_SENT: Final = "I could not send you the file."
FILE_UNCERTAIN: Final = (
    "Slack did not say whether the file arrived. Please look into your direct messages with me, else try it again."
)


def unknown_guest() -> PersonError:
    """For somebody of another workspace of whom Slack tells nothing here, before they have typed anything."""
    return PersonError(
        "You are from another workspace, and Slack has not told me yet who you are. Please try again in a minute; if "
        "that does not help, ask a moderator of the group."
    )


def unknown_button(*, page: bool = False) -> PersonError:
    """A button that was made up, or is of an older release."""
    cure = "Please reload the page." if page else "Please type the command instead."
    return PersonError(f"That button is not known here. {cure}")


def incomplete_form() -> PersonError:
    """A form without what it carried."""
    return PersonError("That form is not complete. Please open it again.")


# The playground
