"""Reading the guides that people bring, and making programmes of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from cohort_bot.chat.sentence import Sentence, Value
from cohort_bot.core.programme import Programme

FILE_MOST: Final = 10_000_000
"""The largest file in bytes that is taken."""


@dataclass(frozen=True, slots=True)
class GuideQuestion:
    """Something that a guide leaves open; `key` stays the same when it is read again with the answer."""

    key: str
    text: Value
    options: tuple[Value, ...]


class GuideRefused(Exception):
    """No programme can be made of it: why, and what helps, in one sentence for whoever brought it."""


class GuideAsks(Exception):
    """The guide can be read in several ways. At most five questions."""

    def __init__(self, questions: tuple[GuideQuestion, ...]) -> None:
        super().__init__("the guide can be read in several ways")
        self.questions = questions


@dataclass(frozen=True, slots=True)
class Drafted:
    """A programme made of a guide. `remarks` say how lines were read, the rest is stored."""

    programme: Programme
    remarks: tuple[Sentence, ...]
    content: str
    documents: Mapping[str, str]


class Guides(Protocol):
    """Reads guides. `read` and `draft` take their time, and wait without blocking others."""

    async def read(self, data: bytes, name: str) -> str:
        """What a file of that name says, as text that can be kept until questions are answered. Raises GuideRefused."""

    async def draft(self, guide: str, name: str, answers: Mapping[str, int], language: str) -> Drafted:
        """A programme called `name` of what `read` returned, in that language if it does not say so itself.

        `answers` has the index of the chosen option by the question's key. Raises GuideAsks and GuideRefused.
        """

    def parsed(self, content: str) -> Programme:
        """The programme that `Drafted.content` describes."""
