"""What only the author of a guide can decide: asked, never guessed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cohort_bot.app.words.guide_reading import Refused, Report
from cohort_bot.chat.sentence import Sentence, Value

MOST = 5
"""More questions than this, and the guide is refused: it needs its author."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the guide leaves open. `key` stays the same when the guide is read again with the answer."""

    key: str
    text: Sentence
    options: tuple[Value, ...]
    line: int = 0

    @property
    def placed(self) -> Sentence:
        """The text with its line, where it has one."""
        return at_line(self.line, self.text)


class ImportRefused(Exception):
    """No programme can be made of the guide; `why` says so, with the line where there is one."""

    def __init__(self, why: Sentence, line: int = 0) -> None:
        super().__init__(why)
        self.why, self.line = at_line(line, why), line

    def __str__(self) -> str:
        return str(self.why)


class ImportAsks(ImportRefused):
    """The guide can be read in several ways. Read it again with an answer to each question."""

    def __init__(self, questions: tuple[Question, ...]) -> None:
        super().__init__(Refused.UNCLEAR_IN_TERMINAL())
        self.questions = questions

    def __str__(self) -> str:
        return self.below(self.why)

    def below(self, head: Sentence) -> str:
        """The questions with the numbers of their options, below what to do about them."""
        asked = (
            f"  {each.placed}\n    "
            + " / ".join(f"{number}: {option}" for number, option in enumerate(each.options, start=1))
            for each in self.questions
        )
        return "\n".join([str(head), *asked])


def at_line(line: int, what: Sentence) -> Sentence:
    """The sentence with the line that it is about; 0 is the whole guide."""
    return Report.LINE(line=str(line), what=what) if line else what


@dataclass(slots=True)
class Answers:
    """The answers that were given, the option's index by the question's key, and the questions that are open."""

    given: Mapping[str, int] = field(default_factory=dict)
    open: list[Question] = field(default_factory=list)

    def ask(self, question: Question) -> int:
        """The index of the chosen option; the first one stands in until there is an answer."""
        chosen = self.given.get(question.key)
        if chosen is not None and 0 <= chosen < len(question.options):
            return chosen
        if all(each.key != question.key for each in self.open):
            self.open.append(question)
        return 0

    def settle(self) -> None:
        """Raises ImportAsks while questions are open."""
        if self.open:
            raise ImportAsks(tuple(self.open[:MOST]))
