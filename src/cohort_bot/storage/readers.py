"""The readers of a SQLite file: aiosqlite's connections, each with a thread in which a transaction runs as a whole.

Statement by statement, each would go to the thread and back, which costs more than SQLite takes for it.
"""

import asyncio
import contextvars
import sqlite3
from collections.abc import Callable
from typing import TypeVar, cast

import aiosqlite
from sqlalchemy import Connection, Engine

T = TypeVar("T")


class Reader(aiosqlite.Connection):
    """A connection that SQLAlchemy and aiosqlite share."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(self._open, iter_chunk_size=1)
        self._thread.daemon = True  # a process that ends waits for nobody who only reads
        self._engine = engine
        self._shared: Connection

    def _open(self) -> sqlite3.Connection:
        self._shared = self._engine.connect()
        return cast("sqlite3.Connection", self._shared.connection.dbapi_connection)

    async def opened(self) -> None:
        """Open it."""
        await self

    async def run(self, work: Callable[[Connection], T]) -> T:
        """What `work` returns, on one snapshot. Raises what it raises."""
        in_context = contextvars.copy_context().run
        return cast("T", await self._execute(in_context, self._transaction, work))  # type: ignore[no-untyped-call]

    def _transaction(self, work: Callable[[Connection], T]) -> T:
        with self._shared.begin():
            return work(self._shared)

    async def close(self) -> None:
        """Wait for the transactions under way, then close the connection."""
        await self._execute(self._shared.close)  # type: ignore[no-untyped-call]
        await super().close()


class Readers:
    """So many connections at most, opened when they are needed. Who finds none free waits without a limit."""

    def __init__(self, engine: Engine, most: int) -> None:
        self._engine = engine
        self._turns = asyncio.Semaphore(most)
        self._free: list[Reader] = []

    async def run(self, work: Callable[[Connection], T]) -> T:
        """What `work` returns, on one snapshot of the database. Raises what it raises, and DBAPIError."""
        async with self._turns:
            reader = self._free.pop() if self._free else await self._opened()
            try:
                return await reader.run(work)
            finally:
                self._free.append(reader)

    async def _opened(self) -> Reader:
        reader = Reader(self._engine)
        opening = asyncio.ensure_future(reader.opened())
        try:
            await asyncio.shield(opening)
        except asyncio.CancelledError:  # its thread opens the connection all the same: the next one may have it
            await opening
            self._free.append(reader)
            raise
        return reader

    async def close(self) -> None:
        """Close those that are open; nobody may be reading."""
        while self._free:
            await self._free.pop().close()
