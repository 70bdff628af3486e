"""The composition root: the only module that names concrete classes and puts them together."""

import asyncio
import contextlib
import json
import logging
import signal
import sqlite3
import zoneinfo
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Self

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from cohort_bot.app.cohort import OPENING_AT
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
from cohort_bot.clocks import SystemClock
from cohort_bot.core.membership import Cohort
from cohort_bot.core.rounds import Calendar
from cohort_bot.programmes.library import Library, shipped_folder
from cohort_bot.settings import Settings, WrongSetting
from cohort_bot.storage import migrate
from cohort_bot.storage.database import SqliteDatabase, writer_engine
from cohort_bot.web.server import Metric, WebServer, bind, build

log = logging.getLogger(__name__)

GRACE = 10.0
"""Seconds in which everything under way must end at a stop."""

TICK = 1.0

PLAN_SOON = 0.1
"""Seconds after a change until what follows from it is planned."""

OVERDUE = timedelta(minutes=5)
"""A post that has been due for longer means that the bot is not ready."""


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
        self._planning: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(upgrade, self.database.path)
        self.database.open()
        await self.database.write(_look_again)
        self._running = asyncio.create_task(self.courier.run())
        try:
            for platform in self.platforms.values():
                await platform.start(TABLE, self.dispatcher, self.dispatcher.complete)
        except BaseException:
            await self.stop()
            raise
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
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        stops = (platform.stop(GRACE / 2) for platform in self.platforms.values())
        await asyncio.gather(*stops, return_exceptions=True)
        self.courier.stop()
        try:
            async with asyncio.timeout(GRACE / 2):
                await running
        except TimeoutError:
            log.warning("stopped with messages under way; they are looked up at the next start")
        if self._planning is not None:
            await asyncio.gather(self._planning, return_exceptions=True)
        await self.database.close()

    def _changed(self) -> None:
        """A command changed something: deliver, and plan soon what follows; changes in a row are planned together."""
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
        try:
            oldest, cohorts = await self.database.read(
                lambda store: (store.deliveries.next_due(), store.cohorts.active())
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, it is not ready
            return [Finding(f"The database cannot be read: {type(error).__name__}.", "Look at its file and the log.")]
        if oldest is not None and at - oldest > OVERDUE:
            return [Finding(f"A post has been due since {oldest:%Y-%m-%d %H:%M} UTC.", "See the log for the reason.")]
        unread = [no_programme(cohort) for cohort in cohorts if self._programmes.get(cohort.programme) is None]
        return [*unread, *(finding for platform in self.platforms.values() for finding in platform.findings())]

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
            raise PersonError("The clock only goes forward. Please give a later date.")
        if self.bot is None:
            return
        while (due := await self.next_due()) is not None and due <= to:
            self._move_to(due)
            await self.bot.settle()
        self._move_to(to)
        await self.bot.settle()


def _look_again(store: Store) -> None:
    """A programme may have been edited while nobody looked: what is due next is worked out anew."""
    for cohort in store.cohorts.active():
        store.cohorts.replan(cohort.id)


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
    cohort = Cohort(1, "local", "sample", "Sample cohort", programme.slug, calendar, at, "sample")
    card = opening(cohort, programme, number, "local", late=None, missed=())
    from cohort_bot.platforms.discord import render as discord  # noqa: PLC0415 - see `platforms`
    from cohort_bot.platforms.slack import render as slack  # noqa: PLC0415

    parts = [part.blocks for part in slack.parts(card)]
    components: object = discord.message(card).view.to_components()  # type: ignore[no-untyped-call]
    shown = {"Discord": components, "Slack": parts[0] if len(parts) == 1 else parts}
    payloads = (f"== {name}\n{json.dumps(body, indent=2, ensure_ascii=False)}" for name, body in shown.items())
    return "\n\n".join([f"== Text\n{plain(card)}", *payloads])


def platforms(settings: Settings, clock: Clock) -> dict[str, ChatPlatform]:
    """Every platform whose tokens are set, not connected yet. Raises WrongSetting when there is none.

    A platform is imported only when it is used: each costs a third of a second and 40 MiB.
    """
    found: dict[str, ChatPlatform] = {}
    if settings.discord_token:
        from cohort_bot.platforms.discord.adapter import DiscordPlatform  # noqa: PLC0415

        found[DiscordPlatform.name] = DiscordPlatform(
            settings.discord_token, clock, settings.discord_api_url, settings.discord_gateway_url
        )
    if settings.slack_bot_token:
        from cohort_bot.platforms.slack.adapter import SlackPlatform  # noqa: PLC0415

        if not settings.slack_app_token and not (settings.slack_signing_secret and settings.port):
            raise WrongSetting(
                "SLACK_BOT_TOKEN is set; set SLACK_APP_TOKEN too (Socket Mode), or SLACK_SIGNING_SECRET and PORT (HTTP)"
            )
        found[SlackPlatform.name] = SlackPlatform(
            clock,
            bot_token=settings.slack_bot_token,
            app_token=settings.slack_app_token,
            signing_secret=settings.slack_signing_secret,
            api_url=settings.slack_api_url,
        )
    if not found:
        raise WrongSetting(
            "No platform is set up. Set DISCORD_TOKEN or SLACK_BOT_TOKEN, or try it without any: cohort-bot demo"
        )
    return found


def _keep_drafts(bot: Application) -> None:
    """Let Discord keep forms that are to be mended in the database, where they outlive a restart."""
    if "discord" in bot.platforms:
        from cohort_bot.platforms.discord.adapter import DiscordPlatform  # noqa: PLC0415 - see `platforms`
        from cohort_bot.platforms.discord.drafts import StoredDrafts  # noqa: PLC0415

        platform = bot.platforms["discord"]
        if isinstance(platform, DiscordPlatform):
            platform.drafts = StoredDrafts(bot.database, bot.clock)


async def run(settings: Settings, say: Callable[[str], None]) -> None:
    """Every platform whose tokens are set, until SIGINT or SIGTERM. Raises WrongSetting, CannotStart, PortTaken."""
    stop = stop_signal()
    clock = SystemClock()
    used = platforms(settings, clock)
    library = Library([shipped_folder(), *([settings.content_dir] if settings.content_dir else [])])
    for finding in library.findings:
        log.warning("%s %s", finding.problem, finding.cure)
    bound = bind(settings.host, settings.port) if settings.port else None
    try:
        bot = Application(settings.sqlite_path, library, used, clock)
        _keep_drafts(bot)
        async with bot:
            web = None
            if bound is not None:
                mounts = {f"/{name}": asgi for name, platform in used.items() if (asgi := platform.asgi())}
                web = WebServer(build(ready=bot.findings, metrics=bot.metrics, mounts=mounts), bound)
                await web.start()
            say(f"cohort-bot is connected to {' and '.join(used)}")
            await stop.wait()
            if web is not None:
                await web.stop()
    finally:
        if bound is not None:
            bound.close()


def stop_signal() -> asyncio.Event:
    """An event that the first SIGINT or SIGTERM sets. Ask for it before anything is announced."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # signal.signal and not loop.add_signal_handler, which Windows does not have.
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    return stop
