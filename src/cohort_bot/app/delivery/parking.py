"""What cannot be sent: the row is set aside and the cohort's moderators are alerted, or it goes to the room instead."""

import logging
from datetime import datetime

from cohort_bot.app.delivery import keys
from cohort_bot.app.delivery.alerts import alert, reason_of
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import Refused
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Delivery, NewDelivery, Store
from cohort_bot.core.delivery_states import State

log = logging.getLogger(__name__)


async def park(database: Database, delivery: Delivery, refused: Refused, at: datetime) -> None:
    """Set the row aside and alert the moderators."""
    reason, detail = reason_of(refused)
    log.warning("delivery %s is parked: %s", delivery.id, refused.detail)

    def write(store: Store) -> None:
        if store.deliveries.put(delivery, State.PARKED, reason, at, detail):
            alert(store, delivery, refused, at)

    await database.write(write)


async def use_the_room(database: Database, delivery: Delivery, refused: Refused, at: datetime) -> None:
    """Let a thread in the room take the place of a small group's own conversation, which is refused."""
    log.warning("delivery %s goes to the room: %s", delivery.id, refused.detail)
    what = delivery.what
    key = keys.group_thread(int(what.args["group"]))
    row = NewDelivery(key, "group-thread", what.platform, what.cohort_id, at, room_id=what.room_id, args=what.args)

    def write(store: Store) -> None:
        if store.deliveries.put(delivery, State.SKIPPED, DeliveryReason.IN_ROOM, at):
            store.deliveries.add([row])

    await database.write(write)
