"""The running bot: its platforms, courier and ticker started, watched and stopped together."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, Self, TypeVar

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from cohort_bot.app.delivery.carried import CarriedCourier
from cohort_bot.app.delivery.courier import Courier
from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.app.delivery.stalled import LATE, MOST, Renews, Stalled
from cohort_bot.app.delivery.ticker import TOGETHER, Ticker
from cohort_bot.app.dispatch import Dispatcher
from cohort_bot.app.health import Standing, Waiting
from cohort_bot.app.ports import ChatPlatform, Clock, Database, Finding, Lodger, Programmes
from cohort_bot.app.services import Services
from cohort_bot.app.store import AHEAD, Store
from cohort_bot.app.table import TABLE
from cohort_bot.app.views import adapters, waiting
from cohort_bot.app.views.moderator import AWAY, no_programme
from cohort_bot.app.watching import Nobody, TimedDatabase, Watch

log = logging.getLogger(__name__)

T = TypeVar("T")

GRACE = 10.0
"""Seconds in which everything under way must end at a stop."""

TICK = 1.0

PLAN_SOON = 0.1
"""Seconds after a change until what follows from it is planned."""


class OwnDatabase(Database, Protocol):
    """A database that the bot brings to the newest schema, opens and closes itself."""

    def upgrade(self) -> None:
        """Bring it to the newest schema, making it if it is not there. Takes its time: call it in a thread."""

    def open(self) -> None:
        """Take transactions from now on."""

    async def close(self) -> None:
        """Finish what was accepted, then let go of it."""

    async def findings(self) -> Sequence[Finding]:
        """Why nothing can be saved right now; tried, unless something was saved just now."""


class _Opening(Database):
    """A database that lets everybody wait until it has the newest schema, while the platforms connect already."""

    def __init__(self, database: OwnDatabase) -> None:
        self._database = database
        self._opened = asyncio.Event()

    async def open(self) -> None:
        """Bring it to the newest schema, and let those who wait go on."""
        await asyncio.to_thread(self._database.upgrade)
        self._database.open()
        self._opened.set()

    async def close(self) -> None:
        """Finish what was accepted, then let go of it; nothing when it was never opened."""
        if self._opened.is_set():
            await self._database.close()

    async def findings(self) -> Sequence[Finding]:
        """Why nothing can be saved right now; empty before it was opened."""
        return await self._database.findings() if self._opened.is_set() else ()

    async def read(self, fn: Callable[[Store], T]) -> T:
        """As the port says."""
        await self._opened.wait()
        return await self._database.read(fn)

    async def write(self, fn: Callable[[Store], T], *, fenced: bool = False) -> T:
        """As the port says."""
        await self._opened.wait()
        return await self._database.write(fn, fenced=fenced)


class Engine(Renews, Protocol):
    """Says which process brings which lane of the ledger, where several share it."""

    async def run(self, deliver: Callable[[str, int], Awaitable[float | None]], share: Callable[[int], None]) -> None:
        """Call `deliver` for each lane in which something has come due, with the job that answers for it, until
        stopped; and `share` with how many processes do so.
        """

    def stop(self) -> None:
        """Take no more lanes; `run` returns when those under way have ended."""


class Application:
    """The whole bot on a database with the given platforms. Use it as `async with Application(...) as bot`."""

    def __init__(
        self,
        database: OwnDatabase,
        programmes: Programmes,
        platforms: Mapping[str, ChatPlatform],
        clock: Clock,
        pacing: Pacing | None = None,
        watch: Watch | None = None,
        engine: Engine | None = None,
        *,
        carries: bool = True,
    ) -> None:
        """With `engine` it says which rows are brought here; without `carries` other processes plan and deliver."""
        self.database = _Opening(database)
        self.platforms = platforms
        self.clock = clock
        self._programmes = programmes
        watch = watch or Nobody()
        timed = TimedDatabase(self.database, watch, clock.elapsed)
        self._carries = carries
        self._engine = engine
        kind = Courier if engine is None else CarriedCourier
        self.courier = kind(timed, programmes, platforms, clock, pacing, watch)
        # An engine gives a row out when it is due; where this process has the ledger to itself, it works ahead.
        self.ticker = Ticker(timed, programmes, self.courier, clock, AHEAD if engine is None else timedelta())
        self.stalled = Stalled(timed, clock, self.courier, engine)
        services = Services(timed, programmes, platforms, TABLE, self._changed)
        self.dispatcher = Dispatcher(services, clock.elapsed, watch)
        for platform in platforms.values():
            if isinstance(platform, Lodger):
                platform.lend(self.database, partial(self.courier.resume, platform.name))
        self._schema: str | None = None
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._started = False
        self._running: asyncio.Task[None] | None = None
        self._engaged: asyncio.Task[None] | None = None
        self._planning: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._started = True
        try:
            # Connecting waits for the network, the schema for the disk; what people do meanwhile waits for the schema.
            answer = (TABLE, self.dispatcher, self.dispatcher.complete)
            await _all(self._open(), *(platform.start(*answer) for platform in self.platforms.values()))
            await self.database.write(self._try_again)
        except BaseException:
            await self.stop()
            raise
        if self._carries:
            self._carry()
        for finding in await self.findings():
            log.warning("%s %s", finding.problem, finding.cure)
        return self

    def _carry(self) -> None:
        """Plan and deliver from now on."""
        self._running = asyncio.create_task(self.courier.run())
        self._watching = asyncio.create_task(self.stalled.run())
        if self._engine is not None and isinstance(self.courier, CarriedCourier):
            self._engaged = asyncio.create_task(self._engine.run(self.courier.deliver, self.courier.share))
        # An in-memory ticker and nothing else: its job stores lose or double jobs, the ledger does not.
        self._scheduler.add_job(
            self.ticker.tick, "interval", seconds=TICK, coalesce=True, max_instances=1, misfire_grace_time=None
        )
        self._scheduler.start()

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    async def _open(self) -> None:
        await self.database.open()
        if self._carries:
            await self._look_again()
        self._schema = (await self.database.read(lambda store: store.health.standing())).schema

    async def _look_again(self) -> None:
        """A programme may have been edited while nobody looked: what is due next is worked out anew.

        Some cohorts at a time: others may be writing, and what gets in their way is begun anew.
        """
        cohorts = [cohort.id for cohort in await self.database.read(lambda store: store.cohorts.active())]
        for start in range(0, len(cohorts), TOGETHER):
            await self.database.write(partial(_replan, cohorts[start : start + TOGETHER]))

    async def stop(self) -> None:
        """Take no more work, finish what is under way within ten seconds, close the file. Twice is harmless."""
        if not self._started:
            return
        self._started = False
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        stops = (platform.stop(GRACE / 2) for platform in self.platforms.values())
        await asyncio.gather(*stops, return_exceptions=True)
        if self._engine is not None:
            self._engine.stop()
        self.courier.stop()
        if self._watching is not None:
            self._watching.cancel()
        try:
            async with asyncio.timeout(GRACE / 2):
                for task in (self._running, self._engaged):
                    if task is not None:
                        await task
        except TimeoutError:
            log.warning("stopped with messages under way; they are looked up at the next start")
        if self._planning is not None:
            await asyncio.gather(self._planning, return_exceptions=True)
        await self.database.close()

    def _try_again(self, store: Store) -> None:
        """Whoever starts it has mended what is mended from outside: what waited for access goes out again."""
        for name in self.platforms:
            store.deliveries.rearm_parked_for(name, AWAY, self.clock.now())

    def _changed(self) -> None:
        """A command changed something: deliver, and plan soon what follows; changes in a row are planned together."""
        if not self._carries:
            return
        self.courier.wake()
        if self._planning is None or self._planning.done():
            self._planning = asyncio.create_task(self._plan_soon())

    async def _plan_soon(self) -> None:
        await asyncio.sleep(PLAN_SOON)
        await self.ticker.tick()

    async def settle(self) -> None:
        """Plan and deliver everything that is due now."""
        await self.ticker.tick()
        await self.courier.drain()

    async def findings(self) -> Sequence[Finding]:
        """What keeps the bot from working right now; empty when nothing does."""
        at = self.clock.now()
        if unsaved := await self.database.findings():
            return unsaved
        try:
            standing, cohorts, late = await self.database.read(
                lambda store: (store.health.standing(), store.cohorts.active(), store.health.waiting(at - LATE, MOST))
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, it is not ready
            return [Finding(f"The database cannot be read: {type(error).__name__}.", "Look at its file and the log.")]
        if standing.schema != self._schema:
            problem = f"The database has the schema {standing.schema}, this bot was started on {self._schema}."
            return [Finding(problem, "Update this machine to the same release, and start it again.")]
        if late:
            return waiting.findings(late, self.stalled.why(late))
        unread = [no_programme(cohort) for cohort in cohorts if self._programmes.get(cohort.programme) is None]
        return [*unread, *(finding for platform in self.platforms.values() for finding in platform.findings())]

    async def figures(self) -> tuple[Standing | None, Mapping[str, bool], Sequence[Waiting]]:
        """How the database stands, None when it cannot be read, which platforms can be used, and what is due."""
        connected = {name: not platform.findings() for name, platform in self.platforms.items()}
        at = self.clock.now()
        try:
            standing, lanes = await self.database.read(
                lambda store: (store.health.standing(), store.health.waiting(at, MOST))
            )
        except Exception:
            log.exception("the database cannot be read")
            return None, connected, ()
        return standing, connected, lanes


class DemoTime:
    """The playground's clock: moving it visits every due instant in order, so nothing is skipped as after an outage."""

    def __init__(self, clock: Clock, move_to: Callable[[datetime], None]) -> None:
        self._clock = clock
        self._move_to = move_to
        self.bot: Application | None = None

    def now(self) -> datetime:
        """Where the calendar stands."""
        return self._clock.now()

    async def next_due(self) -> datetime | None:
        """When the next thing goes out by itself, always ahead: what a command has just moved is planned first."""
        if self.bot is None:
            return None
        due = await self.bot.ticker.next_due()
        if due is not None and due <= self.now():
            await self.bot.ticker.tick()
            due = await self.bot.ticker.next_due()
        return due if due is None or due > self.now() else None  # a cohort that cannot be planned holds nobody up

    async def advance(self, to: datetime) -> None:
        """Go to the instant, through all that falls due on the way."""
        if to < self.now():
            raise adapters.clock_backwards()
        if self.bot is None:
            return
        while (due := await self.next_due()) is not None and due <= to:
            self._move_to(due)
            await self.bot.settle()
        self._move_to(to)
        await self.bot.settle()


async def _all(*work: Coroutine[Any, Any, None]) -> None:
    """All at once; when one fails the others are cancelled, and have ended when its error is raised."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


def _replan(cohorts: Sequence[int], store: Store) -> None:
    for cohort_id in cohorts:
        store.cohorts.replan(cohort_id)
