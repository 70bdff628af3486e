"""Rows of the ledger, as the port has them."""

import base64
import hashlib
import json
from typing import Any

from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Delivery, NewDelivery
from cohort_bot.core.delivery_states import State


def mark_of(key: str) -> str:
    """The lasting mark of a delivery: 24 characters, Discord takes at most 25 for a nonce."""
    return base64.b32encode(hashlib.blake2b(key.encode(), digest_size=15).digest()).decode()


def as_delivery(row: Any) -> Delivery:
    """A row of the table, with its payload."""
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
