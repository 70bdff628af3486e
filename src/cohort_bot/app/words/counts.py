"""A number with its noun: "1 week", "2 weeks", "1 person". Every count that people read is made here."""

from cohort_bot.chat.i18n import ngettext


def counted(number: int, one: str, many: str = "") -> str:
    """The number and its noun; `many` is the plural where it takes more than an s, or more words follow."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def weeks(number: int) -> str:
    """So many weeks."""
    return ngettext("{n} week", "{n} weeks", number)


def rounds(number: int) -> str:
    """So many rounds."""
    return ngettext("{n} round", "{n} rounds", number)


def days(number: int) -> str:
    """So many days."""
    return ngettext("{n} day", "{n} days", number)


def hours(number: int) -> str:
    """So many hours."""
    return ngettext("{n} hour", "{n} hours", number)


def minutes(number: int) -> str:
    """So many minutes."""
    return ngettext("{n} minute", "{n} minutes", number)


def members(number: int) -> str:
    """So many members."""
    return ngettext("{n} member", "{n} members", number)


def check_ins(number: int) -> str:
    """So many check-ins."""
    return ngettext("{n} check-in", "{n} check-ins", number)


def papers(number: int) -> str:
    """So many papers."""
    return ngettext("{n} paper", "{n} papers", number)


def messages(number: int) -> str:
    """So many messages."""
    return ngettext("{n} message", "{n} messages", number)


def actions(number: int) -> str:
    """So many actions of a guide."""
    return ngettext("{n} action", "{n} actions", number)


def characters(number: int) -> str:
    """So many characters."""
    return ngettext("{n} character", "{n} characters", number)


def people(number: int) -> str:
    """So many people."""
    return ngettext("{n} person", "{n} people", number)


def rooms(number: int) -> str:
    """So many rooms."""
    return ngettext("{n} room", "{n} rooms", number)


def posts(number: int) -> str:
    """So many posts."""
    return ngettext("{n} post", "{n} posts", number)
