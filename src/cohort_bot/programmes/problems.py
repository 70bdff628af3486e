"""Problems of a programme, each a sentence with which its author can fix it without asking."""

from collections.abc import Iterable
from dataclasses import dataclass

from cohort_bot.chat.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to fix, and what would be right. `line` and `column` count from 1."""

    file: str
    line: int
    column: int
    what: Sentence

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.what}".rstrip()


class ProgrammeErrors(Exception):
    """The programme does not pass its check; `problems` has all of it, by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(dict.fromkeys(problems), key=lambda each: (each.file, each.line, each.column)))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))
