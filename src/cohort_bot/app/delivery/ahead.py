"""Messages that were composed shortly before their instant, for the courier to send when it has come.

Kept in memory beside the frozen text in the ledger: a change of the cohort takes the text back, and then what is kept
here counts for nothing. After a crash all is composed anew at its claim.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cohort_bot.app.delivery.kinds import LATE
from cohort_bot.app.store import Delivery
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Place


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a row says, its frozen text, where it goes, and its instant."""

    message: Message
    payload: str
    to: Place
    due: datetime


class Ahead:
    """What is prepared, by the keys of the ledger."""

    def __init__(self) -> None:
        self._prepared: dict[str, Prepared] = {}

    def expect(self, prepared: Mapping[str, Prepared], at: datetime) -> None:
        """These come soon; those whose time has passed are forgotten."""
        if prepared:
            kept = {key: each for key, each in list(self._prepared.items()) if at <= each.due + LATE}
            self._prepared = {**kept, **prepared}

    def take(self, row: Delivery, at: datetime) -> Prepared | None:
        """What is prepared for the row, None when that has been taken back, or would have to say that it is late.

        Called in the thread that writes.
        """
        found = self._prepared.pop(row.what.key, None)
        fits = found is not None and row.first_try is None and row.payload == found.payload and at <= found.due + LATE
        return found if fits else None
