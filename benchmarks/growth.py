"""What grows with years and cohorts, and what with its result alone: the same questions in three databases.

27 months of 20 cohorts of 30, made by the bot's own rules (`years.py`, some twenty minutes); a million check-ins of
1,000 cohorts of 100, and one cohort of 2,000, for which the rules would take hours: they are filled by SQL, with as
many rows of the ledger for a check-in as the first has. Times are the processor's.
"""

import asyncio
import resource
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from benchmarks import progress, years
from benchmarks.delivery import HttpPlatform, StillClock
from benchmarks.world import CREATED, Figure, median
from benchmarks.years import Size
from cohort_bot import bootstrap
from cohort_bot.app.delivery import ledger
from cohort_bot.app.delivery.kind import Scene
from cohort_bot.app.delivery.kinds import KINDS
from cohort_bot.app.features.cohort_progress import cohort_progress
from cohort_bot.app.features.export import csv_text
from cohort_bot.app.features.members import members
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.app.services import Services
from cohort_bot.app.table import TABLE
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.place import Actor, Place
from cohort_bot.programmes.guides import Guides
from cohort_bot.programmes.library import Library, shipped_folder
from cohort_bot.runtime import Bot
from cohort_bot.settings import from_environment
from cohort_bot.storage.backups import back_up
from cohort_bot.storage.database import SqliteDatabase, writer_engine
from cohort_bot.storage.store import SqlStore

TIMES = 10
BOSS = Actor("bench", None, "boss", "Boss", admin=True)
Handler = Callable[[Services, Invocation], Awaitable[Reply]]


PLAYED = Size(20, 30, 116)
FILLED = (Size(1_000, 100, 10), Size(1, 2_000, 10))

SHARED, SENT, DIRECT = 40, 45, 6
"""Of a hundred check-ins so many are shared in a thread, and of a hundred reminders so many were sent, as it is in the
database that was played; in so many rounds nobody's reminders have been deleted yet.
"""


async def asked(path: Path, at: datetime, handler: Handler) -> float:
    """Milliseconds of an answer to a moderator, the median."""
    database = SqliteDatabase(path)
    database.open()
    services = Services(database, Library([shipped_folder()]), Guides(), {}, TABLE, lambda _: None)
    times = []
    for number in range(TIMES):
        invocation = Invocation(f"i{number}", "growth", "command", BOSS, Place("bench", "w", "c0"), at)
        before = time.process_time()
        await handler(services, invocation)
        times.append((time.process_time() - before) * 1000)
    await database.close()
    return median(times)


def ticked(path: Path) -> float:
    """Milliseconds of a tick and a claim that find nothing."""
    engine, programmes, times = writer_engine(path), Library([shipped_folder()]), []
    with engine.connect() as connection:
        for _ in range(TIMES * 10):
            before = time.process_time()
            with connection.begin():
                store = SqlStore(connection)
                assert not store.cohorts.due(CREATED)
                assert not ledger.claim(store, programmes, CREATED, 100).closed
            times.append((time.process_time() - before) * 1000)
    engine.dispose()
    return median(times)


async def exports(path: Path) -> tuple[float, int, float]:
    """Seconds for the CSV of the first cohort, its rows, and the MiB of memory that making it took at most."""
    before, rows = time.process_time(), 0
    least = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async for page in bootstrap.export(from_environment({"DATABASE_URL": f"sqlite:///{path}"}), "Cohort 0"):
        csv_text(page, header=not rows)
        rows += len(page)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return time.process_time() - before, rows, (most - least) / 1024


async def started(path: Path, at: datetime) -> float:
    """Seconds until the bot works on it."""
    before = time.process_time()
    async with Bot(SqliteDatabase(path), Library([shipped_folder()]), {"bench": HttpPlatform("")}, StillClock(at)):
        return time.process_time() - before


async def digested(path: Path, at: datetime) -> float:
    """Milliseconds for the first cohort's moderators' digest of the last round that is over."""
    database, programmes = SqliteDatabase(path), Library([shipped_folder()])

    def compose(store: Store) -> float:
        cohort = store.cohorts.active()[0]
        to, number = store.members.in_cohort(cohort.id)[0].account, cohort.calendar.latest(at) - 1
        row = NewDelivery.to_account("moderators", "moderators", to, cohort.id, at, round=number)
        before = time.thread_time()
        assert KINDS["moderators"].compose(Scene(store, cohort, programmes, row, at))
        return (time.thread_time() - before) * 1000

    times = [await database.read(compose) for _ in range(3)]
    await database.dispose()
    return median(times)


def fill(path: Path, size: Size) -> datetime:
    """As if it had been played, by SQL; returns an instant in the last round."""
    at = progress.fill(path, size.cohorts, size.rounds, size.members)
    now, later = (int((at + timedelta(days=days)).timestamp() * 1000) for days in (0, 7))
    row = (
        "INSERT INTO deliveries (key, kind, part, platform, cohort_id, room_id, account_id, member_id, round,"
        " in_thread, args, due, expires, lane, mark, state, fence, attempts, first_try, message_id, channel, reason,"
        " updated)"
        " SELECT '{kind}:' || c.id || ':{part}', '{kind}', '{part}', 'bench', m.cohort_id, {room}, {account}, m.id,"
        " c.round, 1, '{{}}', c.filed_at, {expires}, 'lane', 'ABCDEFGHIJKLMNOPQRSTUVWX', {state}, 2, 1, c.filed_at,"
        " c.id, m.cohort_id, NULL, c.filed_at FROM checkins c JOIN members m ON m.id = c.member_id WHERE {those}"
    )
    shared = {"room": "m.cohort_id", "account": "NULL", "expires": "NULL", "state": "'sent'"}
    direct = {"room": "NULL", "account": "m.account_id", "expires": "c.filed_at + 86400000"}
    sent = f"CASE WHEN c.id * 7 % 100 < {SENT} THEN 'sent' ELSE 'skipped' END"
    lately = f"c.round > {size.rounds - DIRECT}"
    rows = [
        row.format(kind="shared", part="", those=f"c.id * 7 % 100 < {SHARED}", **shared),
        *(row.format(kind="nudge", part=part, state=sent, those=lately, **direct) for part in ("middle", "closing")),
        row.format(kind="questions", part="", state="'sent'", those=lately, **direct),
        row.format(kind="comeback", part="", state="'skipped'", those=lately, **direct),
    ]
    rows.append(
        "INSERT INTO payloads SELECT id, hex(randomblob(CASE kind WHEN 'shared' THEN 225 WHEN 'nudge' THEN 400 ELSE 570"
        " END)) FROM deliveries WHERE state = 'sent'"
    )
    engine = writer_engine(path)
    with engine.begin() as connection:  # all is planned and sent; nothing is due
        for each in rows:
            connection.exec_driver_sql(each)
        connection.execute(
            text("UPDATE cohorts SET planned_until = :at, next_due = :later"), {"at": now, "later": later}
        )
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()
    return at


def measured(size: Size, path: Path, at: datetime) -> list[Figure]:
    """All of one database."""
    backup = path.with_name("backup.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        count = "SELECT (SELECT count(*) FROM checkins), (SELECT count(*) FROM deliveries)"
        number, ledger_rows = connection.execute(count).fetchone()
    megabytes = path.stat().st_size / 1e6
    took, rows, memory = asyncio.run(exports(path))
    before = time.process_time()
    back_up(path, backup)
    copied = time.process_time() - before
    return [
        Figure(f"{size}: the database", megabytes, "MB"),
        Figure("check-ins in it", number, ""),
        Figure("bytes of it for a check-in", megabytes * 1e6 / number, "B"),
        Figure("rows of the ledger for a check-in", ledger_rows / number, ""),
        Figure("a tick and a claim that find nothing", ticked(path), "ms"),
        Figure("/cohort progress", asyncio.run(asked(path, at, cohort_progress)), "ms"),
        Figure("/cohort members", asyncio.run(asked(path, at, members)), "ms"),
        Figure("the moderators' digest", asyncio.run(digested(path, at)), "ms"),
        Figure(f"an export of {rows:,} check-ins as CSV", took, "s"),
        Figure("µs of it for a row", took / rows * 1e6, "µs"),
        Figure("memory that it takes", memory, "MiB"),
        Figure("a start, until the bot plans and posts", asyncio.run(started(path, at)), "s"),
        Figure("a backup, checked", copied, "s"),
        Figure("MB of it a second", megabytes / copied, "MB/s"),
    ]


def run() -> list[Figure]:
    """The databases in turn."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "growth.db"
        began = time.process_time()
        at, did = asyncio.run(years.play(path, PLAYED, lambda month: print(f"month {month}", flush=True)))
        took = time.process_time() - began
        print(f"seed {years.SEED}: {dict(did)}")
        months = PLAYED.cohorts * (at - years.BEGINS) / timedelta(days=30)
        found = [Figure("a month of a cohort of 30, played", took / months, "s"), *measured(PLAYED, path, at)]
    for size in FILLED:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "growth.db"
            found += measured(size, path, fill(path, size))
    return found
