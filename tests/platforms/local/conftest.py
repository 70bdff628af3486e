"""The playground with the toy bot, in memory."""

from collections.abc import AsyncIterator, Iterator

import pytest

from cohort_bot.platforms.local.chat import Chat
from tests.fakes.toy import TABLE, Toy
from tests.platforms.local.playground import Playground, playing
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


@pytest.fixture
async def playground(chat: Chat, toy: Toy) -> AsyncIterator[Playground]:
    async with playing(chat, toy) as it:
        yield it
