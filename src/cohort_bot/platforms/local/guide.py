"""What the page shows a newcomer: who needs a person today, and what to try, each step ticked off once it is done."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cohort_bot.app.words import playground as playground_words
from cohort_bot.app.words.playground import Step
from cohort_bot.platforms.local.chat import CHANNELS, Chat

CLOCK: Final = "clock"
"""What stands for a move of the clock among the actions that a step waits for."""

LONG: Final = timedelta(days=2)
"""So far a move of the clock has to go: past an opening or a reminder, and not to the next minute."""

_DONE: Final = "tour"


@dataclass(frozen=True, slots=True)
class Attention:
    """The sample cohort today: its week of how many, its members, and those who need somebody, with the reasons."""

    week: int
    weeks: int
    members: int
    needs: Sequence[tuple[str, str, str]]
    """The person's id and name, and the reasons in words."""


class Guide:
    """`attention` asks how the sample cohort in `room` is doing; without one there is none, and all rooms are empty."""

    def __init__(
        self, chat: Chat, room: str = CHANNELS[0], attention: Callable[[], Awaitable[Attention | None]] | None = None
    ) -> None:
        self._chat = chat
        self.room = room
        self.attention = attention

    def done(self, action: str) -> None:
        """Somebody has done something, and was not refused."""
        before = self._ids()
        if action not in before and any(action in step.actions for step in self._steps()):
            self._chat.keep(_DONE, " ".join([*before, action]))

    @property
    def steps(self) -> Sequence[tuple[Step, bool]]:
        """The steps in order, each with whether it is done."""
        done = self._ids()
        return [(step, not done.isdisjoint(step.actions)) for step in self._steps()]

    def _steps(self) -> Sequence[Step]:
        return playground_words.tour() if self.attention else playground_words.first_steps()

    def _ids(self) -> set[str]:
        return set((self._chat.value(_DONE) or "").split())
