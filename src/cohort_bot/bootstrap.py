"""The composition root: the only module that names concrete classes and puts them together."""

import asyncio
import contextlib
import gc
import json
import logging
import signal
import zoneinfo
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import DBAPIError

from cohort_bot.app import own_calendar
from cohort_bot.app.cohorts import OPENING_AT
from cohort_bot.app.errors import UnknownName
from cohort_bot.app.features.export import Rows, pages, the_one_called
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import ASGIApp, ChatPlatform, Finding, OneConnection
from cohort_bot.app.ports.startup import CannotStart
from cohort_bot.app.ports.store import Store
from cohort_bot.app.words import counts, lists
from cohort_bot.app.words.week import opening
from cohort_bot.chat.i18n import N_, _, ngettext
from cohort_bot.chat.message import Message, plain
from cohort_bot.chat.sentence import LocalizedError, later
from cohort_bot.chat.traits import traits_of
from cohort_bot.clocks import CheckedClock
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Programme
from cohort_bot.core.rounds import Calendar
from cohort_bot.platforms import installed
from cohort_bot.programmes.library import Library, shipped_folder
from cohort_bot.programmes.shelf import ProgrammeShelf
from cohort_bot.runtime import Bot, Engine
from cohort_bot.settings import NoPlatform, Settings, WrongSetting, check_address
from cohort_bot.startup import OwnDatabase
from cohort_bot.storage import file_systems, sqlite_file
from cohort_bot.storage import open as opening_of
from cohort_bot.storage.database import SqliteDatabase
from cohort_bot.storage.sqlite_file import AlreadyRunning as AlreadyRunning  # noqa: PLC0414 - raised from here

if TYPE_CHECKING:
    from cohort_bot.scheduler import Scheduler
    from cohort_bot.web.metrics import Metrics

log = logging.getLogger(__name__)
T = TypeVar("T")


Say = Callable[[Callable[[], str]], None]
"""Prints a line on the operator's terminal: what is called says it in the language there. The log has English."""

COLLECT_AFTER = 10_000
"""This many new objects start a garbage collection; with Python's own 700, collections take a tenth of a burst of ten
thousand posts.
"""


MAINTAIN_AFTER = 10.0
"""Elapsed seconds after the start until regular jobs begin."""


class TakenOver(LocalizedError):
    """Another process has taken over this one's work: started again, this one waits for its turn."""


def same_time_zones_everywhere() -> None:
    """Use the pinned tzdata package and not the machine's own copy, so that every machine agrees on an instant."""
    zoneinfo.reset_tzpath(to=[])


def settle() -> None:
    """Start garbage collection now that everything is loaded: loaded objects are not examined again, and new ones less
    often, because hardly any are in cycles.
    """
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
    gc.enable()


@contextlib.contextmanager
def only_one(path: Path | None, *, make: bool = False) -> Iterator[None]:
    """Hold the database file for this process; with `make` it is created if missing.

    Raises AlreadyRunning, and CannotStart for a file that cannot be used. None is a database that several processes may
    use.
    """
    if path is None:
        yield
        return
    with sqlite_file.held(path, make=make):
        yield


def check_disk(settings: Settings) -> Finding | None:
    """Warnings about the disk under a SQLite file. Raises WrongSetting where no file can be kept."""
    settings.check_disk()
    if settings.on_postgres:
        return None
    path = settings.sqlite_path
    kind = file_systems.kind_of(path)
    fit = file_systems.fitness(kind)
    if fit == "fit":
        return None
    cure = _("name a file on a disk of this machine (in a container: on a volume), or use PostgreSQL")
    if fit == "unfit" and not settings.allow_network_disk:
        raise WrongSetting(
            N_(
                "DATABASE_URL is {path}, on a file system of the type {kind}, which may lose what SQLite "
                "has confirmed and let a second process in; {cure}, or take the risk with "
                "ALLOW_NETWORK_DISK=1"
            ),
            path=path,
            kind=kind,
            cure=cure,
        )
    return Finding(
        _("{path} is on a file system of the type {kind}, which may not keep SQLite's locks.", path=path, kind=kind),
        cure[:1].upper() + cure[1:] + ".",
    )


async def export(settings: Settings, name: str) -> AsyncIterator[Rows]:
    """Every check-in of the cohort called `name` or `workspace/name`, some at a time, while others write. Raises
    UnknownName, and CannotStart.
    """
    database = opening_of.database(settings.database_url, settings.database_direct_url)
    if isinstance(database, SqliteDatabase):
        sqlite_file.check(database.path)
    programmes = ProgrammeShelf(library(settings), database.shelf)
    try:
        cohort = await database.read(lambda store: the_one_called(store, name))

        async def read(fn: Callable[[Store, Cohort], T]) -> T:
            return await database.read(lambda store: fn(store, cohort))

        async for page in pages(read, programmes):
            yield page
    except DBAPIError as error:
        raise CannotStart(
            N_("the database cannot be read ({error}); cohort-bot doctor says what is wrong"), error=error.orig
        ) from None
    finally:
        await database.dispose()


def preview(programmes: Library, slug: str | None, number: int) -> str:
    """A week's card as each platform would show it, for a cohort that starts on a sample date. Raises UnknownName."""
    known = ", ".join(programmes.slugs()) or _("none")
    programme = programmes.get(slug or next(iter(programmes.slugs()), ""))
    if programme is None:
        raise UnknownName(N_("There is no programme {slug!r}; there is: {known}"), slug=slug, known=known)
    if programme.week(number) is None:
        raise UnknownName(
            N_("{programme} has {weeks}; there is no week {number}"),
            programme=programme.slug,
            weeks=counts.weeks(programme.length),
            number=number,
        )
    card = _sample_card(programme, number)
    shown = [f"== Text\n{plain(card)}"]
    for name, module in installed.platforms().items():
        if (preview_on := getattr(module, "preview", None)) is not None:
            body = json.dumps(preview_on(card), indent=2, ensure_ascii=False)
            shown.append(f"== {traits_of(name).title}\n{body}")
    return "\n\n".join(shown)


def card_as_text(programme: Programme, number: int) -> str:
    """A week's card, for a cohort that starts on a sample date."""
    return plain(_sample_card(programme, number))


def _sample_card(programme: Programme, number: int) -> Message:
    calendar = Calendar(date(2027, 1, 4), OPENING_AT, "UTC")
    cohort = Cohort(1, "local", "sample", "Sample cohort", programme.slug, calendar, calendar.opens(number), "sample")
    return opening(cohort, programme, number, "local", late=None, missed=())


def library(settings: Settings) -> Library:
    """The bundled programmes, and those in the operator's folder."""
    return Library([shipped_folder(), *([settings.content_dir] if settings.content_dir else [])])


def platforms(settings: Settings, clock: Clock, database: Database) -> dict[str, ChatPlatform]:
    """Every configured platform, not connected yet. Raises WrongSetting when there is none."""
    modules = installed.platforms().values()
    connecting = (module.connect(settings, clock, database) for module in modules)
    found: dict[str, ChatPlatform] = {platform.name: platform for platform in connecting if platform is not None}
    if not found:
        first = [declared[0].name for module in modules if (declared := getattr(module, "SETTINGS", ()))]
        *others, last = first
        names = later(N_("{first} or {last}"), first=", ".join(others), last=last) if others else last
        raise NoPlatform(N_("No platform is set up. Set {names}, or try it without any: cohort-bot demo"), names=names)
    return found


def board_url(settings: Settings) -> str:
    """The address of the board from outside, empty where there is none. Raises WrongSetting."""
    if not settings.public_url:
        return ""
    check_address("PUBLIC_URL", settings.public_url, "https://…", "https", "http")
    if settings.on_postgres and not settings.secret_key:
        raise WrongSetting(
            N_("PUBLIC_URL is set, and the board's sessions need SECRET_KEY when many processes serve it")
        )
    return settings.public_url.rstrip("/") + "/board"


def _board(settings: Settings, bot: Bot, url: str) -> ASGIApp:
    from cohort_bot.board.app import Board  # noqa: PLC0415 - nobody needs it without an address
    from cohort_bot.board.sessions import Sessions, key_of  # noqa: PLC0415

    sessions = Sessions(key_of(settings.secret_key), bot.clock.now)
    return Board(url, sessions, bot.services, bot.database, bot.dispatcher, bot.clock).app


def calendar_feed(bot: Bot) -> ASGIApp:
    """The addresses of calendars that people subscribe to."""
    from cohort_bot.web.calendar_feed import Calendars, Feed  # noqa: PLC0415 - nobody needs it without an address

    async def find(secret: str) -> Feed | None:
        found = await own_calendar.subscribed(bot.database, bot.services.programmes, secret, bot.clock.now())
        if found is None:
            return None
        calendar, kept = found
        content = partial(asyncio.to_thread, own_calendar.ics, calendar, kept)
        return Feed(f"{kept.fingerprint}-{kept.sequence}", kept.changed_at, content)

    return Calendars(find, bot.clock.elapsed).app


async def run(settings: Settings, say: Say) -> None:
    """Every platform whose tokens are set, until SIGINT or SIGTERM.

    Raises WrongSetting, CannotStart and PortTaken for what an operator must change, and TakenOver.
    """
    with stop_signal() as stop:
        await _run(settings, say, stop)


async def _run(settings: Settings, say: Say, stop: asyncio.Event) -> None:
    clock = CheckedClock()
    process = settings.process
    if process.role == "web" and not settings.port:
        raise WrongSetting(N_("PORT is not set, and --role web is nothing without HTTP; set it"))
    database = opening_of.database(settings.database_url, settings.database_direct_url)
    used = platforms(settings, clock, database)
    programmes = library(settings)
    disk = check_disk(settings)
    for finding in (*([disk] if disk else []), *programmes.findings):
        log.warning("%s %s", finding.problem, finding.cure)
    bound = metrics = None
    if settings.port:
        from cohort_bot.web.metrics import Metrics  # noqa: PLC0415 - four MiB that nobody needs without HTTP
        from cohort_bot.web.server import bind  # noqa: PLC0415

        bound, metrics = bind(settings.host, settings.port), Metrics()
    try:
        engine = _engine(database, clock)
        async with (
            _only_gateway(settings, database, used, say, stop) as turns,
            Bot(
                database,
                programmes,
                used,
                clock,
                watch=metrics,
                engine=engine,
                board_url=board_url(settings),
                carries=process.carries,
                turns=turns,
            ) as bot,
        ):
            settle()
            web = None
            if bound is not None and metrics is not None:
                from cohort_bot.web.server import WebServer, build  # noqa: PLC0415 - see above

                serving = used if process.serves else {}
                mounts = {f"/{name}": asgi for name, platform in serving.items() if (asgi := platform.asgi())}
                if process.serves and (url := board_url(settings)):
                    mounts |= {"/board": _board(settings, bot, url), "/calendar": calendar_feed(bot)}
                web = WebServer(build(ready=bot.findings, metrics=exposition(bot, metrics), mounts=mounts), bound)
                await web.start()
            telling = asyncio.create_task(_announce(bot, process.role, say))
            async with _maintained(settings, bot):
                await _any_of(stop, bot.ended)
            telling.cancel()
            if web is not None:
                await web.stop()
            if bot.wrong is not None:
                raise bot.wrong
    finally:
        if bound is not None:
            bound.close()


async def _announce(bot: Bot, role: str, say: Say) -> None:
    """Print which platforms work, and again when others have connected."""
    told: set[str] = set()
    while True:
        up, missing = bot.connecting.up, sorted(bot.connecting.missing)
        if up != told:
            say(partial(_connected, [name for name in bot.platforms if name in up], missing, role))
            told = set(up)
        await bot.connecting.changed.wait()
        bot.connecting.changed.clear()


def _connected(up: Sequence[str], missing: Sequence[str], role: str) -> str:
    names = lists.listed(up)
    doing = (
        _("cohort-bot is connected to {platforms}", platforms=names)
        if role == "all"
        else _("cohort-bot works as {role} for {platforms}", role=role, platforms=names)
    )
    if not missing:
        return doing
    names = lists.listed(missing)
    waiting = ngettext("{names} is not connected yet", "{names} are not connected yet", len(missing), names=names)
    return f"{doing}; {waiting}"


@contextlib.asynccontextmanager
async def _maintained(settings: Settings, bot: Bot) -> AsyncIterator[None]:
    """Run the regular jobs, in a process that plans and posts. They start with a delay, because people come first."""

    async def begin() -> "Scheduler":
        await asyncio.sleep(MAINTAIN_AFTER)
        from cohort_bot import maintenance  # noqa: PLC0415 - the start is quicker without it
        from cohort_bot.scheduler import Scheduler  # noqa: PLC0415

        scheduler = Scheduler(maintenance.jobs(settings, bot.database, bot.clock), bot.database, bot.clock)
        await scheduler.start()
        return scheduler

    if not settings.process.carries:
        yield
        return
    beginning = asyncio.create_task(begin())
    try:
        yield
    finally:
        if beginning.done() and not beginning.cancelled():
            await beginning.result().stop()
        beginning.cancel()


async def _any_of(*events: asyncio.Event) -> None:
    """Return when one of the events is set."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


def _engine(database: OwnDatabase, clock: Clock) -> Engine | None:
    """The engine that shares the deliveries among processes; a database of one process needs none."""
    if isinstance(database, SqliteDatabase):
        return None
    from cohort_bot.storage.jobs import Jobs  # noqa: PLC0415 - only PostgreSQL has it
    from cohort_bot.storage.postgres import PostgresDatabase  # noqa: PLC0415

    return Jobs(database, clock.now) if isinstance(database, PostgresDatabase) else None


@contextlib.asynccontextmanager
async def _only_gateway(
    settings: Settings,
    database: OwnDatabase,
    used: Mapping[str, ChatPlatform],
    say: Say,
    stop: asyncio.Event,
) -> AsyncIterator[dict[str, asyncio.Task[None]]]:
    """Two gateways must not be connected to the same of a platform's servers: the second waits until the first is gone.

    Yields what a platform's start has to wait for. Raises TakenOver at the end when another process has taken over.
    """
    async with contextlib.AsyncExitStack() as stack:
        turns = {}
        if settings.on_postgres and settings.process.connects:
            for name, platform in used.items():
                if isinstance(platform, OneConnection):
                    turn = _exclusive_connection(settings, database, platform, say, stop)
                    turns[name] = await stack.enter_async_context(turn)
        yield turns


@contextlib.asynccontextmanager
async def _exclusive_connection(
    settings: Settings, database: OwnDatabase, platform: OneConnection, say: Say, stop: asyncio.Event
) -> AsyncIterator[asyncio.Task[None]]:
    """A task that ends when no other process is connected to the platform."""
    from cohort_bot.storage.locks import Held  # noqa: PLC0415
    from cohort_bot.storage.postgres import PostgresDatabase  # noqa: PLC0415

    shards = settings.process.shards
    if not isinstance(database, PostgresDatabase):
        raise TypeError("only PostgreSQL has locks for many processes")
    held = Held(database.direct, platform.lock_family, shards.ids if shards else [])
    whose = later(N_("the shards {shards}"), shards=shards) if shards else later(platform.connected_to)
    waits = later(N_("another gateway has {whose}; waiting until it is gone"), whose=whose)
    waiting = asyncio.create_task(held.acquire(lambda: say(waits.__str__)))
    lost = asyncio.create_task(held.lost.wait())
    lost.add_done_callback(lambda task: None if task.cancelled() else stop.set())
    try:
        yield waiting
    finally:
        waiting.cancel()
        lost.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await held.release()
    if held.lost.is_set():
        raise TakenOver(
            N_("another gateway has taken over {whose}; started again, this one waits for its turn"), whose=whose
        )


def exposition(bot: Bot, metrics: "Metrics") -> Callable[[], Awaitable[str]]:
    """The response of `/metrics`."""

    async def written() -> str:
        standing, connected, lanes = await bot.figures()
        return metrics.exposition(standing, connected, bot.clock.now(), lanes)

    return written


@contextlib.contextmanager
def stop_signal() -> Iterator[asyncio.Event]:
    """An event that SIGINT or SIGTERM sets. Create it before anything is announced; after the block a signal does again
    what it did before.
    """
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def ask(*_: object) -> None:
        loop.call_soon_threadsafe(stop.set)

    # signal.signal and not loop.add_signal_handler, which Windows does not have.
    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
