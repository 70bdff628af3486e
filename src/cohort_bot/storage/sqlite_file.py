"""The SQLite file under its name: whether it can be used, by this process alone, and whether it still exists.

SQLite looks at a file's name only when it opens it. When the file is deleted, moved or replaced afterwards, or reached
by a second name, it does not notice, and continues to confirm writes that nobody will find again.
"""

import contextlib
import os
import sqlite3
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cohort_bot.app.ports.startup import CannotStart
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.sentence import LocalizedError, later
from cohort_bot.storage import file_systems

PRIVATE: Final = 0o600
"""The mode of the file and of all files beside it: they hold people's texts."""

COMPANIONS: Final = ("-wal", "-shm")
"""The endings of the files that SQLite keeps beside a database file in use."""

LOCK: Final = ".lock"
RESTORING: Final = ".restoring"
BEFORE_RESTORE: Final = ".before-restore-"

_MAGIC: Final = b"SQLite format 3\x00"


class AlreadyRunning(LocalizedError):
    """Another process works on the same database file."""


@contextlib.contextmanager
def held(path: Path, *, make: bool = False) -> Iterator[None]:
    """Hold the file for this process; the lock ends with it, however it ends. With `make` the file is made if missing.

    Two locks, because a file may have two names. The one beside the file works wherever SQLite does. The one on the
    file itself also sees a process that reaches it by a bind mount; only Linux keeps it apart from SQLite's own locks.
    Raises AlreadyRunning, and CannotStart for a file that cannot be used.
    """
    real = path.resolve()
    with _lock_beside(real, path), contextlib.ExitStack() as stack:
        if make:
            ensure(path)
        if sys.platform == "linux" and real.is_file() and file_systems.fitness(file_systems.kind_of(real)) == "fit":
            stack.enter_context(_lock_on(real, path))  # on a network file system both become one kind of lock
        yield


@contextlib.contextmanager
def _lock_beside(real: Path, path: Path) -> Iterator[None]:
    lock = beside(real, LOCK)
    try:
        make_private(lock)
        holder = sqlite3.connect(lock, timeout=0, isolation_level=None)
    except (OSError, sqlite3.OperationalError):
        raise CannotStart(
            N_("DATABASE_URL names a file in {parent}, where none can be written; make the folder, or name another"),
            parent=real.parent,
        ) from None
    try:
        holder.execute("BEGIN EXCLUSIVE")
    except sqlite3.DatabaseError:
        holder.close()
        raise _running(path) from None
    try:
        yield
    finally:
        holder.close()


@contextlib.contextmanager
def _lock_on(real: Path, path: Path) -> Iterator[None]:
    import fcntl  # noqa: PLC0415 - Windows has none

    # Closed last of all: closing any descriptor of a file drops the locks that SQLite holds on it in this process.
    number = os.open(real, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _running(path) from None
        yield
    finally:
        os.close(number)


def _running(path: Path) -> AlreadyRunning:
    return AlreadyRunning(
        N_("another cohort-bot is running on {path}; stop it first, or use another database"), path=path
    )


def ensure(path: Path) -> None:
    """Make the file if it does not exist, readable by its owner alone, like all files beside it. Raises CannotStart."""
    check(path)
    real = path.resolve()
    try:
        make_private(real)
        for ending in (*COMPANIONS, LOCK):
            if beside(real, ending).exists():
                make_private(beside(real, ending))
    except OSError as error:
        raise CannotStart(
            N_("DATABASE_URL is {path}, which cannot be written ({error}); make the folder, or name another file"),
            path=path,
            error=error.strerror,
        ) from None


def check(path: Path) -> None:
    """Raises CannotStart unless the file can be used, or a new one may be made: one line with the cure.

    Call it before SQLite has the file open in this process: it opens and closes the file.
    """
    real = path.resolve()
    try:
        found = real.stat()
    except FileNotFoundError:
        _may_be_new(path, real)
        return
    except OSError as error:
        raise CannotStart(
            N_("DATABASE_URL is {path}, which cannot be read ({error}); name another file"),
            path=path,
            error=error.strerror,
        ) from None
    if not stat.S_ISREG(found.st_mode):
        raise CannotStart(N_("DATABASE_URL is {path}, which is no file; name a file"), path=path)
    if found.st_nlink > 1:
        raise CannotStart(
            N_(
                "DATABASE_URL is {path}, a file with {links} names (hard links), and SQLite keeps a journal for each "
                "of them; remove the others, or copy the file with cohort-bot db backup"
            ),
            path=path,
            links=found.st_nlink,
        )
    try:
        with real.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError as error:
        raise CannotStart(
            N_("DATABASE_URL is {path}, which cannot be read ({error}); let the bot's user read it"),
            path=path,
            error=error.strerror,
        ) from None
    if not start:
        _may_be_new(path, real)
    elif start != _MAGIC:
        raise CannotStart(
            N_(
                "DATABASE_URL is {path}, which is no SQLite database; name another file, or restore a backup: "
                "cohort-bot db restore FILE"
            ),
            path=path,
        )
    elif _of_another_program(real):
        raise CannotStart(N_("DATABASE_URL is {path}, the database of another program; name another file"), path=path)


def _of_another_program(real: Path) -> bool:
    """Whether there are tables and none of ours; it is read as it is, without any lock or journal."""
    with contextlib.suppress(sqlite3.DatabaseError):  # damaged, or being written: other checks detect that
        with contextlib.closing(sqlite3.connect(f"{real.as_uri()}?immutable=1", uri=True)) as connection:
            names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return bool(names) and "alembic_version" not in names
    return False


def _may_be_new(path: Path, real: Path) -> None:
    """Where a database existed before, a new empty one would be mistaken for it. Raises CannotStart."""
    if (kept := left_by_a_restore(real)) is not None:
        move = f"mv {kept} {real}"
        back = "" if kept.name.endswith(RESTORING) else later(N_(", or put the old one back: {move}"), move=move)
        raise CannotStart(
            N_(
                "there is no database {path}, but {name} is beside it, so a restore was interrupted; run "
                "it again (cohort-bot db restore FILE){back}; to start afresh, move {name} to another "
                "folder"
            ),
            path=path,
            name=kept.name,
            back=back,
        )
    journal = beside(real, "-wal")
    if journal.exists() and journal.stat().st_size:
        raise CannotStart(
            N_(
                "{path} is missing or empty, but its journal {name} is there: the file was deleted or "
                "moved; put it back, or restore a backup: cohort-bot db restore FILE (to start afresh, "
                "delete {journal})"
            ),
            path=path,
            name=journal.name,
            journal=journal,
        )


def left_by_a_restore(real: Path) -> Path | None:
    """The newest file that a restore has put beside the database."""
    kept = [
        each
        for each in real.parent.glob(f"{_literal(real.name)}{BEFORE_RESTORE}*")
        if not each.name.endswith((*COMPANIONS, LOCK))
    ]
    part = beside(real, RESTORING)
    return max(kept) if kept else part if part.exists() else None


def _literal(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def make_private(path: Path) -> None:
    """Make a file for its owner alone if it does not exist, else let nobody else read it.

    Whoever does not own the file cannot change who reads it; then it stays as it is.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE))
    except FileExistsError:
        if stat.S_IMODE(path.stat().st_mode) & ~PRIVATE:
            with contextlib.suppress(PermissionError):
                path.chmod(PRIVATE)


def beside(path: Path, ending: str) -> Path:
    """The file whose name has the ending after the database's."""
    return path.with_name(path.name + ending)


class OpenFile:
    """The file that SQLite has open, to be compared with the file under its name now. Create this object right after
    opening.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        self._beside = beside(self._path, "-wal")
        self._main, self._journal = _identity(self._path), _identity(self._beside)

    def problem(self) -> str | None:
        """What happened to the file, None while it is the one that is open."""
        try:
            now = self._path.stat()
        except FileNotFoundError:
            return f"The database file {self._path} is gone: it was deleted or moved."
        except OSError as error:
            return f"The database file {self._path} cannot be reached ({error.strerror})."
        if (now.st_dev, now.st_ino) != self._main:
            return f"The database file {self._path} was replaced by another one."
        if now.st_size == 0:
            return f"The database file {self._path} was emptied."
        journal = _identity(self._beside)
        if self._journal is None:  # SQLite makes it when it first needs it
            self._journal = journal
        elif journal != self._journal:
            return f"The journal {self._path.name}-wal beside the database file was deleted or replaced."
        return None


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
