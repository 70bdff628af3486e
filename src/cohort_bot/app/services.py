"""The services that a handler gets."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import TypeVar, TypeVarTuple

from cohort_bot.app.access import Permission
from cohort_bot.app.commands import Handler, Role, Table
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.guides import Guides
from cohort_bot.app.ports.platform import ChatPlatform
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import Store
from cohort_bot.app.presence import Presence
from cohort_bot.app.words import errors as errors_words
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.core.checkins import ENDLESS
from cohort_bot.core.membership import Cohort

T = TypeVar("T")
Granted = TypeVarTuple("Granted")


class WrongPermission(Exception):
    """A handler asks for another role than its row declares: a mistake in the code."""


@dataclass(slots=True)
class _Changed:
    """What a transaction may have changed; when it is run again, its last run counts."""

    posts: bool = False
    plans: bool = False


@dataclass(frozen=True, slots=True)
class Services:
    """The outside world as ports. After a change that may have made something due, or has to be planned, `wake` is
    called; its argument says whether something has to be planned.

    The database can only be reached through `read` and `change`, which check a permission in the same transaction. The
    dispatcher gives a handler the services of its row (`bound`), and these take permissions of the row's role only.
    """

    _database: Database
    programmes: Programmes
    guides: Guides
    platforms: Mapping[str, ChatPlatform]
    table: Table
    wake: Callable[[bool], None]
    board_url: str = ""
    """The address of the board from outside; empty when there is none."""
    _role: Role | None = None
    _presence: Presence | None = None

    def bound(self, role: Role, presence: Presence | None) -> "Services":
        """The services for a handler whose row declares the role."""
        return replace(self, _role=role, _presence=presence)

    @property
    def calendar_url(self) -> str:
        """The address under which calendars are; empty when there is none."""
        return f"{self.board_url.rpartition('/')[0]}/calendar" if self.board_url else ""

    def weeks(self, cohort: Cohort) -> int:
        """How many weeks the cohort's programme has; ENDLESS when it cannot be read right now."""
        programme = self.programmes.get(cohort.programme)
        return programme.length if programme else ENDLESS

    async def run(self, action: str, invocation: Invocation) -> Reply:
        """The reply of another action to the same invocation, with the permissions of that action's row."""
        row = self.table.get(action)
        if row is None:
            raise LookupError(action)
        return await row.handler(self.bound(row.who, self._presence), invocation)

    async def require(self, invocation: Invocation, permission: Permission[*Granted]) -> tuple[*Granted]:
        """What the permission is about, where nothing else is read. Raises PersonError without the permission."""
        return await self.read(invocation, permission, lambda _store, *granted: granted)

    async def read(
        self, invocation: Invocation, permission: Permission[*Granted], fn: Callable[[Store, *Granted], T]
    ) -> T:
        """Run `fn` on a snapshot of the database, with what the permission is about.

        Raises PersonError without the permission, and whatever `fn` raises.
        """
        return await self._database.read(self._checked(invocation, permission, fn))

    async def change(
        self,
        invocation: Invocation,
        permission: Permission[*Granted],
        fn: Callable[[Store, *Granted], T],
        *,
        repeatable: bool = False,
    ) -> T:
        """Run `fn` in a transaction that is on disk when this returns.

        Once per invocation, unless it is `repeatable`: a repeat raises Repeated and changes nothing. Else as `read`.
        """
        changed = _Changed()
        transaction = self._checked(invocation, permission, fn, changed, once=not repeatable)
        await asyncio.sleep(0)  # those who come in one turn of the loop share a commit, and the interpreter's lock
        result = await self._database.write(transaction)
        if self._presence is not None:
            self._presence.checked = self._presence.wrote = True
        if changed.posts or changed.plans:
            self.wake(changed.plans)
        return result

    def _checked(
        self,
        invocation: Invocation,
        permission: Permission[*Granted],
        fn: Callable[[Store, *Granted], T],
        changed: "_Changed | None" = None,
        *,
        once: bool = False,
    ) -> Callable[[Store], T]:
        """`fn` behind all that is checked before it in its transaction."""
        if self._role is not None and permission.role is not self._role:
            raise WrongPermission(f"{invocation.action}: {permission.role.name} instead of {self._role.name}")
        presence = self._presence or Presence(invocation.actor)
        look = not presence.checked

        def transaction(store: Store) -> T:
            if look:
                presence.check(store, updating=changed is not None)
            if once and not store.first_time(f"{invocation.actor.platform}:{invocation.id}", invocation.at):
                raise errors_words.repeated()
            result = fn(store, *permission.check(store, invocation))
            if changed is not None:
                changed.posts, changed.plans = store.posts_changed, store.plans_changed
            return result

        return transaction


def reads(
    permission: Permission[*Granted],
) -> Callable[[Callable[[Services, Invocation, Store, *Granted], Reply]], Handler]:
    """A handler that is one `Services.read`: its function is given the store, and what the permission is about."""

    def decorate(fn: Callable[[Services, Invocation, Store, *Granted], Reply]) -> Handler:
        @wraps(fn)
        async def handler(services: Services, invocation: Invocation) -> Reply:
            return await services.read(
                invocation, permission, lambda store, *granted: fn(services, invocation, store, *granted)
            )

        return handler

    return decorate


def changes(
    permission: Permission[*Granted],
) -> Callable[[Callable[[Services, Invocation, Store, *Granted], Reply]], Handler]:
    """A handler that is one `Services.change`, once per invocation; otherwise as `reads`."""

    def decorate(fn: Callable[[Services, Invocation, Store, *Granted], Reply]) -> Handler:
        @wraps(fn)
        async def handler(services: Services, invocation: Invocation) -> Reply:
            return await services.change(
                invocation, permission, lambda store, *granted: fn(services, invocation, store, *granted)
            )

        return handler

    return decorate
