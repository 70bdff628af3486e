"""Check-ins: what was recorded, when it counts, and the streak that follows from the record."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from cohort_bot.core.membership import Member
from cohort_bot.core.rounds import LATE_ROUNDS, Calendar

SKIPS = 2
WINDOW = 8
"""Two missed rounds in any eight counted ones are forgiven; the third breaks the streak.

A hard goal with a few emergency skips beats both a hard and an easy goal (Sharif and Shu, 2019).
"""


ENDLESS = sys.maxsize
"""The length of a programme that cannot be read: no round counts as after its end."""


@dataclass(frozen=True, slots=True)
class TaskState:
    """A task as it was offered, and whether it was ticked; `done_in` is the later round in whose form it was ticked."""

    text: str
    done: bool
    done_in: int | None = None


@dataclass(frozen=True, slots=True)
class CheckIn:
    """What a member recorded for a round. It keeps the week and tasks it was made with, however the guide changes.

    `filed_at` (aware) is when it was first made and decides whether it is on time; edits do not move it. `done`,
    `blockers` and `next_step` are what the member wrote, empty where they wrote nothing.
    """

    member_id: int
    round: int
    week: int
    filed_at: datetime
    tasks: tuple[TaskState, ...] = ()
    done: str = ""
    blockers: str = ""
    next_step: str = ""
    share_thread: bool = False
    share_blocker: bool = False
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Leftover:
    """A task left open in an earlier check-in: number `index` (from 1) of round `round`; `done` if it was ticked
    since.
    """

    round: int
    week: int
    index: int
    text: str
    done: bool


def leftovers(made: Iterable[CheckIn], number: int, offered: Iterable[str]) -> tuple[Leftover, ...]:
    """Tasks that earlier check-ins left open, and those of them that the form of round `number` has closed.

    As far back as a check-in may be late, newest first. A task that is `offered` anyway, or that was done when its week
    was repeated, is left out.
    """
    known = sorted((entry for entry in made if entry.round != number), key=lambda entry: -entry.round)
    closed = {
        (entry.week, task.text) for entry in known for task in entry.tasks if task.done and task.done_in != number
    }
    seen = set(offered)
    found: list[Leftover] = []
    for entry in known:
        if entry.round not in range(number - LATE_ROUNDS, number):
            continue
        for index, task in enumerate(entry.tasks, start=1):
            if (entry.week, task.text) in closed or task.text in seen:
                continue
            seen.add(task.text)
            found.append(Leftover(entry.round, entry.week, index, task.text, task.done))
    return tuple(found)


def tick(entry: CheckIn, ticks: Mapping[int, bool], number: int) -> CheckIn:
    """The check-in with tasks, by their index from 1, ticked or unticked in the form of the later round `number`.

    A tick from another form is not removed by this one.
    """
    tasks = []
    for index, task in enumerate(entry.tasks, start=1):
        wanted = ticks.get(index)
        if wanted and not task.done:
            tasks.append(TaskState(task.text, done=True, done_in=number))
        elif wanted is False and task.done_in == number:
            tasks.append(TaskState(task.text, done=False))
        else:
            tasks.append(task)
    return replace(entry, tasks=tuple(tasks))


class Status(Enum):
    """What a round is for a member."""

    ON_TIME = "on time"
    LATE = "late"
    OPEN = "open"
    FORGIVEN = "missed, forgiven"
    MISSED = "missed"
    BREAK = "on break"
    EXCUSED = "excused"
    OUTSIDE = "not counted"
    AHEAD = "ahead"

    @property
    def made(self) -> bool:
        """Whether there is a check-in."""
        return self in _MADE

    @property
    def counted(self) -> bool:
        """Whether the round counts for streak and risk."""
        return self in _COUNTED


# Tuples: they compare by identity, where a set would hash; a card of a long cohort calls this fifty thousand times.
_MADE = (Status.ON_TIME, Status.LATE)
_COUNTED = (*_MADE, Status.FORGIVEN, Status.MISSED)


def takes(calendar: Calendar, number: int, at: datetime) -> bool:
    """Whether a check-in for the round can be made or edited at the instant."""
    return calendar.opens(number) <= at <= calendar.late_until(number)


def filed_status(calendar: Calendar, number: int, filed_at: datetime) -> Status:
    """On time until 24 elapsed hours after closing, late afterwards."""
    return Status.ON_TIME if filed_at <= calendar.grace_ends(number) else Status.LATE


def history(
    calendar: Calendar,
    member: Member,
    made: Mapping[int, datetime],
    at: datetime,
    excused: Iterable[int] = (),
    *,
    weeks: int = ENDLESS,
) -> tuple[Status, ...]:
    """The status of every round from 1 to the newest that has opened at the instant `at` (aware).

    `made` maps a round to when its check-in was filed, `excused` are rounds that a moderator took out. Rounds after the
    member's week `weeks`, the programme's last, require nothing.
    """
    pardoned = frozenset(excused)
    ended = member.ended_at
    found: list[Status] = []
    for number in range(1, calendar.latest(at) + 1):
        if filed_at := made.get(number):
            found.append(filed_status(calendar, number, filed_at))
        elif (
            number < member.first_round
            or (number > weeks and member.week(number) > weeks)  # nobody is ahead of the cohort
            or (ended is not None and ended < calendar.closes(number))
        ):
            found.append(Status.OUTSIDE)
        elif number in pardoned:
            found.append(Status.EXCUSED)
        elif member.on_break(calendar.dates(number)):
            found.append(Status.BREAK)
        elif at <= calendar.grace_ends(number):
            found.append(Status.OPEN)
        else:
            found.append(Status.MISSED)
    return _forgive(found)


def _forgive(found: Sequence[Status]) -> tuple[Status, ...]:
    """The same history with each missed round called forgiven unless it is the third of eight counted ones in a row."""
    window: list[bool] = []
    told: list[Status] = []
    for status in found:
        if not status.counted:
            told.append(status)
            continue
        window = [*window[-(WINDOW - 1) :], status.made]
        forgiven = not status.made and window.count(False) <= SKIPS
        told.append(Status.FORGIVEN if forgiven else status)
    return tuple(told)


@dataclass(frozen=True, slots=True)
class Streak:
    """`length` counts checked-in rounds since the last break; `skips_left` how many more may be missed right now."""

    length: int
    skips_left: int


def streak(rounds: Sequence[Status]) -> Streak:
    """The streak at the end of a history.

    It follows from the record alone, so correcting an old round can only lengthen it: a break is a round that is the
    third missed of eight, fewer misses make fewer breaks.
    """
    counted = [status for status in rounds if status.counted]
    since = max((index for index, status in enumerate(counted) if status is Status.MISSED), default=-1)
    length = sum(status.made for status in counted[since + 1 :])
    missed = sum(not status.made for status in counted[-(WINDOW - 1) :])
    return Streak(length, max(0, SKIPS - missed))
