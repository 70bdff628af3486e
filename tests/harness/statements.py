"""Every statement that runs, whether SQLAlchemy or the driver runs it."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

from sqlalchemy import Engine, event

from cohort_bot.storage import statements


@contextlib.contextmanager
def watched(note: Callable[[str, Any], None]) -> Iterator[None]:
    """Call `note` with each statement, and its values, before it runs; in the thread that runs it."""

    def through_sqlalchemy(_connection: object, _cursor: object, words: str, values: Any, *_: object) -> None:
        note(words, values)

    run = statements.Connection._run

    def by_driver(connection: statements.Connection, compiled: Any, given: Any) -> statements.Rows:
        one = tuple(given[0]) if isinstance(given[0], list) else given[0]
        note(compiled.sql, one if len(given) == 1 else given)
        return run(connection, compiled, given)

    event.listen(Engine, "before_cursor_execute", through_sqlalchemy)
    try:
        with mock.patch.object(statements.Connection, "_run", by_driver):
            yield
    finally:
        event.remove(Engine, "before_cursor_execute", through_sqlalchemy)
