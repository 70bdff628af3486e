"""The outcome of one attempt at a delivery or an edit."""

from dataclasses import dataclass

from cohort_bot.app.ports.store import DeliveryResult
from cohort_bot.app.ports.watch import Attempt


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that the courier needs to know about a finished attempt."""

    lane: str
    """The lane that `wait` and `recovered` are about."""
    result: DeliveryResult | None = None
    """What to record in the ledger. None when the row stays as it is, or has been updated already."""
    attempt: Attempt | None = None
    """What to count, None when nothing was sent."""
    answered: bool | None = None
    """Whether the platform answered at all, for its circuit breaker; None when the attempt does not show that."""
    wait: float | None = 0.0
    """Seconds of elapsed time for which the lane pauses; None means longer after each failure in a row."""
    recovered: bool = False
    """Whether the next failure of the lane counts as the first."""
