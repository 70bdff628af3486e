"""Which tests of this folder need not run on PostgreSQL in `make check`, for others ask there all that they ask.

    .ci/with-postgres python -m tests.app.twins

runs all tests that are for both databases on PostgreSQL, notes their statements, keeps as few of this folder's as it
takes to run each statement once, and writes the names of the others into `asked_by_others.txt`. A test that is not in
that file runs on both; those in it run on PostgreSQL in `make soak`, and once a week in CI.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event

HERE = Path(__file__).parent
ASKED_BY_OTHERS = HERE / "asked_by_others.txt"


@cache
def asked_by_others() -> frozenset[str]:
    """As `test_file.py::test_name`, for all its cases."""
    return frozenset(ASKED_BY_OTHERS.read_text("utf-8").split())


def name_of(item: pytest.Item) -> str:
    """What the file calls a test."""
    return f"{item.path.name}::{getattr(item, 'originalname', item.name)}"


class Statements:
    """A pytest plugin: by test what it asks of PostgreSQL."""

    def __init__(self) -> None:
        self.others: set[str] = set()
        """What tests outside of this folder ask."""
        self.asked: dict[str, set[str]] = defaultdict(set)
        self._now = self.others
        event.listen(Engine, "before_cursor_execute", self._note)

    def _note(self, connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if connection.dialect.name == "postgresql":
            self._now.add(statement)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._now = self.asked[name_of(item)] if item.path.parent == HERE else self.others
        return (yield)

    def needless(self) -> list[str]:
        """The tests without which each statement is still run."""
        left = set().union(*self.asked.values()) - self.others
        tests = dict(self.asked)
        while left:
            most = max(sorted(tests), key=lambda name: len(tests[name] & left))
            left -= tests.pop(most)
        return sorted(tests)


if __name__ == "__main__":
    statements = Statements()
    if pytest.main(["-q", "-k", "postgresql", "tests/app", "tests/board", "tests/storage"], plugins=[statements]) == 0:
        ASKED_BY_OTHERS.write_text("\n".join(statements.needless()) + "\n", "utf-8")
