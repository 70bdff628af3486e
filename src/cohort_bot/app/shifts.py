"""The openings that a change of the calendar would move."""

from cohort_bot.app.words import shifts as words
from cohort_bot.core.rounds import Calendar

SHOWN = 4


def moved_openings(before: Calendar, after: Calendar, first: int, length: int) -> list[words.Shift]:
    """The next openings before and after, none beyond the programme's weeks."""
    rounds = range(first, min(first + SHOWN, length + 1))
    return [words.Shift(number, before.opens(number), after.opens(number)) for number in rounds]


def as_text(shifts: list[words.Shift]) -> str:
    """What a preview showed, to see whether it still holds when its button is pressed."""
    return " ".join(f"{shift.number}:{shift.old.isoformat()}>{shift.new.isoformat()}" for shift in shifts)
