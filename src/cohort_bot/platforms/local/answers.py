"""What people do in the page, answered: for the actor alone."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from cohort_bot.app.commands import COMMAND, HELP, Table
from cohort_bot.app.ports.platform import Complete, Dispatch, Speak
from cohort_bot.chat.catalogues import closest
from cohort_bot.chat.form import Reply
from cohort_bot.chat.i18n import answering, language
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message, Refusal
from cohort_bot.chat.place import Actor, Place
from cohort_bot.platforms.common.origin import Origin
from cohort_bot.platforms.common.tasks import BackgroundTasks
from cohort_bot.platforms.local import commands
from cohort_bot.platforms.local.chat import Chat

SETTLED: Final = 1.0
"""After this many elapsed seconds a post comes when it comes."""


class Stopping(Exception):
    """The bot takes no more work."""


class Answers:
    """Turns invocations into private posts and forms. `begin` gives it the application; `done` is told of each action
    that was answered.
    """

    def __init__(self, chat: Chat, now: Callable[[], datetime], done: Callable[[str], None] = lambda _: None) -> None:
        self._chat = chat
        self._done = done
        self._now = now
        self.table = Table(())
        self._dispatch: Dispatch | None = None
        self._complete: Complete | None = None
        self.speak: Speak | None = None
        """Called before something is said that nothing was dispatched for."""
        self._running = BackgroundTasks()

    def begin(self, table: Table, dispatch: Dispatch, complete: Complete) -> None:
        """Take invocations from now on."""
        self.table, self._dispatch, self._complete = table, dispatch, complete

    async def stop(self, grace: float) -> None:
        """Take no more; wait at most `grace` seconds for what runs, then cancel it."""
        self._dispatch = self._complete = None
        await self._running.drain(grace)

    async def act(self, invocation: Invocation, prompt: str) -> Reply:
        """Run it. A message is posted for the actor alone; a form is for the caller to show.

        Raises Stopping. What has begun ends even if the browser is gone.
        """
        if self._dispatch is None:
            raise Stopping
        with answering(closest(invocation.actor.locale)):
            task = self._running.start(self._answer(self._dispatch, invocation, prompt))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise Stopping from None
            raise

    @asynccontextmanager
    async def speaking(self, actor: Actor) -> AsyncIterator[None]:
        """A block in the language that the person reads."""
        with answering(closest(actor.locale)):
            if self.speak is not None:
                await self.speak(actor)
            yield

    async def suggest(self, line: str, origin: Origin) -> Sequence[commands.Suggestion]:
        """What could be typed next."""
        async with self.speaking(origin.actor):
            return await self._suggest(line, origin)

    async def _suggest(self, line: str, origin: Origin) -> Sequence[commands.Suggestion]:
        wanted = commands.suggest(line, self.table)
        if self._complete is None:
            return ()
        if isinstance(wanted, commands.CommandWanted):
            if COMMAND not in self.table.completers:
                return wanted.known
            options = await self._complete(origin.invocation("command", HELP, {}), "", wanted.typed)
            return wanted.among([option.value for option in options])
        if not isinstance(wanted, commands.ValueWanted):
            return wanted
        so_far = origin.invocation("command", wanted.action, wanted.args)
        options = await self._complete(so_far, wanted.option, wanted.typed)
        return [commands.taken(wanted.before, option.value, option.label) for option in options]

    async def settle(self, posted: Coroutine[Any, Any, None]) -> None:
        """Wait for the posts that an act has caused, but not for long: the answer itself is there."""
        await asyncio.wait({self._running.start(posted)}, timeout=SETTLED)

    async def _answer(self, dispatch: Dispatch, invocation: Invocation, prompt: str) -> Reply:
        reply = await dispatch(invocation)
        if not isinstance(reply, Message):
            return reply
        if not isinstance(reply, Refusal):
            self._done(invocation.action)
        # Everything is done in a channel here: `pages` gives each invocation its place.
        place = invocation.place or Place(invocation.actor.platform, invocation.actor.workspace or "", "general")
        root = None if place.thread is None else int(place.thread)
        person = invocation.actor.user
        self._chat.post(
            place.channel, replace(reply, language=language()), self._now(), root=root, private=person, prompt=prompt
        )
        return reply
