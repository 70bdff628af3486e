"""How cohorts are called."""

from datetime import datetime


def ended(name: str) -> str:
    """A cohort that has ended, among those that go on."""
    return f"{name} (ended)"


def ended_on(name: str, at: datetime) -> str:
    """A cohort that has ended, when a later one has its name."""
    return f"{name} (ended {at:%Y-%m-%d})"
