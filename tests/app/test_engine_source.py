"""Which lanes an engine's requests let a courier claim from, and when each is returned to the engine."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cohort_bot.app.delivery.engine_requests import BATCH, RETRY_AFTER, EngineRequests
from cohort_bot.app.delivery.engine_source import LONG, SILENCE, EngineSource
from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.app.delivery.throttle import Throttle
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.core.rounds import Calendar
from cohort_bot.storage.database import SqliteDatabase
from tests.fakes.bot import LIBRARY, START, StillClock
from tests.fakes.databases import sqlite_template
from tests.fakes.memory import WORKSPACE

DUE, EMPTY = f"room:local:{WORKSPACE}:general", f"room:local:{WORKSPACE}:random"


class World:
    """A ledger in which something is due in one lane, and an engine's source without a courier."""

    def __init__(self, database: SqliteDatabase) -> None:
        self.database, self.clock = database, StillClock()
        self.throttle = Throttle(["local"], self.clock, Pacing())
        self.source = EngineSource(database, LIBRARY, self.clock)
        self.source.attach(self.throttle, lambda: None)

    async def request(self, lane: str) -> asyncio.Task[float | None]:
        requested = asyncio.create_task(self.source.deliver(lane, 1))
        await asyncio.sleep(0)
        return requested

    async def claim(self) -> list[str]:
        """What a courier does: the lanes of what it has claimed."""
        lanes: list[str] = []
        try:
            await self.source.prepare(START)
            claims = await self.database.write(
                lambda store: self.source.claim(store, START, 10, self.throttle.closed()[0], frozenset(), lambda: False)
            )
            lanes = [parcel.lane for parcel in claims.send]
        finally:
            self.source.claimed(lanes)
            await asyncio.sleep(0.01)  # what is returned has to wake up
        return lanes


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    (tmp_path / "bot.db").write_bytes(sqlite_template())
    database = SqliteDatabase(tmp_path / "bot.db")
    database.open()

    def fill(store: Store) -> None:
        cohort = store.cohorts.add(
            platform="local",
            workspace=WORKSPACE,
            name="AI 2027",
            programme=LIBRARY.slugs()[0],
            calendar=Calendar(START.date(), START.time(), "UTC"),
            at=START,
            creator="moderator",
        )
        room = store.cohorts.add_room(cohort.id, "local", WORKSPACE, "general")
        new = NewDelivery("a post", "announce", "local", cohort.id, START, room_id=room.id, args={"text": "hello"})
        store.deliveries.add([new])

    await database.write(fill)
    yield World(database)
    await database.close()


async def test_only_what_is_requested_is_claimed_and_a_lane_with_nothing_due_is_returned(world: World) -> None:
    assert await world.claim() == []
    due, empty = await world.request(DUE), await world.request(EMPTY)
    assert await world.claim() == [DUE]
    assert await empty is None
    assert not due.done(), "something is under way"
    world.source.finished([DUE])
    await world.claim()
    assert not due.done(), "it is being sent, by all that the ledger knows"
    world.source.stop()
    assert await due == RETRY_AFTER


async def test_a_lane_that_waits_for_long_is_returned_for_that_time(world: World) -> None:
    world.throttle.hold(DUE, LONG / 2)
    due = await world.request(DUE)
    assert await world.claim() == []
    assert not due.done(), "it does not take long"
    world.throttle.hold(DUE, 2 * LONG)
    assert await world.claim() == []
    assert LONG < (await due or 0) <= 2 * LONG


async def test_a_platform_that_is_connected_elsewhere_is_left_to_others(world: World) -> None:
    world.throttle.disconnected.add("local")
    world.throttle.hold(DUE, 1.0)
    due = await world.request(DUE)
    assert await world.claim() == []
    assert await due == RETRY_AFTER


async def test_nothing_is_returned_as_empty_when_the_ledger_cannot_be_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = await world.request(DUE)
    with monkeypatch.context() as broken:
        broken.setattr(world.source, "_database", None)
        with pytest.raises(AttributeError):
            await world.claim()
    assert not due.done()
    assert await world.claim() == [DUE], "it is claimed at the next try"


async def test_what_was_claimed_before_a_silence_is_not_sent(world: World) -> None:
    await world.request(DUE)
    assert await world.claim() == [DUE]
    assert world.source.revoked(DUE) is None
    world.clock.skip(SILENCE + 1)
    assert world.source.revoked(DUE) is DeliveryReason.STOOD_STILL
    world.source.share(2)
    assert world.source.revoked(DUE) is DeliveryReason.STOOD_STILL, "others may have sent it meanwhile"
    world.source.finished([DUE])
    assert world.source.revoked(DUE) is None


async def test_after_a_batch_another_lane_has_a_turn() -> None:
    requests = EngineRequests()
    requested = asyncio.create_task(requests.deliver("a", 1))
    await asyncio.sleep(0)
    for number in range(BATCH):
        assert not requested.done(), number
        assert requests.take()[0] == {"a": 1}
        requests.taken(["a"], ["a"])
        requests.delivered("a")
    assert await requested == 0


async def test_a_lane_that_is_requested_twice_is_delivered_once() -> None:
    requests = EngineRequests()
    first = asyncio.create_task(requests.deliver("a", 1))
    await asyncio.sleep(0)
    assert await requests.deliver("a", 2) == RETRY_AFTER
    requests.start_over("a")
    assert await first == 0
