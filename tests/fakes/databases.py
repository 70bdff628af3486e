"""The database that a test runs on: a SQLite file or a PostgreSQL database of its own, copied from a template.

A test marked `both_databases` runs twice. TEST_DATABASE_URL names a server on which databases may be made and dropped.
"""

import itertools
import os
import tempfile
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy
from psycopg import sql
from sqlalchemy import Engine, event, make_url

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


def need_postgres() -> None:
    """Skip the test where there is no server; in CI that is a failure."""
    if not SERVER:
        assert not REQUIRED, "TEST_DATABASE_URL is not set, and COHORT_BOT_REQUIRE wants PostgreSQL"
        pytest.skip("needs PostgreSQL: TEST_DATABASE_URL=postgresql://… names a server for tests")


def _say(words: str, **names: str) -> None:
    """One statement to the server, outside any transaction."""
    with psycopg.connect(
        address(SERVER).set(drivername="postgresql").render_as_string(False), autocommit=True
    ) as server:
        server.execute(sql.SQL(words).format(**{key: sql.Identifier(name) for key, name in names.items()}))


def databases_of(name: str) -> list[str]:
    """A test's database, unless it is lost, and those that a restore made of it."""
    with psycopg.connect(address(SERVER).set(drivername="postgresql").render_as_string(False)) as server:
        rows = server.execute(
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


def drop_template() -> None:
    """At the end of all tests."""
    if _template.cache_info().currsize:
        _say("DROP DATABASE {name} WITH (FORCE)", name=_template())


class Databases:
    """Hands out databases by the folder that a SQLite file would be in: the same folder, the same database."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._names: dict[Path, str] = {}

    def at(self, folder: Path) -> SqliteDatabase | PostgresDatabase:
        """The database, of the newest schema when nothing is there yet."""
        if self.kind == "sqlite":
            path = folder / "bot.db"
            if not path.exists():
                sqlite_file.make_private(path)
                path.write_bytes(sqlite_template())
            return SqliteDatabase(path)
        return PostgresDatabase(self.url(folder))

    def url(self, folder: Path) -> str:
        """The address, for a process of its own."""
        if self.kind == "sqlite":
            return f"sqlite:///{folder / 'bot.db'}"
        if folder not in self._names:
            self._names[folder] = f"{WORKER}_{next(_numbers)}"
            _say("CREATE DATABASE {name} TEMPLATE {template}", name=self._names[folder], template=_template())
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
            for each in databases_of(name):
                _say("DROP DATABASE {name} WITH (FORCE)", name=each)


class Current:
    """What the test that runs now is on."""

    databases = Databases("sqlite")


def database_at(folder: Path) -> SqliteDatabase | PostgresDatabase:
    """The database of the running test."""
    return Current.databases.at(folder)
