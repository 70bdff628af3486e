"""A SQLite file that is filled in one transaction, by its only user: all of it is kept, or nothing.

Each function runs at once, where it is called. Through the writer thread and the readers of `database.py` every call
waits for other threads and for the disk, which is right for people and four times as slow for a script.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from cohort_bot.app.ports.platform import Finding
from cohort_bot.app.ports.store import Store
from cohort_bot.storage.database import SqliteDatabase, writer_engine
from cohort_bot.storage.store import SqlStore

T = TypeVar("T")


class InOneTransaction:
    """Fulfils `startup.OwnDatabase`. What was written is lost unless `keep` is called before `close`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine = writer_engine(path)
        self._connection: Connection | None = None
        self.wrote: Callable[[float], None] = lambda _: None
        self.held: Callable[[float], None] = lambda _: None
        self.shelf: dict[str, bytes] = {}

    def upgrade(self) -> None:
        if self._connection is None:
            SqliteDatabase(self._path).upgrade()

    def open(self) -> None:
        if self._connection is None:
            self._connection = self._engine.connect()
            self._connection.begin()

    def keep(self) -> None:
        """Commit; nothing may follow."""
        self._opened.commit()

    def analyse(self) -> None:
        """Count what the tables hold now, so that queries take the right way through them."""
        self._driver("ANALYZE")

    def size(self) -> int:
        """Bytes that the file would have if everything were kept."""
        pages, each = (
            self._opened.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size")
        )
        return int(pages) * int(each)

    async def close(self) -> None:
        """Drop what is not kept."""
        self._opened.close()
        self._engine.dispose()

    async def read(self, fn: Callable[[Store], T]) -> T:
        return fn(SqlStore(self._opened, self.shelf))

    async def write(self, fn: Callable[[Store], T], *, fenced: bool = False, to_disk: bool = True) -> T:  # noqa: ARG002
        """Run `fn`; what it wrote is undone when it raises."""
        self._driver("SAVEPOINT job")
        try:
            return fn(SqlStore(self._opened, self.shelf))
        except BaseException:
            self._driver("ROLLBACK TO job")
            raise
        finally:
            self._driver("RELEASE job")

    async def findings(self) -> Sequence[Finding]:
        return ()

    def _driver(self, statement: str) -> None:
        """A statement past SQLAlchemy, which takes longer than SQLite itself."""
        self._opened.connection.cursor().execute(statement)

    @property
    def _opened(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("the database is not open")
        return self._connection
