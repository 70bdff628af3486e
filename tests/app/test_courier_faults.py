"""Posts come once although the disk, the platform, a clock or the process fails at the worst moment."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cohort_bot.app.ports.platform import Reason, Refused, Search, Unknown
from cohort_bot.app.ports.store import Store
from cohort_bot.chat.place import Place
from cohort_bot.core.delivery_states import State
from cohort_bot.storage.deliveries import SqlDeliveries
from tests.fakes.bot import MONDAY, QUICK, BotUnderTest, StillClock, running
from tests.fakes.memory import MemoryPlatform

pytestmark = pytest.mark.both_databases


async def opening(bot: BotUnderTest) -> str:
    """The state of the first round's opening."""

    def read(store: Store) -> str:
        found = store.deliveries.by_key("opening:1:r1:1")
        return found.state.value if found else "none"

    return await bot.read(read)


def weeks(chat: MemoryPlatform) -> list[str]:
    return [text for text in chat.timeline() if text.startswith("Week 1")]


async def test_a_post_is_found_though_our_calendar_is_three_hours_ahead_of_the_platforms(tmp_path: Path) -> None:
    """A look-back that starts ten minutes before *our* first try does not reach what *they* stamped hours earlier."""
    clock = StillClock()
    chat = MemoryPlatform(lambda: clock.now() - timedelta(hours=3))
    async with running(tmp_path, chat=chat, clock=clock) as bot:
        await bot.create()
        chat.lose_answer_next()
        await bot.until(MONDAY)
        assert len(weeks(chat)) == 1


async def test_an_outcome_that_could_not_be_written_is_taken_up_again(tmp_path: Path) -> None:
    """The disk is full for a moment after the claim: the row stays `sending`, its channel silent."""
    async with running(tmp_path) as bot:
        await bot.create()
        database = bot.runtime.database
        write, failed = database.write, 0

        async def full(fn: Any, **how: Any) -> Any:
            nonlocal failed
            if await opening(bot) == "sending" and failed < 3:
                failed += 1
                raise OSError("no space left on device")
            return await write(fn, **how)

        database.write = full  # type: ignore[method-assign]
        await bot.until(MONDAY)
        await asyncio.sleep(0.5)
        await bot.settle()
        assert failed
        assert await opening(bot) == "sent"
        assert len(weeks(bot.chat)) == 1


async def test_a_quick_restart_waits_before_it_looks_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a killed process had under way may still arrive; looked up at once it is absent, and then there are two."""
    monkeypatch.setattr("tests.fakes.bot.QUICK", replace(QUICK, settle=0.3))
    clock = StillClock()
    chat = MemoryPlatform(clock.now)
    async with running(tmp_path, chat=chat, clock=clock) as bot:
        await bot.create()
        chat.lose_answer_next()
        clock.move_to(MONDAY)
        await bot.runtime.ticker.tick()
        while await opening(bot) != "unknown":  # noqa: ASYNC110 - it is a row that is waited for
            await asyncio.sleep(0.01)
    late = [chat.sent.pop()]
    assert late[0].text.startswith("Week 1")
    async with running(tmp_path, chat=chat, clock=clock) as bot:
        asyncio.get_running_loop().call_later(0.1, chat.sent.extend, late)
        await bot.settle()
        await asyncio.sleep(0.2)
        assert len(weeks(chat)) == 1


async def test_a_database_that_cannot_be_written_at_the_start_stops_no_post(tmp_path: Path) -> None:
    """The courier's first write is outside its own try: one fault there and nothing is ever sent, without a word."""
    async with running(tmp_path) as bot:
        await bot.create()
    first, orphaned = True, SqlDeliveries.orphaned

    def busy(self: SqlDeliveries, at: datetime, lane: str | None = None) -> int:
        nonlocal first
        if first:
            first = False
            raise OSError("database is locked")
        return orphaned(self, at, lane)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqlDeliveries, "orphaned", busy)
        async with running(tmp_path, chat=bot.chat, clock=bot.clock) as again, asyncio.timeout(5):
            await again.until(MONDAY)
            assert len(weeks(bot.chat)) == 1


async def test_try_again_looks_up_what_was_ambiguous(tmp_path: Path) -> None:
    """Parked while it was ambiguous, then re-armed: it may be there already, so it is looked up and not sent."""
    async with running(tmp_path) as bot:
        await bot.create()
        bot.chat.lose_answer_next()
        find = bot.chat.find

        async def refused(place: Place, search: Search) -> Any:
            raise Refused(Reason.NOT_ALLOWED, "history cannot be read")

        bot.chat.find = refused  # type: ignore[method-assign]
        await bot.until(MONDAY)
        assert await opening(bot) == "parked"
        bot.chat.find = find  # type: ignore[method-assign]
        await bot.write(lambda store: store.deliveries.rearm(1, MONDAY))
        await bot.settle()
        assert await opening(bot) == "sent"
        assert len(weeks(bot.chat)) == 1


async def test_a_thread_is_opened_though_the_platform_was_busy(tmp_path: Path) -> None:
    """One 429 on opening the thread and the whole round has none: digest and shared check-ins land in the room."""
    async with running(tmp_path) as bot:
        await bot.create()
        busy: list[Exception] = [Refused(Reason.BUSY, "rate limit", 0.01) for _ in range(30)]
        busy[3::3] = [Unknown("server disconnected") for _ in busy[3::3]]
        thread = bot.chat.thread

        async def once(*given: Any) -> Place:
            if busy:
                raise busy.pop()
            return await thread(*given)

        bot.chat.thread = once  # type: ignore[method-assign,assignment]
        await bot.until(MONDAY)
        row = await bot.read(lambda store: store.deliveries.by_key("opening:1:r1:1"))
        assert row is not None
        assert row.state is State.SENT
        assert row.thread is not None
