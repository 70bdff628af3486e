"""How many functions of ours lie between what a platform sends and the statement that stores a check-in.

Whoever follows a check-in through the code opens as many; a wrapper or a hop too many is noticed here.
"""

import asyncio
import contextlib
import sys
from collections.abc import Coroutine, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import CodeType, FrameType
from typing import Any
from unittest import mock

import pytest

import cohort_bot
from cohort_bot.storage.database import SqliteDatabase
from tests.harness.statements import watched
from tests.platforms.discord import cohort as discord_cohort
from tests.platforms.slack import cohort as slack_cohort

WRITE = SqliteDatabase.write
_WAY: ContextVar[list[str]] = ContextVar("way")
"""The functions that led to a transaction."""

OURS = str(Path(cohort_bot.__file__).parent)
MOST = 12
MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)


def on_stack(frame: FrameType | None) -> list[CodeType]:
    """Our functions on the stack from `frame` outwards, the outermost first."""
    found: list[CodeType] = []
    while frame is not None:
        if frame.f_code.co_filename.startswith(OURS):
            found.append(frame.f_code)
        frame = frame.f_back
    return found[::-1]


class Calls:
    """Follows calls through tasks and into the database's thread."""

    def __init__(self) -> None:
        self._created: dict[asyncio.Task[Any], tuple[asyncio.Task[Any] | None, list[CodeType]]] = {}
        self.chains: list[list[str]] = []
        """The functions on the way to each statement that stored a check-in."""

    def new_task(self, loop: asyncio.AbstractEventLoop, coro: Any, **given: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=loop, **given)
        self._created[task] = (asyncio.current_task(loop), on_stack(sys._getframe(1)))
        return task

    def transaction(self, caller: FrameType) -> None:
        """The database's thread finds the way to it in its job's context."""
        task = asyncio.current_task()
        assert task is not None
        _WAY.set([*self._before(task), *(code.co_qualname for code in on_stack(caller)), WRITE.__qualname__])

    def statement(self, words: str, _values: object) -> None:
        if words.startswith("INSERT INTO checkins "):
            thread = [code.co_qualname for code in on_stack(sys._getframe(1))]
            self.chains.append([*_WAY.get(), *thread])

    def _before(self, task: asyncio.Task[Any]) -> list[str]:
        """Our functions that led to the task."""
        parent, stack = self._created.get(task, (None, []))
        return [*(self._before(parent) if parent is not None and stack else []), *(code.co_qualname for code in stack)]


@contextlib.contextmanager
def followed() -> Iterator[Calls]:
    calls, loop = Calls(), asyncio.get_running_loop()

    def write(database: SqliteDatabase, *given: Any, **how: Any) -> Coroutine[Any, Any, Any]:
        calls.transaction(sys._getframe(1))
        return WRITE(database, *given, **how)

    loop.set_task_factory(calls.new_task)
    try:
        with watched(calls.statement), mock.patch.object(SqliteDatabase, "write", write):
            yield calls
    finally:
        loop.set_task_factory(None)


def few(calls: Calls, first: str) -> None:
    """Each check-in's way from the adapter's first function was short."""
    assert calls.chains
    for chain in calls.chains:
        way = chain[chain.index(first) :]
        assert way[-2:] == ["SqlCheckIns.save", "Connection.execute"], "the repository, and what runs its statement"
        assert "Dispatcher.__call__" in way
        assert len(way) <= MOST, " -> ".join(way)


async def test_a_check_in_on_discord(tmp_path: Path) -> None:
    async with discord_cohort.running(tmp_path) as bot:
        await bot.create()
        await bot.join("member-1")
        await bot.until(MONDAY)
        with followed() as calls:
            form = await bot.server.slash("member-1", "general", "checkin")
            await bot.server.submit("member-1", form, done="A page of notes")
    few(calls, "Answers.take")


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_check_in_on_slack(tmp_path: Path, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with slack_cohort.running(tmp_path, mode) as bot:
        await bot.create()
        await bot.join("U2")
        await bot.until(MONDAY)
        with followed() as calls:
            form = await bot.type("U2", "/checkin")
            await bot.slack.submit("U2", form, done="A page of notes")
    few(calls, "Answers.submit")
