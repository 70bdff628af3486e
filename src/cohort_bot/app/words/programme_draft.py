"""What a draft of a programme says in place of its author, in the guide's language."""

from cohort_bot.chat.i18n import _


def if_missed() -> str:
    return _("Give yourself a week to close the gap, and go on with the group meanwhile.")


def share() -> str:
    return _("What you finished of this week's tasks, with a link or a picture where there is one.")


def also(text: str) -> str:
    return _("Also: {text}", text=text)


def part(number: int, of: int, text: str) -> str:
    """The goal of one of the weeks of an action."""
    return _("Part {number} of {of}: {text}", number=number, of=of, text=text)
