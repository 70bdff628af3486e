"""Somebody who cannot be reached directly: they have left, or their direct messages are closed.

Known from the contact that fails, and from the daily look at everybody on a roster (`app/delivery/directory.py`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from cohort_bot.app.delivery import keys
from cohort_bot.app.delivery.directory import gone, identify, meeting_places
from cohort_bot.app.delivery.kinds import KINDS
from cohort_bot.app.delivery.pacing import Pacing
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import ChatPlatform, Reason, Refused
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Delivery, NewDelivery, Store
from cohort_bot.app.queries import small_group
from cohort_bot.core.delivery_states import State
from cohort_bot.core.membership import Account

PERSONAL: Final = frozenset({Reason.PERSON_GONE, Reason.DIRECT_CLOSED})
"""Refusals that are about the person who was written to."""


class Unreachable:
    """Decides what a refusal about a person means; keeps no state."""

    def __init__(self, database: Database, platforms: Mapping[str, ChatPlatform], clock: Clock, pacing: Pacing) -> None:
        self._database = database
        self._platforms = platforms
        self._clock = clock
        self._pacing = pacing

    async def judge(self, delivery: Delivery, refused: Refused) -> Refused | None:
        """The reason for which the row waits; None when the refusal is about the person, which is then recorded: they
        have left, or have closed their direct messages.

        Such a refusal is believed only while the bot itself is in the workspaces where their cohorts meet: platforms
        refuse in the same way when the bot was removed, or had an outage. That may have ended before the bot asked
        about the person, so if the person is still in the workspace, the refusal is believed only the second time.
        """
        if KINDS[delivery.what.kind].apart and refused.reason is Reason.PERSON_GONE:
            return await self._one_of_them(delivery, refused)
        if refused.reason not in PERSONAL or delivery.what.account_id is None:
            return refused
        account, workspaces = await self._database.read(lambda store: _where(store, delivery))
        if account is None:
            return refused
        identity = await identify(self._platforms[account.platform], account, workspaces, self._pacing.lease)
        if isinstance(identity, Refused):
            return identity
        if identity is not None and delivery.reason is not DeliveryReason.DOUBTED:
            return Refused(Reason.DOUBTED, retry_after=0.0)
        # The platform refuses in the same way whether they have left or have closed their direct messages.
        left = identity is None and (bool(workspaces) or refused.reason is Reason.PERSON_GONE)
        at = self._clock.now()
        await self._database.write(lambda store: (_gone if left else _closed)(store, delivery, at))
        return None

    async def _one_of_them(self, delivery: Delivery, refused: Refused) -> Refused:
        """One of a small group has left the workspace: that is recorded, and the others are tried without them."""

        def read(store: Store) -> list[tuple[Account, Sequence[str]]]:
            accounts = (member.account for member in small_group.people(store, delivery.what, still=True))
            return [(each, meeting_places(store, each, delivery.what.cohort_id)) for each in accounts]

        at, someone = self._clock.now(), False
        for account, workspaces in await self._database.read(read):
            if await identify(self._platforms[account.platform], account, workspaces, self._pacing.lease) is None:
                await self._database.write(partial(gone, account=account, at=at))
                someone = True
        return Refused(Reason.BUSY, refused.detail, retry_after=0.0) if someone else refused


def _where(store: Store, delivery: Delivery) -> tuple[Account | None, Sequence[str]]:
    """The recipient, and the workspaces in which they have to be."""
    account = store.people.get(delivery.what.account_id or 0)
    return account, meeting_places(store, account, delivery.what.cohort_id) if account else []


def _gone(store: Store, delivery: Delivery, at: datetime) -> None:
    account = store.people.get(delivery.what.account_id or 0)
    if account is not None and store.deliveries.put(delivery, State.SKIPPED, DeliveryReason.PERSON_GONE, at):
        gone(store, account, at)


def _closed(store: Store, delivery: Delivery, at: datetime) -> None:
    """Record that their direct messages are closed: they are informed at their next command. A reminder becomes a
    mention in the thread for those who wanted that, and for nobody else.
    """
    account = store.people.get(delivery.what.account_id or 0)
    if account is None:
        return
    rows = _mentions(store, delivery, account, at) if KINDS[delivery.what.kind].mentioned and account.mention else []
    state, reason = (State.SKIPPED, DeliveryReason.MENTIONED) if rows else (State.PARKED, DeliveryReason.DIRECT_CLOSED)
    if store.deliveries.put(delivery, state, reason, at):
        store.people.set_closed(account.id, at)
        store.deliveries.add(rows)


def _mentions(store: Store, delivery: Delivery, account: Account, at: datetime) -> list[NewDelivery]:
    what = delivery.what
    return [
        NewDelivery(
            keys.mention(room.id, what.key),
            "mention",
            room.platform,
            what.cohort_id,
            at,
            room_id=room.id,
            member_id=what.member_id,
            round=what.round,
            in_thread=True,
            expires=what.expires,
            args={"nudge": what.key},
        )
        for room in store.cohorts.rooms(what.cohort_id)
        if room.platform == account.platform and account.workspace in {"", room.workspace}
    ][:1]
