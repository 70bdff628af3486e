"""How much anybody hears from the bot directly: at most three messages a round, and of these at most two reminders.

Every kind that goes to a person says in its row (`kinds.py`) how it counts, and `kinds.compose` asks here before each
message. So nothing that is added goes around it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from cohort_bot.app.ports.store import DirectMessage, Store
from cohort_bot.core.delivery_states import State
from cohort_bot.core.nudges import APART, MOST
from cohort_bot.core.rounds import Calendar

MOST_DIRECT: Final = 3
"""So many direct messages a round, of all cohorts together."""

BEFORE_THE_FIRST: Final = timedelta(days=7)
"""What counts as the round before a cohort has one."""

SNOOZE: Final = "snooze"
"""The kind of a reminder that was put off. It counts from then on, before it is sent."""

_REMINDERS: Final = frozenset({"nudge", SNOOZE})


class Direct(Enum):
    """How a kind counts when it goes to a person."""

    CAPPED = "capped"
    """The bot's own idea. It is dropped when it would be the fourth, in a break, and for whoever stopped reminders; at
    night it waits for the morning.
    """
    THROUGH = "through"
    """It counts, and is also sent as the fourth: what somebody wrote by hand, and what comes once and would be missed.
    """
    FREE = "free"
    """It does not count: the answer to their own click, or what only this moderator can put right."""


def heard(store: Store, calendar: Calendar, account_id: int, at: datetime) -> Sequence[DirectMessage]:
    """What somebody got directly since the newest round opened, whichever cohort it is from, and what is promised."""
    newest = calendar.latest(at)
    since = calendar.opens(newest) if newest else at - BEFORE_THE_FIRST
    rows = store.deliveries.direct(account_id, since)
    return [row for row in rows if _sent(row) or (row.kind == SNOOZE and row.state is State.READY)]


def reminders(rows: Sequence[DirectMessage], number: int, member_id: int) -> Sequence[DirectMessage]:
    """A member's reminders of a round among these."""
    return [row for row in rows if row.kind in _REMINDERS and (row.round, row.member_id) == (number, member_id)]


def one_too_many(rows: Sequence[DirectMessage], key: str, at: datetime) -> bool:
    """Whether the reminder with the key would be the third, or comes less than a day after another, as a moved schedule
    can make happen. One that was put off counts before it is sent, and comes when the member chose.
    """
    others = [row for row in rows if row.key != key]
    recent = any(row.state is State.SENT and at - row.updated < APART for row in others)
    put_off = any(row.key == key and row.kind == SNOOZE for row in rows)
    return len(others) >= MOST or (recent and not put_off)


def may_snooze(rows: Sequence[DirectMessage], sending: str = "") -> bool:
    """Whether a reminder may be put off: what then comes is not the third. The one with the key `sending` is about to
    be sent.
    """
    sent = {row.key for row in rows if _sent(row)} | ({sending} if sending else set())
    return len(sent) < MOST and not any(row.kind == SNOOZE and row.key in sent for row in rows)


def _sent(row: DirectMessage) -> bool:
    """Whether it has been sent, as far as anybody can know."""
    return row.state in {State.SENT, State.SENDING, State.UNKNOWN}
