"""How a group and one member are doing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cohort_bot.core.checkins import Status
from cohort_bot.core.programme import Programme


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many members checked in for a round, of those for whom it counts or is still open."""

    round: int
    made: int
    of: int


def turnouts(histories: Iterable[Sequence[Status]], rounds: Iterable[int]) -> tuple[Turnout, ...]:
    """The turnout of each of the rounds; `histories` are everybody's statuses from round 1 on (`checkins.history`)."""
    everybody = list(histories)
    found = []
    for number in rounds:
        states = [each[number - 1] for each in everybody if len(each) >= number]
        made = sum(state.made for state in states)
        found.append(Turnout(number, made, sum(state.counted or state is Status.OPEN for state in states)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Completion:
    """Weeks of the programme that are checked in, and guide actions whose weeks all are."""

    weeks: int
    of_weeks: int
    actions: tuple[str, ...]
    of_actions: int


def completion(programme: Programme, weeks: Iterable[int]) -> Completion:
    """How much of the programme is complete when these weeks are checked in; others than its own count nothing."""
    checked_in = {week for week in weeks if 1 <= week <= programme.length}
    actions = [action for phase in programme.phases for action in phase.actions]
    completed = tuple(
        action.id for action in actions if (those := programme.covering(action.id)) and checked_in.issuperset(those)
    )
    return Completion(len(checked_in), programme.length, completed, len(actions))
