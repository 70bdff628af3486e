"""The composition root: the only module that names concrete classes and puts them together."""

import asyncio
import contextlib
import logging
import signal
import socket
import sqlite3
import zoneinfo
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Self

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from cohort_bot.app.cohort import OPENING_AT, invite
from cohort_bot.app.delivery.courier import Courier
from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.app.delivery.ticker import Ticker
from cohort_bot.app.dispatch import Dispatcher
from cohort_bot.app.errors import PersonError
from cohort_bot.app.export import exported
from cohort_bot.app.ports import ChatPlatform, Clock, Finding, Programmes
from cohort_bot.app.services import Services
from cohort_bot.app.store import Store
from cohort_bot.app.table import TABLE
from cohort_bot.app.views.moderator import no_programme
from cohort_bot.app.views.week import opening
from cohort_bot.chat.message import plain
from cohort_bot.chat.place import Place
from cohort_bot.clocks import MovableClock
from cohort_bot.core.membership import Cohort
from cohort_bot.core.rounds import Calendar
from cohort_bot.platforms.local.adapter import LocalPlatform
from cohort_bot.platforms.local.chat import SAMPLES, Chat
from cohort_bot.programmes.library import Library, shipped_folder
from cohort_bot.settings import WrongSetting
from cohort_bot.storage import migrate
from cohort_bot.storage.database import SqliteDatabase, writer_engine
from cohort_bot.web.server import Metric, WebServer, build

log = logging.getLogger(__name__)

GRACE = 10.0
"""Seconds in which everything under way must end at a stop."""

TICK = 1.0

OVERDUE = timedelta(minutes=5)
"""A post that has been due for longer means that the bot is not ready."""

SAMPLE_COHORT = "Sample cohort"
SAMPLE_ROOM = "study-hall"


class AlreadyRunning(Exception):
    """Another process works on the same database file."""


def same_time_zones_everywhere() -> None:
    """Use the pinned tzdata package and not the machine's own copy, so that every machine agrees on an instant."""
    zoneinfo.reset_tzpath(to=[])


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the database file for this process; the lock ends with it, however it ends. Raises AlreadyRunning."""
    holder = sqlite3.connect(path.with_name(path.name + ".lock"), timeout=0, isolation_level=None)
    try:
        holder.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        holder.close()
        raise AlreadyRunning(
            f"another cohort-bot is running on {path}; stop it first, or use another database"
        ) from None
    try:
        yield
    finally:
        holder.close()


class Application:
    """The whole bot on one SQLite file with the given platforms. Use it as `async with Application(...) as bot`."""

    def __init__(
        self,
        database: Path,
        programmes: Programmes,
        platforms: Mapping[str, ChatPlatform],
        clock: Clock,
        pacing: Pacing | None = None,
    ) -> None:
        self.database = SqliteDatabase(database)
        self.platforms = platforms
        self.clock = clock
        self._programmes = programmes
        self.courier = Courier(self.database, programmes, platforms, clock, pacing)
        self.ticker = Ticker(self.database, programmes, self.courier, clock)
        services = Services(self.database, programmes, platforms, TABLE, self._changed)
        self.dispatcher = Dispatcher(services, clock.elapsed)
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._running: asyncio.Task[None] | None = None
        self._ticks: set[asyncio.Task[int]] = set()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(upgrade, self.database.path)
        self.database.open()
        for platform in self.platforms.values():
            await platform.start(TABLE, self.dispatcher, self.dispatcher.complete)
        self._running = asyncio.create_task(self.courier.run())
        # An in-memory ticker and nothing else: its job stores lose or double jobs, the ledger does not.
        self._scheduler.add_job(
            self.ticker.tick, "interval", seconds=TICK, coalesce=True, max_instances=1, misfire_grace_time=None
        )
        self._scheduler.start()
        for finding in await self.findings():
            log.warning("%s %s", finding.problem, finding.cure)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    async def stop(self) -> None:
        """Take no more work, finish what is under way within ten seconds, close the file. Twice is harmless."""
        running, self._running = self._running, None
        if running is None:
            return
        self._scheduler.shutdown(wait=False)
        stops = (platform.stop(GRACE / 2) for platform in self.platforms.values())
        await asyncio.gather(*stops, return_exceptions=True)
        self.courier.stop()
        try:
            async with asyncio.timeout(GRACE / 2):
                await running
        except TimeoutError:
            log.warning("stopped with messages under way; they are looked up at the next start")
        await asyncio.gather(*self._ticks, return_exceptions=True)
        await self.database.close()

    def _changed(self) -> None:
        """A command changed something: plan at once what follows from it, and deliver."""
        task = asyncio.create_task(self.ticker.tick())
        self._ticks.add(task)
        task.add_done_callback(self._ticks.discard)
        self.courier.wake()

    async def settle(self) -> None:
        """Plan and deliver everything that is due now."""
        await self.ticker.tick()
        await self.courier.drain()

    async def findings(self) -> Sequence[Finding]:
        """What keeps the bot from working right now; empty when nothing does."""
        at = self.clock.now()
        try:
            oldest, cohorts = await self.database.read(
                lambda store: (store.deliveries.next_due(), store.cohorts.active())
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, it is not ready
            return [Finding(f"The database cannot be read: {type(error).__name__}.", "Look at its file and the log.")]
        if oldest is not None and at - oldest > OVERDUE:
            return [Finding(f"A post has been due since {oldest:%Y-%m-%d %H:%M} UTC.", "See the log for the reason.")]
        return [no_programme(cohort) for cohort in cohorts if self._programmes.get(cohort.programme) is None]

    def metrics(self) -> Iterator[Metric]:
        """Figures of the running bot, in Prometheus's manner."""
        yield Metric(
            "cohort_bot_deliveries_sent_total", self.courier.sent, "counter", "Messages posted since the start."
        )


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
        """When the next thing goes out by itself."""
        return await self.bot.ticker.next_due() if self.bot else None

    async def advance(self, to: datetime) -> None:
        """Go to the instant, through all that falls due on the way."""
        if to < self.now():
            raise PersonError("The clock only goes forward. Please give a later date.")
        if self.bot is None:
            return
        while (due := await self.next_due()) is not None and due <= to:
            self._move_to(due)
            await self.bot.settle()
        self._move_to(to)
        await self.bot.settle()


def upgrade(path: Path) -> None:
    """Bring a database file to the newest schema, making it if it is not there."""
    engine = writer_engine(path)
    try:
        migrate.upgrade(engine)
    finally:
        engine.dispose()


async def export(path: Path, name: str) -> list[dict[str, object]]:
    """Every check-in of the cohort called `name` or `workspace/name`. Raises LookupError."""
    database = SqliteDatabase(path)
    try:
        return await database.read(lambda store: exported(store, name))
    finally:
        await database.dispose()


def preview(library: Library, slug: str | None, number: int) -> str:
    """A week's card as each platform would show it, for a cohort that starts on a sample date. Raises LookupError."""
    known = ", ".join(library.slugs()) or "none"
    programme = library.get(slug or next(iter(library.slugs()), ""))
    if programme is None:
        raise LookupError(f"There is no programme {slug!r}; there is: {known}")
    if programme.week(number) is None:
        raise LookupError(f"{programme.slug} has weeks 1 to {programme.length}, not {number}")
    calendar = Calendar(date(2027, 1, 4), OPENING_AT, "UTC")
    at = calendar.opens(number)
    cohort = Cohort(1, "local", "sample", SAMPLE_COHORT, programme.slug, calendar, at, "sample")
    card = opening(cohort, programme, number, late=None, missed=())
    return plain(card)


async def run_demo(database: Path, programme: Path | None, bound: socket.socket, say: Callable[[str], None]) -> None:
    """The playground on a database file, until SIGINT or SIGTERM. What was posted is kept beside the file."""
    library = Library([programme] if programme else [shipped_folder()])
    if not library.slugs():
        raise WrongSetting("\n".join(f"{finding.problem} Cure: {finding.cure}" for finding in library.findings))
    chat = Chat(database.with_name(database.name + ".chat"))
    clock = MovableClock(timedelta(seconds=float(chat.value("shift") or 0)))

    def move_to(at: datetime) -> None:
        clock.move_to(at)
        chat.keep("shift", str(clock.shift.total_seconds()))

    time = DemoTime(clock, move_to)
    local = LocalPlatform(chat, time)
    try:
        async with Application(database, library, {local.name: local}, clock) as bot:
            time.bot = bot
            await _sample_cohort(bot, library)
            web = WebServer(build(ready=bot.findings, metrics=bot.metrics, mounts={"/": local.asgi()}), bound)
            await web.start()
            say(f"cohort-bot is at http://{bound.getsockname()[0]}:{web.port}/ (Ctrl-C ends it)")
            await stopped()
            await local.stop(0)
            await web.stop()
    finally:
        chat.close()
        bound.close()


async def _sample_cohort(bot: Application, programmes: Programmes) -> None:
    """A cohort to look at, if there is none: it starts on the next Monday in the second room."""
    now = bot.clock.now()
    monday = now.date() + timedelta(days=7 - now.weekday())

    def write(store: Store) -> None:
        if store.cohorts.next_due() is not None:
            return
        cohort = store.cohorts.add(
            platform=LocalPlatform.name,
            workspace=LocalPlatform.workspace,
            name=SAMPLE_COHORT,
            programme=programmes.slugs()[0],
            calendar=Calendar(monday, OPENING_AT, "UTC"),
            at=now,
            creator=SAMPLES[0].id,
        )
        invite(store, cohort, Place(LocalPlatform.name, LocalPlatform.workspace, SAMPLE_ROOM), now)

    await bot.database.write(write)
    bot.courier.wake()


async def stopped() -> None:
    """Return at the first SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # signal.signal and not loop.add_signal_handler, which Windows does not have.
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    await stop.wait()
