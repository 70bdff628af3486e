"""The page in the browser."""

from collections.abc import Sequence

from cohort_bot.app.errors import PersonError
from cohort_bot.chat.i18n import _


def playground_stopping() -> str:
    return _("The bot is starting or stopping. Please try again in a moment.")


def playground_away() -> str:
    return _("The playground answers on this machine only: please open it as http://127.0.0.1 or http://localhost.")


def tips() -> tuple[tuple[str, str, str], ...]:
    """Who, what for, and what to type: the first steps in the playground."""
    return (
        ("moderator", _("As the moderator, start a cohort:"), _('/cohort create name:"AI 2027"')),
        ("member", _("As a member, join it:"), "/join"),
        ("member", _("Move the clock to the next post: the week's card arrives."), ""),
        ("member", _("Check in on the week:"), "/checkin"),
        ("member", _("See how you are doing:"), "/progress"),
    )


def too_large(most: int) -> str:
    """More than the page takes at once, in KiB."""
    return _("That is too long: at most {most} KiB can be sent at once. Please shorten it.", most=most)


def no_channel(name: str) -> str:
    return _("There is no channel “{channel}”.", channel=name)


def use_one_of(channels: Sequence[str]) -> str:
    *others, last = (f"#{channel}" for channel in channels)
    return _("Use {channels} or {last}.", channels=", ".join(others), last=last)


def no_instant() -> PersonError:
    """Not a date and time to move the clock to."""
    return PersonError(_("That is not a date and time. Please pick one, such as 2027-01-04 09:00."))


def clock_too_far() -> PersonError:
    """A leap of the clock that would take too long."""
    return PersonError(_("The clock moves by at most three years at once. Please pick an earlier date."))


def clock_backwards() -> PersonError:
    return PersonError(_("The clock only goes forward. Please give a later date."))


def message_gone() -> PersonError:
    """A button of a message that is no longer there."""
    return PersonError(_("That message is no longer there. Please reload the page."))


def message_changed() -> PersonError:
    return PersonError(_("That message has changed meanwhile. Please look at it again."))
