"""What came of writing to members, counted by reason and by how soon it was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeVar

from cohort_bot.app.ports.outreach import Outreach, OutreachResult
from cohort_bot.core.outreach_order import Why

_UNANSWERED = frozenset({OutreachResult.WAITING, OutreachResult.SILENT})
_WEEK, _MONTH = 7, 28


class Soon(Enum):
    """How long after they were last here somebody was written to."""

    WEEK = "week"
    MONTH = "month"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many messages, how many of these were answered in any way, and how many members are coming back."""

    written: int = 0
    answered: int = 0
    back: int = 0


Of = TypeVar("Of", Why, Soon)


def counted(entries: Iterable[Outreach]) -> tuple[Mapping[Why, Counts], Mapping[Soon, Counts]]:
    """By reason and by how soon; entries whose reason is not known are left out."""
    reasons: dict[Why, Counts] = {}
    soon: dict[Soon, Counts] = {}
    for entry in entries:
        if entry.reason is not None and entry.days is not None:
            _count(reasons, entry.reason, entry)
            _count(soon, _soon(entry.days), entry)
    return reasons, soon


def _soon(days: int) -> Soon:
    if days <= _WEEK:
        return Soon.WEEK
    return Soon.MONTH if days <= _MONTH else Soon.LATER


def _count(found: dict[Of, Counts], key: Of, entry: Outreach) -> None:
    so_far = found.get(key, Counts())
    found[key] = replace(
        so_far,
        written=so_far.written + 1,
        answered=so_far.answered + (entry.outcome not in _UNANSWERED),
        back=so_far.back + (entry.outcome is OutreachResult.BACK),
    )
