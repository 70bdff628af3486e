"""How Alembic runs our migrations: always on a connection that is handed in, in one transaction."""

import contextlib
from collections.abc import Iterator
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, TypeDecorator

from cohort_bot.storage.tables import metadata

ONE_AT_A_TIME = 7_210_001
"""PostgreSQL's number of the lock under which migrations run."""

for _index in (each for table in metadata.tables.values() for each in table.indexes):
    # The tables name it for SQLite alone: naming PostgreSQL there would load its modules into every bot.
    _index.dialect_options["postgresql"]["where"] = _index.dialect_options["sqlite"]["where"]


def plain_types(_kind: str, item: Any, _autogenerate_context: Any) -> str | Literal[False]:
    """Write an Instant as what it is in the database, so that a migration never depends on our classes."""
    if isinstance(item, TypeDecorator) or getattr(item, "_variant_mapping", None):
        return "sa.BigInteger().with_variant(sa.Integer(), 'sqlite')"
    return False


@contextlib.contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Batch mode rebuilds a table on SQLite; with foreign keys on, that would erase the rows that point to it.

    The switch does nothing inside a transaction, so it goes to the driver's connection before ours begins.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def run(connection: Connection) -> None:
    """Everything that is missing, in one transaction that is undone when anything fails."""
    sqlite = connection.dialect.name == "sqlite"
    with without_foreign_keys(connection), connection.begin():
        if not sqlite:  # two processes that start together: the second one waits, and finds nothing left to do
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=sqlite,
            transactional_ddl=True,
            render_item=plain_types,
        )
        with context.begin_transaction():
            context.run_migrations()
        if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
            raise RuntimeError(f"the migration would break references: {broken[:5]}")


run(context.config.attributes["connection"])
