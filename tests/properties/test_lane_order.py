"""Whatever is due first and whatever is committed first: a lane comes to its end, in order, each post once.

On a real PostgreSQL with the real engine. `due` is the instant of a click, the ids are those of the commit, the
clocks of several processes differ, and while the first post is under way more comes in.
"""

import asyncio
import contextlib
import itertools
from collections import Counter, defaultdict
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Self

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohort_bot.app.delivery.courier import Courier
from cohort_bot.app.delivery.engine_source import EngineSource
from cohort_bot.app.ports.platform import Reason, Refused, Search
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Place, Ref
from cohort_bot.core.rounds import Calendar
from cohort_bot.storage.jobs import Beat, Jobs
from cohort_bot.storage.postgres import PostgresDatabase
from tests.fakes.bot import LIBRARY, QUICK, StillClock
from tests.fakes.databases import Current
from tests.fakes.memory import WORKSPACE, MemoryPlatform

pytestmark = pytest.mark.postgresql

AT = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
BEAT = Beat(heartbeat=1.0, stalled=10.0, look=0.5, poll=0.1, again=1)
IN_TIME = 5.0
"""Seconds; a lane whose order two disagree about never moves again."""

TROUBLE = ("none", "none", "none", "429", "lost")


@dataclass(frozen=True)
class Post:
    """One row of a lane, clicked so many milliseconds before now. Those with the same turn are committed at once.

    `trouble` meets one of the posts, whichever comes.
    """

    lane: int
    ago: int
    turn: int
    trouble: str


POSTS = st.lists(
    st.builds(
        Post,
        lane=st.integers(0, 1),
        ago=st.integers(0, 3).map(lambda steps: steps * 50),
        turn=st.integers(0, 4),
        trouble=st.sampled_from(TROUBLE),
    ),
    min_size=2,
    max_size=8,
)


class Chat(MemoryPlatform):
    """Any channel is there; what is sent waits while the gate is shut."""

    def __init__(self, clock: StillClock) -> None:
        super().__init__(clock.now)
        self.gate = asyncio.Event()
        self.trouble: list[str] = []

    async def send(self, place: Place, message: Message, mark: str, again: Search | None = None) -> Ref:
        await self.gate.wait()
        trouble = self.trouble.pop() if self.trouble else "none"
        if trouble == "429":
            raise Refused(Reason.BUSY, "slow down", retry_after=0.01)
        if trouble == "lost":
            self.lose_answer_next()
        return await super().send(place, message, mark, again)

    def _known(self, place: Place) -> Place:
        return place


class World:
    """One database, so many couriers on it, and a loop that they go on running in between two examples."""

    def __init__(self, url: str, couriers: int) -> None:
        self.loop = asyncio.new_event_loop()
        self._url, self._couriers = url, couriers
        self._numbers = itertools.count()
        self._ends = contextlib.AsyncExitStack()

    def __enter__(self) -> Self:
        self.run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self._ends.aclose())
        self.loop.close()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        self.loop.run_until_complete(work)

    async def _start(self) -> None:
        self.clock = StillClock(AT)
        self.chat = Chat(self.clock)
        self.database = PostgresDatabase(self._url)
        Jobs(self.database, self.clock.now, BEAT)  # a gateway: it writes jobs and carries none
        self._ends.push_async_callback(self.database.close)
        self.cohort = await self.database.write(_cohort)
        for _ in range(self._couriers):
            database = PostgresDatabase(self._url)
            jobs = Jobs(database, self.clock.now, BEAT)
            source = EngineSource(database, LIBRARY, self.clock)
            courier = Courier(source, database, LIBRARY, {"local": self.chat}, self.clock, QUICK)
            tasks = [asyncio.create_task(courier.run()), asyncio.create_task(jobs.run(source.deliver, source.share))]
            self._ends.push_async_callback(self._end, database, jobs, courier, tasks)

    @staticmethod
    async def _end(
        database: PostgresDatabase, jobs: Jobs, courier: Courier, tasks: Sequence[asyncio.Task[None]]
    ) -> None:
        jobs.stop()
        courier.stop()
        await asyncio.gather(*tasks)
        await database.close()

    async def holds(self, posts: Sequence[Post]) -> None:
        """The first post of each lane is under way while all the others are committed."""
        number = next(self._numbers)
        names = [f"room-{number}-{lane}" for lane in range(2)]

        def rooms(store: Store) -> list[int]:
            return [store.cohorts.add_room(self.cohort, "local", WORKSPACE, name).id for name in names]

        room_ids = await self.database.write(rooms)
        self.clock.move_to(self.clock.now() + timedelta(seconds=10))
        at = self.clock.now()
        self.chat.gate.clear()
        self.chat.trouble = [post.trouble for post in posts]
        expected: dict[str, list[tuple[datetime, int, str]]] = defaultdict(list)

        async def write(key: str, lane: int, due: datetime) -> None:
            new = NewDelivery(key, "announce", "local", self.cohort, due, room_id=room_ids[lane], args={"text": key})

            def add(store: Store) -> int:
                store.deliveries.add([new])
                found = store.deliveries.by_key(key)
                assert found is not None
                return found.id

            expected[names[lane]].append((due, await self.database.write(add), key))

        await asyncio.gather(*(write(f"{number} plug {lane}", lane, at - timedelta(seconds=1)) for lane in range(2)))
        for _, together in itertools.groupby(sorted(enumerate(posts), key=lambda each: each[1].turn), _turn):
            await asyncio.gather(
                *(
                    write(f"{number} post {each}", post.lane, at - timedelta(milliseconds=post.ago))
                    for each, post in together
                )
            )
        self.chat.gate.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(IN_TIME):
                while await self.database.read(_any_open):  # noqa: ASYNC110 - nobody tells what a database holds
                    await asyncio.sleep(0.02)
        for name in names:
            said = [text.splitlines()[0] for text in self.chat.timeline(name)]
            assert said == [key for _, _, key in sorted(expected[name])], name
            assert max(Counter(said).values(), default=1) == 1


def _turn(each: tuple[int, Post]) -> int:
    return each[1].turn


def _any_open(store: Store) -> bool:
    return store.health.standing().oldest_due is not None


def _cohort(store: Store) -> int:
    return store.cohorts.add(
        platform="local",
        workspace=WORKSPACE,
        name="AI 2027",
        programme=LIBRARY.slugs()[0],
        calendar=Calendar(date(2027, 6, 7), time(9), "UTC"),
        at=AT,
        creator="moderator",
    ).id


@pytest.mark.parametrize("couriers", [1, 3])
def test_every_lane_comes_to_its_end_in_order(tmp_path: Path, couriers: int) -> None:
    with World(Current.databases.url(tmp_path), couriers) as world:

        @settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
        @given(POSTS)
        def any_order_of_due_and_commit(posts: list[Post]) -> None:
            world.run(world.holds(posts))

        any_order_of_due_and_commit()
