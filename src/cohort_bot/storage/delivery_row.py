"""A row of the ledger, read; and the words that make one."""

import json
from typing import Any

from sqlalchemy import Row

from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Delivery, NewDelivery
from cohort_bot.core.delivery_states import State


def delivery_of(row: Row[Any]) -> Delivery:
    """The delivery that a row of the ledger is."""
    what = NewDelivery(
        key=row.key,
        kind=row.kind,
        platform=row.platform,
        cohort_id=row.cohort_id,
        due=row.due,
        room_id=row.room_id,
        account_id=row.account_id,
        member_id=row.member_id,
        round=row.round,
        in_thread=bool(row.in_thread),
        expires=row.expires,
        part=row.part,
        args=json.loads(row.args),
    )
    return Delivery(
        id=row.id,
        what=what,
        state=State(row.state),
        lane=row.lane,
        fence=row.fence,
        attempts=row.attempts,
        mark=row.mark,
        payload=row.payload,
        first_try=row.first_try,
        message_id=row.message_id,
        channel=row.channel,
        thread=row.thread,
        reason=None if row.reason is None else DeliveryReason(row.reason),
        detail=row.detail,
        updated=row.updated,
    )


def plain(detail: str | None) -> str | None:
    """Without what no database takes: it may come from a platform, and would hold up all that is noted with it."""
    return None if detail is None else detail.encode(errors="replace").decode().replace("\x00", " ")
