"""How cohorts are called."""

from datetime import datetime

from cohort_bot.chat.i18n import _


def ended(name: str) -> str:
    """A cohort that has ended, among those that go on."""
    return _("{cohort} (ended)", cohort=name)


def ended_on(name: str, at: datetime) -> str:
    """A cohort that has ended, when a later one has its name."""
    return _("{cohort} (ended {day})", cohort=name, day=str(at.date()))
