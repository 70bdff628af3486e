"""The playground, put together: the bot on the local platform, with a calendar that can be moved."""

import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from cohort_bot import sample_cohort
from cohort_bot.app.cohorts import OPENING_AT, invite
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import Store
from cohort_bot.bootstrap import exposition, settle, stop_signal
from cohort_bot.chat.place import Place
from cohort_bot.clocks import MovableClock, SystemClock
from cohort_bot.core.rounds import Calendar
from cohort_bot.platforms.local import pages
from cohort_bot.platforms.local.adapter import LocalPlatform
from cohort_bot.platforms.local.chat import SAMPLES, Chat
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


async def run_demo(
    database: Path, programme: Path | None, bound: socket.socket, say: Callable[[str], None], *, empty: bool = False
) -> None:
    """The playground on a database file, until SIGINT or SIGTERM. Posted messages are stored beside the file.

    A new database begins with the sample cohort in its ninth week; with `empty`, and on a programme of one's own, for
    which nobody has written check-ins, with one that nobody has joined yet.
    """
    stop = stop_signal()
    library = Library([programme] if programme else [shipped_folder()])
    if not library.slugs():
        raise WrongSetting("\n".join(f"{finding.problem} Cure: {finding.cure}" for finding in library.findings))
    sqlite_file.make_private(database.with_name(database.name + ".chat"))
    chat = Chat(database.with_name(database.name + ".chat"))
    metrics = Metrics()
    try:
        scene = chat.value("scene") or await _begin(database, chat, library, empty=empty or programme is not None)
        clock = MovableClock(timedelta(seconds=float(chat.value("shift") or 0)))

        def move_to(at: datetime) -> None:
            clock.move_to(at)
            chat.keep("shift", str(clock.shift.total_seconds()))

        time = DemoTime(clock, move_to)
        local = LocalPlatform(chat, time, pages.build, sample_cohort.script().people if scene == SAMPLE else SAMPLES)
        async with Bot(SqliteDatabase(database), library, {local.name: local}, clock, watch=metrics) as bot:
            time.bot = bot
            if scene == EMPTY:
                await _sample_cohort(bot, library)
            web = WebServer(
                build(ready=bot.findings, metrics=exposition(bot, metrics), mounts={"/": local.asgi()}), bound
            )
            await web.start()
            settle()
            say(f"cohort-bot is at http://{bound.getsockname()[0]}:{web.port}/ (Ctrl-C ends it)")
            await stop.wait()
            await local.stop(0)
            await web.stop()
    finally:
        chat.close()
        bound.close()


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
