"""Problems of a programme, worded so that its author can fix them without asking."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to fix. `line` and `column` count from 1; `cure` says what would be right."""

    file: str
    line: int
    column: int
    wrong: str
    cure: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.wrong}; {self.cure}"


class ProgrammeErrors(Exception):
    """The programme does not pass its check; `problems` has all of it, by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))
