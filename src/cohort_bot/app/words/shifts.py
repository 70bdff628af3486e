"""Openings that a change moves."""

from dataclasses import dataclass
from datetime import datetime

from cohort_bot.chat.i18n import spans
from cohort_bot.chat.message import Span, When


@dataclass(frozen=True, slots=True)
class Shift:
    """A week whose opening changes."""

    number: int
    old: datetime
    new: datetime


def shift_spans(shift: Shift) -> tuple[Span, ...]:
    """A moved opening in one line: the week, when it was to open, when it does now."""
    if shift.old == shift.new:
        return spans("Week {week}: {opens}, as before", week=shift.number, opens=When(shift.old))
    return spans("Week {week}: {old} → {new}", week=shift.number, old=When(shift.old), new=When(shift.new))
