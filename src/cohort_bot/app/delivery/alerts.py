"""What a moderator is told when something cannot be delivered, and what cures it."""

from collections.abc import Mapping

from cohort_bot.app.lookup import moderators
from cohort_bot.app.ports import Reason, Refused
from cohort_bot.app.store import Delivery, NewDelivery, Store

AWAY = "my access was taken away"
"""The reason of what waits for the bot to be let in again."""

CURES: Mapping[Reason, tuple[str, str]] = {
    Reason.ROOM_GONE: ("the room is gone", "Give the cohort another room with /cohort edit, then press Try again."),
    Reason.NOT_ALLOWED: ("I may not post there", "Let me see the room and post in it, then press Try again."),
    Reason.DIRECT_CLOSED: ("their direct messages are closed", "They can open them in their privacy settings."),
    Reason.PERSON_GONE: ("the person is no longer here", "Nothing to do; they come back with their record."),
    Reason.REVOKED: (AWAY, "Install me again; what waits then goes out by itself."),
    Reason.INVALID: ("the platform refused the message", "Tell the operator; the log has the details."),
}
"""Reason -> (what happened, what cures it), for moderators."""


def told(refused: Refused) -> tuple[str, str]:
    """What happened and what cures it: the permission that is missing, by its name, where the platform knows it."""
    problem, cure = CURES[refused.reason]
    if refused.reason is Reason.NOT_ALLOWED and refused.cure:
        cure = f"{refused.cure} Then press Try again."
    return problem, cure


def alert(store: Store, delivery: Delivery, problem: str, cure: str) -> None:
    """Tell the moderators, each once for each room and reason on a day."""
    what = delivery.what
    cohort = store.cohorts.get(what.cohort_id)
    if cohort is None or what.account_id is not None:
        return
    key = f"alert:{cohort.id}:{what.room_id}:{problem}:{what.due:%Y-%m-%d}"
    args = {"reason": problem, "cure": cure}
    store.deliveries.add(
        NewDelivery(f"{key}:a{to.id}", "alert", to.platform, cohort.id, what.due, account_id=to.id, args=args)
        for to in moderators(store, cohort)
    )
