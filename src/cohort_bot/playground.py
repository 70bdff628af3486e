"""The playground, put together: the bot on the local platform, with a calendar that can be moved."""

import asyncio
import contextlib
import socket
from datetime import datetime, timedelta
from pathlib import Path

from cohort_bot import sample_cohort
from cohort_bot.app.cohorts import OPENING_AT, invite
from cohort_bot.app.delivery import edits
from cohort_bot.app.delivery.kinds import KINDS
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.standing import by_urgency, read_record, standings
from cohort_bot.app.words.risks import reason
from cohort_bot.board.app import Board
from cohort_bot.board.sessions import Sessions, key_of
from cohort_bot.bootstrap import Say, calendar_feed, exposition, settle, stop_signal
from cohort_bot.chat.i18n import _
from cohort_bot.chat.place import Place
from cohort_bot.clocks import MovableClock, SystemClock
from cohort_bot.core.rounds import Calendar
from cohort_bot.platforms.local import pages
from cohort_bot.platforms.local.adapter import LocalPlatform
from cohort_bot.platforms.local.chat import SAMPLES, Chat
from cohort_bot.platforms.local.guide import Attention, Guide
from cohort_bot.programmes.library import Library, shipped_folder
from cohort_bot.runtime import Bot, DemoTime
from cohort_bot.settings import WrongSetting
from cohort_bot.storage import sqlite_file
from cohort_bot.storage.database import SqliteDatabase
from cohort_bot.web.metrics import Metrics
from cohort_bot.web.server import WebServer, build

SAMPLE_COHORT = "Sample cohort"

SAMPLE, EMPTY = "sample", "empty"
"""What the demo began with: kept beside the posts, so that it goes on the same way."""


def library_of(programme: Path | None) -> Library:
    """The programme in that folder, or those on board. Raises WrongSetting for one with mistakes."""
    library = Library([programme or shipped_folder()])
    if not library.slugs():
        wrong = [_("{problem} Cure: {cure}", problem=each.problem, cure=each.cure) for each in library.findings]
        raise WrongSetting("\n".join(wrong))
    return library


async def run_demo(database: Path, library: Library, bound: socket.socket, say: Say, *, empty: bool) -> None:
    """The playground on a database file, until SIGINT or SIGTERM. Posted messages are stored beside the file.

    A new database begins with the sample cohort in its ninth week; with `empty` with one that nobody has joined yet.
    """
    sqlite_file.make_private(database.with_name(database.name + ".chat"))
    chat = Chat(database.with_name(database.name + ".chat"))
    metrics = Metrics()
    with stop_signal() as stop, contextlib.closing(chat), contextlib.closing(bound):
        scene = chat.value("scene") or await _begin(database, chat, library, empty=empty)
        clock = MovableClock(timedelta(seconds=float(chat.value("shift") or 0)))

        def move_to(at: datetime) -> None:
            clock.move_to(at)
            chat.keep("shift", str(clock.shift.total_seconds()))

        time = DemoTime(clock, move_to)
        local = _platform(chat, time, library, sample=scene == SAMPLE)
        host, port = bound.getsockname()[:2]
        url = f"http://{f'[{host}]' if ':' in host else host}:{port}/board"
        used = {local.name: local}
        async with Bot(SqliteDatabase(database), library, used, clock, watch=metrics, board_url=url) as bot:
            time.bot = bot
            if scene == EMPTY:
                await _sample_cohort(bot, library)
            sessions = Sessions(key_of(""), SystemClock().now)
            board = Board(url, sessions, bot.services, bot.database, bot.dispatcher, clock).app
            mounts = {"/": local.asgi(), "/board": board, "/calendar": calendar_feed(bot)}
            web = WebServer(build(ready=bot.findings, metrics=exposition(bot, metrics), mounts=mounts), bound)
            await web.start()
            settle()
            address = f"http://{bound.getsockname()[0]}:{web.port}/"
            say(lambda: _("cohort-bot is at {address} (Ctrl-C ends it)", address=address))
            await stop.wait()
            await local.stop(0)
            await web.stop()


def _platform(chat: Chat, time: DemoTime, library: Library, *, sample: bool) -> LocalPlatform:
    """The page, with the people of the sample cohort and what they need, or with those of an empty room."""

    one_at_a_time = asyncio.Lock()

    async def say_again(language: str) -> None:
        if time.bot is not None:
            async with one_at_a_time:
                at = time.now()
                await time.bot.database.write(lambda store: _say_again(store, local, language, at))
                with chat.together():  # hundreds of edits, and one wait for the disk
                    await time.settle()

    if not sample:
        local = LocalPlatform(chat, time, pages.build, SAMPLES, say_again=say_again)
        return local

    async def attention() -> Attention | None:
        if time.bot is None:
            return None
        return await time.bot.database.read(lambda store: _attention(store, library, time.now()))

    guide = Guide(chat, sample_cohort.ROOM, attention)
    local = LocalPlatform(chat, time, pages.build, sample_cohort.script().people, guide, say_again)
    return local


def _say_again(store: Store, local: LocalPlatform, language: str, at: datetime) -> None:
    """Everybody reads this language from now on, and so do the rooms: what is posted is composed again."""
    for person in local.people:
        if account := store.people.account(local.name, local.workspace, person):
            store.people.set_locale(account.id, language)
            store.people.set_language(account.id, "")
    for cohort in store.cohorts.active():
        store.cohorts.set_language(cohort.id, language, at)
        for delivery in store.deliveries.posted(tuple(KINDS), cohort.id, None):
            edits.request(store, delivery.what.key, at)


def _attention(store: Store, library: Library, at: datetime) -> Attention | None:
    """How the sample cohort is doing, as `/cohort progress` says it."""
    named = store.cohorts.named(SAMPLE_COHORT, LocalPlatform.name, LocalPlatform.workspace)
    cohort = next((each for each in named if each.active), None)
    programme = cohort and library.get(cohort.programme)
    if not cohort or not programme:
        return None
    people = by_urgency(standings(read_record(store, cohort, at, programme.length)), cohort.calendar.today(at))
    at_risk = [each for each in people if each.risks]
    needs = [(each.member.account.user, each.member.name, "; ".join(map(reason, each.risks))) for each in at_risk]
    week = min(cohort.calendar.latest(at), programme.length)
    return Attention(week, programme.length, len(people), needs)


async def _begin(database: Path, chat: Chat, library: Library, *, empty: bool) -> str:
    """What a new database begins with; one of an earlier release goes on as it is."""
    scene = EMPTY
    if not empty:
        now = SystemClock().now()
        if (ends := await sample_cohort.play(database, chat, library, now)) is not None:
            scene = SAMPLE
            chat.keep("shift", str((ends - now).total_seconds()))
    chat.keep("scene", scene)
    return scene


async def _sample_cohort(bot: Bot, programmes: Programmes) -> None:
    """Create a sample cohort, if there is none: it starts on the next Monday in the second room."""
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
        invite(
            store, cohort, Place(LocalPlatform.name, LocalPlatform.workspace, sample_cohort.ROOM), now, private=False
        )

    await bot.database.write(write)
    bot.courier.wake()
