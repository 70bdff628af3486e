"""What a change of the calendar would move."""

from cohort_bot.app.words import shifts as shifts_words
from cohort_bot.core.rounds import Calendar

SHOWN = 4


def moved_openings(before: Calendar, after: Calendar, first: int, length: int) -> list[shifts_words.Shift]:
    """The openings of up to SHOWN rounds from `first` on, before and after; none beyond round `length`."""
    rounds = range(first, min(first + SHOWN, length + 1))
    return [shifts_words.Shift(number, before.opens(number), after.opens(number)) for number in rounds]


def as_text(shifts: list[shifts_words.Shift]) -> str:
    """The shifts as text for a draft, to be compared when its button is pressed."""
    return " ".join(f"{shift.number}:{shift.old.isoformat()}>{shift.new.isoformat()}" for shift in shifts)
