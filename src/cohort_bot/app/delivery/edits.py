"""Edits of posts: a post whose content is out of date is composed again and replaced in place.

`request` records the edit in the transaction of the change that caused it; the courier claims what is `due`, and
`Editor` makes the edits. An edit may be repeated without harm, so nothing is looked up: it is tried until it works or
the post is gone.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cohort_bot.app.delivery.kind import Kind, Scene, said_in
from cohort_bot.app.delivery.kinds import KINDS, spoken_for
from cohort_bot.app.delivery.outcome import Outcome
from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import ChatPlatform, Reason, Refused, Unknown
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.revisions import Revision
from cohort_bot.app.ports.store import Delivery, NewDelivery, Store
from cohort_bot.app.queries.readers import language_of
from cohort_bot.chat import codec
from cohort_bot.chat.i18n import speaking
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Place, Ref
from cohort_bot.core.delivery_states import State
from cohort_bot.core.membership import Cohort

log = logging.getLogger(__name__)

MAX_ATTEMPTS: Final = 20
"""After this many refusals or unexpected errors the post stays as it is; an outage does not count."""

RETRY_LATER: Final = timedelta(hours=1)
"""How long to wait after a refusal that somebody has to fix, such as a permission that was removed."""

GONE: Final = frozenset({Reason.ROOM_GONE, Reason.PERSON_GONE, Reason.DIRECT_CLOSED, Reason.INVALID})
"""Refusals after which there is nothing left to edit."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The content that a post should have from now on."""

    revision: Revision
    platform: str
    ref: Ref
    message: Message

    @property
    def lane(self) -> str:
        """One edit per post at a time; the latest wins."""
        return lane(self.revision)


def lane(revision: Revision) -> str:
    """The lane of a post's edits."""
    return f"edit:{revision.delivery_id}"


def request(store: Store, key: str, at: datetime) -> bool:
    """Have the post of a key composed again at `at` or later, from what is recorded by then.

    Returns False when there is no such post. A row that is not posted yet is composed then anyway, or edited right
    after. A post that was skipped as unwanted stays skipped; `store.deliveries.renew` re-activates it.
    """
    delivery = store.deliveries.by_key(key)
    if delivery is None or delivery.state is State.SKIPPED:
        return False
    if _composed_before(delivery):
        store.revisions.ask([delivery.id], at)
    return True


def request_all(store: Store, kind: str, member_id: int, at: datetime) -> None:
    """Have every post of a kind about a member composed again at `at` or later."""
    posts = store.deliveries.by_keys(store.deliveries.keys_of(kind, member_id))
    store.revisions.ask([each.id for each in posts if _composed_before(each)], at)


def _composed_before(delivery: Delivery) -> bool:
    """Whether it may say what is out of date by now."""
    return delivery.state is not State.SKIPPED and (delivery.state is not State.READY or delivery.payload is not None)


def due(
    store: Store,
    programmes: Programmes,
    at: datetime,
    limit: int,
    platforms: Collection[str],
    but: frozenset[str] = frozenset(),
    enough: Callable[[], bool] = lambda: False,
) -> list[Edit]:
    """At most `limit` edits that have come due by `at` on these platforms, except in the lanes `but`; no more
    once `enough` returns True.

    Requests for posts that need no edit or cannot be edited are closed.
    """
    edits: list[Edit] = []
    for revision in store.revisions.due(at, limit + len(but), platforms) if limit > 0 else ():
        if edits and enough():
            break
        if lane(revision) in but:
            continue
        delivery = store.deliveries.get(revision.delivery_id)
        edit = None if delivery is None else _composed(store, programmes, revision, delivery)
        if edit is None:
            store.revisions.done(revision)
        else:
            edits.append(edit)
    return edits[:limit]


def _composed(store: Store, programmes: Programmes, revision: Revision, delivery: Delivery) -> Edit | None:
    """The post as it should be, None when it stays as it is."""
    what = delivery.what
    place = _place(store, delivery)
    if delivery.state is not State.SENT or delivery.message_id is None or place is None:
        return None
    cohort = store.cohorts.get(what.cohort_id)
    if cohort is None or programmes.get(cohort.programme) is None:
        return None
    kind = KINDS[what.kind]
    try:
        # Composed for the instant of its first try: a card that was the newest then, or was late, is composed as such.
        at = delivery.first_try or what.due
        others = spoken_for(store, delivery, at)
        scene = Scene(store, cohort, programmes, what, at, others)
        message = said_in(_language(store, cohort, what), lambda: kind.compose(scene) or _withdrawn(kind))
    except Exception:  # one post that fails must not hold up the others
        log.exception("delivery %s cannot be composed again", delivery.id)
        return None
    if message is None or (delivery.payload is not None and codec.dumps(message) == delivery.payload):
        return None
    return Edit(revision, what.platform, Ref(place, delivery.message_id), message)


def _withdrawn(kind: Kind) -> Message | None:
    return kind.withdrawn() if kind.withdrawn else None


def _language(store: Store, cohort: Cohort, what: NewDelivery) -> str:
    """That of its reader now, the cohort's where it was posted to a channel."""
    direct = what.room_id is None and "channel" not in what.args
    return language_of(store.people.get(what.account_id or 0) if direct else None, cohort=cohort)


def _place(store: Store, delivery: Delivery) -> Place | None:
    """Where it was posted, even if the room has moved since."""
    what = delivery.what
    if delivery.channel is None:
        return None
    if what.room_id is None:
        account = store.people.get(what.account_id or 0)
        return Place(what.platform, account.workspace, delivery.channel) if account else None
    room = store.cohorts.room(what.room_id)
    thread = delivery.thread if what.in_thread else None  # else it is the one that was opened under it
    return Place(room.platform, room.workspace, delivery.channel, thread) if room else None


class Editor:
    """Makes the edits; keeps no state."""

    def __init__(
        self,
        database: Database,
        platforms: Mapping[str, ChatPlatform],
        clock: Clock,
        pacing: Pacing,
    ) -> None:
        self._database = database
        self._platforms = platforms
        self._clock = clock
        self._pacing = pacing

    async def attempt(self, edit: Edit) -> Outcome:
        """Replace the post. After a temporary failure it is tried again, with the content that is right by then."""
        try:
            return await self._attempt(edit)
        except Exception:
            log.exception("the edit of delivery %s cannot be recorded", edit.revision.delivery_id)
            return Outcome(edit.lane, wait=None)

    async def _attempt(self, edit: Edit) -> Outcome:
        try:
            async with asyncio.timeout(self._pacing.lease):
                with speaking(edit.message.language):
                    await self._platforms[edit.platform].edit(edit.ref, edit.message)
        except Refused as refused:
            if refused.reason.passing:
                return Outcome(edit.lane, wait=refused.retry_after or None)
            log.warning("delivery %s cannot be edited: %s", edit.revision.delivery_id, refused.detail)
            await self._close(edit, worked=False, over=refused.reason in GONE)
        except (Unknown, TimeoutError):
            return Outcome(edit.lane, wait=None)
        except Exception:
            log.exception("editing delivery %s failed unexpectedly", edit.revision.delivery_id)
            await self._close(edit, worked=False, over=False)
        else:
            await self._close(edit, worked=True, over=True)
        return Outcome(edit.lane, recovered=True)

    async def _close(self, edit: Edit, *, worked: bool, over: bool) -> None:
        """Record that the edit was attempted, and whether it is finished or tried again later."""
        revision, at = edit.revision, self._clock.now()
        over = over or revision.attempts + 1 >= MAX_ATTEMPTS

        def write(store: Store) -> None:
            if worked:
                store.deliveries.rewritten(revision.delivery_id, codec.dumps(edit.message))
            if over:
                store.revisions.done(revision)
            else:
                store.revisions.later(revision, at + RETRY_LATER)

        await self._database.write(write)
