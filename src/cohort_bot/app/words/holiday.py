"""Weeks off for a whole cohort."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.counts import counted
from cohort_bot.app.words.shifts import Shift, shift_spans
from cohort_bot.chat.message import Actions, Button, Heading, Message, When, bullets, paragraph
from cohort_bot.core.membership import Cohort


def holiday_begun(week: int) -> PersonError:
    """A week that opened while its preview was read."""
    return PersonError(f"Week {week} has opened meanwhile. Please type /cohort holiday again.")


def holiday_on() -> PersonError:
    """Taking back weeks off that are running."""
    return PersonError("Those weeks off have begun, so they stay. The next week opens as announced.")


def no_week_off(cohort: Cohort, after: date | None) -> PersonError:
    """No week that could be taken off."""
    when = f" after {after}" if after else ""
    return PersonError(f"“{cohort.name}” opens no week{when}, so there is nothing to take off.")


TAKE_OFF: Final = "Take it off"


def holiday_preview(cohort: Cohort, rounds: int, shifts: Sequence[Shift], button: Button) -> Message:
    """What /cohort holiday would do."""
    head = f"{counted(rounds, 'week')} off for {cohort.name}?"
    return Message(
        head,
        (
            Heading(head),
            paragraph(f"The break comes before week {shifts[0].number}; all later weeks move with it:"),
            bullets(shift_spans(shift) for shift in shifts),
            paragraph("Nothing has changed yet. Weeks off count for nobody's streak.", quiet=True),
            Actions((button,)),
        ),
    )


def holiday_given(cohort: Cohort, rounds: int, first: Shift, undo: Button) -> Message:
    """After /cohort holiday."""
    head = f"{cohort.name} has {counted(rounds, 'week')} off."
    moves = paragraph(f"Week {first.number} opens ", When(first.new), " instead of ", When(first.old), ".")
    return Message(head, (paragraph(head), moves, Actions((undo,))))


def holiday_undone(cohort: Cohort, first: Shift) -> Message:
    """After weeks off were taken back."""
    head = f"{cohort.name} goes on without those weeks off."
    moves = paragraph(f"Week {first.number} opens ", When(first.new), " instead of ", When(first.old), ".")
    return Message(head, (paragraph(head), moves))
