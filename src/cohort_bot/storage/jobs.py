"""The engine that distributes deliveries where several processes share one PostgreSQL: procrastinate.

A job only means that something may be due in a lane: the ledger alone holds what is to be posted, in which order,
whether it was posted and whether it is still wanted. A job is written in the transaction that makes a row; through
`lock` one process at a time has a lane; the heartbeat of a worker is the only lease.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import procrastinate
import psycopg
from procrastinate.exceptions import ConnectorException, ProcrastinateException
from procrastinate.jobs import DeleteJobCondition, Job
from procrastinate.manager import JobManager
from sqlalchemy import Connection, bindparam, func, select, text
from sqlalchemy.exc import OperationalError

from cohort_bot.app.ports.store import SOON, Store
from cohort_bot.core.delivery_states import State
from cohort_bot.storage.ledger_sql import moving
from cohort_bot.storage.postgres import PostgresDatabase
from cohort_bot.storage.store import SqlStore
from cohort_bot.storage.tables import OPEN, deliveries

log = logging.getLogger(__name__)

Deliver = Callable[[str, int], Awaitable[float | None]]
"""(the lane, the job) -> after how many seconds to request it again, None when nothing in it is due. Called by the
engine.
"""

QUEUE: Final = "lanes"
TASK: Final = "bring"
BEFORE: Final = "deliveries"
"""The queue of earlier releases, which had a job for each row in an order of their own."""

AT_ONCE: Final = 200
"""The most jobs that one process has at a time: most of them wait for their turn or for an answer."""

LONGEST: Final = 300.0
"""Seconds after which a waiting lane is checked again, however long it has to wait."""

RECONCILING: Final = 7_210_002
"""PostgreSQL's number of the lock for finding lanes without a job, which one process holds at a time."""


@dataclass(frozen=True, slots=True)
class Beat:
    """Times in seconds. `stalled` is when a process without a heartbeat counts as dead: longer than any call to a
    platform may last. `look` is between two checks for jobs of dead processes and for lanes that have come due without
    a job.
    """

    heartbeat: float = 5.0
    stalled: float = 40.0
    look: float = 5.0
    poll: float = 1.0
    again: int = 5


_DUE: Any = bindparam("at", type_=deliveries.c.due.type)
_LANES = (
    select(deliveries.c.lane)
    .where(text(OPEN), deliveries.c.due <= _DUE)
    .group_by(deliveries.c.lane)
    .order_by(func.min(deliveries.c.due), func.min(deliveries.c.id))
)
_OPENED = _LANES.where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
_FORGOTTEN = _LANES.where(
    text(
        "NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS job"
        " WHERE job.status IN ('todo', 'doing') AND job.lock = deliveries.lane)"
    )
).limit(5000)


class _NotYet(Exception):
    def __init__(self, seconds: float) -> None:
        super().__init__("not yet")
        self.seconds = seconds


class _Again(procrastinate.BaseRetryStrategy):
    """A lane is requested until nothing in it is due: the courier decides how long it waits."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision:  # noqa: ARG002
        seconds = exception.seconds if isinstance(exception, _NotYet) else self._seconds
        return procrastinate.RetryDecision(retry_in={"milliseconds": int(min(seconds, LONGEST) * 1000)})


class _Connector(procrastinate.PsycopgConnector):
    """Procrastinate's connector, listening at the server's own address: a pooler passes on no notifications."""

    def __init__(self, database: PostgresDatabase) -> None:
        given: dict[str, object] = {"prepare_threshold": None} if database.pooled else {}
        super().__init__(conninfo=database.conninfo, max_size=10, kwargs=given)
        self._direct = database.direct

    @contextlib.asynccontextmanager
    async def _get_standalone_connection(self) -> AsyncGenerator[psycopg.AsyncConnection[Any], None]:
        async with await psycopg.AsyncConnection.connect(self._direct, autocommit=True) as connection:
            yield connection


class Jobs:
    """Writes jobs together with rows of the ledger; `run` works on them. `now` is the calendar's instant."""

    def __init__(self, database: PostgresDatabase, now: Callable[[], datetime], beat: Beat | None = None) -> None:
        self._database = database
        self._now = now
        self._beat = beat or Beat()
        self._writing = JobManager(procrastinate.SyncPsycopgConnector())  # never opened: it uses our own connections
        self._running: set[int] = set()
        self._workers: set[int] = set()
        self._left: set[int] = set()
        self._stopping = asyncio.Event()
        database.before_commit = self._defer_new

    def _defer_new(self, connection: Connection, store: SqlStore) -> None:
        """In the transaction that opened the rows: either both exist or neither."""
        if store.opened:
            at = self._now() + SOON
            self._defer(connection, connection.execute(_OPENED, {"ids": list(store.opened), "at": at}).scalars())

    def _defer(self, connection: Connection, lanes: Iterable[str], priority: int = 0) -> int:
        what: dict[str, Any] = {"queue": QUEUE, "queueing_lock": None, "task_name": TASK, "priority": priority}
        jobs = [Job(lock=lane, task_kwargs={"lane": lane}, **what) for lane in lanes]
        if jobs:
            try:
                self._writing.batch_defer_jobs(jobs, connection=connection.connection.driver_connection)
            except ConnectorException as error:  # as from any other statement, so that a conflict is run again
                if isinstance(error.__cause__, psycopg.Error):
                    raise OperationalError("defer", None, error.__cause__) from error
                raise
        return len(jobs)

    async def run(self, deliver: Deliver, share: Callable[[int], None]) -> None:
        """Deliver until stopped, even through a restart of the server. `share` is called with the number of processes
        that deliver.
        """
        looking = asyncio.create_task(self._look_after(share))
        try:
            while not self._stopping.is_set():
                try:
                    await self._work(deliver)
                except (ProcrastinateException, OSError) as error:
                    log.warning("the deliveries' engine has lost PostgreSQL (%s); trying again", type(error).__name__)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), self._beat.poll)
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    async def others(self) -> Collection[str]:
        """The lanes that another process has, and those that wait until a set time."""

        def read(store: Store) -> frozenset[str]:
            return frozenset(_connection(store).execute(_OTHERS, {"workers": [*self._workers, 0]}).scalars())

        return await self._database.read(read)

    async def renew(self, lane: str) -> None:
        """Give the lane a new job, ahead of all others, in place of its jobs that no process is working on."""

        def write(store: Store) -> None:
            _connection(store).execute(_DROP, {"lane": lane})
            self._defer(_connection(store), [lane], priority=1)

        await self._database.write(write, fenced=True)

    def stop(self) -> None:
        """Take no more jobs; `run` returns when those under way have ended."""
        self._stopping.set()

    async def _work(self, deliver: Deliver) -> None:
        app = procrastinate.App(connector=_Connector(self._database))

        @app.task(name=TASK, pass_context=True, retry=_Again(self._beat.again))
        async def carry(context: procrastinate.JobContext, lane: str) -> None:
            number = context.job.id or 0
            self._workers.add(context.job.worker_id or 0)
            self._running.add(number)
            bringing = asyncio.ensure_future(deliver(lane, number))
            # When this worker is given up, its deliveries under way are not.
            bringing.add_done_callback(lambda _: self._running.discard(number))
            wait = await asyncio.shield(bringing)
            if wait:
                raise _NotYet(wait)
            if wait is not None:  # there is more, behind the others
                await carry.configure(queue=QUEUE, lock=lane).defer_async(lane=lane)

        async with app.open_async():
            working = asyncio.create_task(
                app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=AT_ONCE,
                    install_signal_handlers=False,
                    delete_jobs=DeleteJobCondition.ALWAYS,
                    fetch_job_polling_interval=self._beat.poll,
                    update_heartbeat_interval=self._beat.heartbeat,
                    stalled_worker_timeout=self._beat.stalled,
                )
            )
            stopped = asyncio.create_task(self._stopping.wait())
            await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            if not working.done():
                working.cancel()  # the worker then waits for the jobs that are under way
            with contextlib.suppress(asyncio.CancelledError):
                await working

    async def _look_after(self, share: Callable[[int], None]) -> None:
        """At intervals: move jobs of dead processes to live ones, give a job to lanes without one, count the delivering
        processes.

        At the first check our own worker may not be listed yet, so it is counted separately.
        """
        ourselves = 1
        while True:
            try:
                share(ourselves + await self._database.read(self._carriers))
                ourselves = 0
                await self._database.write(self._reconcile, fenced=True)
            except Exception:
                log.exception("the deliveries' jobs cannot be checked; trying again")
            await asyncio.sleep(self._beat.look)

    def _carriers(self, store: Store) -> int:
        """How many processes have a heartbeat; one that died is counted until it counts as dead."""
        return int(_connection(store).scalar(_CARRIERS, {"stalled": self._beat.stalled}) or 0)

    def _reconcile(self, store: Store) -> int:
        """The ledger is the truth: a lane in which something is due gets a job, and a message that is being sent by no
        process is looked up. Returns how many lanes had none.
        """
        connection = _connection(store)
        if self._running:
            connection.execute(_BEAT, {"running": list(self._running)})
        if not connection.scalar(text(f"SELECT pg_try_advisory_xact_lock({RECONCILING})")):
            return 0
        connection.execute(_RETRY_STALLED, {"stalled": self._beat.stalled})
        self._finish_left(connection)
        connection.execute(_DROP_BEFORE)
        connection.execute(_TOO_LATE)
        connection.execute(_ORPHANED, {"at": self._now()})
        return self._defer(connection, connection.execute(_FORGOTTEN, {"at": self._now()}).scalars())

    def _finish_left(self, connection: Connection) -> None:
        """A job of ours that nothing works on, twice in a row: its end could not be recorded, so it is given out
        again.
        """
        ours = connection.execute(_OURS, {"workers": list(self._workers)}).scalars() if self._workers else ()
        left = set(ours) - self._running
        for number in left & self._left:
            connection.execute(_RETRY, {"job": number})
        self._left = left - self._left


def _connection(store: Store) -> Connection:
    if not isinstance(store, SqlStore):
        raise TypeError("the engine needs SQL")
    return store.connection


_CARRIERS = text(
    "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => :stalled)"
)
_OURS = text("SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND worker_id IN :workers").bindparams(
    bindparam("workers", expanding=True)
)
_OTHERS = text(
    "SELECT job.lock FROM procrastinate_jobs AS job JOIN procrastinate_workers AS worker ON worker.id = job.worker_id"
    " WHERE job.status = 'doing' AND worker.id NOT IN :workers"
    " UNION SELECT lock FROM procrastinate_jobs WHERE status = 'todo' AND scheduled_at > now()"
).bindparams(bindparam("workers", expanding=True))
_DROP = text("DELETE FROM procrastinate_jobs WHERE status = 'todo' AND lock = :lane")
# A worker that lost the server is given up, but its deliveries under way are finished.
_BEAT = text(
    "UPDATE procrastinate_workers SET last_heartbeat = now()"
    " WHERE id IN (SELECT worker_id FROM procrastinate_jobs WHERE id IN :running)"
).bindparams(bindparam("running", expanding=True))
_RETRY = text("SELECT procrastinate_retry_job_v2(:job, now(), NULL, NULL, NULL)")
_RETRY_STALLED = text(
    "SELECT procrastinate_retry_job_v2(job.id, now(), NULL, NULL, NULL) FROM procrastinate_jobs AS job"
    " LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id"
    " WHERE job.status = 'doing'"
    " AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => :stalled))"
)
_DROP_BEFORE = text("DELETE FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = :before").bindparams(
    before=BEFORE
)
# The library computes by the machine's calendar when a job is tried again; that may have been wrong by a year.
_TOO_LATE = text(
    "UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo' AND queue_name = :queue"
    " AND scheduled_at > now() + make_interval(secs => :longest)"
).bindparams(queue=QUEUE, longest=2 * LONGEST)
_ORPHANED = (
    moving(State.SENDING, State.UNKNOWN)
    .values(updated=_DUE)
    .where(
        text(
            "NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS job WHERE job.status = 'doing'"
            " AND (job.id = deliveries.job_id OR CAST(job.args->>'delivery_id' AS bigint) = deliveries.id))"
        )
    )
)
