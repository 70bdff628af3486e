"""How a group and one member are doing."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from cohort_bot.core.checkins import CheckIn, Status
from cohort_bot.core.membership import Break, Member, takes_out
from cohort_bot.core.programme import Phase, Programme, Week


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


GROUP: Final = 5
"""In a smaller group numbers tell who did what."""


@dataclass(frozen=True, slots=True)
class GroupRound:
    """One round of a cohort's active members: how many have checked in, by week and ticked tasks; how many have not, of
    those for whom the round counts but for breaks; and the breaks in it of each of these who has any.
    """

    made: Sequence[tuple[int, frozenset[str], int]]
    waiting: int
    breaks: Sequence[Sequence[Break]] = ()

    def turnout(self, number: int, dates: Sequence[date]) -> Turnout:
        """The same as that of `turnouts`; `dates` are the round's."""
        awaited = self.waiting - sum(takes_out(each, dates) for each in self.breaks)
        return Turnout(number, self._filed, self._filed + awaited)

    @property
    def _filed(self) -> int:
        return sum(count for _, _, count in self.made)

    def others(self, week: int, task: str) -> int:
        """How many besides oneself have ticked a task that one has ticked; none in a group too small to say so."""
        if self._filed + self.waiting < GROUP:
            return 0
        return max(0, sum(count for at, ticked, count in self.made if at == week and task in ticked) - 1)


@dataclass(frozen=True, slots=True)
class Completion:
    """The work that is done: the weeks in which a task is ticked, the minutes that the ticked tasks are reckoned at,
    and the guide actions whose weeks are all among these.
    """

    weeks: frozenset[int]
    of_weeks: int
    minutes: int
    actions: tuple[str, ...]
    of_actions: int


def completion(programme: Programme, made: Iterable[CheckIn]) -> Completion:
    """How much of the programme is done by these check-ins. A blank one keeps a streak, and is no work."""
    entries = list(made)
    weeks = frozenset(entry.week for entry in entries if _worked(entry) and 1 <= entry.week <= programme.length)
    actions = [action for phase in programme.phases for action in phase.actions]
    completed = tuple(
        action.id for action in actions if (those := programme.covering(action.id)) and weeks.issuperset(those)
    )
    return Completion(weeks, programme.length, sum(credit(programme, entries).values()), completed, len(actions))


def weeks_worked(phase: Phase, made: Iterable[CheckIn]) -> int:
    """How many weeks of the phase have a ticked task in these check-ins."""
    return len({entry.week for entry in made if _worked(entry) and phase.first_week <= entry.week <= phase.last_week})


def _worked(entry: CheckIn) -> bool:
    return any(task.done for task in entry.tasks)


def credit(programme: Programme, made: Iterable[CheckIn]) -> Mapping[int, int]:
    """Minutes by round: the programme's estimates of what is ticked. A task counts once, however often its week is
    repeated.
    """
    seen: set[tuple[int, str]] = set()
    minutes: dict[int, int] = {}
    for entry in sorted(made, key=lambda each: each.round):
        new = [task.text for task in entry.tasks if task.done and (entry.week, task.text) not in seen]
        seen.update((entry.week, text) for text in new)
        minutes[entry.round] = sum(_estimate(programme.week(entry.week), text, len(entry.tasks)) for text in new)
    return minutes


def _estimate(week: Week | None, text: str, tasks: int) -> int:
    """A task without an estimate, or that is no more in the programme, takes its share of the week's hours."""
    if week is None:
        return 0
    task = next((each for each in week.tasks if each.key == text), None)
    return task.minutes if task and task.minutes is not None else week.hours * 60 // tasks


def by_week(member: Member, rounds: Sequence[Status]) -> Mapping[int, Status]:
    """The member's status in the last round in which they did each week of the programme."""
    return {member.week(number): status for number, status in enumerate(rounds, start=1)}


def stayed(last_rounds: Sequence[int], newest: int) -> tuple[int, ...]:
    """How many people check in for round 1 or later, for round 2 or later, and so on to the newest.

    Whoever comes back counts for all rounds before: the curve says who stays, and not who was there each time.
    """
    ordered = sorted(last_rounds)
    return tuple(len(ordered) - bisect_left(ordered, number) for number in range(1, newest + 1))
