"""What the courier does with each ending of a send, on the whole bot with a platform that fails on request."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from cohort_bot import runtime
from cohort_bot.app.delivery import courier
from cohort_bot.app.delivery.pacing import TRIPS_AFTER, CircuitBreaker, Pacing, TokenBucket
from cohort_bot.app.delivery.sender import MAX_ATTEMPTS
from cohort_bot.app.ports.platform import Pace, Reason, Refused, Search, Unknown
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.app.words.alerts import REASONS
from cohort_bot.chat.place import Place, Ref
from cohort_bot.core.delivery_states import State
from cohort_bot.storage.ledger_rows import mark_of
from cohort_bot.storage.store import SqlStore
from cohort_bot.storage.tables import deliveries
from tests.fakes.bot import MONDAY, BotUnderTest, Step, running

pytestmark = pytest.mark.both_databases


async def begin(bot: BotUnderTest) -> None:
    await bot.create()
    await bot.join("member-1")


@pytest.fixture
def beginning() -> Sequence[Step]:
    return (begin,)


@pytest.mark.parametrize(
    "faults",
    [
        [Refused(Reason.BUSY, "slow down", retry_after=0.01)],
        [Refused(Reason.BUSY)] * 3,
        [Unknown("connection reset")],
        [Unknown("no answer")] * 12,
        [TimeoutError()],
        [RuntimeError("a fault of the adapter")],
    ],
    ids=["429", "busy", "reset", "outage", "time-out", "unforeseen"],
)
async def test_what_fails_in_passing_comes_once_in_the_end(bot: BotUnderTest, faults: list[Exception]) -> None:
    bot.chat.fail_next(*faults)
    await bot.until(MONDAY)
    assert bot.cards() == [1]
    assert (await bot.delivery("opening:1:r1:1")).state is State.SENT


async def test_an_answer_that_is_lost_after_the_message_was_posted_does_not_post_it_again(bot: BotUnderTest) -> None:
    bot.chat.lose_answer_next()
    await bot.until(MONDAY)
    assert bot.cards() == [1]
    found = await bot.delivery("opening:1:r1:1")
    assert found.state is State.SENT
    assert found.message_id == bot.chat.posts()[-1].ref.message_id


async def test_a_message_under_way_when_the_process_ended_is_looked_up_at_the_next_start(bot: BotUnderTest) -> None:
    await bot.until(MONDAY)
    posted = await bot.delivery("opening:1:r1:1")

    def as_a_kill_between_the_answer_and_our_commit_leaves_it(store: Store) -> None:
        assert isinstance(store, SqlStore)
        values = {"state": State.SENDING.value, "message_id": None, "thread": None}
        store.connection.execute(update(deliveries).where(deliveries.c.id == posted.id).values(values))

    await bot.write(as_a_kill_between_the_answer_and_our_commit_leaves_it)
    async with _again(bot) as again:
        await again.settle()
        assert again.cards() == [1]
        found = await again.delivery("opening:1:r1:1")
        assert (found.state, found.message_id) == (State.SENT, posted.message_id)


@pytest.mark.parametrize(
    "reason", [Reason.ROOM_GONE, Reason.NOT_ALLOWED, Reason.REVOKED, Reason.INVALID], ids=lambda reason: reason.name
)
async def test_what_needs_a_person_is_parked_told_once_shown_and_can_be_tried_again(
    bot: BotUnderTest, reason: Reason
) -> None:
    bot.chat.fail_next(Refused(reason, "details for the log"))
    await bot.until(MONDAY)
    assert bot.cards() == []
    parked = await bot.delivery("opening:1:r1:1")
    assert parked.state is State.PARKED
    assert len(bot.chat.inbox("moderator")) == 1
    alert = bot.chat.inbox("moderator")[0]
    assert parked.reason is DeliveryReason[reason.name]
    assert REASONS[parked.reason] in alert.text
    assert REASONS[parked.reason] in await bot.say("moderator", "/cohort progress")

    await bot.chat.press("moderator", alert, "Try again")
    await bot.settle()
    assert bot.cards() == [1]
    assert len(bot.chat.inbox("moderator")) == 1
    assert "Not delivered" not in await bot.say("moderator", "/cohort progress")


async def test_closed_direct_messages_are_no_alarm_and_hold_up_nobody(bot: BotUnderTest) -> None:
    bot.chat.closed.add("member-1")
    await bot.until(MONDAY + timedelta(days=8))
    assert bot.cards() == [1, 2]
    assert bot.chat.inbox("moderator") == []
    assert (await bot.delivery("nudge:1:r1:middle:m1")).state is State.PARKED


async def test_a_parked_message_does_not_hold_up_the_next_in_its_room(bot: BotUnderTest) -> None:
    bot.chat.fail_next(Refused(Reason.INVALID))
    await bot.until(MONDAY + timedelta(days=7))
    assert bot.cards() == [2]


async def test_a_room_keeps_its_order_through_an_outage(bot: BotUnderTest) -> None:
    bot.chat.fail_next(*[Unknown("down")] * 8)
    await bot.until(MONDAY)
    at = bot.clock.now()
    await bot.write(
        lambda store: store.deliveries.add(
            NewDelivery(f"joined:{n}", "join-card", "local", 1, at + timedelta(seconds=n), room_id=1) for n in range(5)
        )
    )
    bot.chat.fail_next(*[Unknown("down")] * 7)
    bot.clock.move_to(at + timedelta(minutes=1))
    await bot.settle()
    rows = [await bot.delivery(f"joined:{n}") for n in range(5)]
    numbers = [int(found.message_id or 0) for found in rows]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == 5


async def test_after_an_outage_a_room_gets_only_the_newest_opening_marked_late(bot: BotUnderTest) -> None:
    await bot.until(MONDAY)
    # Nobody looks for three weeks: the process was down, the calendar went on.
    bot.clock.move_to(MONDAY + timedelta(days=21, hours=5))
    await bot.settle()
    texts = bot.chat.timeline()
    assert bot.cards() == [1, 4]
    assert "This is late" in texts[-1]
    assert texts[-1].startswith("Week 4 "), "the week that is open comes before any other"
    assert "weeks 2 and 3 started without cards; /plan week:3 shows the last one" in texts[-1]
    assert bot.chat.inbox("member-1") == [], "no backlog of reminders"
    thread = next(sent for sent in bot.chat.posts() if sent.message.summary.startswith("Week 1"))
    assert not any("checked in" in text for text in bot.chat.timeline(thread=thread.ref.message_id))


async def test_a_reminder_to_somebody_who_has_checked_in_meanwhile_is_dropped(bot: BotUnderTest) -> None:
    await bot.until(MONDAY + timedelta(days=1))
    await bot.check_in("member-1")
    await bot.until(MONDAY + timedelta(days=6, hours=20))
    assert bot.chat.inbox("member-1") == []
    assert (await bot.delivery("nudge:1:r1:middle:m1")).state is State.SKIPPED


async def test_stop_reminders_stops_all_of_them(bot: BotUnderTest) -> None:
    await bot.until(MONDAY + timedelta(days=4))
    nudge = bot.chat.inbox("member-1")[0]
    assert "No more reminders" in str(await bot.chat.press("member-1", nudge, "Stop"))
    await bot.until(MONDAY + timedelta(days=20))
    assert len(bot.chat.inbox("member-1")) == 1


async def test_what_is_shared_goes_under_the_opening_and_to_the_room_when_there_is_no_thread(bot: BotUnderTest) -> None:
    bot.chat.fail_next(Refused(Reason.INVALID))
    await bot.until(MONDAY)
    await bot.check_in("member-1", done="in the room", share=("thread",))
    await bot.settle()
    assert "in the room" in bot.chat.timeline()[-1]


async def test_stopping_waits_for_what_is_under_way(bot: BotUnderTest) -> None:
    started, release = asyncio.Event(), asyncio.Event()
    real = bot.chat.send

    async def slow(*args: object) -> object:
        started.set()
        await release.wait()
        return await real(*args)  # type: ignore[arg-type]

    bot.chat.send = slow  # type: ignore[assignment, method-assign]
    bot.clock.move_to(MONDAY)
    await bot.runtime.ticker.tick()
    await started.wait()
    stopping = asyncio.create_task(bot.runtime.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    release.set()
    await stopping
    bot.chat.send = real  # type: ignore[method-assign]
    async with _again(bot, close=False) as again:
        await again.settle()
        assert again.cards() == [1]


async def test_all_outcomes_are_recorded_however_few_go_into_a_transaction(
    bot: BotUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those of the last messages before the end, which come at the same time."""
    monkeypatch.setattr(courier, "MOST_NOTED", 1)
    more = ("north", "south")
    await bot.write(lambda store: [store.cohorts.add_room(1, "local", "playground", channel) for channel in more])
    all_under_way = asyncio.Barrier(4)

    async def together(place: Place, _message: object, mark: str, *_: object) -> Ref:
        await all_under_way.wait()
        return Ref(place, mark)

    bot.chat.send = together  # type: ignore[assignment, method-assign]
    bot.clock.move_to(MONDAY)
    await bot.runtime.ticker.tick()
    while all_under_way.n_waiting < 3:  # noqa: ASYNC110 - a barrier does not say when they are there
        await asyncio.sleep(0)
    stopping = asyncio.create_task(bot.runtime.stop())
    await asyncio.sleep(0)
    await all_under_way.wait()
    await stopping
    async with _again(bot, close=False) as again:
        rows = [await again.delivery(f"opening:1:r1:{room}") for room in (1, 2, 3)]
        assert [row.state for row in rows] == [State.SENT] * 3
        assert {row.fence for row in rows} == {1}, "none was looked up"


async def test_a_connection_that_does_not_close_keeps_no_process_from_ending(
    bot: BotUnderTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def never(_grace: float) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(runtime, "GRACE", 0.02)
    monkeypatch.setattr(runtime, "CLOSING", 0.02)
    monkeypatch.setattr(bot.chat, "stop", never)
    async with asyncio.timeout(5):
        await bot.runtime.stop()
    assert "the connections to local did not close in time" in caplog.text


def _again(bot: BotUnderTest, *, close: bool = True) -> "_Restart":
    return _Restart(bot, close)


class _Restart:
    """Another process on the same file, chat and clock."""

    def __init__(self, bot: BotUnderTest, close: bool) -> None:
        self._old, self._close = bot, close
        self._running = running(bot.folder, chat=bot.chat, clock=bot.clock)

    async def __aenter__(self) -> BotUnderTest:
        if self._close:
            await self._old.runtime.stop()
        return await self._running.__aenter__()

    async def __aexit__(self, *_: object) -> None:
        await self._running.__aexit__(None, None, None)


def test_a_bucket_keeps_the_rate_from_the_first_second_on() -> None:
    bucket = TokenBucket(50, now=0)
    waits = [bucket.take(0) for _ in range(102)]
    assert waits[:2] == [0, 0]
    assert waits[101] == pytest.approx(100 / 50, abs=0.02)
    assert sum(wait < 1 for wait in waits) <= 52
    assert bucket.take(10) == 0


def test_a_bucket_that_is_shared_from_now_on_goes_slower_and_forgets_no_credit() -> None:
    bucket = TokenBucket(50, now=0)
    for _ in range(27):  # two at once, and 25 on credit
        bucket.take(0)
    bucket.set_rate(25)
    assert bucket.take(0) == pytest.approx(26 / 25, abs=0.05)
    assert [bucket.take(10) for _ in range(26)][-1] == pytest.approx(25 / 25, abs=0.05)


def test_a_breaker_opens_after_failures_in_a_row_and_closes_with_the_first_answer() -> None:
    breaker = CircuitBreaker(Pacing(first_wait=1.0))
    for _ in range(TRIPS_AFTER - 1):
        breaker.count_failure(100)
    assert breaker.until == 0
    breaker.count_failure(100)
    assert 100.8 <= breaker.until <= 101.2
    assert breaker.doubtful
    breaker.count_failure(102)
    assert 103.6 <= breaker.until <= 104.4
    breaker.reset()
    assert (breaker.until, breaker.doubtful) == (0, False)


async def test_a_platform_with_a_rate_is_not_sent_to_faster(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        bot.chat.pace = Pace(per_second=50, shared=True)
        await bot.create()
        at = bot.clock.now()

        def add(store: Store) -> None:
            rooms = [store.cohorts.add_room(1, "local", "playground", f"study-hall{number}") for number in range(2, 22)]
            store.deliveries.add(
                NewDelivery(f"join-card:{room.id}", "join-card", "local", 1, at, room_id=room.id) for room in rooms
            )

        began = bot.clock.elapsed()  # before: the ticker may see them before the next line does
        await bot.write(add)
        await bot.settle()
        assert bot.clock.elapsed() - began >= 19 / 50 * 0.9


async def test_what_belongs_into_a_thread_that_is_gone_goes_to_the_room(bot: BotUnderTest) -> None:
    await bot.until(MONDAY)
    bot.chat.fail_next(Refused(Reason.ROOM_GONE, "the thread was deleted"))
    await bot.check_in("member-1", done="in the room", share=("thread",))
    await bot.settle()
    assert "in the room" in bot.chat.timeline()[-1]
    assert bot.chat.inbox("moderator") == []


async def test_an_error_that_nobody_foresaw_ends_with_a_word_to_a_moderator(bot: BotUnderTest) -> None:
    bot.chat.fail_next(*[RuntimeError("a fault of the adapter")] * MAX_ATTEMPTS)
    real = bot.chat.find

    async def not_there(place: Place, search: Search) -> Ref | None:
        """What was posted before is: posts can be recognised."""
        return None if search.mark == mark_of("opening:1:r1:1") else Ref(place, "1")

    bot.chat.find = not_there  # type: ignore[method-assign]
    await bot.until(MONDAY)
    bot.chat.find = real  # type: ignore[method-assign]
    assert (await bot.delivery("opening:1:r1:1")).state is State.PARKED
    assert "refused" in bot.chat.inbox("moderator")[0].text
