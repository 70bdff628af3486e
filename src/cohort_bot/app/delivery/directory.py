"""Keeps names, departures and returns up to date with the platforms.

A command brings its sender's present name. Everybody else on a roster is asked about once a day, one person after the
other: without privileged intents Discord answers about one person at a time, and Slack's events can be missed.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from cohort_bot.app.delivery import paper_meetings
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import ChatPlatform, Identity, Reason, Refused, Unknown
from cohort_bot.app.ports.store import Store
from cohort_bot.chat.names import clean
from cohort_bot.core.membership import Account, Member, away

log = logging.getLogger(__name__)

EVERY: Final = timedelta(days=1)
"""How long an answer about a person stays valid."""

AT_ONCE: Final = 5
"""The most people checked in one look. With a look a minute that is 7,200 a day; where there are more, those whose last
check is oldest come first.
"""

PATIENCE: Final = 30.0
"""Seconds of elapsed time for one answer."""


class Directory:
    """Asks the platforms about each member and moderator. The time of each check is stored in the database."""

    def __init__(self, database: Database, platforms: Mapping[str, ChatPlatform], clock: Clock) -> None:
        self._database = database
        self._platforms = platforms
        self._clock = clock
        self.holding: Callable[[], bool] = lambda: False
        """Whether the calendar is in doubt; then nobody is checked."""

    async def look(self) -> None:
        """Ask about up to AT_ONCE people whose last answer is a day old; after a failure they are checked again the
        next day.
        """
        if self.holding():
            return
        at = self._clock.now()
        try:
            # Found beside the writer: those of cohorts that have ended, who are never asked about, come first.
            if not (found := await self._database.read(lambda store: store.people.unasked(at, EVERY, AT_ONCE))):
                return
            for account, workspaces in await self._database.write(lambda store: _take(store, found, at)):
                await self._ask(account, workspaces)
        except Exception:
            log.exception("the rosters could not be checked; trying again")

    async def _ask(self, account: Account, workspaces: Sequence[str]) -> None:
        platform = self._platforms.get(account.platform)
        if platform is None or not workspaces:
            return
        identity = await identify(platform, account, workspaces, PATIENCE)
        if isinstance(identity, Refused):
            log.info("account %s could not be checked: %s", account.id, identity)
            return
        await tell(self._database, account, identity, self._clock.now())


def _take(store: Store, found: Sequence[Account], at: datetime) -> list[tuple[Account, Sequence[str]]]:
    """Claim these people, so that no other process checks them too; without those whom another has claimed."""
    mine = store.people.claim_asking([account.id for account in found], at, EVERY)
    taken = [account for account in found if account.id in mine]
    return [(account, meeting_places(store, account, *_created(store, account))) for account in taken]


def _created(store: Store, account: Account) -> list[int]:
    """The active cohorts that they created; empty where accounts belong to a workspace."""
    if account.workspace:
        return []
    return [cohort.id for cohort in store.cohorts.created_by(account.platform, account.user) if cohort.active]


def meeting_places(store: Store, account: Account, *cohort_ids: int) -> Sequence[str]:
    """The workspaces where the account can take part: its own, or where accounts are global those in which the person's
    cohorts, or the cohorts with the given ids, have rooms.
    """
    if account.workspace:
        return [account.workspace]
    cohorts = [*cohort_ids, *(member.cohort_id for member in store.members.of_person(account.person_id))]
    rooms = (room for cohort_id in dict.fromkeys(cohorts) for room in store.cohorts.rooms(cohort_id))
    return list(dict.fromkeys(room.workspace for room in rooms if room.platform == account.platform))


async def identify(
    platform: ChatPlatform, account: Account, workspaces: Sequence[str], seconds: float
) -> Identity | Refused | None:
    """Who has the account in one of the workspaces: None when it is in none, a Refused when that is uncertain.

    Each request may take `seconds` of elapsed time.
    """
    doubt: Refused | None = None
    for workspace in workspaces:
        try:
            async with asyncio.timeout(seconds):
                identity = await platform.identity(workspace, account.user)
        except Refused as refused:
            if doubt is None or refused.reason.passing:
                doubt = refused if refused.reason.passing else Refused(Reason.REVOKED, refused.detail)
        except (Unknown, TimeoutError) as error:
            doubt = Refused(Reason.BUSY, f"no answer: {error}")
        else:
            if identity is not None:
                return identity
    return doubt


async def tell(database: Database, account: Account, identity: Identity | None, at: datetime) -> None:
    """Store a platform's answer about an account, if it is new; None means that the account is not in the workspace."""
    if await database.read(lambda store: is_news(store, account, identity)):
        await database.write(lambda store: note(store, account.id, identity, at))


def is_news(store: Store, account: Account, identity: Identity | None) -> bool:
    """Whether the identity differs from what is stored."""
    if identity is None:
        return account.gone_at is None
    renamed = _names(account, identity) != (account.name, account.handle)
    changed = renamed or _other_locale(account, identity)
    return account.gone_at is not None or changed or bool(_other_ids(store, account, identity))


def _other_locale(account: Account, identity: Identity) -> bool:
    return bool(identity.locale) and identity.locale != account.locale


def _other_ids(store: Store, account: Account, identity: Identity) -> dict[str, Account | None]:
    """The person's ids that do not belong to their account yet, each with the account that has it, if any."""
    home = (account.platform, account.workspace)
    accounts = {user: store.people.account(*home, user) for user in sorted(identity.ids - {account.user})}
    return {user: other for user, other in accounts.items() if other is None or other.id != account.id}


def _names(account: Account, identity: Identity) -> tuple[str, str]:
    """The name and handle now; a name that the platform did not give stays."""
    handle = identity.handle or account.handle
    return clean(identity.name, handle) if identity.name else account.name, handle


def note(store: Store, account_id: int, identity: Identity | None, at: datetime) -> None:
    """The same as `tell`, within a transaction."""
    account = store.people.get(account_id)
    if account is None or not is_news(store, account, identity):
        return
    if identity is None:
        gone(store, account, at)
    else:
        learn(store, account, identity, at)


def learn(store: Store, account: Account, identity: Identity, at: datetime) -> None:
    """Store what is new about an account, which was read in this transaction."""
    if account.gone_at is not None:
        _back(store, account, account.gone_at, at)
    for user, other in _other_ids(store, account, identity).items():
        if other is None:
            store.people.add_id(account.id, user)
        else:
            store.people.merge(account, other)
            for member in store.members.of_person(account.person_id):
                store.cohorts.replan(member.cohort_id, at)
    if _other_locale(account, identity):
        store.people.set_locale(account.id, identity.locale)
    name, handle = _names(account, identity)
    if (name, handle) != (account.name, account.handle):
        store.people.update(account.id, name=name, handle=handle, zone=account.zone, reminders=account.reminders)


def gone(store: Store, account: Account, at: datetime) -> None:
    """Mark the account as having left: until it is back, nothing is sent to it and it is not counted."""
    store.people.set_gone(account.id, at)
    for member in store.members.of_person(account.person_id):
        free = store.paper_club.cancel(member.id, at)
        paper_meetings.tell_open(store, member.cohort_id, free, f"gone-{at.isoformat()}", at)
        store.cohorts.replan(member.cohort_id, at)


def _back(store: Store, account: Account, since: datetime, at: datetime) -> None:
    for member in store.members.of_person(account.person_id):
        time_away(store, member, since, at)
        store.cohorts.replan(member.cohort_id, at)
    store.people.set_gone(account.id, None)


def time_away(store: Store, member: Member, since: datetime, at: datetime) -> None:
    """Record the time away as a break, so that its rounds do not count as missed."""
    cohort = store.cohorts.get(member.cohort_id)
    if cohort is not None:
        store.members.add_break(member.id, away(cohort.calendar, since, at))
