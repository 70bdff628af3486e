"""Every check-in of a cohort as plain rows, for spreadsheets and scripts."""

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
