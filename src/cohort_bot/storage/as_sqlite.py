"""A copy of either database as a SQLite file, for a rehearsal: nothing is written to the original."""

from pathlib import Path

from sqlalchemy import create_engine, insert, select
from sqlalchemy.pool import NullPool

from cohort_bot.storage import backups
from cohort_bot.storage.database import SqliteDatabase, writer_engine
from cohort_bot.storage.tables import metadata

AT_ONCE = 1000
"""Rows that are copied together."""


def from_file(path: Path, to: Path) -> None:
    """Copy a SQLite database, also while the bot runs. Raises Unusable."""
    backups.copy(path, to)


def from_server(url: str, to: Path) -> None:
    """Copy a PostgreSQL database of the newest schema into a new file, as it is at one instant."""
    from cohort_bot.storage.postgres import address  # noqa: PLC0415 - its driver is not always installed

    SqliteDatabase(to).upgrade()
    source, target = create_engine(address(url), poolclass=NullPool), writer_engine(to)
    snapshot = source.execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True, stream_results=True
    )
    try:
        with snapshot.begin() as rows, target.begin() as copy:
            for table in metadata.sorted_tables:
                for some in rows.execute(select(table)).mappings().partitions(AT_ONCE):
                    copy.execute(insert(table), [dict(row) for row in some])
    finally:
        source.dispose()
        target.dispose()
