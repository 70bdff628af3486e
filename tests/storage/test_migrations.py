"""Migrations make exactly the tables, go back, keep what is in them, and a failed one changes nothing."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from cohort_bot.storage import migrate
from cohort_bot.storage.database import SqliteDatabase, writer_engine
from cohort_bot.storage.tables import metadata


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return writer_engine(tmp_path / "cohort.db")


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


def test_every_migration_goes_back_and_forth(engine: Engine) -> None:
    script = ScriptDirectory.from_config(migrate._config())
    revisions = [revision.revision for revision in script.walk_revisions()][::-1]
    for revision in revisions:
        migrate.upgrade(engine, revision)
        migrate.downgrade(engine, "-1")
        migrate.upgrade(engine, revision)
    assert set(metadata.tables) < set(inspect(engine).get_table_names())


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
        "    op.create_table('half', sa.Column('id', sa.Integer()))\n"
        "    with op.batch_alter_table('people', recreate='always') as batch:\n"
        "        batch.add_column(sa.Column('half', sa.Text()))\n"
        f"    {steps}\n"
    )
    monkeypatch.setattr(migrate, "migrations_folder", lambda: copy)


def fill(engine: Engine) -> None:
    """A parent with a child."""
    columns = "(person_id, platform, workspace, user, name, zone, reminders)"
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO people (id) VALUES (7)"))
        connection.execute(text(f"INSERT INTO accounts {columns} VALUES (7, 'l', 'w', 'u', 'S', 'UTC', 1)"))  # noqa: S608


def children(engine: Engine) -> int:
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1, "switched on again"
        return int(connection.execute(text("SELECT count(*) FROM accounts WHERE person_id = 7")).scalar_one())


def test_rebuilding_a_parent_table_keeps_its_children(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.upgrade(engine)
    fill(engine)
    with_another(tmp_path, monkeypatch, "pass")
    migrate.upgrade(engine)
    assert migrate.current(engine) == "another"
    assert children(engine) == 1


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
