"""Published figures of who stays in other courses, to compare a cohort with."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

COMPLETED: Final = 0.126
"""The median share of enrolled people who completed a free online course, of 221 courses (Jordan 2015)."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`active[n - 1]` of `people` still hand in something in week n or later."""

    people: int
    active: Sequence[int]

    @property
    def shares(self) -> Sequence[float]:
        """The same as shares of everybody."""
        return [each / self.people for each in self.active]


@cache
def distance_learners() -> Comparison:
    """Adults who paid for a course of the Open University; `tools/count_distance_learners.py` makes the file."""
    kept = json.loads(files("cohort_bot.core").joinpath("distance_learners.json").read_text(encoding="utf-8"))
    return Comparison(kept["people"], tuple(kept["active"]))
