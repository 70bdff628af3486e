"""What stands beside a form's field that has to be looked at again. A form keeps what was typed."""

from cohort_bot.chat.i18n import _, ngettext
from cohort_bot.chat.typed import shorten
from cohort_bot.core.membership import Cohort, Member


def only_week_1() -> str:
    return _("The cohort has no weeks left, so please choose “From week 1, at my own pace”.")


def one_of_two() -> str:
    return _("Please pick one of these two.")


def one_of_these() -> str:
    return _("Please pick one of these.")


def some_of_these() -> str:
    return _("Please tick at least one of these.")


def any_answer() -> str:
    return _("Please answer at least one of the three questions; a sentence is plenty.")


def no_words() -> str:
    return _("Please write a few words; there's nothing to send yet.")


def later_day() -> str:
    return _("Please give a date between today and a year from now.")


def earlier_day() -> str:
    return _("Please give today's date or an earlier one, within the last year.")


def too_long(most: int, length: int) -> str:
    return ngettext(
        "Please keep it to {n} character; yours has {length}.",
        "Please keep it to {n} characters; yours has {length}.",
        most,
        n=most,  # without a comma, as the other number
        length=length,
    )


def hours(most: int) -> str:
    """Hours a week that are no number, or more than a week has."""
    return _("Please give a whole number from 1 to {most}, or leave this empty.", most=most)


def why(most: int) -> str:
    """A reason that is missing, or longer than `most` characters."""
    return ngettext(
        "Please give a reason, in at most {n} character.", "Please give a reason, in at most {n} characters.", most
    )


REASON_LIMIT = 300
SHORT_TITLE = 45
"""Characters of a form's title (Discord)."""


def long_reason(reason: str) -> str:
    return ngettext(
        "Please keep the reason to {n} character; yours has {length}.",
        "Please keep the reason to {n} characters; yours has {length}.",
        REASON_LIMIT,
        length=len(reason),
    )


def about_args(cohort: Cohort, member: Member) -> dict[str, str]:
    """The arguments of a form or button about a member."""
    return {"id": str(cohort.id), "member": str(member.id)}


def short_title(title: str) -> str:
    return shorten(title, SHORT_TITLE)
