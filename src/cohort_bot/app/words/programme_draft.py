"""What a draft of a programme says in place of its author, in the guide's language."""

from cohort_bot.app.words import counts
from cohort_bot.chat.i18n import _


def title(weeks: int) -> str:
    return _("A plan of {weeks}", weeks=counts.weeks(weeks))


def summary(weeks: int, phases: int) -> str:
    return _("A plan of {weeks} in {phases}.", weeks=counts.weeks(weeks), phases=counts.phases(phases))


def phase(number: int) -> str:
    return _("Phase {number}", number=number)


def weeks(first: int, last: int) -> str:
    if first == last:
        return _("Week {number}", number=first)
    return _("Weeks {first}–{last}", first=first, last=last)


def part_of(title: str, number: int, of: int) -> str:
    return _("{title} ({number} of {of})", title=title, number=number, of=of)


def in_week(title: str, number: int) -> str:
    return _("{title}, week {number}", title=title, number=number)


def if_missed() -> str:
    return _("Give yourself a week to close the gap, and go on with the group meanwhile.")


def share() -> str:
    return _("What you finished of this week's tasks, with a link or a picture where there is one.")


def also(text: str) -> str:
    return _("Also: {text}", text=text)


def part(number: int, of: int, text: str) -> str:
    """The goal of one of the weeks of an action."""
    return _("Part {number} of {of}: {text}", number=number, of=of, text=text)
