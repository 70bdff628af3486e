"""The database that a test runs on: a SQLite file or a PostgreSQL database of its own, copied from a template.

A test marked `both_databases` runs twice. TEST_DATABASE_URL names a server on which databases may be made and dropped.
"""

import itertools
import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy
from psycopg import sql
from sqlalchemy import Engine, Pool, event, make_url

from cohort_bot.storage import database, postgres, sqlite_file
from cohort_bot.storage.database import SqliteDatabase
from cohort_bot.storage.postgres import PostgresDatabase, address

SERVER = os.environ.get("TEST_DATABASE_URL", "")
REQUIRED = "postgresql" in os.environ.get("COHORT_BOT_REQUIRE", "").split(",")
WORKER = f"cohort_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
_numbers = itertools.count(1)


def compile_statements_once() -> None:
    """Let all databases of this process share their compiled statements: each engine would compile all of them anew."""
    for module in (database, postgres):
        module.create_engine = _sharing(sqlalchemy.create_engine)  # type: ignore[attr-defined]


def _sharing(create: Callable[..., Any]) -> Callable[..., Any]:
    compiled: dict[str, tuple[Any, Any]] = {}

    @wraps(create)
    def engine_of(url: Any, **options: Any) -> Any:
        engine: Engine = create(url, query_cache_size=5000, **options)
        driver = engine.url.drivername
        if driver in compiled:
            engine.dialect, engine._compiled_cache = compiled[driver]
        else:  # from the first connection on, when the dialect knows its server
            share = engine.dialect, engine._compiled_cache
            event.listen(engine, "engine_connect", lambda _: compiled.setdefault(driver, share), once=True)
        return engine

    return engine_of


_opened: list[Any] = []


@event.listens_for(Pool, "connect")
def _remember(connection: Any, _record: Any) -> None:
    if isinstance(connection, psycopg.Connection):
        _opened.append(connection)


def _heard(what: str, about: tuple[Any, ...]) -> None:
    if what == "sqlite3.connect/handle":
        _opened.append(about[0])


sys.addaudithook(_heard)  # also of what no engine opens; psycopg warns of its own by itself


def open_connections() -> list[Any]:
    """Those that nobody has closed: the garbage collector would, in another test, and Python 3.13 warns there."""
    _opened[:] = filter(_is_open, _opened)
    return _opened.copy()


def _is_open(connection: Any) -> bool:
    try:
        return not connection.closed if isinstance(connection, psycopg.Connection) else connection.total_changes >= 0
    except sqlite3.ProgrammingError:
        return False


def need_postgres() -> None:
    """Skip the test where there is no server; in CI that is a failure."""
    if not SERVER:
        assert not REQUIRED, "TEST_DATABASE_URL is not set, and COHORT_BOT_REQUIRE wants PostgreSQL"
        pytest.skip("needs PostgreSQL: TEST_DATABASE_URL=postgresql://… names a server for tests")


@cache
def _server() -> psycopg.Connection:
    """For what is asked of the server itself, outside any transaction."""
    return psycopg.connect(address(SERVER).set(drivername="postgresql").render_as_string(False), autocommit=True)


def _say(words: str, **names: str) -> None:
    _server().execute(sql.SQL(words).format(**{key: sql.Identifier(name) for key, name in names.items()}))


def databases_of(name: str) -> list[str]:
    """A test's database, unless it is lost, and those that a restore made of it."""
    rows = _server().execute(
        "SELECT datname FROM pg_database WHERE datname = %s OR datname LIKE %s", [name, f"{name}\\_%"]
    )
    return sorted(row[0] for row in rows)


def _named(name: str) -> str:
    return make_url(SERVER).set(database=name).render_as_string(hide_password=False)


@cache
def sqlite_template() -> bytes:
    """A file of the newest schema; migrating once and copying is a hundred times faster."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        SqliteDatabase(path).upgrade()
        return path.read_bytes()


@cache
def _template() -> str:
    """A database of the newest schema; migrating once and copying is ten times faster."""
    name = f"{WORKER}_template"
    _say("CREATE DATABASE {name}", name=name)
    PostgresDatabase(_named(name)).upgrade()
    return name


def drop_all() -> None:
    """At the end of all tests."""
    for name in [*_emptied, *([_template()] if _template.cache_info().currsize else [])]:
        _say("DROP DATABASE {name} WITH (FORCE)", name=name)
    if _server.cache_info().currsize:
        _server().close()


_emptied: list[str] = []
"""Databases of the newest schema whose test has ended. To fill one again takes a quarter of making one."""


def _content(name: str) -> str:
    """The statements that give a database of the newest schema what is in this one, and nothing else."""
    with psycopg.connect(_named(name)) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        found = [f'DELETE FROM "{table}"' for (table,) in tables]  # noqa: S608
        for (table,) in tables:
            (rows,) = connection.execute(f'SELECT json_agg(t)::text FROM "{table}" t').fetchone() or (None,)  # noqa: S608
            if rows is not None:
                values = sql.Literal(rows).as_string(connection)
                found.append(f'INSERT INTO "{table}" SELECT * FROM json_populate_recordset(NULL::"{table}", {values})')  # noqa: S608
        for sequence, last in connection.execute("SELECT sequencename, last_value FROM pg_sequences"):
            found.append(f"SELECT setval('\"{sequence}\"', {last or 1}, {last is not None})")
    return "; ".join(["SET session_replication_role = replica", *found])


def _filled(content: str) -> str:
    """A database with this content."""
    while _emptied:
        name = _emptied.pop()
        try:
            _fill(name, content)
        except psycopg.Error:  # something still uses it, or its schema is another one now
            _say("DROP DATABASE {name} WITH (FORCE)", name=name)
        else:
            return name
    name = _made()
    _fill(name, content)
    return name


def _made() -> str:
    name = f"{WORKER}_{next(_numbers)}"
    _say("CREATE DATABASE {name} TEMPLATE {template}", name=name, template=_template())
    return name


def _fill(name: str, content: str) -> None:
    with psycopg.connect(_named(name), options="-c lock_timeout=1s") as connection:
        connection.execute(content.encode())


@cache
def _nothing() -> str:
    return _content(_template())


class Databases:
    """Hands out databases by the folder that a SQLite file would be in: the same folder, the same database."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._names: dict[Path, str] = {}
        self._again: set[str] = set()
        """Databases that only a bot has used, so that the next test can have them."""

    def at(self, folder: Path, content: bytes | str | None = None) -> SqliteDatabase | PostgresDatabase:
        """The database; when nothing is there yet, of the newest schema and with the content, if any."""
        if self.kind == "sqlite":
            path = folder / "bot.db"
            if not path.exists():
                sqlite_file.make_private(path)
                path.write_bytes(content if isinstance(content, bytes) else sqlite_template())
            return SqliteDatabase(path)
        if folder not in self._names:
            self._names[folder] = _filled(content if isinstance(content, str) else _nothing())
            self._again.add(self._names[folder])
        return PostgresDatabase(self.url(folder))

    def content(self, folder: Path) -> bytes | str:
        """What is in a database that nobody uses now, for `at`."""
        return (folder / "bot.db").read_bytes() if self.kind == "sqlite" else _content(self._names[folder])

    def url(self, folder: Path) -> str:
        """The address, for a process of its own."""
        if self.kind == "sqlite":
            return f"sqlite:///{folder / 'bot.db'}"
        if folder not in self._names:
            self._names[folder] = _made()
        return _named(self._names[folder])

    def lose(self, folder: Path) -> None:
        """The disk is gone."""
        if self.kind == "sqlite":
            for each in folder.glob("bot.db*"):
                each.unlink()
        else:
            _say("DROP DATABASE {name} WITH (FORCE)", name=self._names[folder])

    def drop(self) -> None:
        """When the test has ended."""
        for name in self._names.values():
            there = databases_of(name)
            if there == [name] and name in self._again:
                _emptied.append(name)
                continue
            for each in there:
                _say("DROP DATABASE {name} WITH (FORCE)", name=each)


class Current:
    """What the test that runs now is on."""

    databases = Databases("sqlite")


def database_at(folder: Path, content: bytes | str | None = None) -> SqliteDatabase | PostgresDatabase:
    """The database of the running test."""
    return Current.databases.at(folder, content)
