"""How many functions of ours lie between what a platform sends and the statement that stores a check-in.

Whoever follows a check-in through the code opens as many; a wrapper or a hop too many is noticed here.
"""

import asyncio
import contextlib
import sys
from collections.abc import Coroutine, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

import cohort_bot
from tests.harness.statements import watched
from tests.platforms.discord import cohort as discord_cohort
from tests.platforms.slack import cohort as slack_cohort

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

    def statement(self, words: str, _values: object) -> None:
        if not words.startswith("INSERT INTO checkins "):
            return
        (waiting,) = (task for task in list(self._created) if self._suspended(task)[-1:] == ["SqliteDatabase.write"])
        thread = [code.co_qualname for code in on_stack(sys._getframe(1))]
        self.chains.append([*self._before(waiting), *self._suspended(waiting), *thread])

    @staticmethod
    def _suspended(task: asyncio.Task[Any]) -> list[str]:
        """Our functions in which a task waits, the outermost first."""
        found, coro = [], task.get_coro() if not task.done() else None
        while coro is not None:
            if isinstance(coro, Coroutine) and coro.cr_code.co_filename.startswith(OURS):  # type: ignore[attr-defined]
                found.append(coro.cr_code.co_qualname)  # type: ignore[attr-defined]
            coro = getattr(coro, "cr_await", None)
        return found

    def _before(self, task: asyncio.Task[Any]) -> list[str]:
        """Our functions that led to the task."""
        parent, stack = self._created.get(task, (None, []))
        return [*(self._before(parent) if parent is not None and stack else []), *(code.co_qualname for code in stack)]


@contextlib.contextmanager
def followed() -> Iterator[Calls]:
    calls, loop = Calls(), asyncio.get_running_loop()
    loop.set_task_factory(calls.new_task)
    try:
        with watched(calls.statement):
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
