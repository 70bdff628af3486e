"""What a moderator is told when something cannot be delivered, and what cures it."""

from datetime import datetime

from cohort_bot.app.lookup import moderators
from cohort_bot.app.ports import Reason, Refused
from cohort_bot.app.store import Delivery, NewDelivery, State, Store
from cohort_bot.app.views.moderator import CURES, then_again


def told(refused: Refused) -> tuple[str, str]:
    """What happened and what cures it: the permission that is missing, by its name, where the platform knows it."""
    problem, cure = CURES[refused.reason]
    if refused.reason is Reason.NOT_ALLOWED and refused.cure:
        cure = then_again(refused.cure)
    return problem, cure


def alert(store: Store, delivery: Delivery, problem: str, cure: str, at: datetime) -> None:
    """Tell the moderators, each once for each room and reason on a day."""
    what = delivery.what
    cohort = store.cohorts.get(what.cohort_id)
    if cohort is None or what.account_id is not None:
        return
    key = f"alert:{cohort.id}:{what.room_id}:{problem}:{what.due:%Y-%m-%d}"
    args = {"reason": problem, "cure": cure}
    rows = [
        NewDelivery(f"{key}:a{to.id}", "alert", to.platform, cohort.id, what.due, account_id=to.id, args=args)
        for to in moderators(store, cohort)
    ]
    store.deliveries.add(rows)
    for row in rows:  # one that was dropped because it seemed mended
        earlier = store.deliveries.by_key(row.key)
        if earlier is not None and earlier.state is State.SKIPPED:
            store.deliveries.renew(earlier, at)
