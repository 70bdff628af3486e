"""A look-up that takes long: the room goes on without the message, and what belongs under it waits for it."""

import asyncio
from datetime import timedelta

import pytest

from cohort_bot.app.delivery import lookups
from cohort_bot.app.ports.platform import Reason, Refused, Search
from cohort_bot.app.ports.store import NewDelivery
from cohort_bot.chat.place import Place, Ref
from cohort_bot.core.delivery_states import State
from tests.fakes.bot import MONDAY, BotUnderTest

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("joined")]


class SlowHistory:
    """A platform that gives out its history later and later, until it is asked in earnest."""

    def __init__(self, bot: BotUnderTest) -> None:
        self.open = asyncio.Event()
        self._find = bot.chat.find
        bot.chat.find = self.find  # type: ignore[method-assign]

    async def find(self, place: Place, search: Search) -> Ref | None:
        if not self.open.is_set():
            raise Refused(Reason.BUSY, "fifteen messages a minute", 0.02)
        return await self._find(place, search)


async def looked_for(bot: BotUnderTest) -> tuple[SlowHistory, asyncio.Task[None]]:
    """Nobody knows that the card of week 1 is there. Meanwhile two more fall due: for its thread, and for the room."""
    slow = SlowHistory(bot)
    bot.chat.lose_answer_next()
    going = asyncio.create_task(bot.until(MONDAY))
    while len(bot.chat.posts()) < 3:  # noqa: ASYNC110 - it is a post that is waited for
        await asyncio.sleep(0.01)
    at = MONDAY + timedelta(seconds=1)
    rows = [
        NewDelivery("thread", "joined", "local", 1, MONDAY, room_id=1, member_id=1, round=1, in_thread=True),
        NewDelivery("room", "joined", "local", 1, at, room_id=1, member_id=1),
    ]
    await bot.write(lambda store: store.deliveries.add(rows))
    bot.clock.move_to(at)
    bot.runtime.courier.wake()
    return slow, going


async def test_the_room_goes_on_and_the_thread_waits(bot: BotUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookups, "LONG", 0.05)
    slow, going = await looked_for(bot)
    while (await bot.delivery("room")).state is not State.SENT:  # noqa: ASYNC110 - it is a row that is waited for
        await asyncio.sleep(0.01)
    assert (await bot.delivery("opening:1:r1:1")).state is State.UNKNOWN
    assert (await bot.delivery("thread")).state is State.READY
    slow.open.set()
    await going
    await bot.settle()
    card = next(sent for sent in bot.chat.posts() if sent.text.startswith("Week 1"))
    assert sum(sent.text.startswith("Week 1") for sent in bot.chat.posts()) == 1
    assert len(bot.chat.posts(thread=card.ref.message_id)) == 1, "under the card, though it was due when there was none"


async def test_for_a_minute_the_room_keeps_its_order(bot: BotUnderTest) -> None:
    slow, going = await looked_for(bot)
    await asyncio.sleep(0.3)  # that nothing happens can only be seen by waiting
    assert (await bot.delivery("room")).state is State.READY
    slow.open.set()
    await going
    await bot.settle()
    assert (await bot.delivery("room")).state is State.SENT
