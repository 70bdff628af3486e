"""What PostgreSQL adds: writers at the same time, connections that break, two processes that migrate at once."""

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError

from cohort_bot.app.delivery import ledger
from cohort_bot.app.delivery.ticker import Ticker
from cohort_bot.app.ports.cohorts import Plan
from cohort_bot.app.ports.store import Delivery, NewDelivery, Store
from cohort_bot.core.delivery_states import State
from cohort_bot.core.rounds import Calendar
from cohort_bot.storage.jobs import Beat, Jobs
from cohort_bot.storage.postgres import PostgresDatabase
from tests.fakes.bot import StillClock
from tests.fakes.databases import Current
from tests.harness.scenario import Toy
from tests.harness.statements import watched

T = TypeVar("T")
AT = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
pytestmark = pytest.mark.postgresql


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[tuple[PostgresDatabase, PostgresDatabase]]:
    """Two processes' worth of one database."""
    url = Current.databases.url(tmp_path)
    both = PostgresDatabase(url), PostgresDatabase(url)
    yield both
    for each in both:
        await each.close()


def cohort(store: Store, name: str = "AI 2027") -> int:
    made = store.cohorts.add(
        platform="local",
        workspace="w",
        name=name,
        programme="toy",
        calendar=Calendar(date(2027, 1, 4), time(9), "UTC"),
        at=AT,
        creator="moderator",
    )
    store.cohorts.add_room(made.id, "local", "w", "general")
    return made.id


class Meeting:
    """Lets two transactions read before either writes; when they are run again, nobody waits."""

    def __init__(self) -> None:
        self._barrier = threading.Barrier(2)

    def wait(self) -> None:
        try:
            self._barrier.wait(timeout=1)
        except threading.BrokenBarrierError:
            return


async def test_what_was_read_still_holds_at_the_commit(pair: tuple[PostgresDatabase, PostgresDatabase]) -> None:
    """Each reads how many there are and adds one more only if there is none: two at once must not both do so."""
    meeting = Meeting()

    def add(name: str) -> Callable[[Store], bool]:
        def write(store: Store) -> bool:
            if store.cohorts.active():
                return False
            meeting.wait()
            cohort(store, name)
            return True

        return write

    assert sorted(await asyncio.gather(pair[0].write(add("one")), pair[1].write(add("two")))) == [False, True]


async def test_an_invocation_is_the_first_only_once_wherever_it_arrives(
    pair: tuple[PostgresDatabase, PostgresDatabase],
) -> None:
    """Slack may hand the same event to two processes."""
    seen = await asyncio.gather(
        *(pair[n % 2].write(lambda store, n=n: store.first_time(f"x{n // 10}", AT)) for n in range(50))  # type: ignore[misc]
    )
    assert seen.count(True) == 5


async def test_two_who_take_the_same_name_at_once_are_told_apart(
    pair: tuple[PostgresDatabase, PostgresDatabase],
) -> None:
    """A unique key is taken meanwhile: the function is run again, and then sees it."""
    meeting = Meeting()

    def join(store: Store) -> bool:
        if store.people.account("local", "w", "member-1"):
            return False
        meeting.wait()
        store.people.add("local", "w", "member-1", "Sample Member", "UTC")
        return True

    assert sorted(await asyncio.gather(*(each.write(join) for each in pair))) == [False, True]


async def test_a_change_and_the_planner_do_not_undo_each_other(
    pair: tuple[PostgresDatabase, PostgresDatabase],
) -> None:
    """`replan` sets the mark back that `plan` moves on; were the later to win, what is new would not be planned."""
    number = await pair[0].write(cohort)
    meeting, later = Meeting(), datetime(2027, 2, 1, tzinfo=UTC)

    def plan(store: Store) -> None:
        until = store.cohorts.planned([number])[number]
        meeting.wait()
        store.cohorts.plan([Plan(number, later, later)] if until == AT else [])

    def change(store: Store) -> None:
        store.cohorts.planned([number])
        meeting.wait()
        store.cohorts.replan(number, AT)

    await asyncio.gather(pair[0].write(plan), pair[1].write(change))
    planned, due = await pair[0].read(lambda store: (store.cohorts.planned([number])[number], store.cohorts.next_due()))
    assert (planned, due) in {(AT, AT), (planned, planned)}
    assert due is not None
    assert due <= later


async def test_two_who_plan_at_once_are_not_in_each_others_way(
    pair: tuple[PostgresDatabase, PostgresDatabase], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In groups of ten; each row is written once. A transaction is run again only if it began while the other's commit
    was under way: it sees what was there before, and gets the lock at once.
    """
    monkeypatch.setattr(ledger, "COHORTS_AT_ONCE", 10)
    undone = count_conflicts(monkeypatch)
    await pair[0].write(lambda store: [cohort(store, f"Cohort {number}") for number in range(60)])
    undone.clear()
    clock = StillClock(AT + timedelta(hours=2))
    both = [Ticker(each, Toy(), clock, lambda: None) for each in pair]
    written = 0
    while await pair[0].read(lambda store: store.cohorts.due(clock.now())):
        written += sum(await asyncio.gather(*(each.tick() for each in both)))
    keys = await pair[0].read(lambda store: _raw(store).execute(text("SELECT key FROM deliveries")).scalars().all())
    assert written == len(keys) == len(set(keys)) == 60
    assert len(undone) <= 2, undone


async def test_changes_of_one_process_do_not_undo_each_other(
    pair: tuple[PostgresDatabase, PostgresDatabase], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many people join a cohort at once, and each reads who is in it: side by side all but one would be undone."""
    number = await pair[0].write(cohort)
    undone = count_conflicts(monkeypatch)

    def join(name: str) -> Callable[[Store], int]:
        def write(store: Store) -> int:
            there = len(store.members.in_cohort(number))
            store.members.add(number, store.people.add("local", "w", name, name, "UTC"), AT, 1, None, "")
            return there

        return write

    seen = await asyncio.gather(*(pair[0].write(join(f"Sample member {each}")) for each in range(30)))
    assert sorted(seen) == list(range(30))
    assert undone == []


def count_conflicts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Filled with the reason of each transaction that is undone."""
    undone: list[str] = []
    real = PostgresDatabase._again

    def again(database: PostgresDatabase, work: Callable[[], T]) -> T:
        def watched() -> T:
            try:
                return work()
            except DBAPIError as error:
                undone.append(str(error.orig))
                raise

        return real(database, watched)

    monkeypatch.setattr(PostgresDatabase, "_again", again)
    return undone


async def test_each_courier_knows_how_many_carry(pair: tuple[PostgresDatabase, PostgresDatabase]) -> None:
    """One more comes, and is gone again: its part of the rate is the others'."""
    beat = Beat(heartbeat=0.05, stalled=0.5, look=0.05, poll=0.05)
    told: tuple[list[int], list[int]] = ([], [])

    async def deliver(_lane: str, _job: int) -> float | None:
        return None

    async def until(last: int, of: list[int]) -> None:
        async with asyncio.timeout(10):
            while True:
                if of and of[-1] == last:
                    return
                await asyncio.sleep(0.02)

    first, second = (Jobs(each, lambda: AT, beat) for each in pair)
    running = [asyncio.create_task(first.run(deliver, told[0].append))]
    await until(1, told[0])
    running.append(asyncio.create_task(second.run(deliver, told[1].append)))
    await until(2, told[0])
    await until(2, told[1])
    second.stop()
    await running[1]
    await until(1, told[0])
    first.stop()
    await running[0]


async def test_a_row_is_claimed_by_one_of_many(pair: tuple[PostgresDatabase, PostgresDatabase]) -> None:
    """Fenced transactions take rows that nobody else is taking, the first of each lane, and none is taken twice."""

    def fill(store: Store) -> None:
        number = cohort(store)
        people = [store.people.add("local", "w", f"u{n}", "Sample", "UTC") for n in range(60)]
        store.deliveries.add(
            NewDelivery(f"{part}:{person.id}", "joined", "local", number, AT, account_id=person.id)
            for person in people
            for part in ("first", "second")
        )

    def take(store: Store) -> list[str]:
        rows = store.deliveries.rows([turn.id for turn in store.deliveries.ready(AT, 10)])
        return [row.what.key for row in store.deliveries.claim([(row, "{}", None) for row in rows], AT)]

    await pair[0].write(fill)
    taken = await asyncio.gather(*(pair[n % 2].write(take, fenced=True) for n in range(12)))
    keys = [key for each in taken for key in each]
    assert len(keys) == len(set(keys))
    assert all(key.startswith("first:") for key in keys)
    while more := await pair[0].write(take, fenced=True):
        keys += more
    assert len(keys) == len(set(keys)) == 60


ASKED: dict[str, Callable[[Store, list[str]], int]] = {
    "what can be claimed": lambda store, _: len(store.deliveries.ready(AT, 100)),
    "what can be claimed of some lanes": lambda store, lanes: len(
        store.deliveries.ready(AT, 100, frozenset(), frozenset(), dict.fromkeys(lanes, 1))
    ),
    "when some lanes are due": lambda store, lanes: len(store.deliveries.heads(lanes, AT)),
    "what waits": lambda store, _: len(store.health.waiting(AT, 100)),
}


@pytest.mark.parametrize("asked", ASKED)
async def test_many_that_are_due_at_once_are_not_compared_with_each_other(
    pair: tuple[PostgresDatabase, PostgresDatabase], asked: str
) -> None:
    """PostgreSQL's statistics are from a time at which almost nothing was due, as they are whenever a week begins."""
    found: list[dict[str, Any]] = []

    def fill(store: Store) -> None:
        number = cohort(store)
        _raw(store).execute(
            text(
                "INSERT INTO deliveries (key, kind, platform, cohort_id, room_id, in_thread, args, due, lane, mark,"
                " state, fence, attempts, updated) SELECT 'old:' || g, 'opening', 'local', :number,"
                " (SELECT max(id) FROM rooms), 0, '{}', 0, 'old', 'm' || g, 'sent', 0, 0, 0"
                " FROM generate_series(1, 2000) AS g"
            ),
            {"number": number},
        )
        _raw(store).execute(text("ANALYZE"))
        people = [store.people.add("local", "w", f"u{each}", "Sample", "UTC") for each in range(60)]
        store.deliveries.add(
            NewDelivery(each.user, "joined", "local", number, AT, account_id=each.id) for each in people
        )

    def ask(store: Store) -> int:
        lanes = list(_raw(store).execute(text("SELECT lane FROM deliveries WHERE state = 'ready'")).scalars())
        statements: list[tuple[str, Any]] = []
        with watched(lambda words, values: statements.append((words, values))):
            answer = ASKED[asked](store, lanes)
        (words, values), driver = statements[0], _raw(store).connection.dbapi_connection
        assert driver is not None
        cursor = driver.cursor()
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {words}", values)
        found.append(cursor.fetchall()[0][0][0]["Plan"])
        return answer

    await pair[0].write(fill)
    assert await pair[0].write(ask, fenced=True) == 60
    others = [each for each in _nodes(found[0]) if each.get("Alias") in {"earlier", "each_row", "unknown"}]
    assert others
    for each in others:
        touched = each["Actual Rows"] + each.get("Rows Removed by Filter", 0)
        assert each["Actual Loops"] * touched <= 2 * 60, each
    given = [each["Actual Loops"] for each in _nodes(found[0]) if each["Node Type"] == "ProjectSet"]
    assert set(given) <= {0, 1}, found[0]


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """All nodes of a plan."""
    return [plan, *(each for inner in plan.get("Plans", ()) for each in _nodes(inner))]


async def beside_a_claim(
    pair: tuple[PostgresDatabase, PostgresDatabase], meanwhile: Callable[[Store], None]
) -> Delivery | None:
    """The row `x` after somebody claims it, and another process does `meanwhile`, having looked before that was
    committed.
    """
    claimed, looked = threading.Event(), threading.Event()

    def claim(store: Store) -> None:
        rows = store.deliveries.rows([turn.id for turn in store.deliveries.ready(AT, 10)])
        store.deliveries.claim([(row, row.payload or '{"composed": "at the claim"}', None) for row in rows], AT)
        claimed.set()
        looked.wait(5)

    def other(store: Store) -> None:
        claimed.wait(5)
        assert store.cohorts.active()
        looked.set()
        meanwhile(store)

    await asyncio.gather(pair[0].write(claim, fenced=True), pair[1].write(other))
    return await pair[0].read(lambda store: store.deliveries.by_key("x"))


async def test_a_text_is_not_taken_back_from_who_is_sending_it(pair: tuple[PostgresDatabase, PostgresDatabase]) -> None:
    """The claim wrote no payload, it was composed ahead: the row itself must show that both are at it."""

    def fill(store: Store) -> int:
        number = cohort(store)
        room = store.cohorts.rooms(number)[0].id
        ahead = NewDelivery("x", "opening", "local", number, AT, room_id=room, round=1)
        store.deliveries.add([ahead], AT - timedelta(seconds=20))
        store.deliveries.freeze([(row.what, '{"composed": "ahead"}') for row in store.deliveries.by_keys(["x"])])
        return number

    number = await pair[0].write(fill)
    row = await beside_a_claim(pair, lambda store: store.deliveries.withdraw(number, AT))
    assert row is not None
    assert (row.state, row.payload) == (State.SENDING, '{"composed": "ahead"}')


async def test_a_text_that_is_claimed_while_a_person_is_erased_goes_too(
    pair: tuple[PostgresDatabase, PostgresDatabase],
) -> None:
    def fill(store: Store) -> tuple[int, int]:
        number = cohort(store)
        account = store.people.add("local", "w", "u1", "Sample", "UTC")
        member = store.members.add(number, account, AT, 1, None, "")
        room = store.cohorts.rooms(number)[0].id
        store.deliveries.add([NewDelivery("x", "joined", "local", number, AT, room_id=room, member_id=member.id)])
        return number, member.id

    number, member = await pair[0].write(fill)
    row = await beside_a_claim(pair, lambda store: store.deliveries.erase(number, member, ()))
    assert row is not None
    assert (row.state, row.payload) == (State.SENDING, None)


async def test_a_lost_connection_is_made_anew(pair: tuple[PostgresDatabase, PostgresDatabase]) -> None:
    """As after a restart of the server: every connection that was open is gone."""
    await pair[0].write(cohort)
    await pair[1].write(
        lambda store: (
            _raw(store)
            .execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid()"
                )
            )
            .all()
        )
    )
    assert len(await pair[0].read(lambda store: store.cohorts.active())) == 1
    await pair[0].write(lambda store: cohort(store, "Another"))


@pytest.mark.parametrize("committed", [True, False])
async def test_a_connection_that_breaks_at_the_commit_neither_loses_nor_doubles(
    pair: tuple[PostgresDatabase, PostgresDatabase], committed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows whether it was committed; the server does."""
    broken: list[bool] = []
    runs: list[int] = []

    def dies(connection: Connection, work: Callable[..., Any]) -> Any:
        if not broken and runs:
            broken.append(True)
            if committed:
                work(connection)
            connection.invalidate()
            raise OperationalError("COMMIT", None, Exception("the connection is gone"), connection_invalidated=True)
        return work(connection)

    real = Connection._commit_impl
    monkeypatch.setattr(Connection, "_commit_impl", lambda connection: dies(connection, real))

    def add(store: Store) -> int:
        runs.append(1)
        return store.people.add("local", "w", f"u{len(runs)}", "Sample", "UTC").id

    await pair[0].write(add)
    assert broken
    assert len(runs) == (1 if committed else 2)
    there = await pair[1].read(lambda store: _raw(store).execute(text("SELECT count(*) FROM accounts")).scalar_one())
    assert there == 1


async def test_a_fault_of_the_function_is_not_run_again(pair: tuple[PostgresDatabase, PostgresDatabase]) -> None:
    runs = 0

    def bad(store: Store) -> None:
        nonlocal runs
        runs += 1
        cohort(store)
        raise KeyError("a fault of the function")

    with pytest.raises(KeyError):
        await pair[0].write(bad)
    assert runs == 1
    assert await pair[0].read(lambda store: store.cohorts.active()) == []


@pytest.mark.process
async def test_processes_that_start_together_migrate_once(
    pair: tuple[PostgresDatabase, PostgresDatabase], tmp_path: Path
) -> None:
    everything = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
    await pair[0].write(lambda store: _raw(store).execute(text(everything)).close())
    environment = {**os.environ, "DATABASE_URL": Current.databases.url(tmp_path)}
    starts = [
        await asyncio.create_subprocess_exec(sys.executable, "-m", "cohort_bot", "db", "upgrade", env=environment)
        for _ in range(2)
    ]
    assert [await each.wait() for each in starts] == [0, 0]
    await pair[0].write(cohort)


def _raw(store: Store) -> Connection:
    connection: Connection = store.connection  # type: ignore[attr-defined]
    return connection
