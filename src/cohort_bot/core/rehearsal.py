"""A rehearsal of a programme: synthetic members live through it, so that its author sees where it asks too much.

Nothing here is a finding about people. The assumptions are in `Assumptions`, and are said wherever a result is shown.
"""

import random
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cohort_bot.core.programme import Programme, Week

_FIRST_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the synthetic members are like.

    `hours` is what a member has for a week on average, as a share of the programme's median week, from the busiest to
    the freest; `spread` is how much one week differs from another (the standard deviation, as a share), and `away` how
    often a week has no time at all. `leave_first` and `leave_later` are the chances to leave in each of the first four
    weeks and in each later one, after adult distance learners who still handed in something in week 4 (80 %) and week
    26 (51 %; OULAD, Kuzilek 2017). Whoever got through less than half of the last four weeks leaves `behind` times as
    often.
    """

    hours: tuple[float, float] = (0.6, 1.4)
    spread: float = 0.3
    away: float = 0.06
    leave_first: float = 0.05
    leave_later: float = 0.015
    behind: float = 2.0


class Finding(StrEnum):
    """What a week of a programme may need another look for."""

    TOO_MUCH = "too much"
    TOO_LITTLE = "too little"
    REPEATED = "repeated"
    NOTHING_TO_SHOW = "nothing to show"
    PAPER_IN_A_FULL_WEEK = "paper in a full week"
    PAPER_OF_ANOTHER_PHASE = "paper of another phase"
    TWO_PAPERS = "two papers"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """How it went. `done[n - 1]` is the share of week n that whoever was still there got through (the median), and
    `there[n - 1]` the share of the members who took part in week n or a later one, in low, middle and high runs."""

    members: int
    runs: int
    seed: int
    assumptions: Assumptions
    median_minutes: int
    done: tuple[float, ...]
    there: tuple[tuple[float, float, float], ...]
    findings: tuple[tuple[int, Finding], ...]


def minutes_of(week: Week) -> int:
    """The week's work: its tasks' minutes where all have them, else its hours."""
    minutes = [task.minutes for task in week.tasks if task.minutes]
    return sum(minutes) if len(minutes) == len(week.tasks) else week.hours * 60


def rehearse(
    programme: Programme, seed: int, *, members: int = 30, runs: int = 50, assumptions: Assumptions | None = None
) -> Rehearsal:
    """Let `members` people live through the programme `runs` times; the same seed gives the same rehearsal."""
    assumed = assumptions or Assumptions()
    chance = random.Random(seed)  # noqa: S311 - no secret depends on it
    needed = [minutes_of(week) for week in programme.weeks]
    median = int(statistics.median(needed))
    done: list[list[float]] = [[] for _ in needed]
    there: list[list[float]] = [[] for _ in needed]
    for _ in range(runs):
        lasted = [0] * len(needed)
        for _ in range(members):
            for number, share in enumerate(_member(needed, median, assumed, chance)):
                done[number].append(share)
                lasted[number] += 1
        for number, count in enumerate(lasted):
            there[number].append(count / members)
    through = tuple(statistics.median(shares) if shares else 0.0 for shares in done)
    return Rehearsal(
        members, runs, seed, assumed, median, through, tuple(map(_band, there)), tuple(_findings(programme, through))
    )


def _member(needed: Sequence[int], median: int, assumed: Assumptions, chance: random.Random) -> Iterator[float]:
    """The share of each week that one member gets through, until they leave."""
    usual = chance.uniform(*assumed.hours) * median
    shares: list[float] = []
    for number, minutes in enumerate(needed):
        has = 0.0 if chance.random() < assumed.away else max(0.0, chance.gauss(usual, assumed.spread * usual))
        shares.append(min(1.0, has / minutes) if minutes else 1.0)
        yield shares[-1]
        leaves = assumed.leave_first if number < _FIRST_WEEKS else assumed.leave_later
        if sum(shares[-_FIRST_WEEKS:]) < len(shares[-_FIRST_WEEKS:]) / 2:
            leaves *= assumed.behind
        if chance.random() < leaves:
            return


def _band(shares: Sequence[float]) -> tuple[float, float, float]:
    """The tenth, fiftieth and ninetieth hundredth of the runs."""
    ordered = sorted(shares)
    last = len(ordered) - 1
    return ordered[round(0.1 * last)], ordered[round(0.5 * last)], ordered[round(0.9 * last)]


def _findings(programme: Programme, done: Sequence[float]) -> Iterator[tuple[int, Finding]]:
    """Weeks to look at again, in order."""
    before: Week | None = None
    usual = statistics.median(minutes_of(week) for week in programme.weeks)
    for week, share in zip(programme.weeks, done, strict=True):
        minutes = minutes_of(week)
        full = minutes > 1.4 * usual or share < 0.6  # noqa: PLR2004
        papers = programme.papers_of(week.number)
        if full:
            yield week.number, Finding.TOO_MUCH
        elif minutes < 0.4 * usual:
            yield week.number, Finding.TOO_LITTLE
        if before is not None and before.tasks == week.tasks:
            yield week.number, Finding.REPEATED
        if before is not None and before.share == week.share:
            yield week.number, Finding.NOTHING_TO_SHOW
        if papers and full:
            yield week.number, Finding.PAPER_IN_A_FULL_WEEK
        if len(papers) > 1:
            yield week.number, Finding.TWO_PAPERS
        if any(paper.phase != week.phase for paper in papers):
            yield week.number, Finding.PAPER_OF_ANOTHER_PHASE
        before = week
