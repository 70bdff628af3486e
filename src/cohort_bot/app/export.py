"""Every check-in of a cohort as plain rows, for spreadsheets and scripts."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Final

from cohort_bot.app.store import Store
from cohort_bot.core.checkins import filed_status


def exported(store: Store, name: str) -> list[dict[str, object]]:
    """Rows in the order of rounds. `name` may be `workspace/name`. Raises LookupError with what to do."""
    found = list(store.cohorts.named(name))
    if not found and "/" in name:
        workspace, _, rest = name.partition("/")
        found = [cohort for cohort in store.cohorts.named(rest) if cohort.workspace == workspace]
    if not found:
        raise LookupError(f"There is no cohort {name!r}.")
    if len(found) > 1:
        names = ", ".join(f"{cohort.workspace}/{cohort.name}" for cohort in found)
        raise LookupError(f"There is more than one cohort {name!r}; say which: {names}")
    cohort = found[0]
    rows: list[dict[str, object]] = []
    for checkin in store.checkins.of_cohort(cohort.id):
        member = store.members.get(checkin.member_id)
        if member is None:
            continue
        status = filed_status(cohort.calendar, checkin.round, checkin.filed_at)
        rows.append(
            {
                "cohort": cohort.name,
                "member": member.account.name,
                "platform": member.account.platform,
                "user": member.account.user,
                "round": checkin.round,
                "week": checkin.week,
                "status": status.value,
                "filed_at": checkin.filed_at.isoformat(),
                "edited_at": checkin.edited_at.isoformat() if checkin.edited_at else "",
                "tasks_done": sum(task.done for task in checkin.tasks),
                "tasks": len(checkin.tasks),
                "done": checkin.done,
                "blockers": checkin.blockers,
                "next": checkin.next_step,
            }
        )
    return rows


FORMULA: Final = frozenset("=+-@\t\r\n＝＋－＠")
"""What a cell must not begin with: a spreadsheet would run it (OWASP, CSV injection)."""


def csv_text(rows: Sequence[Mapping[str, object]]) -> str:
    """The rows as CSV with a header, empty without rows. What would be a formula gets an apostrophe."""
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
    return f"'{text}" if text[:1] in FORMULA else text
