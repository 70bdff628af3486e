"""`/cohort export`: every check-in of a cohort as CSV; the operator's `cohort-bot export` takes the same rows."""

import asyncio
import csv
import io
import re
import shlex
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

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
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.programme import Programme
from cohort_bot.core.progress import credit

Rows = list[dict[str, object]]

BYTES_MOST: Final = 8_000_000
"""What every platform takes as one file (Discord: 10 MiB with all around it)."""


async def export(services: Services, invocation: Invocation) -> Reply:
    """Send the file to the moderator who asks, privately; the export is recorded for the other moderators."""

    def read(store: Store, cohort: Cohort) -> tuple[Cohort, Rows, str, list[str]]:
        namesakes = store.cohorts.named(cohort.name)
        here = called(_newest_first(store.cohorts.named(cohort.name, cohort.platform, cohort.workspace)))
        name = next(called_so for called_so, other in here.items() if other.id == cohort.id)
        if len(namesakes) > 1:
            name = f"{cohort.workspace}/{name}"
        command = f"cohort-bot export --cohort {shlex.quote(name)} --format json"
        others = [title for title, other in here.items() if other.id != cohort.id]
        return cohort, _rows(store, cohort, services.programmes), command, others

    cohort, rows, command, before = await services.read(invocation, MODERATOR_ALSO_OF_ENDED, read)
    if not rows:
        return export_words.nothing(cohort, before)
    words = await asyncio.to_thread(csv_text, rows)
    if len(words.encode()) > BYTES_MOST:
        return export_words.too_large(cohort, len(rows), command)

    def note(store: Store, cohort: Cohort) -> None:
        audit.of_cohort(store, cohort, invocation, audits.EXPORTED)

    await services.change(invocation, MODERATOR_ALSO_OF_ENDED, note)
    return export_words.export(
        cohort, len(rows), len({(row["platform"], row["user"]) for row in rows}), words, invocation.at, command
    )


def exported(store: Store, name: str, programmes: Programmes) -> Rows:
    """The rows of the cohort with this name, by round.

    `name` may be `workspace/name`; an ended cohort's may be followed by the date of its end, as in the suggestions.
    Raises LookupError with what to do.
    """
    cohorts = list(_called(store, name))
    if not cohorts and "/" in name:
        workspace, _, rest = name.partition("/")
        cohorts = [cohort for cohort in _called(store, rest) if cohort.workspace == workspace]
    if not cohorts:
        raise LookupError(f"There is no cohort {name!r}.")
    # Of one workspace: the active one, else the newest; an ended cohort's name can be used again.
    places = {(cohort.platform, cohort.workspace) for cohort in cohorts}
    if len(places) == 1:
        return _rows(store, _newest_first(cohorts)[0], programmes)
    names = ", ".join(dict.fromkeys(f"{cohort.workspace}/{cohort.name}" for cohort in cohorts))
    raise LookupError(f"There is more than one cohort {name!r}; say which: {names}")


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


def _rows(store: Store, cohort: Cohort, programmes: Programmes) -> Rows:
    rows: Rows = []
    known: dict[int, Member | None] = {}
    checkins = store.checkins.of_cohort(cohort.id)
    minutes = _minutes(programmes.get(cohort.programme), checkins)
    for checkin in checkins:
        if checkin.member_id not in known:
            known[checkin.member_id] = store.members.get(checkin.member_id)
        member = known[checkin.member_id]
        if member is None:
            continue
        status = filed_status(cohort.calendar, checkin.round, checkin.filed_at)
        rows.append(
            {
                "cohort": cohort.name,
                "member": member.name,
                "platform": member.account.platform,
                "user": member.account.user,
                "round": checkin.round,
                "week": checkin.week,
                "status": status.value,
                "filed_at": checkin.filed_at.isoformat(),
                "edited_at": checkin.edited_at.isoformat() if checkin.edited_at else "",
                "tasks_done": sum(task.done for task in checkin.tasks),
                "tasks": len(checkin.tasks),
                "minutes": minutes.get((checkin.member_id, checkin.round), ""),
                "done": checkin.done,
                "blockers": checkin.blockers,
                "next": checkin.next_step,
            }
        )
    return rows


def _minutes(programme: Programme | None, checkins: Iterable[CheckIn]) -> Mapping[tuple[int, int], int]:
    """What each check-in's ticked tasks are reckoned at, by member and round; nothing without the programme."""
    if programme is None:
        return {}
    made: dict[int, list[CheckIn]] = defaultdict(list)
    for checkin in checkins:
        made[checkin.member_id].append(checkin)
    return {(row, number): spent for row, own in made.items() for number, spent in credit(programme, own).items()}


FORMULA: Final = "=+\\-@＝＋－＠"
"""What a cell must not begin with: a spreadsheet would run it (OWASP, CSV injection). As in a regular expression."""

_CELL: Final = re.compile(f'(^|[\\n;\\t])([\\s"]*)(?=[{FORMULA}])')
"""Where a cell may begin: where the list separator is a semicolon or a tab, a quotation mark in the middle of a line
quotes nothing, so that each of them begins a cell, and a line break a row.
"""


def csv_text(rows: Sequence[Mapping[str, object]]) -> str:
    """The rows as CSV with a header, empty without rows.

    What would be a formula gets an apostrophe, whatever separator the spreadsheet takes; all else stays as it is.
    """
    if not rows:
        return ""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
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
