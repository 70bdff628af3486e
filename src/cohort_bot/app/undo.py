"""Undo: for ten minutes after somebody left, was removed, or an announcement was posted."""

from datetime import datetime, timedelta
from typing import Final

from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Store
from cohort_bot.core.membership import Member

WITHIN: Final = timedelta(minutes=10)


def stamp(at: datetime) -> str:
    """The instant in a button, to the millisecond, as the database keeps it."""
    return at.isoformat(timespec="milliseconds")


def restore(store: Store, member: Member, left_at: datetime, at: datetime) -> None:
    """Make a former member active as if they had never left: the time away is no break.

    Messages that were dropped because they were away are composed again; those that have come due since are planned.
    """
    store.members.set_left(member.id, None)
    for dropped in store.deliveries.skipped_about(member.id, DeliveryReason.UNWANTED, left_at):
        store.deliveries.renew(dropped, at)
    store.cohorts.replan(member.cohort_id, at)
