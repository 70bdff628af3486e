"""Backups on PostgreSQL, by its own pg_dump and pg_restore. The drill is in test_backups, on both databases."""

import os
import subprocess
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from cohort_bot import backups, bootstrap
from cohort_bot.backups import Unusable
from cohort_bot.settings import Settings
from cohort_bot.storage import dumps
from tests.fakes.bot import LIBRARY, StillClock
from tests.fakes.command_line import cohort_bot
from tests.fakes.databases import Current, databases_of

pytestmark = pytest.mark.postgresql


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database with one person in it."""
    found = Current.databases.url(tmp_path)
    say(found, "INSERT INTO people DEFAULT VALUES")
    return found


def say(url: str, words: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dumps.conninfo(url), autocommit=True) as there:
        cursor = there.execute(sql.SQL(words))
        return cursor.fetchall() if cursor.description else []


def people(url: str) -> object:
    return say(url, "SELECT count(*) FROM people")[0][0]


def back_up(url: str, file: Path) -> None:
    backups.back_up(Settings(database_url=url), file)


def restored(url: str, file: Path) -> backups.Restored:
    return backups.restore(Settings(database_url=url), file, LIBRARY, StillClock())


def named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def program(folder: Path, name: str, *lines: str) -> None:
    """A stand-in for one of PostgreSQL's programs."""
    file = folder / name
    file.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    file.chmod(0o755)


def test_a_restore_keeps_the_old_database_under_a_dated_name(url: str, tmp_path: Path) -> None:
    file = tmp_path / "safe.dump"
    back_up(url, file)
    assert file.stat().st_mode & 0o777 == 0o600
    say(url, "INSERT INTO people DEFAULT VALUES")
    done = restored(url, file)
    name = str(make_url(url).database)
    assert done.kept == f"{name}_before_restore_{StillClock().now():%Y%m%dT%H%M%S}"
    assert databases_of(name) == [name, done.kept]
    assert (people(url), people(named(url, str(done.kept)))) == (1, 2)


def test_beside_a_running_bot_nothing_is_restored(url: str, tmp_path: Path) -> None:
    back_up(url, tmp_path / "safe.dump")
    with (
        psycopg.connect(dumps.conninfo(url)),
        pytest.raises(bootstrap.AlreadyRunning, match="stop every cohort-bot"),
    ):
        restored(url, tmp_path / "safe.dump")
    assert databases_of(str(make_url(url).database)) == [make_url(url).database]


def newer(url: str, file: Path) -> None:
    say(url, "UPDATE alembic_version SET version_num = 'later'")
    back_up(url, file)


def foreign(url: str, file: Path) -> None:
    words = ["pg_dump", "--format=custom", "--exclude-table=alembic_version", f"--file={file}", dumps.conninfo(url)]
    subprocess.run(words, check=True)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda _url, file: file.write_bytes(b"SQLite format 3\0 and more"), "no whole backup of PostgreSQL"),
        (lambda _url, file: file.write_bytes(file.read_bytes()[:-3000]), "end of file"),
        (lambda _url, file: file.unlink(), "there is no file"),
        (newer, "newer cohort-bot"),
        (foreign, "no database of cohort-bot"),
    ],
    ids=["other", "cut", "missing", "newer", "foreign"],
)
def test_a_backup_that_cannot_be_used_changes_nothing(url: str, tmp_path: Path, spoil: object, says: str) -> None:
    file = tmp_path / "safe.dump"
    back_up(url, file)
    spoil(url, file)  # type: ignore[operator]
    with pytest.raises(Unusable, match=says):
        restored(url, file)
    assert databases_of(str(make_url(url).database)) == [make_url(url).database]
    assert people(url) == 1


def test_a_backup_is_whole_or_not_there(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "safe.dump"
    back_up(url, file)
    old = file.read_bytes()
    program(tmp_path, "pg_dump", 'test "$1" = --version && echo "pg_dump (PostgreSQL) 99.1" && exit', "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(Unusable, match="no whole backup"):
        back_up(url, file)
    assert file.read_bytes() == old
    assert not list(tmp_path.glob("*.part"))
    say(url, "DROP TABLE alembic_version")
    with pytest.raises(Unusable, match="there is no cohort-bot in the database"):
        back_up(url, file)


def test_programs_that_are_missing_or_too_old_are_one_line_with_the_cure(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unusable, match="pg_dump is not installed; install PostgreSQL's client programs"):
        back_up(url, tmp_path / "safe.dump")
    program(tmp_path, "pg_dump", 'echo "pg_dump (PostgreSQL) 9.6.24"')
    with pytest.raises(Unusable, match=r"pg_dump is PostgreSQL 9's and the server is PostgreSQL \d+; install"):
        back_up(url, tmp_path / "safe.dump")


def test_the_password_is_on_no_command_line_and_in_no_message(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(
        tmp_path,
        "pg_dump",
        'test "$1" = --version && echo "pg_dump (PostgreSQL) 99.1" && exit',
        f'echo "$@" > {tmp_path}/words; echo "$PGPASSWORD" > {tmp_path}/told',
        'echo "pg_dump: error: something went wrong" >&2; exit 1',
    )
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(Unusable) as refused:
        back_up(make_url(url).set(password="not-for-others").render_as_string(False), tmp_path / "safe.dump")
    assert str(refused.value) == "pg_dump: error: something went wrong"
    assert "not-for-others" not in (tmp_path / "words").read_text()
    assert "dbname=" in (tmp_path / "words").read_text()
    assert (tmp_path / "told").read_text().strip() == "not-for-others"


def test_who_may_not_make_databases_is_told_what_to_ask_for(url: str, tmp_path: Path) -> None:
    file, role = tmp_path / "safe.dump", f"{make_url(url).database}_user"
    back_up(url, file)
    say(url, f'CREATE ROLE "{role}" LOGIN')
    try:
        with pytest.raises(Unusable, match=f'ALTER ROLE "{role}" CREATEDB'):
            restored(make_url(url).set(username=role).render_as_string(False), file)
    finally:
        say(url, f'DROP ROLE "{role}"')


@pytest.mark.process
def test_on_the_command_line(url: str, tmp_path: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return cohort_bot(*words, cwd=tmp_path, env={**os.environ, "DATABASE_URL": url})

    file = str(tmp_path / "safe.dump")
    done = run("db", "backup", file)
    assert (done.returncode, done.stderr) == (0, "")
    done = run("db", "restore", file)
    assert (done.returncode, "_before_restore_" in done.stdout) == (0, True), done.stderr
    assert len(run("db", "restore", str(tmp_path / "none")).stderr.splitlines()) == 1
