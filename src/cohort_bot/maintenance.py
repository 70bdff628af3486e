"""The regular jobs of a running bot: old rows are deleted, the database file is optimised, and backups are made."""

import asyncio
import re
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cohort_bot.app.delivery import ledger
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.chat.i18n import N_, NN_
from cohort_bot.chat.sentence import Sentence, later
from cohort_bot.scheduler import Job, JobFailed
from cohort_bot.settings import Settings
from cohort_bot.storage import backups, sqlite_maintenance

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR

MOST_SWEPT: Final = 100
"""Old rows that are removed in one transaction: others are waiting to write."""

COPY: Final = re.compile(r"cohort-bot-\d{8}T\d{6}Z\.(?:db|dump)")
"""The name of a scheduled backup. No other file of the folder is ever touched."""


def jobs(settings: Settings, database: Database, clock: Clock) -> Sequence[Job]:
    """The regular jobs for these settings."""

    async def sweep() -> Sentence:
        at, gone = clock.now(), 0
        while some := await database.write(lambda store: ledger.sweep(store, at, MOST_SWEPT)):
            gone += some
        return Sentence(*NN_("{n} old row removed", "{n} old rows removed"), (("n", gone),))

    found = [Job("sweep", HOUR, sweep)]
    if not settings.on_postgres:  # PostgreSQL maintains itself
        path = settings.sqlite_path
        found += [
            Job("optimize", DAY, lambda: _maintained(sqlite_maintenance.optimize, path)),
            Job("checkpoint", HOUR, lambda: _maintained(sqlite_maintenance.checkpoint, path)),
        ]
    if settings.backup_dir is not None:
        found.append(Job("backup", settings.backup_every * HOUR, lambda: _backed_up(settings, clock.now())))
    return found


def newest_copy(folder: Path) -> datetime | None:
    """When the newest scheduled copy in a folder was made, aware UTC; None when there is none."""
    names = [each.name for each in folder.glob("cohort-bot-*") if COPY.fullmatch(each.name)]
    if not names:
        return None
    return datetime.strptime(max(names).split(".")[0], "cohort-bot-%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


async def _maintained(work: sqlite_maintenance.Work, path: Path) -> Sentence:
    try:
        return await asyncio.to_thread(work, path)
    except sqlite3.Error as error:
        raise JobFailed(N_("SQLite: {error}"), error=error) from error


async def _backed_up(settings: Settings, at: datetime) -> Sentence:
    try:
        return await asyncio.to_thread(back_up, settings, at)
    except backups.Unusable as unusable:
        raise JobFailed(unusable) from unusable
    except (OSError, sqlite3.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise JobFailed(
            N_("{folder} has no new copy ({why}); check its folder and the free space"),
            folder=settings.backup_dir,
            why=why,
        ) from error


def back_up(settings: Settings, at: datetime) -> Sentence:
    """Write a backup to the configured folder, whole or not at all; then delete the oldest beyond the number to keep.

    Raises Unusable and OSError.
    """
    folder = settings.backup_dir
    if folder is None:
        raise ValueError("BACKUP_DIR is not set")
    folder.mkdir(mode=0o700, exist_ok=True)
    to = folder / f"cohort-bot-{at:%Y%m%dT%H%M%SZ}.{'dump' if settings.on_postgres else 'db'}"
    copy_database(settings, to)
    there = sorted((each for each in folder.iterdir() if COPY.fullmatch(each.name) and each != to), reverse=True)
    for old in there[settings.backup_keep - 1 :]:
        old.unlink(missing_ok=True)
    kept = min(len(there) + 1, settings.backup_keep)
    return later(N_("{file} written, {number} kept"), file=to.name, number=kept)


def copy_database(settings: Settings, to: Path) -> None:
    """Write a consistent copy of the database, whole or not at all, also while the bot runs.

    Raises Unusable and OSError.
    """
    if settings.on_postgres:
        from cohort_bot.storage import dumps  # noqa: PLC0415 - only PostgreSQL needs it

        dumps.back_up(dumps.conninfo(settings.server_url), to)
    else:
        backups.back_up(settings.sqlite_path, to)
