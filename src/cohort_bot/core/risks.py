"""Members who need a moderator's attention, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from cohort_bot.core.answers import blocker, same_blocker
from cohort_bot.core.checkins import Status

MISSED_IN_A_ROW = 2
MISSED_OF_FIVE = 3
RECENT = 5
SAME_BLOCKER = 2
ANY_BLOCKERS = 3
"""Counted rounds and check-ins after which a member needs attention: see `risks`."""


class Sign(Enum):
    """A sign that a member needs attention, the most urgent first."""

    SILENT = "missed in a row"
    PATCHY = "missed often"
    STUCK = "blocked again and again"


@dataclass(frozen=True, slots=True)
class Risk:
    """One reason. `rounds` are the rounds behind it: missed ones, or those with a blocker. `of` is how many counted
    rounds were examined.
    """

    sign: Sign
    rounds: tuple[int, ...]
    of: int = 0


def risks(rounds: Sequence[Status], blockers: Mapping[int, str]) -> tuple[Risk, ...]:
    """Why a member needs attention today; empty when they do not.

    Two counted rounds missed in a row (even if forgiven), three of the last five, the same blocker in two check-ins in
    a row, or any blockers in three. Two different ones in a row are no sign: whoever gets past one and names the next
    needs nobody. `rounds` are the statuses from round 1 on; `blockers` holds their texts by round, at least of the
    ANY_BLOCKERS newest check-ins, including empty ones.
    """
    counted = [(number, status.made) for number, status in enumerate(rounds, start=1) if status.counted]
    newest = max((number for number, made in counted if made), default=0)
    run = tuple(number for number, _ in counted if number > newest)
    recent = counted[-RECENT:]
    missed = tuple(number for number, made in recent if not made)
    found: list[Risk] = []
    if len(run) >= MISSED_IN_A_ROW:
        found.append(Risk(Sign.SILENT, run))
    elif len(missed) >= MISSED_OF_FIVE:
        found.append(Risk(Sign.PATCHY, missed, len(recent)))
    if blocked := _blocked(blockers):
        found.append(Risk(Sign.STUCK, blocked))
    return tuple(found)


def _blocked(blockers: Mapping[int, str]) -> tuple[int, ...]:
    """The newest check-ins whose blockers are a sign; empty when they are none."""
    for many in (ANY_BLOCKERS, SAME_BLOCKER):
        newest = tuple(sorted(blockers)[-many:])
        texts = [blocker(blockers[number]) for number in newest]
        if len(newest) == many and all(texts) and (many == ANY_BLOCKERS or same_blocker(*texts)):
            return newest
    return ()
