"""The alert that moderators get when something cannot be delivered, with its cure."""

from datetime import datetime

from cohort_bot.app.delivery import keys
from cohort_bot.app.delivery.kinds import KINDS
from cohort_bot.app.ports.platform import Refused
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Delivery, NewDelivery, Store
from cohort_bot.app.queries.moderators import moderators
from cohort_bot.app.words import alerts as alerts_words
from cohort_bot.app.words.cohort_progress import Failure
from cohort_bot.core.delivery_states import State
from cohort_bot.core.membership import Cohort


def reason_of(refused: Refused) -> tuple[DeliveryReason, str | None]:
    """Why the platform refused it, and the platform's own words where it knows more than the reason."""
    reason = DeliveryReason[refused.reason.name]
    return reason, None if reason is DeliveryReason.REVOKED else refused.problem or None


def alert(store: Store, delivery: Delivery, refused: Refused, at: datetime) -> None:
    """Alert the moderators, each once a day for each room and reason."""
    what = delivery.what
    cohort = store.cohorts.get(what.cohort_id)
    if cohort is None or what.account_id is not None:
        return
    reason, detail = reason_of(refused)
    named = "" if reason is DeliveryReason.REVOKED else refused.cure
    args = {"reason": reason.value, "detail": detail or "", "cure": named}
    rows = [
        NewDelivery.to_account("alert", keys.alert(what, reason, detail, to), to, cohort.id, what.due, args=args)
        for to in moderators(store, cohort)
    ]
    store.deliveries.add(rows)
    for row in rows:  # one that was dropped because the problem seemed to be over
        earlier = store.deliveries.by_key(row.key)
        if earlier is not None and earlier.state is State.SKIPPED:
            store.deliveries.renew(earlier, at)


def undelivered(store: Store, cohort: Cohort) -> list[Failure]:
    """What could not be delivered, each with its cure."""
    return [
        (KINDS[row.what.kind].label, row, cure_of(store, cohort, row)) for row in store.deliveries.parked(cohort.id)
    ]


def cure_of(store: Store, cohort: Cohort, delivery: Delivery) -> str:
    """The cure of a parked row: as given in the moderators' alert, else by its reason."""
    reason = delivery.reason or DeliveryReason.OTHER
    for to in moderators(store, cohort):
        earlier = store.deliveries.by_key(keys.alert(delivery.what, reason, delivery.detail, to))
        if earlier is not None:
            return alerts_words.cure(reason, earlier.what.args["cure"])
    return alerts_words.cure(reason, "")
