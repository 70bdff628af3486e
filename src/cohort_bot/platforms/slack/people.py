"""Who acts: name, time zone and whether they manage the workspace, from `users.info`, cached for a while."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from cohort_bot.app.delivery import directory
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import Identity, Reason, Refused, Unknown
from cohort_bot.app.words import platforms as platforms_words
from cohort_bot.chat.place import Actor
from cohort_bot.platforms.common.bounded import BoundedDict
from cohort_bot.platforms.slack.api import Api, retry
from cohort_bot.platforms.slack.commands import PLATFORM
from cohort_bot.platforms.slack.translate import Who

log = logging.getLogger(__name__)

REMEMBERED = 5000
"""How many people are cached; those not seen for the longest time are dropped first."""

FRESH = 600.0
"""Seconds of elapsed time after which a person is requested again: an admin may no longer be one."""

UNHEARD = 30.0
"""The same after a call that failed, so that the person does not wait for Slack at every click."""


class People:
    """The people of all workspaces. Changes are recorded in the attached database."""

    def __init__(self, api: Api, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._elapsed = clock.elapsed
        self._database: Database | None = None
        self._known: BoundedDict[tuple[str, str], tuple[float, Actor]] = BoundedDict(REMEMBERED)

    def attach(self, database: Database) -> None:
        """Set the database in which people are recorded."""
        self._database = database

    async def actor(self, who: Who) -> Actor:
        """The person as Slack reports them; only with their name when it does not."""
        key = (who.team, who.user)
        known = self._known.get(key)
        if known is not None and known[0] > self._elapsed():
            self._known.move_to_end(key)
            return known[1]
        try:
            answer = (
                await retry(partial(self._api.read, who.team, "users.info", user=who.user, include_locale=True)) or {}
            )
        except (Refused, Unknown) as error:
            log.warning("users.info of %s: %s", who.user, error)
            if who.guest and known is None:
                raise platforms_words.unknown_guest() from None
            last_known = known[1] if known else Actor(PLATFORM, who.team, who.user, who.name, handle=who.name)
            # The cached data is used, except whether they manage the workspace.
            last_known = replace(last_known, workspace=who.team, user=who.user, admin=False, name_seen=False)
            self._keep(last_known, UNHEARD)
            return last_known
        return self.learn(who.team, answer.get("user") or {}, who)

    def learn(self, team: str, user: Mapping[str, Any], who: Who | None = None) -> Actor:
        """Remember a person from their record at Slack, as `users.info` and `user_change` give it."""
        identity = str(user.get("id") or (who.user if who else ""))
        # A guest from another workspace in a shared channel manages nothing here.
        at_home = (user.get("team_id") or team) == team and not user.get("is_stranger")
        actor = Actor(
            PLATFORM,
            team,
            identity,
            _name(user) or (who.name if who else identity),
            admin=at_home and bool(user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")),
            zone=str(user["tz"]) if user.get("tz") else None,
            handle=str(user.get("name") or ""),
            ids=(_ids(user) | {who.user if who else identity}) - {identity},
            locale=str(user.get("locale") or self.locale(team, identity)),
        )
        self._keep(actor, FRESH)
        return actor

    async def _info(self, team: str, user: str) -> Mapping[str, Any]:
        return await self._api.read(team, "users.info", user=user, include_locale=True)

    def locale(self, team: str, user: str) -> str:
        """What is known of the person's locale without asking Slack."""
        known = self._known.get((team, user))
        return known[1].locale if known else ""

    async def identity(self, team: str, user: str) -> Identity | None:
        """Who has the account, None when there is none or it is deactivated. Raises Refused or Unknown."""
        try:
            answer = await self._info(team, user)
        except Refused as refused:
            if refused.reason is Reason.PERSON_GONE:
                return None
            raise
        return identity_of(answer.get("user") or {})

    async def person(self, team: str, user: str) -> Actor | None:
        """The person as Slack reports them now, None when the account is gone. Raises Refused or Unknown."""
        try:
            answer = await self._info(team, user)
        except Refused as refused:
            if refused.reason is Reason.PERSON_GONE:
                return None
            raise
        found = answer.get("user") or {}
        return None if found.get("deleted") else self.learn(team, found)

    async def changed(self, team: str, user: Mapping[str, Any]) -> None:
        """A `user_change` event: record it for known people, ignore everybody else."""
        identity = str(user.get("id"))
        if (team, identity) in self._known:
            self.learn(team, user)
        if self._database is None:
            return
        account = await self._database.read(lambda store: store.people.account(PLATFORM, team, identity))
        if account is not None:
            await directory.tell(self._database, account, identity_of(user), self._clock.now())

    def _keep(self, actor: Actor, seconds: float) -> None:
        self._known[actor.workspace or "", actor.user] = (self._elapsed() + seconds, actor)


def identity_of(user: Mapping[str, Any]) -> Identity | None:
    """Who it is by their record at Slack, None for an account that is deactivated."""
    if user.get("deleted"):
        return None
    return Identity(_name(user), str(user.get("name") or ""), _ids(user), str(user.get("locale") or ""))


def _ids(user: Mapping[str, Any]) -> frozenset[str]:
    """The ids under which Slack knows them: the workspace's own, and in a company's organisation the one there."""
    grid = user.get("enterprise_user") or {}
    return frozenset(str(known) for known in (user.get("id"), grid.get("id")) if known)


def _name(user: Mapping[str, Any]) -> str:
    """What people call them, empty when the record has no name."""
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return next((str(name) for name in names if name), "")
