"""What the engine's jobs are to the ledger: whatever has become of them, a lane with something due is brought."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from cohort_bot.app.delivery.courier import Courier
from cohort_bot.app.delivery.engine_requests import RETRY_AFTER
from cohort_bot.app.delivery.engine_source import EngineSource
from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.app.delivery.stalled import Stalled
from cohort_bot.app.ports.platform import ChatPlatform, Search
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Delivery, NewDelivery, Store
from cohort_bot.chat import codec
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Place, Ref
from cohort_bot.core.delivery_states import State
from cohort_bot.core.rounds import Calendar
from cohort_bot.storage.jobs import Beat, Jobs
from cohort_bot.storage.postgres import PostgresDatabase
from tests.fakes.bot import LIBRARY, QUICK, StillClock
from tests.fakes.databases import Current
from tests.fakes.memory import WORKSPACE, MemoryPlatform

pytestmark = pytest.mark.postgresql

AT = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
LANE = f"room:local:{WORKSPACE}:general"


def _raw(store: Store) -> Connection:
    connection: Connection = store.connection  # type: ignore[attr-defined]
    return connection


class World:
    """A cohort, its room, and a gateway that writes."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock = StillClock(AT)
        self.chat = MemoryPlatform(self.clock.now)
        self.database = PostgresDatabase(url)
        self.jobs = Jobs(self.database, self.clock.now)
        self.room = 0

    async def say(self, statement: str) -> list[tuple[object, ...]]:
        def run(store: Store) -> list[tuple[object, ...]]:
            found = _raw(store).execute(text(statement))
            return [tuple(row) for row in found] if found.returns_rows else []

        return await self.database.write(run)

    async def job_of_before(self, delivery_id: int, status: str) -> None:
        """As the releases before wrote it."""
        job = text(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, attempts, status) VALUES"
            " ('deliveries', 'deliver', :lane, CAST(:args AS jsonb), 40, CAST(:status AS procrastinate_job_status))"
        )
        values = {"lane": LANE, "args": json.dumps({"delivery_id": delivery_id, "again": True}), "status": status}
        await self.database.write(lambda store: _raw(store).execute(job, values).close())

    async def note(self, *due: tuple[str, timedelta]) -> None:
        """Rows, each in a transaction of its own."""
        for key, before in due:
            new = NewDelivery(key, "announce", "local", 1, AT - before, room_id=self.room, args={"text": key})
            await self.database.write(lambda store, new=new: store.deliveries.add([new]))  # type: ignore[misc]

    async def row(self, key: str) -> Delivery:
        found = await self.database.read(lambda store: store.deliveries.by_key(key))
        assert found is not None
        return found

    def courier(self, database: PostgresDatabase, pacing: Pacing = QUICK) -> tuple[EngineSource, Courier]:
        source = EngineSource(database, LIBRARY, self.clock)
        return source, Courier(source, database, LIBRARY, {"local": self.chat}, self.clock, pacing)

    async def brought(self, posts: int, within: float = 10) -> list[str]:
        """What a courier that starts now brings until so many are there."""
        database = PostgresDatabase(self.url)
        jobs = Jobs(database, self.clock.now, Beat(heartbeat=0.5, stalled=2.0, look=0.2, poll=0.1, again=1))
        source, courier = self.courier(database)
        tasks = [asyncio.create_task(courier.run()), asyncio.create_task(jobs.run(source.deliver, source.share))]
        try:
            async with asyncio.timeout(within):
                while len(self.chat.timeline()) < posts:  # noqa: ASYNC110 - nobody tells what is posted
                    await asyncio.sleep(0.02)
        finally:
            jobs.stop()
            courier.stop()
            await asyncio.gather(*tasks)
            await database.close()
        return [text.splitlines()[0] for text in self.chat.timeline()]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    it = World(Current.databases.url(tmp_path))

    def fill(store: Store) -> int:
        made = store.cohorts.add(
            platform="local",
            workspace=WORKSPACE,
            name="AI 2027",
            programme=LIBRARY.slugs()[0],
            calendar=Calendar(date(2027, 6, 7), time(9), "UTC"),
            at=AT,
            creator="moderator",
        )
        return store.cohorts.add_room(made.id, "local", WORKSPACE, "general").id

    it.room = await it.database.write(fill)
    yield it
    await it.database.close()


CLICKED = (
    ("clicked second, committed first", timedelta(milliseconds=100)),
    ("clicked first, committed second", timedelta(milliseconds=150)),
)
IN_ORDER = ["clicked first, committed second", "clicked second, committed first"]


async def test_a_room_that_stood_still_before_the_upgrade_goes_on(world: World) -> None:
    """The releases before had a job for each row, and the one that had the lane waited for a row that was not next."""
    await world.note(*CLICKED)
    await world.say("DELETE FROM procrastinate_jobs")
    for key, _ in CLICKED:
        number = (await world.row(key)).id
        await world.job_of_before(number, "todo")
    assert await world.brought(2) == IN_ORDER


async def test_a_message_that_a_release_before_was_sending_when_it_was_killed_is_looked_up(world: World) -> None:
    """Nobody gives its job out any more, and nobody knows whether the message is there: it is not just repeated."""
    await world.note(*CLICKED)
    row = await world.row(IN_ORDER[0])
    await world.database.write(
        lambda store: store.deliveries.claim([(row, codec.dumps(Message("hello")), "general")], AT)
    )
    await world.say("DELETE FROM procrastinate_jobs")
    await world.job_of_before(row.id, "doing")
    looked: list[str] = []
    find = world.chat.find

    async def watched(place: Place, search: Search) -> Ref | None:
        looked.append(search.mark)
        return await find(place, search)

    world.chat.find = watched  # type: ignore[method-assign]
    assert await world.brought(2) == ["hello", IN_ORDER[1]]
    assert looked == [row.mark]


@pytest.mark.parametrize(
    "became",
    [
        "DELETE FROM procrastinate_jobs",
        "UPDATE procrastinate_jobs SET scheduled_at = now() + interval '2 years'",
        "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = (SELECT min(id) FROM procrastinate_jobs)",
        "UPDATE procrastinate_jobs SET status = 'failed'",
    ],
    ids=["lost", "put off by a calendar that was wrong", "of a process that is gone", "given up"],
)
async def test_whatever_has_become_of_a_job_its_lane_is_brought(world: World, became: str) -> None:
    await world.note(*CLICKED)
    await world.say(became)
    assert await world.brought(2) == IN_ORDER


async def test_a_room_that_moves_takes_a_job_along(world: World) -> None:
    await world.note(*CLICKED)
    await world.database.write(lambda store: store.cohorts.set_channel(world.room, "random"))
    lanes = await world.say("SELECT DISTINCT lock FROM procrastinate_jobs")
    assert (f"room:local:{WORKSPACE}:random",) in lanes


async def test_a_message_under_way_in_a_room_that_moves_belongs_to_who_is_sending_it(world: World) -> None:
    """In its new lane it would look like one that nobody sends; it is looked up when that job has ended, not before."""
    await world.note(CLICKED[0])
    ((job,),) = await world.say("UPDATE procrastinate_jobs SET status = 'doing' RETURNING id")
    await world.say("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    await world.say("UPDATE procrastinate_jobs SET worker_id = (SELECT max(id) FROM procrastinate_workers)")
    row = await world.row(CLICKED[0][0])
    assert isinstance(job, int)
    jobs = {row.lane: job}
    await world.database.write(lambda store: store.deliveries.claim([(row, "{}", "general")], AT, jobs))
    await world.database.write(lambda store: store.cohorts.set_channel(world.room, "random"))
    await world.database.write(world.jobs._reconcile, fenced=True)
    assert (await world.row(row.what.key)).state is State.SENDING
    await world.say("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    await world.database.write(world.jobs._reconcile, fenced=True)
    assert (await world.row(row.what.key)).state is State.UNKNOWN


async def test_a_lane_that_falls_silent_gets_a_new_turn(world: World) -> None:
    """Its courier believes that something of it is under way, and will not hand it back."""
    database = PostgresDatabase(world.url)
    jobs = Jobs(database, world.clock.now, Beat(heartbeat=0.5, stalled=20.0, look=0.2, poll=0.1, again=1))
    source, courier = world.courier(database)
    source._requests._active.add(LANE)
    tasks = [asyncio.create_task(courier.run()), asyncio.create_task(jobs.run(source.deliver, source.share))]
    watching = Stalled(database, world.clock, courier, jobs)
    try:
        await world.note(*CLICKED)
        async with asyncio.timeout(10):
            while not source._requests._requests:  # noqa: ASYNC110 - nobody tells what an engine has given out
                await asyncio.sleep(0.02)
            await watching.look()
            assert world.chat.timeline() == []
            world.clock.skip(301)
            world.clock.move_to(AT + timedelta(seconds=301))
            await watching.look()
            while len(world.chat.timeline()) < len(CLICKED):  # noqa: ASYNC110 - nobody tells what is posted
                await asyncio.sleep(0.02)
    finally:
        jobs.stop()
        courier.stop()
        await asyncio.gather(*tasks)
        await database.close()


async def test_a_lane_that_another_process_has_or_that_waits_is_not_silent(world: World) -> None:
    await world.note(*CLICKED)
    assert await world.jobs.others() == frozenset()
    await world.say("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 minute'")
    assert await world.jobs.others() == {LANE}
    await world.say("UPDATE procrastinate_jobs SET scheduled_at = NULL")
    await world.say("DELETE FROM procrastinate_jobs WHERE id > (SELECT min(id) FROM procrastinate_jobs)")
    await world.say("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    await world.say("UPDATE procrastinate_jobs SET status = 'doing'")
    await world.say("UPDATE procrastinate_jobs SET worker_id = (SELECT max(id) FROM procrastinate_workers)")
    assert await world.jobs.others() == {LANE}


async def test_what_is_under_way_keeps_its_lease_when_its_worker_was_given_up(world: World) -> None:
    """As after a restart of the server: the process lives, and the message may wait for its turn at the platform."""
    await world.note(CLICKED[0])
    ((job,),) = await world.say("UPDATE procrastinate_jobs SET status = 'doing' RETURNING id")
    await world.say("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')")
    await world.say("UPDATE procrastinate_jobs SET worker_id = (SELECT max(id) FROM procrastinate_workers)")
    assert isinstance(job, int)
    world.jobs._running.add(job)
    await world.database.write(world.jobs._reconcile, fenced=True)
    assert await world.say("SELECT status FROM procrastinate_jobs") == [("doing",)]
    world.jobs._running.clear()
    await world.say("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    await world.database.write(world.jobs._reconcile, fenced=True)
    assert await world.say("SELECT status FROM procrastinate_jobs") == [("todo",)]


@pytest.mark.parametrize("told_first", [True, False], ids=["the engine speaks first", "the message goes on first"])
async def test_a_process_that_stood_still_sends_nothing_that_it_had_claimed_before(
    world: World, told_first: bool
) -> None:
    """Others take it for dead after forty seconds, and may have sent it since: it is claimed anew, or theirs."""
    await world.note(CLICKED[0])
    source, courier = world.courier(world.database)
    turns: list[asyncio.Event] = []

    async def waits(_platform: ChatPlatform, _workspace: str) -> None:
        turns.append(asyncio.Event())
        await turns[-1].wait()

    courier._throttle.turn = waits  # type: ignore[method-assign, assignment]

    async def turn(number: int) -> asyncio.Event:
        async with asyncio.timeout(10):
            while len(turns) < number:  # noqa: ASYNC110 - nobody tells when a turn is waited for
                await asyncio.sleep(0.01)
        return turns[number - 1]

    running = asyncio.create_task(courier.run())
    bringing = asyncio.create_task(source.deliver(LANE, 1))
    first = await turn(1)
    world.clock.skip(60)
    if told_first:
        source.share(1)
    first.set()
    if not told_first:
        await asyncio.sleep(0)
        source.share(1)
    second = await turn(2)
    assert world.chat.timeline() == []
    second.set()
    assert await asyncio.wait_for(bringing, 10) is None
    assert len(world.chat.timeline()) == 1
    courier.stop()
    await running


async def test_a_post_that_passed_the_lines_in_threads_is_not_looked_for_at_once(world: World) -> None:
    """What a process that is gone was sending may still be on its way, also where it is not the first of its lane."""
    line = NewDelivery(
        "a line", "announce", "local", 1, AT, room_id=world.room, round=1, in_thread=True, args={"text": ""}
    )
    await world.database.write(lambda store: store.deliveries.add([line]))
    await world.note(("a post", timedelta()))
    row = await world.row("a post")
    await world.database.write(lambda store: store.deliveries.put(row, State.UNKNOWN, DeliveryReason.STOPPED, AT))
    pacing = replace(QUICK, settle=60.0)
    source, courier = world.courier(world.database, pacing)
    running = asyncio.create_task(courier.run())
    assert 59 < (await asyncio.wait_for(source.deliver(LANE, 1), 5) or 0) <= 60
    assert world.chat.timeline() == []
    courier.stop()
    await running


async def test_what_is_not_connected_here_is_for_another_process(world: World) -> None:
    """It takes no place from the other platforms, and is asked for again soon."""
    await world.note(CLICKED[0])
    source, courier = world.courier(world.database)
    courier.disconnected("local")
    running = asyncio.create_task(courier.run())
    assert await asyncio.wait_for(source.deliver(LANE, 1), 5) == RETRY_AFTER
    courier.connected("local")
    courier._throttle.hold(LANE, 60.0)
    assert 59 < (await asyncio.wait_for(source.deliver(LANE, 1), 5) or 0) <= 60
    courier._throttle.forget(LANE)
    assert await asyncio.wait_for(source.deliver(LANE, 1), 5) is None
    assert len(world.chat.timeline()) == 1
    courier.stop()
    await running


async def test_taking_a_job_does_not_compare_all_that_wait_with_each_other(world: World) -> None:
    """With statistics from a time at which there were none: each would take longer, the more of them wait."""
    await world.say("ANALYZE procrastinate_jobs")
    await world.say(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, status)"
        " SELECT 'lanes', 'bring', 'lane ' || g, '{}', 'todo' FROM generate_series(1, 500) AS g"
    )
    take = text("SELECT id FROM procrastinate_fetch_job_v2(CAST('{lanes}' AS varchar[]), NULL)")
    rows = text(
        "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'procrastinate_jobs'"
    )

    def looked_at(store: Store) -> int:
        before = _raw(store).execute(rows).scalar_one()
        assert _raw(store).execute(take).scalar() is not None
        return int(_raw(store).execute(rows).scalar_one() - before)

    assert await world.database.write(looked_at) < 4 * 500
