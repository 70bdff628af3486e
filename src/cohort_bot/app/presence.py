"""Middleware that re-activates members who return, records a new name or locale, speaks their language, and informs
people about a message that failed.
"""

from collections.abc import Sequence
from datetime import datetime

from cohort_bot.app.access import account_of
from cohort_bot.app.delivery import directory
from cohort_bot.app.ports.platform import Identity
from cohort_bot.app.ports.store import Store
from cohort_bot.app.queries.readers import language_of
from cohort_bot.app.words import unreachable as unreachable_words
from cohort_bot.chat.i18n import go_on_in
from cohort_bot.chat.message import Block
from cohort_bot.chat.place import Actor
from cohort_bot.core.membership import Account


class Outdated(Exception):
    """What is stored about the actor is out of date. Raised before the transaction does anything else."""


class Presence:
    """The person behind one invocation.

    The first transaction of its handler calls `check`, which needs no transaction of its own. When that raises
    Outdated, the dispatcher writes `update` and runs the handler again.
    """

    def __init__(self, actor: Actor, at: datetime | None = None) -> None:
        """Without `at` nothing about them is out of date: only their language is looked up."""
        self._actor = actor
        self._at = at
        name, handle = (actor.name, actor.handle) if actor.name_seen else ("", "")
        self._identity = Identity(name, handle, actor.ids | {actor.user}, actor.locale)
        self.checked = False
        self.to_tell: Account | None = None
        """The actor's account when a direct message or an answer to them failed, about which they have not been
        informed yet.
        """
        self.wrote = False
        """Whether the handler has saved something."""

    def check(self, store: Store, *, updating: bool = False) -> None:
        """Speak the actor's language, and compare what is stored about them with the platform's present data. Raises
        Outdated, unless `updating`: then the transaction, which writes anyway, stores what is new.
        """
        account = account_of(store, self._actor)
        self.checked = True
        go_on_in(language_of(account, self._actor))
        self.to_tell = account if account is not None and (account.closed_at or account.lost) else None
        if self._at is not None and account is not None and directory.is_news(store, account, self._identity):
            if not updating:
                raise Outdated
            directory.learn(store, account, self._identity, self._at)
            self.checked = False  # until this is on disk

    def update(self, store: Store) -> None:
        """Store the actor's present name and ids; if they had left, they take part again."""
        account = account_of(store, self._actor)
        if account is not None and self._at is not None:
            directory.note(store, account.id, self._identity, self._at)


def tell(store: Store, account: Account, command: str) -> Sequence[Block]:
    """The notice to add to a reply about messages that failed; each failure is reported once.

    `command` is the one whose answer was lost, empty when its name is not known.
    """
    store.people.set_closed(account.id, None)
    store.people.set_lost(account.id, None)
    lost = [unreachable_words.lost(command)] if account.lost else []
    return [*lost, *(unreachable_words.unreached(mention=account.mention) if account.closed_at else ())]


def note_lost(store: Store, actor: Actor, action: str) -> None:
    """Record that the answer to an action did not arrive, if the actor has an account."""
    account = account_of(store, actor)
    if account is not None:
        store.people.set_lost(account.id, action)
