"""What each save changes in a programme's folder: mistakes, or the week that is different now."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cohort_bot.core.programme import Programme
from cohort_bot.programmes.load import load
from cohort_bot.programmes.problems import Problem, ProgrammeErrors

PAUSE = 0.5
"""Seconds between two polls. Polling works on every file system, shared and virtual ones too."""


@dataclass(frozen=True, slots=True)
class Change:
    """The folder after a save. With problems there is no programme; `week` is the first that changed, else 1."""

    problems: tuple[Problem, ...]
    programme: Programme | None = None
    week: int = 1


def changes(folder: Path, pause: Callable[[float], None] = time.sleep) -> Iterator[Change]:
    """The folder as it is, then after each save, without end; `pause` waits so many seconds."""
    seen: object = None
    known: Programme | None = None
    while True:
        now = _state(folder)
        if now == seen:
            pause(PAUSE)
            continue
        seen = now
        try:
            programme = load(folder)
        except ProgrammeErrors as errors:
            yield Change(tuple(errors.problems))
            continue
        before = {week.number: week for week in known.weeks} if known else {}
        changed = (week.number for week in programme.weeks if before and before.get(week.number) != week)
        yield Change((), programme, next(changed, 1))
        known = programme


def _state(folder: Path) -> frozenset[tuple[Path, int, int]]:
    """The files with their size and time of change; one that vanishes meanwhile is left out."""
    states = set()
    for path in folder.rglob("*.yaml"):
        try:
            status = path.stat()
        except OSError:
            continue
        states.add((path, status.st_mtime_ns, status.st_size))
    return frozenset(states)
