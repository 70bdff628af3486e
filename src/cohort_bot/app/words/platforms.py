"""What a platform's adapter says by itself: a form that came late, a text that was cut, a restart.

What names a platform's own permissions and settings stands with that platform, as findings with a cure.
"""

from cohort_bot.app.errors import PersonError
from cohort_bot.chat.i18n import _
from cohort_bot.chat.traits import traits_of


def titled(platform: str) -> str:
    """What the platform is called in a sentence: Discord, Slack, the playground."""
    return _(traits_of(platform).title)


def wrong() -> str:
    return _("Sorry, something went wrong on my side. Please try again in a minute.")


def stopping() -> str:
    return _("One moment, please: I'm restarting. Try again in a minute; nothing was lost.")


def unshowable() -> str:
    return _("I couldn't show that; whoever hosts this bot can see why in the log. What you did isn't lost.")


def type_again() -> str:
    return _("That took too long. Please type the command again: it will be quicker now.")


def opened_late() -> str:
    return _("That took too long to open. Please type it again.")


def too_long_to_show() -> str:
    return _("That's too long to show here. Please try with less.")


# Forms


def open_form() -> str:
    return _("Open the form")


def form_ready() -> str:
    return _("That took a moment, but the form is ready.")


def fix() -> str:
    return _("Fix it")


def not_saved() -> str:
    return _("Nothing is saved yet.")


def look_again() -> str:
    return _("Please fix this; nothing you typed is lost:")


def nothing_to_fill_in() -> str:
    return _("Nothing to fill in.")


def ready(title: str) -> str:
    """Beside the button that opens a form which came too late to be shown at once."""
    return _("{title}: the form is ready.", title=title)


# Texts and files


def cut() -> str:
    return _("This was too long for one post, so the end is missing.")


def file_cut() -> str:
    return _("The rest is too long to read here; whoever hosts this bot can give you all of it as a file.")


def file_sent() -> str:
    return _("It's in your direct messages with me.")


def file_not_sent() -> str:
    return _("I couldn't send you the file.")


def file_uncertain() -> str:
    return _(
        "Slack didn't say whether the file arrived. Please check your direct messages with me; if it isn't there, "
        "try again."
    )


def unknown_guest() -> PersonError:
    """For somebody of another workspace of whom Slack tells nothing here, before they have typed anything."""
    return PersonError(
        _(
            "You're from another workspace, and Slack hasn't told me yet who you are. Please try again in a minute; "
            "if that doesn't help, ask a moderator of the group."
        )
    )


def unknown_button(*, page: bool = False) -> PersonError:
    """A button that was made up, or is of an older release."""
    if page:
        return PersonError(_("I don't know that button. Please reload the page."))
    return PersonError(_("I don't know that button. Please type the command instead."))


def incomplete_form() -> PersonError:
    return PersonError(_("That form isn't complete. Please open it again."))


# The playground
