"""How many reminders of a round a member gets: the planned ones and one that they put off, at most two in all."""

from collections.abc import Sequence
from datetime import datetime

from cohort_bot.app.delivery import keys
from cohort_bot.app.ports.store import Delivery, Store
from cohort_bot.core.delivery_states import State
from cohort_bot.core.nudges import APART, MOST, PARTS

SNOOZE = "snooze"
"""The kind of a reminder that was put off."""


def reminders(store: Store, cohort_id: int, number: int, member_id: int) -> Sequence[Delivery]:
    """A member's reminders of a round that are in the ledger."""
    planned = [keys.of_member("nudge", cohort_id, number, member_id, part) for part in PARTS]
    return store.deliveries.by_keys([*planned, keys.of_member(SNOOZE, cohort_id, number, member_id)])


def one_too_many(rows: Sequence[Delivery], key: str, at: datetime) -> bool:
    """Whether the reminder with the key would be the third, or comes less than a day after another, as a moved schedule
    can make happen. One that was put off counts before it is sent, and comes when the member chose.
    """
    others = [row for row in rows if row.what.key != key]
    promised = sum(_sent(row) or (row.what.kind == SNOOZE and row.state is State.READY) for row in others)
    recent = any(row.state is State.SENT and at - row.updated < APART for row in others)
    put_off = any(row.what.key == key and row.what.kind == SNOOZE for row in rows)
    return promised >= MOST or (recent and not put_off)


def may_snooze(rows: Sequence[Delivery], sending: str = "") -> bool:
    """Whether a reminder may be put off: what then comes is not the third. The one with the key `sending` is about to
    be sent.
    """
    sent = [row for row in rows if _sent(row) or row.what.key == sending]
    return len(sent) < MOST and not any(row.what.kind == SNOOZE for row in sent)


def _sent(row: Delivery) -> bool:
    """Whether it has been sent, as far as anybody can know."""
    return row.state in {State.SENT, State.SENDING, State.UNKNOWN}
