"""What stands beside a form's field that has to be looked at again. A form keeps what was typed."""

from typing import Final

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
