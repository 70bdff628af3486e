"""A number with its noun: "1 week", "2 weeks", "1 person". Every count that people read is made here."""

from typing import Final

from cohort_bot.chat.i18n import NN_, _, ngettext
from cohort_bot.chat.sentence import Sentences

HOUR: Final = 60


class Count(Sentences):
    """How many there are of something, to be said later."""

    ACTIONS = NN_("{n} action", "{n} actions")
    HOURS = NN_("{n} hour", "{n} hours")
    PHASES = NN_("{n} phase", "{n} phases")
    SKILLS = NN_("{n} skill", "{n} skills")
    STEPS = NN_("{n} first step", "{n} first steps")
    WEEKS = NN_("{n} week", "{n} weeks")


def weeks(number: int) -> str:
    return ngettext("{n} week", "{n} weeks", number)


def rounds(number: int) -> str:
    return ngettext("{n} round", "{n} rounds", number)


def days(number: int) -> str:
    return ngettext("{n} day", "{n} days", number)


def hours(number: int) -> str:
    return ngettext("{n} hour", "{n} hours", number)


def hours_between(least: int, most: int) -> str:
    return hours(most) if least == most else _("{least} to {hours}", least=least, hours=hours(most))


def minutes(number: int) -> str:
    return ngettext("{n} minute", "{n} minutes", number)


def worked(spent: int) -> str:
    """Minutes as whole hours, to the nearest; as minutes where that is none."""
    return hours(to_hours(spent)) if to_hours(spent) else minutes(spent)


def to_hours(spent: int) -> int:
    return (spent + HOUR // 2) // HOUR


def members(number: int) -> str:
    return ngettext("{n} member", "{n} members", number)


def check_ins(number: int) -> str:
    return ngettext("{n} check-in", "{n} check-ins", number)


def papers(number: int) -> str:
    return ngettext("{n} paper", "{n} papers", number)


def messages(number: int) -> str:
    return ngettext("{n} message", "{n} messages", number)


def actions(number: int) -> str:
    return ngettext("{n} action", "{n} actions", number)


def characters(number: int) -> str:
    return ngettext("{n} character", "{n} characters", number)


def people(number: int) -> str:
    return ngettext("{n} person", "{n} people", number)


def rooms(number: int) -> str:
    return ngettext("{n} room", "{n} rooms", number)


def posts(number: int) -> str:
    return ngettext("{n} post", "{n} posts", number)


def phases(number: int) -> str:
    return ngettext("{n} phase", "{n} phases", number)


def programmes(number: int) -> str:
    return ngettext("{n} programme", "{n} programmes", number)


def problems(number: int) -> str:
    return ngettext("{n} problem", "{n} problems", number)
