"""The marks of sent posts. Part of the Store."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cohort_bot.chat.place import Place, Ref
from cohort_bot.core.marks import is_direct


@dataclass(frozen=True, slots=True)
class SentMark:
    """A sent post, where it is, and when that was recorded. `ref` is None when that was erased."""

    delivery_id: int
    mark: str
    ref: Ref | None
    at: datetime


@dataclass(frozen=True, slots=True)
class UnseenMark:
    """A post that is there and was not found by its mark, and since when that is known. It stands for its spot."""

    spot: str
    post: SentMark
    platform: str
    since: datetime

    @property
    def channel(self) -> str | None:
        """None for direct conversations."""
        return None if is_direct(self.spot) or self.post.ref is None else self.post.ref.place.channel


class Marks(Protocol):
    """Which posts can be found again by their marks."""

    def sent(self, cohort_id: int, place: Place, apart: Collection[str], most: int) -> Sequence[SentMark]:
        """The cohort's newest posts to a channel, a thread or a direct conversation. Kinds in `apart` go to
        conversations of their own.
        """

    def unseen(self, spot: str | None = None) -> Sequence[UnseenMark]:
        """The spots (`core.marks.spot`) in which marks cannot be seen, or only this one; not those of ended cohorts."""

    def hide(self, spot: str, delivery_id: int, place: Place, at: datetime) -> bool:
        """Record that a post of the spot cannot be seen. False when that was known."""

    def show(self, spot: str) -> bool:
        """Marks are seen there. False when nothing else was known."""
