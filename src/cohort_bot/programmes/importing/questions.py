"""What only the author of a guide can decide: asked, never guessed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST = 5
"""More questions than this, and the guide is refused: it needs its author."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the guide leaves open. `key` stays the same when the guide is read again with the answer."""

    key: str
    text: str
    options: tuple[str, ...]
    line: int = 0


class ImportRefused(Exception):
    """No programme can be made of the guide; the text says why, with the line where there is one."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {why}" if line else why)
        self.line = line


class ImportAsks(ImportRefused):
    """The guide can be read in several ways. Read it again with an answer to each question."""

    def __init__(self, questions: tuple[Question, ...]) -> None:
        asked = "\n".join(
            f"  {f'line {each.line}: ' if each.line else ''}{each.text}\n    "
            + " / ".join(f"{number}: {option}" for number, option in enumerate(each.options, start=1))
            for each in questions
        )
        cure = "answer at a terminal, without --yes, or change" if len(questions) <= MOST else "change"
        super().__init__(f"the guide can be read in several ways; {cure} the guide so that it is clear:\n{asked}")
        self.questions = questions


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
