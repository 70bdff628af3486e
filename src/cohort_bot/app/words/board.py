"""The board: the links to it in chat, and what stands on its pages."""

from cohort_bot.app.errors import PersonError
from cohort_bot.chat.i18n import _
from cohort_bot.chat.message import Button, Link, Message, paragraph
from cohort_bot.core.membership import Cohort


def link(cohort: Cohort, url: str) -> Message:
    text = _("Open the board of {cohort}", cohort=cohort.name)
    hint = _("The link works once, within ten minutes, and is only for you.")
    return Message(text, (paragraph(Link(text, url)), paragraph(hint, quiet=True)))


def own_link(cohort: Cohort, url: str) -> Message:
    text = _("Open your page of {cohort}", cohort=cohort.name)
    hint = _("The link works once, within ten minutes, and is only for you.")
    return Message(text, (paragraph(Link(text, url)), paragraph(hint, quiet=True)))


def board_button(cohort: Cohort) -> Button:
    return Button(_("Open the board"), "cohort.board", {"id": str(cohort.id)})


def own_button(cohort: Cohort) -> Button:
    return Button(_("See it as a page"), "progress.page", {"id": str(cohort.id)})


def no_address() -> PersonError:
    return PersonError(
        _("There is no board here yet. Whoever runs me can turn it on: set PORT, and PUBLIC_URL to its https address.")
    )


def pages() -> dict[str, str]:
    """The pages' names, in order."""
    return {
        "today": _("Today"),
        "cohort": _("Cohort"),
        "calendar": _("Calendar"),
        "programme": _("Programme"),
    }


def sign_in_title() -> str:
    return _("Open the board")


def sign_in_text() -> str:
    return _("This link is only for you, and works once.")


def link_used() -> str:
    return _("This link has been used or is too old. Type /cohort board, or press its button in chat, for a new one.")


def session_over() -> str:
    return _("You're signed out. Type /cohort board, or press its button in chat, for a new link.")


def not_there() -> str:
    return _("There is no such page, or it is not for you.")


def cannot_check() -> str:
    return _("I can't check right now whether you are still a moderator. Please try again in a minute.")


def sign_out() -> str:
    return _("Sign out")


def back() -> str:
    return _("Back")


def skip_to_content() -> str:
    return _("Skip to the content")
