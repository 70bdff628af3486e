"""Whoever does something is here: who had left is taken up again, a new name is noted, and who could not be written to
hears of it."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from cohort_bot.app import directory
from cohort_bot.app.access import account_of
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import Identity
from cohort_bot.app.ports.store import Store
from cohort_bot.app.words import unreachable as unreachable_words
from cohort_bot.chat.message import Message, paragraph
from cohort_bot.chat.place import Actor
from cohort_bot.core.membership import Account

log = logging.getLogger(__name__)

T = TypeVar("T")


class _News(Exception):
    """Somebody is here who had left, or is called otherwise by now."""


class Attended:
    """The database for one invocation: its first transaction looks who is here, which costs none of its own.

    Who had left is taken up again, and has their present name, before anything else is read.
    """

    def __init__(self, database: Database, actor: Actor, at: datetime) -> None:
        self._database = database
        self._actor = actor
        self._at = at
        name, handle = (actor.name, actor.handle) if actor.name_seen else ("", "")
        self._identity = Identity(name, handle, actor.ids | {actor.user})
        self._looked = False
        self._unreached: Account | None = None
        self.wrote = False
        """Whether something was saved."""

    async def read(self, fn: Callable[[Store], T]) -> T:
        """Run `fn` on a snapshot."""
        return await self._attend(self._database.read, fn)

    async def write(self, fn: Callable[[Store], T], *, fenced: bool = False) -> T:
        """Run `fn`; when this returns, what it wrote is on disk."""
        result: T = await self._attend(partial(self._database.write, fenced=fenced), fn)
        self.wrote = True
        return result

    async def unreached(self) -> Account | None:
        """The account of who is here, if there is something to tell them; None if not."""
        if not self._looked:
            await self.read(lambda _: None)
        return self._unreached

    async def _attend(self, run: Callable[[Callable[[Store], T]], Awaitable[T]], fn: Callable[[Store], T]) -> T:
        def first(store: Store) -> T:
            account = account_of(store, self._actor)
            self._looked = True
            self._unreached = account if account is not None and (account.closed_at or account.lost) else None
            if account is not None and directory.is_news(store, account, self._identity):
                raise _News
            return fn(store)

        if self._looked:
            return await run(fn)
        try:
            return await run(first)
        except _News:
            await self._database.write(lambda store: _note(store, self._actor, self._identity, self._at))
            return await run(fn)  # not `first`: a reminder that fails just now notes them as gone again


async def told(database: Database, account: Account, reply: Message, command: str) -> Message:
    """The reply with a word on what did not arrive; it is said once for each time. `command` is the one of
    which the answer was lost.
    """

    def write(store: Store) -> None:
        store.people.set_closed(account.id, None)
        store.people.set_lost(account.id, None)

    try:
        await database.write(write)
    except Exception:  # what they did is done and answered; this is told the next time
        log.exception("account %s cannot be told that a direct message failed", account.id)
        return reply
    shown = [*(reply.blocks or (paragraph(reply.summary),))]
    if account.lost:
        shown.append(unreachable_words.lost(command))
    if account.closed_at:
        shown += unreachable_words.unreached(mention=account.mention)
    return replace(reply, blocks=tuple(shown))


def lost(store: Store, actor: Actor, action: str) -> None:
    """Note that the answer to an action did not arrive, for who has an account."""
    account = account_of(store, actor)
    if account is not None:
        store.people.set_lost(account.id, action)


def _note(store: Store, actor: Actor, identity: Identity, at: datetime) -> None:
    account = account_of(store, actor)
    if account is not None:
        directory.note(store, account.id, identity, at)
