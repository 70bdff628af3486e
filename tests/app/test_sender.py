"""One attempt at a delivery: what the courier learns from each way in which it can end."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from cohort_bot.app.delivery import ledger
from cohort_bot.app.delivery.outcome import Outcome
from cohort_bot.app.delivery.parcel import Claims, Parcel
from cohort_bot.app.delivery.sender import MAX_ATTEMPTS, Sender
from cohort_bot.app.delivery.threads import THREAD_TRIES
from cohort_bot.app.ports.platform import Pace, Reason, Refused, Unknown
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.app.ports.watch import Attempt
from cohort_bot.core.delivery_states import State
from cohort_bot.core.rounds import Calendar
from cohort_bot.storage.database import SqliteDatabase
from tests.fakes.bot import LIBRARY, QUICK, START, StillClock
from tests.fakes.databases import sqlite_template
from tests.fakes.memory import WORKSPACE, MemoryPlatform

KEY = "an opening"


class World:
    """A claimed opening, and a sender without a courier."""

    def __init__(self, database: SqliteDatabase) -> None:
        self.database, self.clock = database, StillClock()
        self.chat = MemoryPlatform(self.clock.now)
        self.held_back: DeliveryReason | None = None
        self.sender = Sender(database, {"local": self.chat}, self.clock, QUICK, self.permit)

    async def permit(self, _parcel: Parcel) -> DeliveryReason | None:
        return self.held_back

    async def claim(self) -> Parcel:
        def write(store: Store) -> Claims:
            calendar = Calendar(START.date(), START.time(), "UTC")
            cohort = store.cohorts.add(
                platform="local",
                workspace=WORKSPACE,
                name="AI 2027",
                programme=LIBRARY.slugs()[0],
                calendar=calendar,
                at=START,
                creator="moderator",
            )
            room = store.cohorts.add_room(cohort.id, "local", WORKSPACE, "general")
            store.deliveries.add([NewDelivery(KEY, "opening", "local", cohort.id, START, room_id=room.id, round=1)])
            return ledger.claim(store, LIBRARY, START, 1)

        [parcel] = (await self.database.write(write)).send
        return parcel

    async def looked_up(self, parcel: Parcel) -> Outcome:
        """The next attempt, of a row that has become uncertain."""
        return await self.sender.attempt(replace(parcel, delivery=replace(parcel.delivery, state=State.UNKNOWN)))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    (tmp_path / "bot.db").write_bytes(sqlite_template())
    database = SqliteDatabase(tmp_path / "bot.db")
    database.open()
    yield World(database)
    await database.close()


def became(outcome: Outcome) -> State | None:
    return outcome.result.state if outcome.result else None


async def test_what_is_sent_has_its_thread_and_leaves_its_channel_alone_for_the_gap(world: World) -> None:
    world.chat.pace = Pace(channel_gap=1.5)
    parcel = await world.claim()
    outcome = await world.sender.attempt(parcel)
    [sent] = world.chat.posts()
    assert outcome.result is not None
    assert (outcome.result.state, outcome.result.message_id) == (State.SENT, sent.ref.message_id)
    assert outcome.result.thread == sent.ref.message_id
    assert (outcome.attempt, outcome.answered, outcome.wait, outcome.recovered) == (Attempt.SENT, True, 1.5, True)


async def test_what_may_not_be_sent_any_more_is_ready_again(world: World) -> None:
    world.held_back = DeliveryReason.STOOD_STILL
    outcome = await world.sender.attempt(await world.claim())
    assert outcome.result is not None
    assert (outcome.result.state, outcome.result.reason) == (State.READY, DeliveryReason.STOOD_STILL)
    assert (outcome.attempt, outcome.answered, outcome.wait) == (None, None, 0)
    assert world.chat.posts() == []


@pytest.mark.parametrize(("retry_after", "answered"), [(7.0, None), (None, False)])
async def test_a_refusal_for_now_waits_as_long_as_the_platform_says(
    world: World, retry_after: float | None, *, answered: bool | None
) -> None:
    world.chat.fail_next(Refused(Reason.BUSY, "slow down", retry_after))
    outcome = await world.sender.attempt(await world.claim())
    assert (became(outcome), outcome.attempt) == (State.READY, Attempt.RETRIED)
    assert (outcome.wait, outcome.answered) == (retry_after, answered)


async def test_a_lost_answer_is_looked_up_and_found_once_it_has_settled(world: World) -> None:
    world.chat.lose_answer_next()
    parcel = await world.claim()
    lost = await world.sender.attempt(parcel)
    assert (became(lost), lost.attempt) == (State.UNKNOWN, Attempt.UNCERTAIN)
    assert (lost.wait, lost.answered) == (QUICK.settle, False)
    assert became(await world.looked_up(parcel)) is State.SENT
    assert len(world.chat.posts()) == 1


async def test_only_what_is_certainly_not_there_is_ready_again(world: World) -> None:
    parcel = await world.claim()
    world.chat.fail_next(Unknown("no answer"))
    unanswered = await world.looked_up(parcel)
    assert (unanswered.result, unanswered.wait, unanswered.answered) == (None, None, False)
    absent = await world.looked_up(parcel)
    assert (became(absent), absent.answered) == (State.READY, True)


async def test_what_a_person_has_to_mend_is_parked_already_when_the_attempt_ends(world: World) -> None:
    parcel = await world.claim()
    world.chat.fail_next(Refused(Reason.NOT_ALLOWED, "no permission"))
    outcome = await world.sender.attempt(parcel)
    assert (outcome.result, outcome.attempt, outcome.answered) == (None, Attempt.PARKED, True)
    row = await world.database.read(lambda store: store.deliveries.by_key(KEY))
    assert row is not None
    assert row.state is State.PARKED


async def test_a_message_whose_thread_is_not_open_yet_is_looked_up_again(world: World) -> None:
    async def no_thread(_root: object, _title: str) -> None:
        raise Refused(Reason.BUSY, "slow down", 3.0)

    world.chat.thread = no_thread  # type: ignore[method-assign, assignment]
    outcome = await world.sender.attempt(await world.claim())
    assert outcome.result is not None
    assert (outcome.result.state, outcome.result.reason) == (State.UNKNOWN, DeliveryReason.NO_THREAD)
    assert (outcome.attempt, outcome.wait) == (None, 3.0)


@pytest.mark.parametrize(
    ("error", "tries"), [(Refused(Reason.NOT_ALLOWED, "no threads here"), 1), (Unknown("silence"), THREAD_TRIES)]
)
async def test_a_message_stays_without_a_thread_once_there_can_be_none(
    world: World, error: Exception, tries: int
) -> None:
    """At once when it is refused, and else after an hour without an answer; it is posted once."""

    async def no_thread(_root: object, _title: str) -> None:
        raise error

    world.chat.thread = no_thread  # type: ignore[method-assign, assignment]
    parcel = await world.claim()
    results = [(await world.sender.attempt(parcel)).result]
    while len(results) < tries:
        results.append((await world.looked_up(parcel)).result)
    became = [(each.state, each.reason) for each in results if each]
    assert became == [(State.UNKNOWN, DeliveryReason.NO_THREAD)] * (tries - 1) + [(State.SENT, None)]
    last = results[-1]
    assert last is not None
    assert (last.message_id is not None, last.thread) == (True, None)
    assert len(world.chat.sent) == 1


@pytest.mark.parametrize(("attempts", "state"), [(1, State.UNKNOWN), (MAX_ATTEMPTS, None)])
async def test_an_error_of_ours_is_uncertain_and_in_the_end_parked(
    world: World, attempts: int, state: State | None
) -> None:
    parcel = await world.claim()
    world.chat.fail_next(RuntimeError("a fault of the adapter"))
    outcome = await world.sender.attempt(replace(parcel, delivery=replace(parcel.delivery, attempts=attempts)))
    assert (became(outcome), outcome.wait) == (state, None)
    assert outcome.attempt is (Attempt.FAILED if state else Attempt.PARKED)
