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
        if exists and done == steps[-1]:
            return
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
