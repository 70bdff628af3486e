"""What a cohort can have switched on or off, each by itself: the parts that not every group wants."""

from collections.abc import Collection
from enum import Enum
from functools import lru_cache
from typing import Final


class Feature(Enum):
    """One part; its words are in `app/words/features.py`. The value is what is stored, so it keeps its name."""

    OUTREACH = "outreach"
    QUIET = "quiet"
    QUESTIONS = "questions"
    GROUPS = "groups"
    PAPER_CLUB = "paper-club"


GENTLE: Final = frozenset(Feature)
"""What is on in a cohort until a moderator decides otherwise: it asks before it does anything for somebody, is one
line in a message that comes anyway, or one message a round that a button under it stops.
"""


def as_text(on: Collection[Feature]) -> str:
    """A decision about every part that there is today, as it is stored: those that are off have a minus."""
    return " ".join(each.value if each in on else f"-{each.value}" for each in Feature)


@lru_cache(maxsize=64)
def from_text(stored: str) -> frozenset[Feature]:
    """What is on. A part that came after the decision is as it is for everybody, one that is no more is ignored."""
    decided = set(stored.split())
    return frozenset(each for each in GENTLE if f"-{each.value}" not in decided)
