"""What stands beside a form's field that has to be looked at again. A form keeps what was typed."""

from typing import Final

from cohort_bot.chat.typed import shorten
from cohort_bot.core.membership import Cohort, Member

ONLY_WEEK_1: Final = "The cohort has no more weeks, so please choose “From week 1, at my own pace”."
ONE_OF_TWO: Final = "Please pick one of the two."
ONE_OF_THESE: Final = "Please pick one of these."
SOME_OF_THESE: Final = "Please tick at least one of these."
ANY_ANSWER: Final = "Please answer at least one of the three; a sentence is plenty."
NO_WORDS: Final = "Please write a few words; there is nothing to send yet."
LATER_DAY: Final = "Please give a day from today on, within a year."
EARLIER_DAY: Final = "Please give today or an earlier day, within the last year."


def too_long(most: int, length: int) -> str:
    """More characters than a field takes."""
    return f"Please keep it to {most} characters; this has {length}."


def hours(most: int) -> str:
    """Hours a week that are no number, or more than a week has."""
    return f"Please give a whole number from 1 to {most}, or nothing."


def why(most: int) -> str:
    """A reason that is missing, or longer than `most` characters."""
    return f"Please say why, in at most {most} characters."


REASON_LIMIT = 300


SHORT_TITLE = 45
"""Characters of a form's title (Discord)."""


def long_reason(reason: str) -> str:
    """Why a reason is not taken."""
    return f"Please keep the reason to {REASON_LIMIT} characters; this has {len(reason)}."


def about_args(cohort: Cohort, member: Member) -> dict[str, str]:
    """The arguments of a form or button about a member."""
    return {"id": str(cohort.id), "member": str(member.id)}


def short_title(title: str) -> str:
    """A form's title, cut to what Discord takes."""
    return shorten(title, SHORT_TITLE)
