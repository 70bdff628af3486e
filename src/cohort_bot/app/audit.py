"""The log of what moderators change. Other moderators see it in the weekly digest and beside the list of members.

A change in a member's record is also sent to the member, once, and shown with their progress.
"""

from cohort_bot.app.delivery import keys
from cohort_bot.app.ports.audits import Change
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Place
from cohort_bot.core.membership import Cohort, Member, Moderator
from cohort_bot.core.nudges import by_day
from cohort_bot.core.reschedule import Rescheduled


def note(
    store: Store,
    cohort: Cohort,
    member: Member,
    invocation: Invocation,
    action: str,
    number: int | None,
    reason: str,
    *,
    tell_member: bool = True,
) -> int:
    """Log a change to a member's record in its own transaction; with `tell_member` they get a message about it, by day
    in their zone. Returns the number of its row.
    """
    at, actor = invocation.at, invocation.actor
    row = store.audits.add(cohort.id, Change(at, actor.user, actor.name, action, number, reason, member.id))
    if not tell_member:
        return row
    due, args = by_day(at, member.account.zone), {"change": str(row)}
    key = keys.changed(row, member.id)
    store.deliveries.add([NewDelivery.to_member("changed", key, member, due, round=number, args=args)])
    return row


def of_cohort(
    store: Store, cohort: Cohort, invocation: Invocation, action: str, words: str = "", number: int | None = None
) -> None:
    """Log a change to the cohort, in its own transaction; `words` hold the new value."""
    actor = invocation.actor
    store.audits.add(cohort.id, Change(invocation.at, actor.user, actor.name, action, number, words))


def room(place: Place) -> str:
    """A channel as the value of a change, with its workspace, since ids are unique only there."""
    return f"{place.platform} {place.workspace} channel:{place.channel}"


def openings(new: Rescheduled) -> str:
    """When weeks open from now on as the value of a change."""
    return f"{new.weekday} {new.at:%H:%M} {new.zone}"


def people(platform: str, workspace: str, named: tuple[Moderator, ...]) -> str:
    """The named moderators as the value of a change."""
    return " ".join((platform, workspace, *(f"{moderator.kind}:{moderator.target}" for moderator in named)))
