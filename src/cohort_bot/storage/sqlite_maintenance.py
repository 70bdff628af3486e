"""Keeps a SQLite file fast and its log short, on a connection of its own beside the bot's."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from cohort_bot.chat.i18n import N_
from cohort_bot.chat.sentence import Sentence, later

WAIT: Final = 5.0
"""Seconds to wait for other connections."""

Work = Callable[[Path], Sentence]


def optimize(path: Path) -> Sentence:
    """Let SQLite update its statistics for query plans; it stops by itself after a moment."""
    with _connected(path) as connection:
        connection.execute("PRAGMA analysis_limit=400")
        # Before 3.46 `optimize` only covers tables that this very connection has used, which are none.
        connection.execute("PRAGMA optimize=0x10002" if sqlite3.sqlite_version_info >= (3, 46) else "ANALYZE")
    return later(N_("the statistics are up to date"))


def checkpoint(path: Path) -> Sentence:
    """Write the log's content into the file, and truncate the log."""
    with _connected(path) as connection:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return later(
        N_("somebody was reading; the journal is truncated next time") if busy else N_("the journal is truncated")
    )


@contextlib.contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(
        sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=WAIT, isolation_level=None)
    ) as connection:
        yield connection
