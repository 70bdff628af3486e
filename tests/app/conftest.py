"""A bot and the first days of a cohort: weeks open on Mondays at 09:00 in Berlin, the first on 4 January 2027.

Each is the state in which `bot` is; a module that needs it in every test says so with `usefixtures`.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from tests.app.twins import HERE, asked_by_others, name_of
from tests.fakes.bot import TUESDAY, BotUnderTest, Step, begun
from tests.properties.ledger_world import File


async def _create(bot: BotUnderTest) -> None:
    await bot.create()


async def _join(bot: BotUnderTest) -> None:
    await bot.join("member-1")


async def _begin(bot: BotUnderTest) -> None:
    await bot.join("member-2")
    await bot.until(TUESDAY)


_STEPS = {"created": _create, "joined": _join, "cohort": _begin}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Which tests for both databases run on PostgreSQL in `make check`: of a test's cases the first, for the same
    code asks the same, whatever it was given; and no test of which others ask all that it asks (see `twins`).
    """
    seen: set[str] = set()
    for item in items:
        case = getattr(item, "callspec", None)
        if case is None or case.params.get("database_kind") != "postgresql" or item.path.parent != HERE:
            continue
        if (test := name_of(item)) in seen | asked_by_others():
            item.add_marker(pytest.mark.long)
        seen.add(test)


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Sequence[Step]:
    """What `bot` has behind it; a module in which every test begins alike has its own."""
    furthest = max((number for number, name in enumerate(_STEPS, 1) if name in request.fixturenames), default=0)
    return tuple(_STEPS.values())[:furthest]


@pytest.fixture
async def bot(tmp_path: Path, beginning: Sequence[Step]) -> AsyncIterator[BotUnderTest]:
    """Friday, 1 January 2027, at noon in Greenwich; no cohort yet."""
    async with begun(tmp_path, *beginning) as it:
        yield it


@pytest.fixture
def created(bot: BotUnderTest) -> BotUnderTest:
    """A moderator has started a cohort; nobody has joined."""
    return bot


@pytest.fixture
def joined(bot: BotUnderTest) -> BotUnderTest:
    """One member, before the first week."""
    return bot


@pytest.fixture
def cohort(bot: BotUnderTest) -> BotUnderTest:
    """Two members, on the Tuesday of the first week."""
    return bot


@pytest.fixture
def file() -> Iterator[File]:
    """A database without a bot."""
    it = File()
    yield it
    it.close()
