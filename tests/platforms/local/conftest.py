"""The playground with the toy bot, in memory."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from cohort_bot.platforms.local.chat import Chat
from tests.fakes.toy import TABLE, Toy
from tests.platforms.local.playground import Playground, chromium, playing
from tests.platforms.local.visitor import Visitors


@pytest.fixture
def chat() -> Iterator[Chat]:
    service = Chat(":memory:")
    yield service
    service.close()


@pytest.fixture
def toy() -> Toy:
    return Toy()


@pytest.fixture
async def visitors(chat: Chat, toy: Toy) -> AsyncIterator[Visitors]:
    people = Visitors(chat)
    await people.platform.start(TABLE, toy.dispatch, toy.complete)
    async with people.client:
        yield people
    await people.platform.stop(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One for all tests of a module, which have one loop therefore; each test has pages of its own."""
    async with chromium() as it:
        yield it


@pytest_asyncio.fixture(loop_scope="module")
async def playground(chat: Chat, toy: Toy, browser: Browser) -> AsyncIterator[Playground]:
    async with playing(chat, toy, browser) as it:
        yield it
