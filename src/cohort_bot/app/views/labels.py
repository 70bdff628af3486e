"""What stands on the buttons under a preview, and beside choices that a command offers."""

from datetime import datetime
from typing import Final

POST_IT: Final = "Post it"
END_IT: Final = "End it"
CHANGE_IT: Final = "Change it"
TAKE_OFF: Final = "Take it off"
DROP_IT: Final = "Drop it"
REMOVE: Final = "Remove them"
UNDO: Final = "Undo"
DIGEST_THERE: Final = "Send it there"
DIGEST_DIRECTLY: Final = "Direct messages instead"
WITH_THE_COHORT: Final = "with the cohort"
FROM_WEEK_1: Final = "from week 1"


def skip_card(number: int) -> str:
    """Drops the card of a week."""
    return f"Skip week {number}'s card"


def ended(name: str) -> str:
    """A cohort that has ended, among those that go on."""
    return f"{name} (ended)"


def ended_on(name: str, at: datetime) -> str:
    """A cohort that has ended, when a later one has its name."""
    return f"{name} (ended {at:%Y-%m-%d})"
