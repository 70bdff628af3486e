"""What a moderator is told when something cannot be delivered, and what cures it."""

from datetime import datetime

from cohort_bot.app.access import moderators
from cohort_bot.app.ports.platform import Reason, Refused
from cohort_bot.app.ports.store import Delivery, NewDelivery, State, Store
from cohort_bot.app.words.alerts import CURES, OTHER_CURE, then_again
from cohort_bot.core.membership import Account, Cohort


def told(refused: Refused) -> tuple[str, str]:
    """What happened and what cures it, as the platform tells it where it knows more than the reason.

    What waits for the bot to be let in again is found by its words, and goes out by itself.
    """
    problem, cure = CURES[refused.reason]
    if refused.reason is Reason.REVOKED:
        return problem, cure
    return refused.problem or problem, then_again(refused.cure) if refused.cure else cure


def alert(store: Store, delivery: Delivery, problem: str, cure: str, at: datetime) -> None:
    """Tell the moderators, each once for each room and reason on a day."""
    what = delivery.what
    cohort = store.cohorts.get(what.cohort_id)
    if cohort is None or what.account_id is not None:
        return
    args = {"reason": problem, "cure": cure}
    rows = [
        NewDelivery(_key(what, problem, to), "alert", to.platform, cohort.id, what.due, account_id=to.id, args=args)
        for to in moderators(store, cohort)
    ]
    store.deliveries.add(rows)
    for row in rows:  # one that was dropped because it seemed mended
        earlier = store.deliveries.by_key(row.key)
        if earlier is not None and earlier.state is State.SKIPPED:
            store.deliveries.renew(earlier, at)


def cure_of(store: Store, cohort: Cohort, delivery: Delivery) -> str:
    """What cures a parked row: as the moderators were told, else by its reason."""
    problem = delivery.reason or ""
    for to in moderators(store, cohort):
        earlier = store.deliveries.by_key(_key(delivery.what, problem, to))
        if earlier is not None:
            return earlier.what.args["cure"]
    return dict(CURES.values()).get(problem, OTHER_CURE)


def _key(what: NewDelivery, problem: str, to: Account) -> str:
    return f"alert:{what.cohort_id}:{what.room_id}:{problem}:{what.due:%Y-%m-%d}:a{to.id}"
