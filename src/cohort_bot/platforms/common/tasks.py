"""Running work, so that a stop can wait for its end."""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


class BackgroundTasks:
    """Counts running work. Once `stopping`, new work has to be refused with an answer."""

    def __init__(self) -> None:
        self.stopping = False
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    @contextlib.contextmanager
    def work(self) -> Iterator[None]:
        """A stop waits for the present task."""
        task = asyncio.current_task()
        outer = task is None or task in self._tasks
        if task is not None:
            self._tasks.add(task)
        try:
            yield
        finally:
            if task is not None and not outer:
                self._tasks.discard(task)

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start a task for which a stop waits."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def drain(self, grace: float) -> None:
        """Wait at most `grace` elapsed seconds for running work, then cancel it."""
        loop = asyncio.get_running_loop()
        until = loop.time() + grace
        while self._tasks and (left := until - loop.time()) > 0:
            await asyncio.wait(set(self._tasks), timeout=left, return_when=asyncio.FIRST_COMPLETED)
        late = set(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
