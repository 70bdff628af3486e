"""SQLite behind the Database port: one writer thread that groups commits, aiosqlite for the readers.

A transaction goes to the writer's thread once, and is written together with all that wait. What changes something reads
what it needs in the same transaction.

`synchronous=FULL`, because NORMAL can lose a `sent` mark on power loss, and then something would be posted twice. Only
a group of transactions that can all be made anew is not waited for; the next one brings it to the disk, too.
"""

import asyncio
import contextlib
import contextvars
import itertools
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, Pool, StaticPool

from cohort_bot.app.ports.database import CannotSave
from cohort_bot.app.ports.platform import Finding
from cohort_bot.app.ports.startup import CannotStart
from cohort_bot.app.ports.store import Store
from cohort_bot.chat.i18n import N_
from cohort_bot.storage import sqlite_file
from cohort_bot.storage.readers import Readers
from cohort_bot.storage.statements import Lasting
from cohort_bot.storage.store import SqlStore
from cohort_bot.storage.writes import Writes

T = TypeVar("T")
MOST_IN_A_GROUP = 64
READERS = 4
BUSY_TIMEOUT = 10.0

TRUNCATE_TIMEOUT: Final = 0.2
"""Seconds that a truncation of the journal waits for readers; no write goes on meanwhile."""

TRUNCATE_AGAIN: Final = 5.0
"""Seconds until a truncation that readers blocked is tried again, unless the next write comes first."""

OUTSIDE: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)
"""SQLite's error codes for the disk or the file, not for a statement."""


class _Job:
    """A transaction function for the writer thread, then its result or error for the caller."""

    def __init__(self, fn: Callable[[Store], Any], loop: asyncio.AbstractEventLoop, *, to_disk: bool) -> None:
        self.fn = fn
        self.to_disk = to_disk
        self.loop = loop
        self.context = contextvars.copy_context()
        self.future: asyncio.Future[Any] = loop.create_future()
        self.result: Any = None
        self.held = 0.0
        self.error: BaseException | None = None

    def settle(self) -> None:
        """Give the result or error to the caller. Must be called in the caller's event loop."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class SqliteDatabase:
    """A SQLite file. Call `open` before the first write; `close` returns when all accepted writes are on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._writer: Engine = writer_engine(path)
        self._readers = Readers(_engine(path, NullPool, "BEGIN"), READERS)
        self._thread = threading.Thread(target=self._run, name="database-writer", daemon=True)
        self._connection: Connection | None = None
        """The writer thread's connection, which it opens for its first group."""
        self._file: sqlite_file.OpenFile | None = None
        self._writes = Writes()
        self._truncate = False
        self.shelf: dict[str, bytes] = {}
        self._lasting: Lasting = {}
        """What the writer's thread knows of earlier transactions; nobody else looks at it."""
        self._version = 0
        self._waits = True
        self.wrote: Callable[[float], None] = lambda _: None
        """Called with the elapsed seconds of each write that is on disk."""
        self.held: Callable[[float], None] = lambda _: None
        """Called with the elapsed seconds for which it held the writer, without the commit that it shares."""

    @property
    def path(self) -> Path:
        return self._path

    def upgrade(self) -> None:
        """Bring the file to the newest schema, making it if it is not there. Raises CannotStart."""
        from cohort_bot.storage import migrate  # noqa: PLC0415 - Alembic is only needed here, and slow to import

        sqlite_file.ensure(self._path)
        engine = writer_engine(self._path)
        try:
            migrate.upgrade(engine)
        except DBAPIError as error:
            raise CannotStart(
                N_(
                    "DATABASE_URL is {path}, which cannot be used ({error}); check its disk, or restore a "
                    "backup: cohort-bot db restore FILE"
                ),
                path=self._path,
                error=error.orig,
            ) from None
        finally:
            engine.dispose()

    def open(self) -> None:
        self._file = sqlite_file.OpenFile(self._path)
        self._thread.start()

    async def close(self) -> None:
        """Finish accepted work, then close the file."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        await self.dispose()

    async def dispose(self) -> None:
        """Close the file when it was only read."""
        await self._readers.close()
        self._writer.dispose()

    async def read(self, fn: Callable[[Store], T]) -> T:
        """Run `fn` on one snapshot of the database. Raises CannotSave when its file no longer exists."""
        self._check_file()
        result = await self._readers.run(lambda connection: fn(SqlStore(connection, self.shelf)))
        self._check_file()  # a reader may have opened a file that has just replaced it
        return result

    async def write(
        self,
        fn: Callable[[Store], T],
        *,
        fenced: bool = False,  # noqa: ARG002 - one at a time anyway
        to_disk: bool = True,
    ) -> T:
        """Run `fn` in the writer thread; returns when the commit is on disk. Raises CannotSave when it is not."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        job = _Job(fn, loop, to_disk=to_disk)
        self._jobs.put(job)
        try:
            result: T = await job.future
        except CannotSave as error:
            self._writes.failed(str(error), loop.time())
            raise
        self._writes.kept(loop.time())
        self.wrote(loop.time() - began)
        self.held(job.held)
        return result

    async def findings(self) -> Sequence[Finding]:
        """Why nothing can be saved now: the file is not under its name, or a write is not kept."""
        problem = self._file.problem() if self._file is not None else None
        if problem is not None:
            cure = "Stop the bot; put the file back, or restore a backup: cohort-bot db restore FILE; start it again."
            return [Finding(f"{problem} Nothing is saved.", cure)]
        cure = f"Make room on the disk of {self._path}, or fix whatever keeps it from being written."
        return await self._writes.findings(self._try_writing, cure)

    async def _try_writing(self) -> None:
        with contextlib.suppress(CannotSave):  # recorded by `write`
            await self.write(lambda store: store.health.try_writing())

    def _check_file(self) -> None:
        """Raises CannotSave when the file that is open is no longer the one under its name."""
        problem = self._file.problem() if self._file is not None else None
        if problem is not None:
            raise CannotSave(problem.removesuffix("."))

    def _next_job(self) -> _Job | None:
        """The next transaction, None at the end. Meanwhile a failed truncation of the journal is retried."""
        while self._truncate and self._connection is not None:
            try:
                return self._jobs.get(timeout=TRUNCATE_AGAIN)
            except queue.Empty:
                self._truncate = not _truncated(self._connection)
        return self._jobs.get()

    def _next_group(self) -> list[_Job]:
        """The transactions that share the next commit: all waiting ones, up to MOST_IN_A_GROUP; empty at the end."""
        group: list[_Job] = []
        job = self._next_job()
        while job is not None:
            group.append(job)
            if len(group) == MOST_IN_A_GROUP or self._jobs.empty():
                return group
            job = self._jobs.get()
        if group:
            self._jobs.put(None)  # this group first, then the end
        return group

    def _run(self) -> None:
        """The writer thread: each group of transactions in one commit, until the end."""
        try:
            while group := self._next_group():
                try:
                    self._connection = connection = self._connection or self._writer.connect()
                    self._check_file()
                    driver: Any = connection.connection.dbapi_connection
                    self._wait_for_the_disk(driver, wait=any(job.to_disk for job in group))
                    with connection.begin() as transaction:
                        shared = len(group) > 1
                        self._look_whether_others_wrote(driver)
                        for job in group:
                            if shared:
                                driver.execute("SAVEPOINT job")  # a tenth of what SQLAlchemy's begin_nested costs
                            try:
                                store = SqlStore(connection, self.shelf, self._lasting)
                                began = job.loop.time()
                                job.result = job.context.run(job.fn, store)
                                job.held = job.loop.time() - began
                                self._truncate = self._truncate or store.erased
                            except BaseException as error:  # noqa: BLE001 - it belongs to the caller, who gets it below
                                job.error = _from_outside(error)
                                self._lasting.clear()
                                driver.execute("ROLLBACK TO job") if shared else transaction.rollback()
                            if shared:
                                driver.execute("RELEASE job")
                    self._kept(connection)
                except BaseException as error:  # noqa: BLE001 - nothing of the group is on disk: every caller must know
                    self._lasting.clear()
                    for job in group:
                        job.error = job.error or _from_outside(error)
                _hand_back(group)
        finally:
            if self._connection is not None:
                self._connection.close()

    def _wait_for_the_disk(self, driver: Any, *, wait: bool) -> None:
        """Whether the next commit returns when it is on disk. SQLite takes this between two transactions only."""
        if wait != self._waits:
            driver.execute(f"PRAGMA synchronous={'FULL' if wait else 'NORMAL'}")
            self._waits = wait

    def _look_whether_others_wrote(self, driver: Any) -> None:
        """Forget everything when another connection has written, such as a command line's."""
        version = driver.execute("PRAGMA data_version").fetchone()[0]
        if version != self._version:
            self._version = version
            self._lasting.clear()

    def _kept(self, connection: Connection) -> None:
        """A group is committed. Raises CannotSave when its file has lost its name: that data is not saved."""
        self._check_file()
        if self._truncate:
            self._truncate = not _truncated(connection)


def _hand_back(group: list[_Job]) -> None:
    """One wake-up for all: most often there is one loop."""
    for loop, jobs in itertools.groupby(group, key=lambda job: job.loop):
        loop.call_soon_threadsafe(_settle, list(jobs))


def _settle(jobs: Iterable[_Job]) -> None:
    for job in jobs:
        job.settle()


def _from_outside(error: BaseException) -> BaseException:
    """CannotSave for an error of the disk or the file; any other error as it is."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    if not isinstance(cause, sqlite3.Error) or code is None or code & 0xFF not in OUTSIDE:  # the primary code
        return error
    outside = CannotSave(str(cause))
    outside.__cause__ = error
    return outside


def _truncated(connection: Connection) -> bool:
    """Empty the journal, which holds earlier content of pages; returns whether no reader blocked it."""
    driver = connection.connection.driver_connection
    if driver is None:
        return False
    try:
        driver.execute(f"PRAGMA busy_timeout={int(TRUNCATE_TIMEOUT * 1000)}")
        return bool(driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
    except sqlite3.Error:
        return False  # a full disk, for instance; the commit is on disk all the same
    finally:
        driver.execute(f"PRAGMA busy_timeout={int(BUSY_TIMEOUT * 1000)}")


def writer_engine(path: Path) -> Engine:
    """An engine with one connection that takes the write lock at once."""
    return _engine(path, StaticPool, "BEGIN IMMEDIATE")


def _engine(path: Path, pool: type[Pool], begin: str) -> Engine:
    """An engine with our own BEGIN: the driver's comes too late for savepoints and locks."""
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        poolclass=pool,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT},
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        try:
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
                "secure_delete=ON",  # what is erased is overwritten; not every SQLite does so by itself
                f"busy_timeout={int(BUSY_TIMEOUT * 1000)}",
            ):
                connection.execute(f"PRAGMA {pragma}").close()
        except sqlite3.Error:  # of a damaged file; SQLAlchemy would forget the connection and leave it open
            connection.close()
            raise

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        try:
            driver.execute(begin)  # what SQLAlchemy does around a statement takes ten times as long
        except sqlite3.Error as error:
            raise DBAPIError.instance(begin, None, error, sqlite3.Error, dialect=connection.dialect) from error

    return engine


def integrity(path: Path) -> str:
    """SQLite's own check of the file: "ok" or what is wrong."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA quick_check").fetchone()[0])
