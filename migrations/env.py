"""How Alembic runs our migrations: always on a connection that is handed in, in one transaction."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, TypeDecorator

from cohort_bot.storage.tables import metadata


def plain_types(_kind: str, item: Any, _autogenerate_context: Any) -> str | Literal[False]:
    """Write an Instant as what it is in the database, so that a migration never depends on our classes."""
    if isinstance(item, TypeDecorator) or getattr(item, "_variant_mapping", None):
        return "sa.BigInteger().with_variant(sa.Integer(), 'sqlite')"
    return False


def run(connection: Connection) -> None:
    """Batch mode rebuilds a table on SQLite; with foreign keys on, that would erase the rows that point to it."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=sqlite,
        transactional_ddl=True,
        transaction_per_migration=False,
        render_item=plain_types,
    )
    with context.begin_transaction():
        context.run_migrations()
        if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
            raise RuntimeError(f"the migration would break references: {broken[:5]}")
    if sqlite:
        connection.commit()
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.commit()


run(context.config.attributes["connection"])
