"""Copies of a SQLite file: whole ones, or none."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from cohort_bot.chat.i18n import N_
from cohort_bot.chat.sentence import LocalizedError
from cohort_bot.storage import migrate
from cohort_bot.storage.database import BUSY_TIMEOUT
from cohort_bot.storage.sqlite_file import COMPANIONS, beside, make_private


class Unusable(LocalizedError):
    """A file that cannot be restored: one line that says why, and what to do."""


@contextlib.contextmanager
def written_whole(to: Path) -> Iterator[Path]:
    """A private file beside `to` to write into: when the block succeeds, it is synced to disk and replaces `to`. Raises
    Unusable where `to` is no ordinary file.
    """
    ordinary(to)
    part = to.with_name(to.name + ".part")
    part.unlink(missing_ok=True)
    make_private(part)
    try:
        yield part
        on_disk(part)
        part.replace(to)
        on_disk(to.parent)
    finally:
        part.unlink(missing_ok=True)


def back_up(path: Path, to: Path) -> None:
    """A consistent copy of a database that may be in use; `to` is replaced only by a whole one. Raises Unusable."""
    with written_whole(to) as part:
        try:
            with contextlib.closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None)) as source:
                source.execute("VACUUM INTO ?", (str(part),))
        except sqlite3.Error as error:
            raise Unusable(
                N_("{path} cannot be copied ({error}); cohort-bot doctor says what is wrong with it"),
                path=path,
                error=error,
            ) from error
        verify(part)


def copy(file: Path, to: Path) -> None:
    """The same without checking the content. Raises Unusable."""
    to.unlink(missing_ok=True)
    make_private(to)
    try:
        with (
            contextlib.closing(sqlite3.connect(file, isolation_level=None)) as source,
            contextlib.closing(sqlite3.connect(to, isolation_level=None)) as target,
        ):
            source.backup(target)
    except sqlite3.DatabaseError as error:
        raise Unusable(N_("{file} cannot be read ({error}); take an older backup"), file=file, error=error) from error


def verify(file: Path) -> None:
    """Raises Unusable when it is no database of a cohort-bot that this one can go on with."""
    ordinary(file)
    try:
        with contextlib.closing(sqlite3.connect(f"file:{file.resolve()}?mode=ro", uri=True)) as connection:
            result = str(connection.execute("PRAGMA integrity_check").fetchone()[0])
            if result != "ok":
                raise Unusable(N_("{file} is damaged ({result}); take an older backup"), file=file, result=result)
            if connection.execute("PRAGMA foreign_key_check").fetchone():
                raise Unusable(N_("{file} has rows that belong to nothing; take an older backup"), file=file)
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise Unusable(
            N_("{file} is no database of cohort-bot ({error}); name a file made by db backup"), file=file, error=error
        ) from error
    if revision is None or revision[0] not in migrate.revisions():
        raise Unusable(N_("{file} was made by a newer cohort-bot; install that one, then restore it"), file=file)


def ordinary(file: Path) -> None:
    """Raises Unusable for a pipe, a device or a folder: reading may never end, and a copy would take its place."""
    if file.exists() and not file.is_file():
        raise Unusable(N_("{file} is no ordinary file; name one"), file=file)


def set_aside(path: Path, to: Path) -> None:
    """Keep a database file under another name, with what SQLite keeps beside it. Nobody may use it meanwhile.

    Its journal is written into it first where it can be, so that there is one file to rename.
    """
    if path.exists():
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for companion in ("", *COMPANIONS):
        old = beside(path, companion)
        if old.exists():
            old.replace(beside(to, companion))


def on_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, would survive a power cut."""
    if os.name == "nt" and path.is_dir():
        return
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
