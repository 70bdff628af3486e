"""Messages that were composed shortly before their instant, for the courier to send when it has come.

Kept in memory beside the frozen text in the ledger: a change of the cohort takes the text back, and then what is kept
here counts for nothing. After a crash all is composed anew at its claim.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cohort_bot.app.delivery.kinds import LATE
from cohort_bot.app.ports.store import Delivery, Turn
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Place


@dataclass(frozen=True, slots=True)
class PrecomposedMessage:
    """A row of the ledger with its frozen text, what it says, and where it goes."""

    row: Delivery
    message: Message
    to: Place


class Precomposed:
    """What is prepared, by the keys of the ledger."""

    def __init__(self) -> None:
        self._prepared: dict[str, PrecomposedMessage] = {}

    def expect(self, prepared: Sequence[PrecomposedMessage], at: datetime) -> None:
        """These come soon; those whose time has passed are forgotten.

        Called before anything else is planned: what was prepared before for the same key is replaced, also when the
        clock stands still.
        """
        if prepared:
            kept = {key: each for key, each in list(self._prepared.items()) if at <= each.row.what.due + LATE}
            self._prepared = {**kept, **{each.row.what.key: each for each in prepared}}

    def take(self, turn: Turn, at: datetime) -> PrecomposedMessage | None:
        """What is prepared for the row, None when that has been taken back, or would have to say that it is late.

        Called in the thread that writes.
        """
        found = self._prepared.pop(turn.key, None)
        if found is None or (found.row.id, found.row.updated) != (turn.id, turn.composed):
            return None
        return found if at <= found.row.what.due + LATE else None
