"""The tables of procrastinate beside our own: the library ships its schema and the steps between its versions."""

from importlib import resources
from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import Engine, text

ONE_AT_A_TIME = 7_210_001
"""The lock under which our own migrations run, too."""

NOTE = "cohort-bot: procrastinate up to "


def upgrade(engine: Engine) -> None:
    """Make the tables, or run the steps that are newer than the version recorded on them; all in one transaction."""
    steps = sorted(path.name for path in Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")
        exists = connection.scalar(text("SELECT to_regclass('procrastinate_jobs')")) is not None
        note = connection.scalar(text("SELECT obj_description(to_regclass('procrastinate_jobs'))")) or ""
        done = note.removeprefix(NOTE)
        if not exists or done != steps[-1]:
            folder = resources.files("procrastinate.sql") / "migrations"
            scripts = (
                [(folder / step).read_text("utf-8") for step in steps if step > done]
                if exists
                else [SchemaManager.get_schema()]
            )
            driver = connection.connection.driver_connection
            for script in scripts:
                driver.execute(script)  # type: ignore[union-attr] # psycopg's own: several statements, and % is no place
            connection.exec_driver_sql(f"COMMENT ON TABLE procrastinate_jobs IS '{NOTE}{steps[-1]}'")
        if not connection.scalar(text(f"SELECT to_regclass('{BY_LOCK}')")):
            where = "WHERE status IN ('todo', 'doing')"
            connection.exec_driver_sql(f"CREATE INDEX {BY_LOCK} ON procrastinate_jobs (lock) {where}")
        for function in connection.scalars(_TAKES_A_JOB):
            for way in ("sort", "seqscan", "bitmapscan"):
                connection.exec_driver_sql(f"ALTER FUNCTION {function} SET enable_{way} = off")


BY_LOCK = "ix_procrastinate_jobs_lock"
"""The library's own index has the lock in second place, so that each look at a lane goes through all of it."""

_TAKES_A_JOB = text(
    "SELECT CAST(CAST(oid AS regprocedure) AS text) FROM pg_proc"
    " WHERE starts_with(proname, 'procrastinate_fetch_job') AND pg_function_is_visible(oid) AND proconfig IS NULL"
)
"""It goes by the indexes and stops at the first job: PostgreSQL knows from a calm hour that there are hardly any, and
would go through all of them for each, for half a second when 2,400 wait.
"""
