"""Locks of a PostgreSQL server that end with the connection that holds them, however it ends."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final

import psycopg
from psycopg import sql

log = logging.getLogger(__name__)

WHOLE: Final = 100_000
"""The number that stands for the whole family: a process with a part of it holds this one shared."""

LOOK: Final = 1.0
"""Seconds between two checks whether the locks are still held, or free."""


class Held:
    """Exclusive locks on some numbers of a family, or with none given on the whole of it.

    `lost` is set when the connection broke and another process holds them.
    """

    def __init__(self, conninfo: str, family: int, numbers: Sequence[int]) -> None:
        self._conninfo = conninfo
        self._family = family
        self._wanted = [(number, "") for number in sorted(numbers)] or [(WHOLE, "")]
        self._wanted += [(WHOLE, "_shared")] if numbers else []
        self._connection: psycopg.AsyncConnection | None = None
        self._watching: asyncio.Task[None] | None = None
        self._reached = True
        self.lost = asyncio.Event()

    async def acquire(self, waiting: Callable[[], None]) -> None:
        """Return when all of them are held; `waiting` is called once when another process holds one of them."""
        announced = False
        while not await self._try():
            if not announced and self._reached:
                waiting()
                announced = True
            await asyncio.sleep(LOOK)
        self._watching = asyncio.create_task(self._watch())

    async def release(self) -> None:
        """Release them."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        await self._hang_up()

    async def _try(self) -> bool:
        """Take all of them or none."""
        try:
            self._connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True, connect_timeout=5)
            for number, how in self._wanted:
                query = sql.SQL("SELECT {}(%s, %s)").format(sql.Identifier(f"pg_try_advisory_lock{how}"))
                answer = await self._connection.execute(query, (self._family, number))
                row = await answer.fetchone()
                if row is None or not row[0]:
                    await self._hang_up()
                    self._reached = True
                    return False
        except psycopg.OperationalError as error:
            if self._reached:
                log.warning("PostgreSQL cannot be reached for a lock (%s); trying again", type(error).__name__)
            self._reached = False
            await self._hang_up()
            return False
        self._reached = True
        return True

    async def _watch(self) -> None:
        """A broken connection has lost its locks: take them again, unless another process was quicker."""
        while True:
            await asyncio.sleep(LOOK)
            try:
                if self._connection is not None:
                    await self._connection.execute("SELECT 1")
                    continue
            except psycopg.OperationalError:
                await self._hang_up()
            if not await self._reachable():
                continue
            if not await self._try():
                self.lost.set()
                return

    async def _reachable(self) -> bool:
        try:
            async with await psycopg.AsyncConnection.connect(self._conninfo, connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False

    async def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
