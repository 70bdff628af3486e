"""The database that an address means."""

from pathlib import Path
from typing import TYPE_CHECKING

from cohort_bot.storage.database import SqliteDatabase

if TYPE_CHECKING:
    from cohort_bot.storage.postgres import PostgresDatabase

PREFIXES = ("sqlite+aiosqlite:///", "sqlite:///")


def database(url: str, direct: str = "") -> "SqliteDatabase | PostgresDatabase":
    """The database of the settings' DATABASE_URL and DATABASE_DIRECT_URL. Nothing is opened yet.

    PostgreSQL's driver is only loaded when it is used.
    """
    for prefix in PREFIXES:
        if url.startswith(prefix):
            return SqliteDatabase(Path(url.removeprefix(prefix)))
    from cohort_bot.storage.postgres import PostgresDatabase  # noqa: PLC0415

    return PostgresDatabase(url, direct=direct)
