"""What became of the questions on earlier weeks. Part of the Store."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from cohort_bot.core.recall import Answer


class RecallAnswers(Protocol):
    """Members' answers, which only they themselves see."""

    def of_member(self, member_id: int) -> Sequence[Answer]:
        """All answers, in the order of rounds."""

    def put(self, member_id: int, answer: Answer, at: datetime) -> None:
        """Record an answer, in place of an earlier one to the same question in that round."""

    def erase(self, member_id: int) -> None:
        """Erase all answers of the member."""
