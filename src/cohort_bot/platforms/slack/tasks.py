"""What is under way: requests of Slack and the answers to them, so that a stop can wait for their end."""

import asyncio
import contextlib
import contextvars
from collections.abc import Iterator

RESPONDED: contextvars.ContextVar[asyncio.Event | None] = contextvars.ContextVar("responded", default=None)
"""Set when the present request's own response has gone out. An answer that comes after it waits for this."""


class BackgroundTasks:
    """Counts what runs. Once `stopping`, new requests are to be turned away with a word."""

    def __init__(self) -> None:
        self.stopping = False
        self._tasks: set[asyncio.Task[object]] = set()

    @contextlib.contextmanager
    def request(self) -> Iterator[None]:
        """A request of Slack, from its arrival until its response is out."""
        responded = asyncio.Event()
        token = RESPONDED.set(responded)
        try:
            with self.work():
                yield
        finally:
            responded.set()
            RESPONDED.reset(token)

    @contextlib.contextmanager
    def work(self) -> Iterator[None]:
        """Anything that must end before a stop."""
        task = asyncio.current_task()
        outer = task is None or task in self._tasks
        if task is not None:
            self._tasks.add(task)
        try:
            yield
        finally:
            if task is not None and not outer:
                self._tasks.discard(task)

    async def drain(self, grace: float) -> None:
        """Wait at most `grace` elapsed seconds for what runs, then cancel it."""
        loop = asyncio.get_running_loop()
        until = loop.time() + grace
        while self._tasks and (left := until - loop.time()) > 0:
            await asyncio.wait(set(self._tasks), timeout=left, return_when=asyncio.FIRST_COMPLETED)
        late = set(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
