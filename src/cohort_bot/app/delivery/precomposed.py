"""Composing early: the cards of cohorts that open are composed where their rows are written, most often in the seconds
before their instant, because the cohort and its rooms are at hand there.

The ledger calls `prepare` where it writes rows, and `take` where it claims them; nothing else depends on it. A message
is kept in memory beside its frozen text in the ledger. Whatever changes the row, or takes its text back because the
cohort has changed, also changes its `updated`, and the copy kept here is then ignored. After a crash everything is
composed when it is claimed.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from cohort_bot.app.delivery import keys
from cohort_bot.app.delivery.kind import Scene, said_in
from cohort_bot.app.delivery.kinds import KINDS, LATE
from cohort_bot.app.delivery.planner import Group
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import Delivery, NewDelivery, Store, Turn
from cohort_bot.chat import codec
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Place
from cohort_bot.core.delivery_states import OPEN

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PrecomposedMessage:
    """A row of the ledger, with its frozen text, its message, and its destination."""

    row: Delivery
    message: Message
    to: Place


class Precomposed:
    """The messages that wait for their instant, by their rows' keys."""

    def __init__(self) -> None:
        self._messages: dict[str, PrecomposedMessage] = {}

    def __len__(self) -> int:
        return len(self._messages)

    def prepare(
        self, store: Store, programmes: Programmes, written: Sequence[tuple[Group, NewDelivery]], at: datetime
    ) -> None:
        """Compose those of the rows just written that may be composed ahead, and are not late.

        Called in the transaction that writes them.
        """
        while (first := next(iter(self._messages.values()), None)) and at > first.row.what.due + LATE:
            del self._messages[first.row.what.key]
        ahead = [(group, what) for group, what in written if KINDS[what.kind].ahead and at <= what.due + LATE]
        store.deliveries.look_ahead([key for _, what in ahead if (key := _key_before(what))])
        composed: dict[str, tuple[NewDelivery, Message, Place]] = {}
        for group, what in ahead:
            self._messages.pop(what.key, None)
            room = next((room for room in group.rooms if room.id == what.room_id), None)
            if room and (message := _precompose(store, programmes, group, what, max(at, what.due))):
                composed[what.key] = what, message, Place(room.platform, room.workspace, room.channel)
        if composed:
            texts = [(what, codec.dumps(message)) for what, message, _ in composed.values()]
            for row in store.deliveries.freeze(texts):
                self._messages[row.what.key] = PrecomposedMessage(row, *composed[row.what.key][1:])

    def take(self, turn: Turn, at: datetime) -> PrecomposedMessage | None:
        """The message for a row that is claimed at `at`; None when there is none, or it is out of date.

        Called in the transaction that claims the row.
        """
        kept = self._messages.pop(turn.key, None)
        if kept is None or (kept.row.id, kept.row.updated) != (turn.id, turn.updated):
            return None
        return kept if at <= kept.row.what.due + LATE else None


def _precompose(store: Store, programmes: Programmes, group: Group, what: NewDelivery, at: datetime) -> Message | None:
    """The message as it will be `at` an instant, None when it should be composed when it is claimed."""
    if not group.cohort.active:
        return None
    before = store.deliveries.by_key(key) if (key := _key_before(what)) else None
    if before is not None and before.state in OPEN:
        return None  # the outcome of that one changes the text of this one
    try:
        scene = Scene(store, group.cohort, programmes, what, at)
        return said_in(group.cohort.language, partial(KINDS[what.kind].compose, scene))
    except Exception:  # composed again when it is claimed, and parked if that fails
        log.exception("%s cannot be composed ahead", what.key)
        return None


def _key_before(what: NewDelivery) -> str | None:
    """The key of the opening before in the same room, None for the first."""
    number = what.round or 1
    return keys.opening(what.cohort_id, number - 1, what.room_id or 0) if number > 1 else None
