"""Migrations make exactly the tables, go back, keep what is in them, and a failed one changes nothing."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Column,
    Engine,
    Integer,
    MetaData,
    NullPool,
    TextClause,
    create_engine,
    insert,
    inspect,
    select,
    text,
)

from cohort_bot.storage import migrate
from cohort_bot.storage.database import SqliteDatabase, writer_engine
from cohort_bot.storage.postgres import address
from cohort_bot.storage.tables import metadata
from tests.fakes.databases import Current


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database of the kind that the test is on."""
    if Current.databases.kind == "sqlite":
        found = writer_engine(tmp_path / "cohort.db")
        yield found
        found.dispose()
        return
    found = create_engine(address(Current.databases.url(tmp_path)), poolclass=NullPool)
    with found.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    yield found


def released() -> list[str]:
    """Every schema, oldest first."""
    script = ScriptDirectory.from_config(migrate._config())
    return [revision.revision for revision in script.walk_revisions()][::-1]


@pytest.mark.both_databases
def test_migrations_and_tables_agree(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    assert found == []
    assert migrate.current(engine) == migrate.newest()
    assert migrate.newest() == ScriptDirectory.from_config(migrate._config()).get_current_head()


def test_every_table_is_strict_and_references_are_held(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.connect() as connection:
        strict: dict[str, int] = dict(
            connection.execute(text("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'")).all()
        )
        assert {name for name in metadata.tables if not strict[name]} == set()
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2, "FULL"


@pytest.mark.both_databases
def test_every_migration_goes_back_and_forth(engine: Engine) -> None:
    for revision in released():
        migrate.upgrade(engine, revision)
        migrate.downgrade(engine, "-1")
        migrate.upgrade(engine, revision)
    assert set(metadata.tables) < set(inspect(engine).get_table_names())


@pytest.mark.both_databases
@pytest.mark.parametrize("revision", released())
def test_every_row_of_every_schema_is_there_after_the_newest_and_after_going_back(
    engine: Engine, revision: str
) -> None:
    migrate.upgrade(engine, revision)
    tables = MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                connection.execute(insert(table).values({column.name: anything(column) for column in table.columns}))
    before = rows(engine, tables)
    assert all(len(found) == 1 for found in before.values())
    migrate.upgrade(engine)
    assert rows(engine, tables, MOVED) | {"alembic_version": []} == before | {"alembic_version": []}
    migrate.downgrade(engine, revision)
    assert rows(engine, tables) == before


NOT_ANYTHING = {
    "deliveries.state": "sent",
    "deliveries.account_id": None,
    "deliveries.detail": None,
    "moderators.kind": "role",
}
"""What a check wants; the second schema rightly gives rows that are not sent yet the lane of their channel."""


def anything(column: Column[Any]) -> object:
    """A value that the column takes; every row has the id 1, and so points to one that is there."""
    name = f"{column.table.name}.{column.name}"
    return NOT_ANYTHING.get(name, 1 if isinstance(column.type, Integer) else f"a {column.name}")


MOVED = {
    "deliveries.payload": text("(SELECT payload FROM payloads WHERE delivery_id = deliveries.id)"),
    "deliveries.reason": text("coalesce(detail, reason)"),  # a sentence that nobody knows is the detail
}
"""What is elsewhere since."""


def rows(
    engine: Engine, tables: MetaData, moved: Mapping[str, TextClause] = MappingProxyType({})
) -> dict[str, list[tuple[object, ...]]]:
    """What is in the columns that the tables had, and what was moved elsewhere."""
    with engine.connect() as connection:
        return {
            table.name: [
                tuple(row)
                for row in connection.execute(
                    select(*(moved.get(str(column), column) for column in table.columns)).select_from(table)
                )
            ]
            for table in tables.sorted_tables
        }


@pytest.mark.both_databases
def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO people DEFAULT VALUES"))
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM people")).scalar() == 1


def with_another(folder: Path, monkeypatch: pytest.MonkeyPatch, steps: str) -> None:
    """Put one more migration behind the newest, in a copy."""
    newest = migrate.newest()
    copy = folder / "migrations"
    shutil.copytree(migrate.migrations_folder(), copy)
    (copy / "versions" / "2099_01_01_another.py").write_text(
        "from alembic import op\n"
        "import sqlalchemy as sa\n"
        f'revision = "another"\ndown_revision = "{newest}"\nbranch_labels = depends_on = None\n'
        "def upgrade():\n"
        "    sqlite = op.get_context().dialect.name == 'sqlite'\n"
        "    op.create_table('half', sa.Column('id', sa.Integer()))\n"
        "    with op.batch_alter_table('people', recreate='always' if sqlite else 'never') as batch:\n"
        "        batch.add_column(sa.Column('half', sa.Text()))\n"
        f"    {steps}\n"
    )
    monkeypatch.setattr(migrate, "migrations_folder", lambda: copy)


def fill(engine: Engine) -> None:
    """A parent with a child."""
    columns = '(person_id, platform, workspace, "user", name, zone, reminders)'
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO people (id) VALUES (7)"))
        connection.execute(text(f"INSERT INTO accounts {columns} VALUES (7, 'l', 'w', 'u', 'S', 'UTC', 1)"))  # noqa: S608


def children(engine: Engine) -> int:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1, "switched on again"
        return int(connection.execute(text("SELECT count(*) FROM accounts WHERE person_id = 7")).scalar_one())


@pytest.mark.both_databases
def test_rebuilding_a_parent_table_keeps_its_children(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.upgrade(engine)
    fill(engine)
    with_another(tmp_path, monkeypatch, "pass")
    migrate.upgrade(engine)
    assert migrate.current(engine) == "another"
    assert children(engine) == 1


@pytest.mark.both_databases
def test_a_migration_that_fails_leaves_the_old_schema_working(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.upgrade(engine)
    old = migrate.current(engine)
    fill(engine)
    with_another(tmp_path, monkeypatch, "raise RuntimeError('in the middle')")
    with pytest.raises(RuntimeError, match="in the middle"):
        migrate.upgrade(engine)
    assert migrate.current(engine) == old
    assert "half" not in inspect(engine).get_table_names()
    assert "half" not in {column["name"] for column in inspect(engine).get_columns("people")}
    assert children(engine) == 1


def test_a_database_that_is_up_to_date_needs_no_alembic(tmp_path: Path) -> None:
    path = tmp_path / "cohort.db"
    SqliteDatabase(path).upgrade()
    code = (
        "import sys; from pathlib import Path; from cohort_bot.storage.database import SqliteDatabase;"
        f"SqliteDatabase(Path({str(path)!r})).upgrade(); print([m for m in sys.modules if m.startswith('alembic')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
