"""What a moderator changes in a member's record is noted, told to the member once, and can be looked up by them."""

from datetime import timedelta
from typing import Final

from cohort_bot.app.logbook import Change
from cohort_bot.app.store import NewDelivery, Store
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.nudges import awake

WITHIN: Final = timedelta(days=1)
"""It is told by day, in the member's zone, and no later than this."""

RECORDED, EXCUSED, REMOVED = "recorded", "excused", "removed"


def note(
    store: Store,
    cohort: Cohort,
    member: Member,
    invocation: Invocation,
    action: str,
    number: int | None,
    reason: str,
    *,
    told: bool = True,
) -> None:
    """Note the change that the actor makes, in its transaction; `told` says whether the member hears of it."""
    at, actor = invocation.at, invocation.actor
    row = store.audits.add(cohort.id, member.id, Change(at, actor.user, actor.name, action, number, reason))
    if not told:
        return
    account = member.account
    store.deliveries.add(
        [
            NewDelivery(
                key=f"changed:{row}:m{member.id}",
                kind="changed",
                platform=account.platform,
                cohort_id=cohort.id,
                due=awake(at, account.zone, at + WITHIN),
                account_id=account.id,
                member_id=member.id,
                round=number,
                args={"change": str(row)},
            )
        ]
    )
