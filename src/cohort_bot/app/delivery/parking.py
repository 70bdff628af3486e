"""What needs a person: the row is set aside, and the cohort's moderators are alerted."""

import logging
from datetime import datetime

from cohort_bot.app.delivery.alerts import alert, reason_of
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import Refused
from cohort_bot.app.ports.store import Delivery, Store
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
