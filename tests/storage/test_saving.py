"""What is said when nothing can be saved, and that what is erased is gone from the disk."""

import asyncio
import contextlib
import resource
import signal
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from cohort_bot.app.ports.database import CannotSave
from cohort_bot.app.ports.store import Store
from cohort_bot.storage import database as storage
from cohort_bot.storage import writes
from cohort_bot.storage.database import SqliteDatabase
from cohort_bot.storage.postgres import PostgresDatabase
from cohort_bot.storage.writes import CAREFUL, QUIET, Writes
from tests.app.test_profile import erase
from tests.fakes.bot import BotUnderTest, running
from tests.fakes.databases import Current

WORDS = ("Zq1 read", "Zq2 stuck", "Zq3 next")


@contextlib.contextmanager
def a_full_disk(bytes_left_of: Path) -> Iterator[None]:
    """No file may grow any more, as on a disk without room; the system's own limit, for this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left_of.stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


async def ready(bot: BotUnderTest) -> list[str]:
    """What `/readyz` finds."""
    return [finding.problem for finding in await bot.runtime.findings()]


async def test_on_a_full_disk_nothing_is_confirmed_and_it_goes_on_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writes, "CAREFUL", 0.0)
    async with running(tmp_path) as bot:
        await bot.create()
        assert await ready(bot) == []
        with a_full_disk(tmp_path / "bot.db-wal"):
            said = await bot.say("member-1", "/join timezone:Europe/Berlin")
            assert "can't save anything right now" in said
            (problem,) = await ready(bot)
            assert problem.startswith("Nothing can be saved: ")
            assert "no cohort" not in await bot.say("member-1", "/help")
        assert await ready(bot) == []
        assert "Welcome" in await bot.say("member-1", "/join timezone:Europe/Berlin")


async def test_a_full_disk_is_found_without_anybody_doing_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writes, "QUIET", 0.0)
    async with running(tmp_path) as bot:
        await bot.create()
        with a_full_disk(tmp_path / "bot.db-wal"):
            (problem,) = await ready(bot)
            assert problem.startswith("Nothing can be saved: ")


async def test_a_small_write_does_not_hide_that_a_large_one_failed(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()

        def pragma(words: str) -> Callable[[Store], int]:
            return lambda store: store.connection.exec_driver_sql(f"PRAGMA {words}").scalar_one()  # type: ignore[attr-defined]

        write = bot.runtime.database.write
        await write(pragma(f"max_page_count={await write(pragma('page_count')) + 5}"))
        with pytest.raises(CannotSave, match="full"):
            await write(lambda store: store.people.add("local", "w", "big", "x" * 3_000_000, "UTC"))
        await write(lambda store: store.people.add("local", "w", "small", "x", "UTC"))
        assert await ready(bot) == ["Nothing can be saved: database or disk is full."]


def test_what_is_known_of_writes() -> None:
    known = Writes()
    assert known.worth_a_try(0.0)
    known.kept(1.0)
    assert not known.worth_a_try(1.0 + QUIET)
    assert known.worth_a_try(1.1 + QUIET)
    known.failed("full", 20.0)
    assert (known.problem(20.0), known.worth_a_try(20.0)) == ("full", True)
    known.kept(21.0)
    assert known.problem(20.0 + CAREFUL) == "full"
    assert known.problem(20.1 + CAREFUL) is None
    assert Writes().problem(0.0) is None


async def test_a_write_that_does_not_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writes, "PATIENCE", 0.05)
    monkeypatch.setattr(writes, "QUIET", 0.0)
    async with running(tmp_path) as bot:
        other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert ["has taken more than" in problem for problem in await ready(bot)] == [True]
        other.execute("ROLLBACK")
        other.close()


@pytest.mark.postgresql
async def test_a_server_that_only_reads_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writes, "QUIET", 0.0)
    monkeypatch.setattr(writes, "CAREFUL", 0.0)
    database = PostgresDatabase(Current.databases.url(tmp_path))
    database.upgrade()

    async def only_reads(yes: str) -> None:
        def say() -> None:
            with database._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                name = connection.scalar(text("SELECT current_database()"))
                connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {yes}'))

        await asyncio.to_thread(say)
        await asyncio.to_thread(database._engine.dispose)

    try:
        assert list(await database.findings()) == []
        await only_reads("on")
        (finding,) = await database.findings()
        assert finding.problem == "Nothing can be saved: ReadOnlySqlTransaction."
        await asyncio.to_thread(database._engine.dispose)
    finally:
        await database.close()


# Erased


def found(folder: Path) -> dict[str, list[str]]:
    """Which of the words are in which file."""
    raw = {each.name: each.read_bytes() for each in folder.iterdir()}
    return {name: there for name, data in raw.items() if (there := [word for word in WORDS if word.encode() in data])}


@pytest.fixture
def sqlite_without_secure_delete(monkeypatch: pytest.MonkeyPatch) -> None:
    """As some are built: what is deleted stays in the file unless one asks for more."""
    connect: Callable[..., sqlite3.Connection] = sqlite3.dbapi2.connect

    def connected(*words: object, **named: object) -> sqlite3.Connection:
        connection = connect(*words, **named)
        connection.execute("PRAGMA secure_delete=OFF")
        return connection

    monkeypatch.setattr(sqlite3.dbapi2, "connect", connected)


async def written(bot: BotUnderTest) -> None:
    """A member who has checked in, in the file itself and in its journal."""
    await bot.create()
    await bot.join("member-1", "member-2")
    await bot.days(4)
    await bot.check_in("member-1", tasks=["1"], done=WORDS[0] + "x" * 1400, blockers=WORDS[1], next=WORDS[2])
    await bot.settle()
    with contextlib.closing(sqlite3.connect(bot.folder / "bot.db")) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    await bot.check_in("member-1", tasks=["1"], done=WORDS[0] + " again", blockers=WORDS[1], next=WORDS[2])
    assert set(found(bot.folder)) >= {"bot.db", "bot.db-wal"}, "else the test could not fail"


@pytest.mark.usefixtures("sqlite_without_secure_delete")
async def test_what_is_erased_is_in_no_file_any_more(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await written(bot)
        await erase(bot, "member-1")
        assert found(tmp_path) == {}
    assert found(tmp_path) == {}


async def test_a_reader_who_is_in_the_way_delays_it_and_nobody_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "TRUNCATE_TIMEOUT", 0.0)
    monkeypatch.setattr(storage, "TRUNCATE_AGAIN", 0.02)
    done, truncated = threading.Event(), storage._truncated

    def watched(connection: Connection) -> bool:
        well = truncated(connection)
        if well:
            done.set()
        return well

    monkeypatch.setattr(storage, "_truncated", watched)
    async with running(tmp_path) as bot:
        await written(bot)
        reader = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM members").fetchone()
        await erase(bot, "member-1")
        assert "bot.db-wal" in found(tmp_path)
        assert not done.is_set()
        reader.close()
        assert await asyncio.to_thread(done.wait, 5)
        assert found(tmp_path) == {}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    it = SqliteDatabase(tmp_path / "bot.db")
    it.upgrade()
    it.open()
    yield it
    await it.close()


async def test_a_writer_that_cannot_connect_tells_who_waits_and_tries_again(
    database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tries = database._writer.connect, []

    def connect() -> object:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("no more descriptors")
        return real()

    monkeypatch.setattr(database._writer, "connect", connect)
    with pytest.raises(OSError, match="descriptors"):
        await database.write(lambda store: store.people.account("local", "w", "u"))
    assert await database.write(lambda store: store.people.account("local", "w", "u")) is None
