"""A bot and the first days of a cohort: weeks open on Mondays at 09:00 in Berlin, the first on 4 January 2027.

Each is the state in which `bot` is; a module that needs it in every test says so with `usefixtures`.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.fakes.bot import TUESDAY, BotUnderTest, running
from tests.properties.ledger_world import File


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotUnderTest]:
    """Friday, 1 January 2027, at noon in Greenwich; no cohort yet."""
    async with running(tmp_path) as it:
        yield it


@pytest.fixture
async def created(bot: BotUnderTest) -> BotUnderTest:
    """A moderator has started a cohort; nobody has joined."""
    await bot.create()
    return bot


@pytest.fixture
async def joined(created: BotUnderTest) -> BotUnderTest:
    """One member, before the first week."""
    await created.join("member-1")
    return created


@pytest.fixture
async def cohort(joined: BotUnderTest) -> BotUnderTest:
    """Two members, on the Tuesday of the first week."""
    await joined.join("member-2")
    await joined.until(TUESDAY)
    return joined


@pytest.fixture
def file() -> Iterator[File]:
    """A database without a bot."""
    it = File()
    yield it
    it.close()
