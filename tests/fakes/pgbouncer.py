"""A real PgBouncer before the PostgreSQL server of the tests, for as long as a test needs it."""

import asyncio
import contextlib
import os
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
REQUIRED = "pgbouncer" in os.environ.get("COHORT_BOT_REQUIRE", "").split(",")
USER = "postgres"
"""It refuses to run as root."""


def need_pgbouncer() -> None:
    """Skip the test where it is not installed; in CI that is a failure."""
    if PROGRAM is None:
        assert not REQUIRED, "pgbouncer is not installed, and COHORT_BOT_REQUIRE wants it"
        pytest.skip("needs PgBouncer: Debian's package pgbouncer")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextlib.asynccontextmanager
async def pooled(direct: str, folder: Path, mode: str = "transaction", most: int = 20) -> AsyncIterator[str]:
    """The address of the database at `direct` through a pooler, with at most so many connections to the server."""
    server, port = make_url(direct), _free_port()
    host = server.query.get("host") or server.host
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"""[databases]
* = host={host} port={server.port or 5432} user={server.username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = {most}
max_client_conn = 200
""",
        encoding="ascii",
    )
    user = USER if hasattr(os, "geteuid") and os.geteuid() == 0 else None
    # Read from standard input, for the test's folder is nobody else's to read.
    with settings.open("rb") as given:
        process = await asyncio.create_subprocess_exec(
            str(PROGRAM), "-q", "/dev/stdin", stdin=given, stderr=asyncio.subprocess.DEVNULL, user=user, group=user
        )
    url = f"postgresql://{server.username}@127.0.0.1:{port}/{server.database}"
    try:
        async with asyncio.timeout(10):
            while not await _answers(url):  # noqa: ASYNC110 - it does not tell when it listens
                await asyncio.sleep(0.02)
        yield url
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _answers(url: str) -> bool:
    try:
        async with await psycopg.AsyncConnection.connect(url, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False
