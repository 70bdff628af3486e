"""Who looks after a cohort."""

from cohort_bot.app.errors import PersonError
from cohort_bot.chat.i18n import _, ngettext
from cohort_bot.chat.typed import shorten


def no_workspace() -> PersonError:
    """A direct conversation says nothing about the workspace that is meant."""
    return PersonError(_("Please type this in one of the cohort's rooms: here I can't tell which server you mean."))


def unknown_moderator(said: str) -> PersonError:
    text = _(
        "I don't know “{name}” here. For moderators, type @ and pick people, or on Discord a role that not everyone "
        "has; moderators:nobody removes them all.",
        name=shorten(said),
    )
    return PersonError(text)


def many_moderators(most: int) -> PersonError:
    text = ngettext(
        "Please name at most {n} moderator; a role can cover many people.",
        "Please name at most {n} moderators; a role can cover many people.",
        most,
    )
    return PersonError(text)


def nobody_named() -> str:
    """In place of the names of those who look after a cohort."""
    return _("nobody by name")
