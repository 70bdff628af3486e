"""A pooler in front of PostgreSQL, such as PgBouncer: whether it shares a server's connection between transactions.

With `pool_mode=transaction` one transaction runs on one connection of the server and the next on another. State of a
connection is lost or belongs to somebody else: prepared statements, locks of a session, LISTEN. So with such a pooler
the bot also needs the server's own address (DATABASE_DIRECT_URL), and prepares nothing through the pooler.
"""

import secrets
from typing import Any, Final

import psycopg

from cohort_bot.app.ports.startup import CannotStart
from cohort_bot.chat.i18n import N_

TRYING: Final = 7_210_004
"""The family of the locks that show whether two addresses lead to the same database."""

LOOKS: Final = 3


def check(conninfo: str, direct: str | None) -> None:
    """Raises CannotStart, with the cure, for a pooler that shares connections unless `direct` leads past it.

    Raises psycopg.OperationalError when one of the two cannot be reached.
    """
    try:
        _check(conninfo, direct)
    except psycopg.errors.ProtocolViolation as error:
        if "statement pooling" not in str(error):
            raise
        raise CannotStart(
            N_(
                "the pooler before PostgreSQL has pool_mode=statement, which allows no transactions; let "
                "it use pool_mode=transaction or session"
            )
        ) from None


def _check(conninfo: str, direct: str | None) -> None:
    if direct is None:
        if _shares(conninfo):
            raise CannotStart(
                N_(
                    "DATABASE_URL leads to a pooler that shares connections between transactions; set "
                    "DATABASE_DIRECT_URL to the address of the server itself, for locks and notifications, or let it "
                    "use pool_mode=session"
                )
            )
    elif _shares(direct):
        raise CannotStart(
            N_(
                "DATABASE_DIRECT_URL leads to a pooler that shares connections between transactions; set "
                "it to the address of the server itself"
            )
        )
    elif not _same_database(conninfo, direct):
        raise CannotStart(
            N_("DATABASE_DIRECT_URL leads to another database than DATABASE_URL; set both to the same one")
        )


def _shares(conninfo: str) -> bool:
    """Whether two connections of ours are given one of the server's, or one of ours is given two.

    A connection of a session keeps its own. A shared one is mostly given out again at once; if another client was
    quicker, the first connection gets a different one.
    """
    with _connected(conninfo) as one, _connected(conninfo) as two:
        for _ in range(LOOKS):
            before = _server_process(one)
            with two.transaction():
                if _server_process(two) == before or _server_process(one) != before:
                    return True
    return False


def _same_database(one: str, other: str) -> bool:
    """Whether a lock that is taken by one address is seen by the other: locks are a database's own."""
    number = secrets.randbelow(2**31)
    with _connected(other) as holder, _connected(one) as asker, asker.transaction():
        holder.execute("SELECT pg_advisory_lock(%s, %s)", (TRYING, number))
        row = asker.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", (TRYING, number)).fetchone()
    return row is not None and not row[0]


def _connected(conninfo: str) -> psycopg.Connection[Any]:
    return psycopg.connect(conninfo, autocommit=True, connect_timeout=5, prepare_threshold=None)


def _server_process(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    return int(row[0]) if row else 0
