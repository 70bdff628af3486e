"""Starting while a database or a platform is unreachable: each is waited for separately.

Only errors that an operator has to fix end the start: CannotStart except Unreachable.
"""

import asyncio
import contextlib
import itertools
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Final, Protocol, TypeVar

from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import ChatPlatform, Finding
from cohort_bot.app.ports.startup import CannotStart, Unreachable
from cohort_bot.app.ports.store import Store
from cohort_bot.chat.i18n import N_

log = logging.getLogger(__name__)

T = TypeVar("T")

PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 10.0)
"""Seconds between attempts; the last one repeats."""

AT_FIRST: Final = 3.0
"""Seconds for which the start waits for platforms. A platform that is not connected by then is reported as missing, and
connects later.
"""

CURE: Final = "The bot keeps trying. If the settings are right, there is nothing else to do."


def retry_pauses() -> Iterator[float]:
    """Seconds until the next attempt: longer each time, and different for each process."""
    for pause in itertools.chain(PAUSES, itertools.repeat(PAUSES[-1])):
        yield pause * (0.8 + secrets.randbelow(401) / 1000)


async def retry_startup(work: Callable[[], Awaitable[None]], away: Callable[[str], None]) -> None:
    """Try until it succeeds; `away` is called with the reason for each failure. Raises CannotStart for a permanent
    one.
    """
    for pause in retry_pauses():
        try:
            await work()
        except Unreachable as error:
            log.warning("%s; trying again in %.0f s", error, pause)
            away(str(error))
            await asyncio.sleep(pause)
        else:
            return


class OwnDatabase(Database, Protocol):
    """A database that the bot itself upgrades, opens and closes."""

    wrote: Callable[[float], None]
    held: Callable[[float], None]
    """Called with the elapsed seconds of each write that is on disk; set it before opening."""

    def upgrade(self) -> None:
        """Bring it to the newest schema, making it if it is not there. Takes its time: call it in a thread. Raises
        Unreachable where waiting helps, CannotStart where it does not.
        """

    def open(self) -> None:
        """Take transactions from now on."""

    async def close(self) -> None:
        """Finish accepted work, then close it."""

    async def findings(self) -> Sequence[Finding]:
        """Why nothing can be saved right now; tried, unless something was saved just now."""


class AwaitedDatabase(Database):
    """A database whose users wait until it has the newest schema, while the platforms already connect."""

    def __init__(self, database: OwnDatabase) -> None:
        self._database = database
        self.opened = asyncio.Event()
        """Set when it has the newest schema, and takes transactions."""
        self.away = asyncio.Event()
        """Set when it could not be reached at the first try."""
        self._why = "The database is being upgraded."

    async def open(self) -> None:
        """Upgrade the schema, and let the waiting users continue. Raises CannotStart."""
        await retry_startup(lambda: asyncio.to_thread(self._database.upgrade), self._is_away)
        self._database.open()
        self.opened.set()

    def _is_away(self, why: str) -> None:
        self._why = f"{why}."
        self.away.set()

    async def findings(self) -> Sequence[Finding]:
        """Why nothing can be saved right now; empty before it was opened."""
        return await self._database.findings() if self.opened.is_set() else ()

    def missing(self) -> Sequence[Finding]:
        """The findings that keep it from being open."""
        return [] if self.opened.is_set() else [Finding(self._why, CURE)]

    async def close(self) -> None:
        if self.opened.is_set():
            await self._database.close()

    @property
    def shelf(self) -> Mapping[str, bytes]:
        return self._database.shelf

    async def read(self, fn: Callable[[Store], T]) -> T:
        await self.opened.wait()
        return await self._database.read(fn)

    async def write(self, fn: Callable[[Store], T], *, fenced: bool = False, to_disk: bool = True) -> T:
        await self.opened.wait()
        return await self._database.write(fn, fenced=fenced, to_disk=to_disk)


class Platforms:
    """Connects the platforms independently. `begin` connects one and `up` is called with each that works; `give_up` is
    called when none works, and none will until a person has changed something.
    """

    def __init__(
        self,
        platforms: Mapping[str, ChatPlatform],
        begin: Callable[[ChatPlatform], Awaitable[None]],
        up: Callable[[str], None],
        give_up: Callable[[Exception], None],
    ) -> None:
        self._platforms = platforms
        self._begin = begin
        self._came = up
        self._give_up = give_up
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._tried = {name: asyncio.Event() for name in platforms}
        self._late = False
        self.missing = dict.fromkeys(platforms, "the bot is connecting")
        """Those that do not work yet, with the reason."""
        self.up: set[str] = set()
        self.changed = asyncio.Event()
        """Set when another one works."""

    def start(self) -> None:
        self._tasks = {name: asyncio.create_task(self._bring_up(name)) for name in self._platforms}

    async def tried(self) -> None:
        """Return when each works or has failed once, and soon in any case. Raises what a person has to change."""
        trying = [asyncio.create_task(tried.wait()) for tried in self._tried.values()]
        await asyncio.wait(trying, timeout=AT_FIRST)
        for waiting in trying:
            waiting.cancel()
        self._late = True
        for task in self._tasks.values():
            if task.done():
                task.result()

    def findings(self) -> Sequence[Finding]:
        """Those that do not work yet."""
        return [Finding(f"{name.title()} is not connected yet: {why}.", CURE) for name, why in self.missing.items()]

    async def stop(self) -> None:
        """Wait for none of them any more."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _bring_up(self, name: str) -> None:
        try:
            await retry_startup(lambda: self._try(name), lambda why: self._failed(name, why))
        except Exception as error:
            if not self._late:
                raise
            log.critical("%s", error)
            self.missing[name] = str(error)
            others = [task for other, task in self._tasks.items() if other != name]
            if all(task.done() and task.exception() for task in others):
                self._give_up(error)
            raise
        finally:
            self._tried[name].set()
        del self.missing[name]
        self.up.add(name)
        self.changed.set()
        self._came(name)

    async def _try(self, name: str) -> None:
        try:
            await self._begin(self._platforms[name])
        except Unreachable:
            await self._left(name)
            raise
        except CannotStart:
            raise
        except Exception as error:
            if not self._late:
                raise
            log.exception("%s cannot be started", name)  # it may be half installed and complete soon
            await self._left(name)
            raise Unreachable(
                N_("{name} cannot be started ({kind})"), name=name.title(), kind=type(error).__name__
            ) from error

    async def _left(self, name: str) -> None:
        with contextlib.suppress(Exception):  # a platform that did not start may not stop cleanly
            await self._platforms[name].stop(0)

    def _failed(self, name: str, why: str) -> None:
        self.missing[name] = why
        self._tried[name].set()
