"""Transactions as functions: each is whole, its fault is its own, and what was returned is on disk."""

import asyncio
import threading
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, text
from sqlalchemy.exc import StatementError

from cohort_bot.app.ports.store import Store
from cohort_bot.startup import OwnDatabase
from cohort_bot.storage.database import SqliteDatabase
from cohort_bot.storage.postgres import address
from cohort_bot.storage.store import SqlStore
from tests.fakes.databases import Current, database_at

AT = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)


def count(folder: Path, table: str) -> int:
    """What another process would see."""
    url = Current.databases.url(folder)
    engine = create_engine(url if url.startswith("sqlite") else address(url), poolclass=NullPool)
    with engine.connect() as other:
        return int(other.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608 - names of tables


@pytest.mark.both_databases
async def test_what_a_write_returned_is_on_disk(database: OwnDatabase, tmp_path: Path) -> None:
    account = await database.write(lambda store: store.people.add("local", "w", "u", "Sample", "UTC"))
    assert count(tmp_path, "accounts") == 1
    assert await database.read(lambda store: store.people.get(account.id)) == account


async def test_a_commit_waits_for_the_disk_unless_all_of_it_can_be_made_anew(database: OwnDatabase) -> None:
    waiting = threading.Event()

    def level(store: Store) -> int:
        return int(cast("SqlStore", store).connection.exec_driver_sql("PRAGMA synchronous").scalar_one())

    assert await database.write(level, to_disk=False) == 1
    assert await database.write(level) == 2
    async with asyncio.TaskGroup() as group:  # the writer is kept busy until both wait for it, and share a commit
        group.create_task(database.write(lambda _: waiting.wait(), to_disk=False))
        planned, kept = (group.create_task(database.write(level, to_disk=each)) for each in (False, True))
        group.create_task(asyncio.to_thread(waiting.set))
    assert planned.result() == kept.result() == 2
    assert await database.write(level, to_disk=False) == 1


@pytest.mark.both_databases
async def test_a_fault_undoes_its_own_transaction_and_no_other(database: OwnDatabase, tmp_path: Path) -> None:
    def good(number: int, store: Store) -> int:
        return store.people.add("local", "w", f"u{number}", "Sample", "UTC").id

    def bad(store: Store) -> None:
        store.people.add("local", "w", "gone", "Sample", "UTC")
        raise KeyError("a fault of the function")

    work: list[Awaitable[int | None]] = [database.write(lambda store, n=n: good(n, store)) for n in range(20)]  # type: ignore[misc]
    work[7:7] = [database.write(bad)]
    results = await asyncio.gather(*work, return_exceptions=True)
    assert [type(each) for each in results].count(KeyError) == 1
    assert count(tmp_path, "accounts") == 20
    assert await database.read(lambda store: store.people.account("local", "w", "gone")) is None


async def test_many_callers_share_commits(database: SqliteDatabase) -> None:
    commits: list[Connection] = []
    event.listen(database._writer, "commit", commits.append)
    add = [
        database.write(lambda store, n=n: store.people.add("local", "w", f"u{n}", "Sample", "UTC"))  # type: ignore[misc]
        for n in range(200)
    ]
    await asyncio.gather(*add)
    assert await database.read(lambda store: store.people.account("local", "w", "u199")) is not None
    assert 0 < len(commits) < 100


async def test_whoever_stops_waiting_stops_no_transaction(database: SqliteDatabase, tmp_path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(store: Store) -> None:
        begun.set()
        go_on.wait()
        store.people.add("local", "w", "slow", "Sample", "UTC")

    impatient = asyncio.create_task(database.write(slow))
    await asyncio.to_thread(begun.wait)
    other = asyncio.create_task(database.write(lambda store: store.people.add("local", "w", "u", "Sample", "UTC")))
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    go_on.set()
    await other
    assert count(tmp_path, "accounts") == 2


async def test_a_disk_that_is_full_tells_every_caller_and_the_next_write_works(
    database: SqliteDatabase, tmp_path: Path
) -> None:
    def fill(store: Store) -> None:
        store.people.add("local", "w", "big", "x" * 3_000_000, "UTC")

    async def pragma(words: str) -> int:
        """In the writer's own thread: its connection belongs to nobody else."""
        return await database.write(lambda store: store.connection.exec_driver_sql(f"PRAGMA {words}").scalar_one())  # type: ignore[attr-defined]

    await pragma(f"max_page_count={await pragma('page_count') + 5}")
    results = await asyncio.gather(*(database.write(fill) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(each, Exception) for each in results)
    await pragma("max_page_count=1000000")
    await database.write(lambda store: store.people.add("local", "w", "small", "Sample", "UTC"))
    assert count(tmp_path, "accounts") == 1


@pytest.mark.both_databases
async def test_naive_instants_are_refused(database: OwnDatabase) -> None:
    with pytest.raises((StatementError, ValueError), match="time zone"):
        await database.write(lambda store: store.first_time("x", datetime(2027, 1, 1)))  # noqa: DTZ001 - the point


@pytest.mark.both_databases
async def test_an_invocation_is_the_first_only_once(database: OwnDatabase) -> None:
    assert await database.write(lambda store: store.first_time("x", AT))
    assert not await database.write(lambda store: store.first_time("x", AT))


@pytest.mark.both_databases
async def test_closing_finishes_what_was_accepted(tmp_path: Path, database: OwnDatabase) -> None:
    it = database_at(tmp_path)
    it.open()
    pending = [
        asyncio.ensure_future(it.write(lambda store, n=n: store.people.add("l", "w", f"c{n}", "S", "UTC")))  # type: ignore[misc]
        for n in range(50)
    ]
    await asyncio.sleep(0)
    await it.close()
    assert len(await asyncio.gather(*pending)) == 50
    assert count(tmp_path, "accounts") == 50
    assert await database.read(lambda store: store.people.account("l", "w", "c49")) is not None


async def test_a_crowd_of_readers_waits_and_nobody_is_turned_away(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "bot.db")
    database.upgrade()
    reads = (database.read(lambda store: store.cohorts.active()) for _ in range(100))
    assert await asyncio.gather(*reads) == [[]] * 100
    await database.dispose()


async def test_a_reader_that_is_given_up_while_it_opens_is_closed_with_the_others(tmp_path: Path) -> None:
    database = database_at(tmp_path)
    database.open()
    opening, go_on = threading.Event(), threading.Event()

    def slowly(*_: object) -> None:
        opening.set()
        go_on.wait(10)

    event.listen(Engine, "connect", slowly)
    try:
        reading = asyncio.create_task(database.read(lambda _: None))
        await asyncio.to_thread(opening.wait, 10)
        reading.cancel()
        await asyncio.wait([reading], timeout=0.05)
        assert not reading.done(), "its thread would open a connection that nobody closes"
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await reading
    finally:
        event.remove(Engine, "connect", slowly)
    await database.close()
    await database.dispose()  # the fixture of every test looks for what is left open
