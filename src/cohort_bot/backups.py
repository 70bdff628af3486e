"""Making a backup while the bot runs, and restoring one without posting anything twice."""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cohort_bot import bootstrap
from cohort_bot.app.delivery.ticker import Ticker
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.chat.i18n import N_
from cohort_bot.maintenance import copy_database
from cohort_bot.programmes.shelf import ProgrammeShelf
from cohort_bot.settings import Settings
from cohort_bot.startup import OwnDatabase
from cohort_bot.storage import backups, sqlite_file
from cohort_bot.storage.backups import Unusable
from cohort_bot.storage.database import SqliteDatabase

__all__ = ["Restored", "Unusable", "back_up", "restore"]


@dataclass(frozen=True, slots=True)
class Restored:
    """The result of a restore. `kept` is where the previous database is now: the file, or the name on the server;
    `doubted` rows will be looked up.
    """

    kept: str | None
    doubted: int


def back_up(settings: Settings, to: Path) -> None:
    """Write a consistent copy, also while the bot runs. Raises Unusable."""
    with _disk_errors(to):
        if not settings.on_postgres:
            path = settings.sqlite_path
            if not path.exists():
                raise Unusable(
                    N_("there is no database {path}; set DATABASE_URL to the one that the bot uses"), path=path
                )
            if to.resolve() == path.resolve():
                raise Unusable(N_("{to} is the database itself; name another file"), to=to)
        copy_database(settings, to)


def restore(settings: Settings, file: Path, programmes: Programmes, clock: Clock) -> Restored:
    """Replace the database with a backup. The bot must not run. Raises Unusable and AlreadyRunning.

    The old database is kept. Rows that came due between the backup and now are planned here, and every row that is not
    closed becomes doubtful: the courier searches the room's history before it posts any of them.
    """
    if settings.on_postgres:
        return _restore_on_server(settings.server_url, file, programmes, clock)
    path = settings.sqlite_path
    with _disk_errors(path), bootstrap.only_one(path):
        if file.resolve() == path.resolve():
            raise Unusable(N_("{file} is the database itself; name a backup of it"), file=file)
        backups.verify(file)
        path = path.resolve()
        part = sqlite_file.beside(path, sqlite_file.RESTORING)
        for companion in sqlite_file.COMPANIONS:
            sqlite_file.beside(part, companion).unlink(missing_ok=True)
        backups.copy(file, part)
        try:
            doubted = asyncio.run(_caught_up(SqliteDatabase(part), programmes, clock))
            kept = _free_name(path, clock.now()) if path.exists() else None
            # A journal without its file is left by an interrupted restore: it belongs to the database that was kept.
            backups.set_aside(path, kept or sqlite_file.left_by_a_restore(path) or _free_name(path, clock.now()))
            backups.on_disk(part)
            part.replace(path)
            backups.on_disk(path.parent)
        finally:
            for companion in ("", *sqlite_file.COMPANIONS):
                sqlite_file.beside(part, companion).unlink(missing_ok=True)
    return Restored(None if kept is None else str(kept), doubted)


def _restore_on_server(url: str, file: Path, programmes: Programmes, clock: Clock) -> Restored:
    """The same on PostgreSQL, where a new database takes the old one's name."""
    from cohort_bot.storage import dumps  # noqa: PLC0415 - only PostgreSQL needs it
    from cohort_bot.storage.postgres import PostgresDatabase  # noqa: PLC0415

    def catch_up(there: str) -> int:
        return asyncio.run(_caught_up(PostgresDatabase(there), programmes, clock))

    kept, doubted = dumps.restore(dumps.conninfo(url), file, clock.now(), catch_up)
    return Restored(kept, doubted)


async def _caught_up(database: OwnDatabase, programmes: Programmes, clock: Clock) -> int:
    """Upgrade the schema, and mark the ledger's open rows as doubtful; returns how many there are."""
    database.upgrade()
    database.open()
    programmes = ProgrammeShelf(programmes, database.shelf)
    try:
        for cohort in await database.read(lambda store: store.cohorts.active()):
            if programmes.get(cohort.programme) is None:
                raise Unusable(
                    N_(
                        "the programme {programme} of {name} cannot be read, so what may have been posted "
                        "meanwhile is not known; set CONTENT_DIR to the folder that has it"
                    ),
                    programme=cohort.programme,
                    name=cohort.name,
                )
        await Ticker(database, programmes, clock, lambda: None).tick()
        return await database.write(lambda store: store.health.doubt(clock.now()))
    finally:
        await database.close()


def _free_name(path: Path, at: datetime) -> Path:
    return sqlite_file.beside(path, f"{sqlite_file.BEFORE_RESTORE}{at:%Y%m%dT%H%M%S}")


@contextlib.contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    """Report errors of the disk in one line."""
    try:
        yield
    except OSError as error:
        raise Unusable(
            N_("{path} cannot be written ({error}); check its folder and the free space"),
            path=path,
            error=error.strerror,
        ) from error
