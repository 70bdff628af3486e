"""Rooms whose channels become private, or public, after they were chosen."""

from datetime import timedelta
from pathlib import Path

import pytest

from cohort_bot.app.ports.platform import Unknown
from cohort_bot.app.ports.store import Store
from cohort_bot.app.room_privacy import AT_ONCE, EVERY
from cohort_bot.chat.place import Place
from tests.fakes.bot import BotUnderTest, running
from tests.fakes.memory import MemoryPlatform

pytestmark = pytest.mark.both_databases


async def private(bot: BotUnderTest) -> set[str]:
    """The channels that are known to be private."""
    active = await bot.read(
        lambda store: [room for cohort in store.cohorts.active() for room in store.cohorts.rooms(cohort.id)]
    )
    return {room.channel for room in active if room.private}


async def test_each_room_is_asked_about_once_a_day(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        await bot.create()
        await bot.runtime.room_privacy.look()
        bot.chat.hidden_channels.add("general")
        bot.clock.move_to(bot.clock.now() + EVERY - timedelta(minutes=1))
        await bot.runtime.room_privacy.look()
        assert await private(bot) == set()
        bot.clock.move_to(bot.clock.now() + timedelta(minutes=1))
        await bot.runtime.room_privacy.look()
        assert await private(bot) == {"general"}


async def test_many_rooms_have_their_turn_some_at_a_time(tmp_path: Path) -> None:
    names = {f"room-{number}" for number in range(AT_ONCE + 2)}
    async with running(tmp_path) as bot:
        await bot.create()

        def add(store: Store) -> None:
            for name in sorted(names):
                store.cohorts.add_room(1, "local", "playground", name)

        await bot.write(add)
        bot.chat.hidden_channels |= names
        await bot.runtime.room_privacy.look()
        assert 0 < len(await private(bot)) <= AT_ONCE
        await bot.runtime.room_privacy.look()
        assert await private(bot) == names


@pytest.mark.parametrize("answer", [None, Unknown("away")])
async def test_what_cannot_be_told_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Unknown | None
) -> None:
    async def unsure(_: MemoryPlatform, __: Place) -> bool | None:
        if answer is not None:
            raise answer
        return None

    async with running(tmp_path) as bot:
        await bot.create()
        bot.chat.hidden_channels.add("general")
        await bot.runtime.room_privacy.look()
        monkeypatch.setattr(MemoryPlatform, "invited_only", unsure)
        bot.clock.move_to(bot.clock.now() + EVERY)
        await bot.runtime.room_privacy.look()
        assert await private(bot) == {"general"}
