"""Somebody who cannot be reached directly: they have left, or their direct messages are closed.

Known from the contact that fails: platforms tell who is in a workspace one person at a time only, without privileged
intents, so nobody looks through a roster.
"""

import logging
from datetime import datetime
from typing import Final

from cohort_bot.app.ports import ChatPlatform, Database, Reason, Refused, Unknown
from cohort_bot.app.store import Delivery, NewDelivery, State, Store
from cohort_bot.app.views.moderator import CURES
from cohort_bot.core.membership import Account

log = logging.getLogger(__name__)

PERSONAL: Final = frozenset({Reason.PERSON_GONE, Reason.DIRECT_CLOSED})
"""Refusals that are about the person who was written to."""


async def unreachable(
    database: Database, platform: ChatPlatform, delivery: Delivery, reason: Reason, at: datetime
) -> None:
    """Note that the person has left, or has closed their direct messages. `reason` is one of `PERSONAL`."""
    if await _has_left(database, platform, delivery, reason):
        await database.write(lambda store: _gone(store, delivery, at))
    else:
        await database.write(lambda store: _closed(store, delivery, at))


async def _has_left(database: Database, platform: ChatPlatform, delivery: Delivery, reason: Reason) -> bool:
    """Whether the person is in none of the workspaces any more where a cohort of theirs meets.

    A refused direct message does not tell: Discord answers the same whether they have left or closed them.
    """
    account_id = delivery.what.account_id or 0
    if reason is Reason.PERSON_GONE:
        return True
    account, workspaces = await database.read(lambda store: _where(store, account_id))
    if account is None or not workspaces:
        return False
    for workspace in workspaces:
        try:
            if await platform.present(workspace, account.user):
                return False
        except (Refused, Unknown, TimeoutError) as error:
            log.info("whether account %s is still there cannot be told: %s", account_id, error)
            return False
    return True


def _where(store: Store, account_id: int) -> tuple[Account | None, list[str]]:
    account = store.people.get(account_id)
    if account is None or account.workspace:
        return account, [account.workspace] if account else []
    found = {
        room.workspace: None
        for member in store.members.of_person(account.person_id)
        for room in store.cohorts.rooms(member.cohort_id)
        if room.platform == account.platform
    }
    return account, list(found)


def _gone(store: Store, delivery: Delivery, at: datetime) -> None:
    """They have left: nothing more is sent to them, and they are counted no more, until they come back."""
    account = store.people.get(delivery.what.account_id or 0)
    if account is None or not store.deliveries.put(delivery, State.SKIPPED, "the person is no longer here", at):
        return
    store.people.set_gone(account.id, at)
    for member in store.members.of_person(account.person_id):
        store.cohorts.replan(member.cohort_id)


def _closed(store: Store, delivery: Delivery, at: datetime) -> None:
    """Their direct messages are closed: they hear of it at their next command. A reminder becomes a mention in the
    thread for those who wanted that, and for nobody else.
    """
    account = store.people.get(delivery.what.account_id or 0)
    if account is None:
        return
    rows = _mentions(store, delivery, account, at) if delivery.what.kind == "nudge" and account.mention else []
    state, reason = (
        (State.SKIPPED, "a mention takes its place") if rows else (State.PARKED, CURES[Reason.DIRECT_CLOSED][0])
    )
    if store.deliveries.put(delivery, state, reason, at):
        store.people.set_closed(account.id, at)
        store.deliveries.add(rows)


def _mentions(store: Store, delivery: Delivery, account: Account, at: datetime) -> list[NewDelivery]:
    what = delivery.what
    return [
        NewDelivery(
            key=f"mention:{room.id}:{what.key}",
            kind="mention",
            platform=room.platform,
            cohort_id=what.cohort_id,
            due=at,
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
