"""A lane that does not move is noticed, whatever the cause: told once, shown, and begun from scratch."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from cohort_bot.app.delivery import stalled
from cohort_bot.app.ports.platform import ChatPlatform, Finding
from cohort_bot.app.ports.store import Delivery, NewDelivery
from cohort_bot.core.delivery_states import State
from tests.fakes.bot import MONDAY, BotUnderTest
from tests.fakes.memory import WORKSPACE

pytestmark = pytest.mark.both_databases

LANE = f"room:local:{WORKSPACE}:general"
KEY = "opening:1:r1:1"


@pytest.fixture
def bot(joined: BotUnderTest) -> BotUnderTest:
    joined.clock.move_to(MONDAY)
    return joined


async def row(bot: BotUnderTest) -> Delivery | None:
    return await bot.read(lambda store: store.deliveries.by_key(KEY))


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await true():  # noqa: ASYNC110 - nobody tells what a database holds
            await asyncio.sleep(0.01)


async def is_busy(bot: BotUnderTest) -> None:
    """An edit or a look-up that ended, and its lane was kept."""
    bot.runtime.courier._busy.add(LANE)
    await bot.runtime.ticker.tick()


async def is_sending(bot: BotUnderTest) -> None:
    """A message that nobody sends any more."""
    bot.runtime.courier._busy.add(LANE)
    await bot.runtime.ticker.tick()
    found = await row(bot)
    assert found is not None
    at = bot.clock.now()
    await bot.write(lambda store: store.deliveries.put(found, State.SENDING, None, at))
    bot.runtime.courier._busy.clear()


async def hangs(bot: BotUnderTest) -> None:
    """Who sends it waits for something that never comes."""
    throttle = bot.runtime.courier._throttle
    turn = throttle.turn

    async def never(_platform: ChatPlatform, _workspace: str) -> None:
        throttle.turn = turn  # type: ignore[method-assign]
        await asyncio.Event().wait()

    throttle.turn = never  # type: ignore[method-assign,assignment]
    await bot.runtime.ticker.tick()

    async def under_way() -> bool:
        found = await row(bot)
        return found is not None and found.state is State.SENDING and LANE in bot.runtime.courier._workers.values()

    await until(under_way)


async def minutes_pass(bot: BotUnderTest, number: int) -> None:
    bot.clock.skip(60 * number)
    bot.clock.move_to(bot.clock.now() + timedelta(minutes=number))
    await bot.runtime.stalled.look()


async def late(bot: BotUnderTest) -> list[Finding]:
    """What is found about posts. The planner does not tick here as fast as the clock is moved, which is found, too."""
    return [each for each in await bot.runtime.findings() if each.problem.startswith("A post")]


@pytest.mark.parametrize("becomes", [is_busy, is_sending, hangs], ids=lambda cause: cause.__name__)
async def test_a_lane_that_has_fallen_silent_is_begun_anew_and_a_moderator_is_told_once(
    bot: BotUnderTest, becomes: Callable[[BotUnderTest], Awaitable[None]]
) -> None:
    await becomes(bot)
    await bot.runtime.stalled.look()
    await minutes_pass(bot, 4)
    assert bot.cards() == []
    assert not await late(bot)
    await minutes_pass(bot, 2)

    async def posted() -> bool:
        found = await row(bot)
        return found is not None and found.state is State.SENT

    await until(posted)
    await minutes_pass(bot, 6)
    await bot.settle()
    assert bot.cards() == [1]
    told = [sent.text for sent in bot.chat.inbox("moderator") if "is late" in sent.text]
    assert len(told) == 1
    assert "I don't know what's holding it up" in told[0]
    assert not await late(bot)


async def test_what_is_silent_is_shown(bot: BotUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when beginning anew does not help."""
    await is_busy(bot)

    async def in_vain(_lane: str) -> None:
        return

    monkeypatch.setattr(bot.runtime.courier, "start_over", in_vain)
    await bot.runtime.stalled.look()
    await minutes_pass(bot, 6)
    await bot.settle()
    (finding,) = await late(bot)
    assert finding.problem.startswith("A post for local general has been due since 2027-01-04 08:00 UTC: nothing has")
    for _ in range(3):
        await minutes_pass(bot, 6)
    await bot.settle()
    assert sum("is late" in sent.text for sent in bot.chat.inbox("moderator")) == 1


async def test_a_reason_that_passes_is_shown_and_nobody_is_told(
    bot: BotUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    courier = bot.runtime.courier
    courier._throttle.hold(LANE, 3600.0)
    await bot.runtime.ticker.tick()
    await bot.runtime.stalled.look()
    await minutes_pass(bot, 6)
    (finding,) = await late(bot)
    assert "asked me to wait" in finding.problem
    monkeypatch.setattr(bot.chat, "findings", lambda: [Finding("lost", "wait")])
    assert "connection" in (await late(bot))[0].problem
    await minutes_pass(bot, 6)
    monkeypatch.setattr(bot.chat, "findings", list)
    courier._throttle.forget(LANE)
    await bot.settle()
    assert bot.cards() == [1]
    assert not any("is late" in sent.text for sent in bot.chat.inbox("moderator"))


async def test_who_stands_behind_many_others_is_not_silent(bot: BotUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is much to do, and its turn has not come."""
    monkeypatch.setattr(stalled, "FRONT", 1)
    courier = bot.runtime.courier
    courier._busy.add(LANE)
    await bot.runtime.ticker.tick()
    account = await bot.read(lambda store: store.people.account("local", WORKSPACE, "member-1"))
    assert account is not None
    courier._busy.add(f"account:{account.id}")
    later = NewDelivery("x", "announce", "local", 1, MONDAY, account_id=account.id, args={"text": "hello"})
    await bot.write(lambda store: store.deliveries.add([later]))
    begun: list[str] = []

    async def noted(lane: str) -> None:
        begun.append(lane)

    monkeypatch.setattr(courier, "start_over", noted)
    await bot.runtime.stalled.look()
    await minutes_pass(bot, 6)
    assert begun == [LANE]


async def test_a_calendar_that_leaps_makes_nothing_silent(bot: BotUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    await is_busy(bot)
    begun: list[str] = []

    async def noted(lane: str) -> None:
        begun.append(lane)

    monkeypatch.setattr(bot.runtime.courier, "start_over", noted)
    await bot.runtime.stalled.look()
    bot.clock.move_to(bot.clock.now() + timedelta(days=1))
    await bot.runtime.stalled.look()
    assert begun == []


@pytest.mark.parametrize("becomes", ["unreadable", "still"])
async def test_a_bot_that_stands_still_as_a_whole_has_no_silent_lane(
    bot: BotUnderTest, becomes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database was away, or the process was stopped: what was due meanwhile goes out by itself."""
    await is_busy(bot)
    await bot.runtime.stalled.look()
    looks: list[bool] = []
    begun: list[str] = []
    look = bot.runtime.stalled.look

    async def looking() -> None:
        looks.append(True)
        if becomes == "unreadable" and len(looks) == 1:
            raise OSError("away")
        await look()

    async def noted(lane: str) -> None:
        begun.append(lane)

    monkeypatch.setattr(stalled, "LOOK", 0.01)
    monkeypatch.setattr(stalled, "STOOD", 100.0 if becomes == "unreadable" else 0.5)
    monkeypatch.setattr(bot.runtime.stalled, "look", looking)
    monkeypatch.setattr(bot.runtime.courier, "start_over", noted)
    running = asyncio.create_task(bot.runtime.stalled.run())
    await asyncio.sleep(0)
    bot.clock.skip(400)
    bot.clock.move_to(bot.clock.now() + timedelta(minutes=7))

    async def looked() -> bool:
        return len(looks) >= 3

    await until(looked)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert begun == []
