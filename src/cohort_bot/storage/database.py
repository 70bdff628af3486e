"""SQLite behind the Database port: one writer thread that groups commits, aiosqlite for the readers.

A transaction goes to the writer's thread once. Through aiosqlite every step of a cursor does, about 0.3 ms of processor
time a statement; that is more than the disk costs where a group shares a commit. So whatever changes something reads
what it needs in the same transaction: a whole check-in, from the form to the reply, takes 1.1 ms of processor time.

`synchronous=FULL`, because NORMAL can lose a `sent` mark on power loss, and then something would be posted twice.
"""

import asyncio
import contextlib
import itertools
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from cohort_bot.app.store import Store
from cohort_bot.storage.store import SqlStore

T = TypeVar("T")
MOST_IN_A_GROUP = 64
READERS = 4
BUSY_TIMEOUT = 10.0


class _Job:
    """One transaction function on its way to the writer thread, and its outcome on the way back."""

    def __init__(self, fn: Callable[[Store], Any], loop: asyncio.AbstractEventLoop) -> None:
        self.fn = fn
        self.loop = loop
        self.future: asyncio.Future[Any] = loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None

    def settle(self) -> None:
        """Hand the outcome to the caller; in their loop."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class SqliteDatabase:
    """A SQLite file. `open` it before use; `close` waits until everything accepted is on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._jobs: queue.Queue[_Job | None] = queue.Queue()
        self._writer: Engine = writer_engine(path)
        self._readers: AsyncEngine = create_async_engine(
            _url(path, "aiosqlite"), pool_size=READERS, max_overflow=0, hide_parameters=True
        )
        # In turn, however long it takes: the pool's own queue gives up after 30 seconds, and a person would be told of
        # a failure.
        self._turns = asyncio.Semaphore(READERS)
        _prepare(self._readers.sync_engine, "BEGIN")
        self._thread = threading.Thread(target=self._run, name="database-writer", daemon=True)

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def upgrade(self) -> None:
        """Bring the file to the newest schema, making it if it is not there."""
        from cohort_bot.storage import migrate  # noqa: PLC0415 - Alembic is only needed here, and slow to import

        engine = writer_engine(self._path)
        try:
            migrate.upgrade(engine)
        finally:
            engine.dispose()

    def open(self) -> None:
        """Start the writer thread."""
        self._thread.start()

    async def close(self) -> None:
        """Finish what was accepted, then let go of the file."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        await self.dispose()

    async def dispose(self) -> None:
        """Let go of the file when it was only read."""
        await self._readers.dispose()
        self._writer.dispose()

    async def read(self, fn: Callable[[Store], T]) -> T:
        """Run `fn` on one snapshot of the database."""
        async with self._turns, self._readers.connect() as connection:
            return await connection.run_sync(lambda sync: fn(SqlStore(sync)))

    async def write(self, fn: Callable[[Store], T], *, fenced: bool = False) -> T:  # noqa: ARG002 - one at a time anyway
        """Run `fn` in the writer thread; returns when the commit is on disk."""
        job = _Job(fn, asyncio.get_running_loop())
        self._jobs.put(job)
        result: T = await asyncio.shield(job.future)
        return result

    def _run(self) -> None:
        with self._writer.connect() as connection:
            while (job := self._jobs.get()) is not None:
                group = [job]
                closing = False
                while len(group) < MOST_IN_A_GROUP and not self._jobs.empty():
                    following = self._jobs.get()
                    if following is None:
                        closing = True
                        break
                    group.append(following)
                self._commit(connection, group)
                if closing:
                    return

    @staticmethod
    def _commit(connection: Connection, group: list[_Job]) -> None:
        try:
            with connection.begin():
                for job in group:
                    connection.exec_driver_sql("SAVEPOINT job")  # a fifth of what begin_nested costs
                    try:
                        job.result = job.fn(SqlStore(connection))
                    except BaseException as error:  # noqa: BLE001 - it belongs to the caller, who gets it below
                        job.error = error
                        connection.exec_driver_sql("ROLLBACK TO job")
                    connection.exec_driver_sql("RELEASE job")
        except BaseException as error:  # noqa: BLE001 - nothing of the group is on disk, and every caller must know
            for job in group:
                job.error = job.error or error
        # One wake-up for all: most often there is one loop.
        for loop, jobs in itertools.groupby(group, key=lambda job: job.loop):
            loop.call_soon_threadsafe(_settle, list(jobs))


def _settle(jobs: Iterable[_Job]) -> None:
    for job in jobs:
        job.settle()


def writer_engine(path: Path) -> Engine:
    """An engine with one connection that takes the write lock at once."""
    engine = create_engine(
        _url(path, "pysqlite"),
        poolclass=StaticPool,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT},
    )
    _prepare(engine, "BEGIN IMMEDIATE")
    return engine


def _url(path: Path, driver: str) -> URL:
    return make_url(f"sqlite+{driver}://").set(database=str(path))


def _prepare(engine: Engine, begin: str) -> None:
    """Settings of each connection, and our own BEGIN: the driver's comes too late for savepoints and locks."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={int(BUSY_TIMEOUT * 1000)}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def integrity(path: Path) -> str:
    """SQLite's own check of the file: "ok" or what is wrong."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA quick_check").fetchone()[0])
