"""`/cohort export`: every check-in of a cohort as CSV; the operator's `cohort-bot export` takes the same rows."""

import csv
import io
import re
import shlex
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial
from typing import Final, Protocol, TypeVar

from cohort_bot.app import audit
from cohort_bot.app.access import MODERATOR_ALSO_OF_ENDED, called
from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.params import COHORT
from cohort_bot.app.ports import audits
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import Store
from cohort_bot.app.services import Services
from cohort_bot.app.words import export as export_words
from cohort_bot.app.words.cohorts import ended_on
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.checkins import CheckIn, filed_status
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Programme
from cohort_bot.core.progress import credit

T = TypeVar("T")
Rows = list[dict[str, object]]

BYTES_MOST: Final = 8_000_000
"""What every platform takes as one file (Discord: 10 MiB with all around it)."""

ROW_LEAST: Final = 60
"""Bytes that a row has at least: what is too large for certain is not made."""

PAGE: Final = 200
"""Check-ins that are read at once."""

IDS_AT_ONCE: Final = 10_000
"""About so many check-ins are put in order at once, and those of one round at least."""


class Reading(Protocol):
    """Runs a function on a snapshot of the database, with the cohort that is exported."""

    async def __call__(self, fn: Callable[[Store, Cohort], T]) -> T:
        """What it returns."""


async def export(services: Services, invocation: Invocation) -> Reply:
    """Send the file to the moderator who asks, privately; the export is recorded for the other moderators."""

    def look(store: Store, cohort: Cohort) -> tuple[Cohort, int, str, list[str]]:
        namesakes = store.cohorts.named(cohort.name)
        here = called(_newest_first(store.cohorts.named(cohort.name, cohort.platform, cohort.workspace)))
        name = next(called_so for called_so, other in here.items() if other.id == cohort.id)
        if len(namesakes) > 1:
            name = f"{cohort.workspace}/{name}"
        command = f"cohort-bot export --cohort {shlex.quote(name)} --format json"
        others = [title for title, other in here.items() if other.id != cohort.id]
        return cohort, store.checkins.extent(cohort.id)[0], command, others

    def note(store: Store, cohort: Cohort) -> None:
        audit.of_cohort(store, cohort, invocation, audits.EXPORTED)

    cohort, number, command, before = await services.read(invocation, MODERATOR_ALSO_OF_ENDED, look)
    if not number:
        return export_words.nothing(cohort, before)
    written: list[str] = []
    people: set[object] = set()
    rows, size = 0, number * ROW_LEAST
    if size <= BYTES_MOST:
        size = 0
        async for page in pages(partial(services.read, invocation, MODERATOR_ALSO_OF_ENDED), services.programmes):
            written.append(csv_text(page, header=not written))
            people.update((row["platform"], row["user"]) for row in page)
            rows += len(page)
            size += len(written[-1].encode())
            if size > BYTES_MOST:
                break
    if size > BYTES_MOST:
        return export_words.too_large(cohort, number, command)
    await services.change(invocation, MODERATOR_ALSO_OF_ENDED, note)
    return export_words.export(cohort, rows, len(people), "".join(written), invocation.at, command)


async def pages(read: Reading, programmes: Programmes) -> AsyncIterator[Rows]:
    """The cohort's record by round, read some rows at a time, so that it is never in memory as a whole."""
    number, last = await read(lambda store, cohort: store.checkins.extent(cohort.id))
    at_once = max(1, IDS_AT_ONCE * last // max(1, number))
    for first in range(1, last + 1, at_once):
        ids = await read(partial(_ids, first, first + at_once - 1))
        for start in range(0, len(ids), PAGE):
            yield await read(partial(_rows, programmes, ids[start : start + PAGE]))


def _ids(first: int, last: int, store: Store, cohort: Cohort) -> Sequence[int]:
    return store.checkins.ids(cohort.id, first, last)


def the_one_called(store: Store, name: str) -> Cohort:
    """The cohort with this name, which may be `workspace/name`; an ended cohort's may be followed by the date of its
    end, as in the suggestions. Raises UnknownName with what to do.
    """
    cohorts = list(_called(store, name))
    if not cohorts and "/" in name:
        workspace, _, rest = name.partition("/")
        cohorts = [cohort for cohort in _called(store, rest) if cohort.workspace == workspace]
    if not cohorts:
        raise export_words.unknown(name)
    # Of one workspace: the active one, else the newest; an ended cohort's name can be used again.
    places = {(cohort.platform, cohort.workspace) for cohort in cohorts}
    if len(places) == 1:
        return _newest_first(cohorts)[0]
    names = ", ".join(dict.fromkeys(f"{cohort.workspace}/{cohort.name}" for cohort in cohorts))
    raise export_words.several(name, names)


def _called(store: Store, name: str) -> Sequence[Cohort]:
    if cohorts := store.cohorts.named(name):
        return cohorts
    bare = name.rpartition(" (")[0]
    return [
        cohort
        for cohort in store.cohorts.named(bare)
        if cohort.archived_at and ended_on(bare, cohort.archived_at) == name
    ]


def _newest_first(cohorts: Sequence[Cohort]) -> list[Cohort]:
    """Active ones first, then by when they were created, the newest first."""
    return sorted(cohorts, key=lambda cohort: (cohort.active, cohort.created_at, cohort.id), reverse=True)


def _rows(programmes: Programmes, ids: Sequence[int], store: Store, cohort: Cohort) -> Rows:
    """These check-ins, without those that have been deleted meanwhile."""
    programme = programmes.get(cohort.programme)
    # Whoever does a week again is slower than the cohort: only for them it has to be asked what they had done before.
    found = store.checkins.exported(ids)
    slow = [number for number, (checkin, *_) in found.items() if checkin.week < checkin.round]
    before: dict[tuple[int, int], list[CheckIn]] = defaultdict(list)
    for checkin in store.checkins.repeated(slow) if slow and programme else ():
        before[checkin.member_id, checkin.week].append(checkin)
    return [
        {
            "cohort": cohort.name,
            "member": name,
            "platform": platform,
            "user": user,
            "round": checkin.round,
            "week": checkin.week,
            "status": filed_status(cohort.calendar, checkin.round, checkin.filed_at).value,
            "filed_at": checkin.filed_at.isoformat(),
            "edited_at": checkin.edited_at.isoformat() if checkin.edited_at else "",
            "tasks_done": sum(task.done for task in checkin.tasks),
            "tasks": len(checkin.tasks),
            "minutes": _minutes(programme, checkin, before[checkin.member_id, checkin.week]) if programme else "",
            "done": checkin.done,
            "blockers": checkin.blockers,
            "next": checkin.next_step,
        }
        for checkin, name, platform, user in (found[number] for number in ids if number in found)
    ]


def _minutes(programme: Programme, checkin: CheckIn, same_week: Sequence[CheckIn]) -> int:
    """What its ticked tasks are reckoned at, but for those that were ticked before."""
    earlier = (each for each in same_week if each.round < checkin.round)
    return credit(programme, (*earlier, checkin))[checkin.round]


FORMULA: Final = "=+\\-@＝＋－＠"
"""What a cell must not begin with: a spreadsheet would run it (OWASP, CSV injection). As in a regular expression."""

_CELL: Final = re.compile(f'(^|[\\n;\\t])([\\s"]*)(?=[{FORMULA}])')
"""Where a cell may begin: where the list separator is a semicolon or a tab, a quotation mark in the middle of a line
quotes nothing, so that each of them begins a cell, and a line break a row.
"""


def csv_text(rows: Sequence[Mapping[str, object]], *, header: bool = True) -> str:
    """The rows as CSV, with a header unless they go on; empty without rows.

    What would be a formula gets an apostrophe, whatever separator the spreadsheet takes; all else stays as it is.
    """
    if not rows:
        return ""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    if header:
        writer.writeheader()
    writer.writerows({key: _harmless(value) for key, value in row.items()} for row in rows)
    return out.getvalue()


def _harmless(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")  # the writer quotes no lone \r, which would begin a new row
    text = _CELL.sub(r"\1\2'", text)
    return f"'{text}" if text[:1] in {"\t", "\n"} else text


ROWS = (
    CommandSpec(
        "cohort.export",
        Role.MODERATOR,
        export,
        N_("Get every check-in as a file, just for you"),
        {"": "cohort export"},
        (COHORT,),
    ),
)
