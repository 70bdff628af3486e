"""Copies of a PostgreSQL database by its own pg_dump and pg_restore: whole ones, or none.

A password is passed to these programs by their environment alone, which only the same user can read.
"""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from cohort_bot.chat.i18n import N_
from cohort_bot.storage import migrate
from cohort_bot.storage.backups import Unusable, ordinary, written_whole
from cohort_bot.storage.postgres import address
from cohort_bot.storage.sqlite_file import AlreadyRunning

T = TypeVar("T")

NAME_MOST: Final = 63
"""The longest name in bytes that PostgreSQL keeps."""

NOT_OURS_TO_MAKE: Final = "42501"
IN_USE: Final = "55006"
ALREADY_THERE: Final = "42P04"

_CLIENTS: Final = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usesysid IS NOT NULL"
"""Connections of the server itself, such as autovacuum, belong to no user."""


def back_up(url: str, to: Path) -> None:
    """A consistent copy of a database in use; `to` is replaced only by a whole one. Raises Unusable.

    The jobs of the deliveries' engine are left out: the ledger is the truth, and each row gets a new one.
    """
    with written_whole(to) as part:
        _as_new_as_the_server("pg_dump", url)
        if _revision(url) is None:
            raise Unusable(
                N_("there is no cohort-bot in the database {name}; set DATABASE_URL to the one that it uses"),
                name=_name(url),
            )
        _run(
            *("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--serializable-deferrable"),
            *("--exclude-table-data=procrastinate_*", f"--file={part}"),
            database=url,
        )
        _listed(part)


def restore(url: str, file: Path, at: datetime, catch_up: Callable[[str], T]) -> tuple[str | None, T]:
    """Let a copy replace the database, after `catch_up` has brought it up to date at its temporary address.

    Returns the name under which the old database is kept, None when there was none. Raises Unusable and
    AlreadyRunning; then nothing has changed.
    """
    _listed(file)
    with _connected(_beside(url)) as server:
        name = _name(url)
        old = server.execute("SELECT datcollate, datctype FROM pg_database WHERE datname = %s", [name]).fetchone()
        _nobody_is_connected(server, name)
        _as_new_as_the_server("pg_restore", _beside(url))
        new, kept = _longer(name, "_restoring"), _longer(name, f"_before_restore_{at:%Y%m%dT%H%M%S}")
        _make(server, new, old)
        try:
            new_url = _of(url, new)
            _run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", str(file), database=new_url)
            _known(new_url, file)
            result = catch_up(new_url)
            _swap(server, name, new, kept if old else None)
        except BaseException:
            with contextlib.suppress(psycopg.Error):
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(new)))
            raise
    return (kept if old else None), result


def _swap(server: psycopg.Connection[Any], name: str, new: str, kept: str | None) -> None:
    """Both names change together or not at all."""
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    try:
        with server.transaction():
            if kept:
                server.execute(rename.format(sql.Identifier(name), sql.Identifier(kept)))
            server.execute(rename.format(sql.Identifier(new), sql.Identifier(name)))
    except psycopg.Error as error:
        if error.sqlstate == IN_USE:
            raise _in_use(name) from None
        raise Unusable(
            N_("the database {name} cannot be renamed ({error}); let its owner restore"),
            name=name,
            error=_line(str(error)),
        ) from None


def _make(server: psycopg.Connection[Any], name: str, like: tuple[str, str] | None) -> None:
    make = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
    if like:
        make += sql.SQL(" LC_COLLATE {} LC_CTYPE {}").format(*map(sql.Literal, like))
    try:
        server.execute(make)
    except psycopg.Error as error:
        user = server.info.user
        if error.sqlstate == NOT_OURS_TO_MAKE:
            raise Unusable(
                N_(
                    "{user} may not make databases, and a restore makes a new one beside the old; have its right "
                    "granted: {grant}"
                ),
                user=user,
                grant=f'ALTER ROLE "{user}" CREATEDB',
            ) from None
        if error.sqlstate == ALREADY_THERE:
            raise Unusable(
                N_("an interrupted restore has left the database {name}; drop it: dropdb {name}"), name=name
            ) from None
        raise Unusable(N_("the database {name} cannot be made ({error})"), name=name, error=_line(str(error))) from None


def _nobody_is_connected(server: psycopg.Connection[Any], name: str) -> None:
    row = server.execute(_CLIENTS, [name]).fetchone()
    if row and row[0]:
        raise _in_use(name)


def _in_use(name: str) -> AlreadyRunning:
    return AlreadyRunning(
        N_(
            "somebody is connected to the database {name}; stop every cohort-bot and whatever else uses it, such as a "
            "pooler, first"
        ),
        name=name,
    )


def _known(url: str, file: Path) -> None:
    """Raises Unusable when it is no database of a cohort-bot that this one can go on with."""
    revision = _revision(url)
    if revision is None:
        raise Unusable(N_("{file} is no database of cohort-bot; name a file made by db backup"), file=file)
    if revision not in migrate.revisions():
        raise Unusable(N_("{file} was made by a newer cohort-bot; install that one, then restore it"), file=file)


def _revision(url: str) -> str | None:
    with _connected(url) as there, contextlib.suppress(psycopg.errors.UndefinedTable):
        row = there.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None
    return None


def _listed(file: Path) -> None:
    """Raises Unusable when pg_restore cannot read its content."""
    ordinary(file)
    if not file.exists():
        raise Unusable(N_("there is no file {file}; name one made by db backup"), file=file)
    try:
        _run("pg_restore", "--list", str(file))
    except Unusable as wrong:
        raise Unusable(
            N_("{file} is no whole backup of PostgreSQL ({wrong}); name a file made by db backup"),
            file=file,
            wrong=wrong,
        ) from None


def _as_new_as_the_server(program: str, url: str) -> None:
    """Older client programs refuse a newer server, each in its own words."""
    match = re.search(r"(\d+)(?:\.\d+)?", _run(program, "--version"))
    with _connected(url) as server:
        major = server.info.server_version // 10_000
    if match and int(match[1]) < major:
        raise Unusable(
            N_(
                "{program} is PostgreSQL {old}'s and the server is PostgreSQL {major}; install its "
                "client programs (Debian: postgresql-client-{major})"
            ),
            program=program,
            old=match[1],
            major=major,
        )


def _run(program: str, *words: str, database: str | None = None) -> str:
    """The program's output. Raises Unusable with its last line, or with how to install it."""
    path = shutil.which(program)
    if path is None:
        raise Unusable(
            N_("{program} is not installed; install PostgreSQL's client programs (Debian: postgresql-client)"),
            program=program,
        )
    environment = dict(os.environ)
    if database is not None:
        given = conninfo_to_dict(database)
        environment |= {"PGPASSWORD": str(given.pop("password"))} if given.get("password") else {}
        words = (*words, f"--dbname={make_conninfo('', **given)}")
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's, with our own arguments
        [path, *words], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        if line := _line(done.stderr):
            raise Unusable(line)
        raise Unusable(N_("{program} ended with {code}"), program=program, code=done.returncode)
    return done.stdout


@contextlib.contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Outside any transaction. Raises Unusable."""
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        why = _line(str(error))
        raise Unusable(
            N_("DATABASE_URL: PostgreSQL cannot be used ({why}); start it, or correct the address"), why=why
        ) from None
    with contextlib.closing(connection):
        yield connection


def conninfo(url: str) -> str:
    """A DATABASE_URL as PostgreSQL's own library takes it."""
    return address(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _name(url: str) -> str:
    given = conninfo_to_dict(url)
    return str(given.get("dbname") or given.get("user"))


def _of(url: str, name: str) -> str:
    """The address of another database of the same server."""
    return address(url).set(drivername="postgresql", database=name).render_as_string(hide_password=False)


def _beside(url: str) -> str:
    """A database that every server has, from which others can be renamed."""
    return _of(url, "template1" if _name(url) == "postgres" else "postgres")


def _longer(name: str, ending: str) -> str:
    return name.encode()[: NAME_MOST - len(ending)].decode(errors="ignore") + ending


def _line(said: str) -> str:
    """The last line, which has the reason."""
    lines = said.strip().splitlines()
    return " ".join(lines[-1].split())[:200] if lines else ""
