"""The keys of the ledger's rows."""

import hashlib
from collections.abc import Sequence

from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import NewDelivery
from cohort_bot.core.membership import Account, Cohort, Room


def invitations(cohort: Cohort, rooms: Sequence[Room]) -> list[str]:
    """The keys of the invitations that may stand in its rooms, also of those that came when a room moved."""
    keys = [f"join-card:{cohort.id}:{room.id}" for room in rooms]
    return keys + [f"{key}:{room.channel}" for key, room in zip(keys, rooms, strict=True)]


def alert(what: NewDelivery, reason: DeliveryReason, detail: str | None, to: Account) -> str:
    """What a moderator is told of a room and a reason on a day. A detail is in it by its digest."""
    digest = "" if detail is None else "-" + hashlib.blake2b(detail.encode(), digest_size=5).hexdigest()
    return f"alert:{what.cohort_id}:{what.room_id}:{reason.value}{digest}:{what.due:%Y-%m-%d}:a{to.id}"
