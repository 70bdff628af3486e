"""PostgreSQL behind the Database port: the same transaction functions, in a few threads with a connection each.

What has to hold at its commit runs in SERIALIZABLE, where a transaction that conflicts with another is undone and run
again. One thread runs these one after the other, so that only those of different processes conflict: people who join at
once would otherwise undo each other for seconds, and one interpreter computes for one of them anyway. When the
connection breaks, the server reports afterwards whether the commit was made.
"""

import asyncio
import contextlib
import contextvars
import functools
import itertools
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import psycopg
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from cohort_bot.app.ports.platform import Finding
from cohort_bot.app.ports.startup import CannotStart, Unreachable
from cohort_bot.app.ports.store import Store
from cohort_bot.storage.store import SqlStore
from cohort_bot.storage.writes import Writes

log = logging.getLogger(__name__)
# A batch that conflicts with others is undone and run again, which the driver calls an ignored error.
logging.getLogger("psycopg").setLevel(logging.ERROR)

T = TypeVar("T")
CONNECTIONS = 8
"""The most transactions at the same time; the others wait their turn."""

CONFLICTS = {"40001", "40P01"}
"""Serialisation failure and deadlock: the server has undone the transaction, which is run again."""

TAKEN = "23505"
"""A unique key that another transaction wrote first: when run again, the function sees it."""

TRIES = 30
TRIES_TAKEN = 3
LONGEST_PAUSE = 0.2
"""Seconds between two attempts of conflicting transactions."""

FINAL = ("password", "does not exist", "no pg_hba.conf entry", "not permitted")
"""Messages of a server for errors that no waiting cures; the driver gives no code for them."""

RECONNECT = (0.1, 0.2, 0.4, *[1.0] * 14)
"""Seconds between attempts to reach a server that is being restarted."""

_STATUS = text("SELECT pg_xact_status(CAST(:number AS xid8))")
_NUMBER = text("SELECT CAST(pg_current_xact_id_if_assigned() AS text)")


def address(url: str) -> URL:
    """A DATABASE_URL as hosts write it, for psycopg 3. Raises ValueError for one that is none."""
    scheme, separator, rest = url.partition("://")
    if scheme not in {"postgres", "postgresql", "postgresql+psycopg"} or not separator:
        raise ValueError("not an address of PostgreSQL")
    try:
        parsed = make_url(f"postgresql+psycopg://{rest}")
    except (ArgumentError, ValueError):
        raise ValueError("not an address of PostgreSQL") from None  # the library's own error would show the password
    return (
        parsed if "application_name" in parsed.query else parsed.update_query_dict({"application_name": "cohort-bot"})
    )


class PostgresDatabase:
    """A database of a PostgreSQL server. `close` waits until everything accepted is committed."""

    def __init__(self, url: str, connections: int = CONNECTIONS, direct: str = "") -> None:
        """With `direct`, the server's own address, `url` may lead to a pooler that shares connections."""
        self._url = address(url)
        self._direct = address(direct or url)
        given: dict[str, object] = {"connect_timeout": 5}
        if direct:
            given["prepare_threshold"] = None  # the next transaction may be on another connection
        self._engine: Engine = create_engine(self._url, pool_size=connections, max_overflow=0, connect_args=given)
        self._snapshot = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._serializable = self._engine.execution_options(isolation_level="SERIALIZABLE")
        self._committed = self._engine.execution_options(isolation_level="READ COMMITTED")
        self._serial = ThreadPoolExecutor(1, "database-serial")
        self._threads = ThreadPoolExecutor(max(1, connections - 1), "database")
        self._writes = Writes()
        self.wrote: Callable[[float], None] = lambda _: None
        self.held: Callable[[float], None] = lambda _: None
        self.before_commit: Callable[[Connection, SqlStore], None] = _nothing_more
        self.shelf: dict[str, bytes] = {}

    @property
    def conninfo(self) -> str:
        """The address with its password, for other libraries that connect to it."""
        return self._url.set(drivername="postgresql").render_as_string(hide_password=False)

    @property
    def direct(self) -> str:
        """The server's own address with its password, for features of a connection: session locks, LISTEN."""
        return self._direct.set(drivername="postgresql").render_as_string(hide_password=False)

    @property
    def pooled(self) -> bool:
        """Whether there may be a pooler in front of the server, so that statements cannot be prepared."""
        return self._direct != self._url

    def check_pooler(self) -> None:
        """Raises CannotStart for a pooler that cannot be used as it is set up; nothing when it cannot be reached."""
        from cohort_bot.storage import pooler  # noqa: PLC0415 - asked once

        with contextlib.suppress(psycopg.OperationalError):
            pooler.check(self.conninfo, self.direct if self.pooled else None)

    def upgrade(self) -> None:
        """Bring it to the newest schema; several processes may do so at the same time."""
        from cohort_bot.storage import engine_schema, migrate  # noqa: PLC0415 - Alembic is only needed here, and slow to import

        self.check_pooler()
        engine = create_engine(self._direct, poolclass=NullPool, connect_args={"connect_timeout": 5})
        try:
            self._again(lambda: migrate.upgrade(engine), patient=False)
            self._again(lambda: engine_schema.upgrade(engine), patient=False)
        except OperationalError as error:
            kind = Unreachable if _lost(error) else CannotStart
            raise kind(self._why_not(error)) from None  # the cause would show the address with its password

    def open(self) -> None:
        """Nothing to do: connections are made when they are needed."""

    async def close(self) -> None:
        """Finish accepted work, then disconnect from the server."""
        for threads in (self._serial, self._threads):
            await asyncio.to_thread(threads.shutdown)
        await self.dispose()

    async def dispose(self) -> None:
        """Disconnect from the server when it was only read."""
        for threads in (self._serial, self._threads):
            threads.shutdown(wait=False)
        await asyncio.to_thread(self._engine.dispose)

    async def read(self, fn: Callable[[Store], T]) -> T:
        return await self._in_thread(lambda: self._again(lambda: self._read(fn)), self._threads)

    async def write(self, fn: Callable[[Store], T], *, fenced: bool = False, to_disk: bool = True) -> T:  # noqa: ARG002
        """Run `fn`, repeating it after conflicts; returns when the commit is on the server's disk."""
        engine, threads = (self._committed, self._threads) if fenced else (self._serializable, self._serial)
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            result = await self._in_thread(lambda: self._again(lambda: self._write(engine, fn)), threads)
        except DBAPIError as error:
            if _from_outside(error):
                self._writes.failed(type(error.orig).__name__, loop.time())
            raise
        self._writes.kept(loop.time())
        self.wrote(loop.time() - began)
        return result

    async def findings(self) -> Sequence[Finding]:
        return await self._writes.findings(self._try_writing, "Check PostgreSQL's log, its disk and the network.")

    async def _try_writing(self) -> None:
        try:
            await self.write(lambda store: store.health.try_writing(), fenced=True)
        except DBAPIError as error:
            self._writes.failed(type(error.orig).__name__, asyncio.get_running_loop().time())

    async def _in_thread(self, work: Callable[[], T], threads: ThreadPoolExecutor) -> T:
        call = functools.partial(contextvars.copy_context().run, work)
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(threads, call))

    def _why_not(self, error: OperationalError) -> str:
        """One line: the address that was tried, the server's message, and the cure."""
        where = self._direct.set(password=None, query={}).render_as_string()
        answer = " ".join(str(error.orig).split())[:200]
        name = "DATABASE_DIRECT_URL" if self.pooled else "DATABASE_URL"
        return f"{name}: PostgreSQL cannot be used at {where} ({answer}); start it, or correct the address"

    def _read(self, fn: Callable[[Store], T]) -> T:
        with self._snapshot.connect() as connection:
            return fn(SqlStore(connection, self.shelf))

    def _write(self, engine: Engine, fn: Callable[[Store], T]) -> T:
        with engine.connect() as connection:
            transaction = connection.begin()
            try:
                store = SqlStore(connection, self.shelf)
                result = fn(store)
                self.before_commit(connection, store)
                number: str | None = connection.scalar(_NUMBER)
            except BaseException:
                transaction.rollback()
                raise
            try:
                transaction.commit()
            except DBAPIError as error:
                if not (_lost(error) and number and self._was_committed(number)):
                    raise
            return result

    def _was_committed(self, number: str) -> bool:
        """Whether a transaction was committed whose connection broke just then. Raises when that cannot be found
        out.
        """

        def ask() -> bool:
            with self._committed.connect() as connection:
                status = connection.scalar(_STATUS, {"number": number})
            if status == "in progress":
                raise OperationalError(
                    "a transaction is still being ended", None, Exception(), connection_invalidated=True
                )
            return bool(status == "committed")

        return self._again(ask)

    def _again(self, work: Callable[[], T], *, patient: bool = True) -> T:
        """Run it until there is no conflict; if `patient`, also through a restart of the server."""
        lost = 0
        for tries in itertools.count(1):
            try:
                return work()
            except DBAPIError as error:
                if _lost(error) and patient and lost < len(RECONNECT):
                    log.warning("PostgreSQL cannot be reached (%s); trying again", type(error.orig).__name__)
                    time.sleep(RECONNECT[lost])
                    lost += 1
                    continue
                state = getattr(error.orig, "sqlstate", None)
                if not (state in CONFLICTS and tries < TRIES) and not (state == TAKEN and tries < TRIES_TAKEN):
                    raise
                time.sleep(secrets.randbelow(1000) / 1000 * min(LONGEST_PAUSE, 0.002 * 2.0 ** min(tries, 10)))
        raise AssertionError("counting does not end")


def _lost(error: DBAPIError) -> bool:
    """Whether the connection failed, and not the statement."""
    if error.connection_invalidated:
        return True
    if any(word in str(error.orig) for word in FINAL):
        return False
    state = getattr(error.orig, "sqlstate", None)
    passing = state is None or state[:2] == "08" or state in {"57P01", "57P02", "57P03"}
    return isinstance(error, OperationalError) and passing


def _from_outside(error: DBAPIError) -> bool:
    """Whether the server's state is the cause: disk full, read-only, shutting down, unreachable."""
    state = getattr(error.orig, "sqlstate", None)
    return _lost(error) or state == "25006" or (state or "")[:2] in {"53", "57", "58", "XX"}


def _nothing_more(_connection: Connection, _store: SqlStore) -> None:
    """The default for work that every transaction does besides its function."""
