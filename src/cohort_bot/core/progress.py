"""Who needs a person, and why; how far somebody is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cohort_bot.core.checkins import CheckIn, Status
from cohort_bot.core.programme import Programme

MISSED_IN_A_ROW = 2
MISSED_OF_FIVE = 3
RECENT = 5


def risks(rounds: Sequence[Status], checkins: Iterable[CheckIn]) -> tuple[str, ...]:
    """Why a member needs a person today, in words; empty when they do not.

    Two counted rounds missed in a row (even if forgiven), three of the last five, or a blocker in two check-ins in a
    row.
    """
    counted = [(number, status) for number, status in enumerate(rounds, start=1) if status.counted]
    reasons: list[str] = []
    run = 0
    for _, status in reversed(counted):
        if status.made:
            break
        run += 1
    recent = counted[-RECENT:]
    missed = [number for number, status in recent if not status.made]
    if run >= MISSED_IN_A_ROW:
        reasons.append(f"missed the last {run} rounds")
    elif len(missed) >= MISSED_OF_FIVE:
        reasons.append(f"missed {len(missed)} of the last {len(recent)} rounds")
    ordered = sorted(checkins, key=lambda checkin: checkin.round)
    if len(ordered) >= 2 and all(checkin.blockers.strip() for checkin in ordered[-2:]):  # noqa: PLR2004 - two in a row
        reasons.append(f"wrote a blocker in rounds {ordered[-2].round} and {ordered[-1].round}")
    return tuple(reasons)


@dataclass(frozen=True, slots=True)
class Completion:
    """Weeks of the programme that are checked in, and guide actions whose weeks all are."""

    weeks: int
    of_weeks: int
    actions: tuple[str, ...]
    of_actions: int


def completion(programme: Programme, checkins: Iterable[CheckIn]) -> Completion:
    """How much of the programme the check-ins complete. A week that was done twice counts once."""
    done = {checkin.week for checkin in checkins if 1 <= checkin.week <= programme.length}
    actions = [action for phase in programme.phases for action in phase.actions]
    completed = tuple(
        action.id for action in actions if (weeks := programme.covering(action.id)) and done.issuperset(weeks)
    )
    return Completion(len(done), programme.length, completed, len(actions))
