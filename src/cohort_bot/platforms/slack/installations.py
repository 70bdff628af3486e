"""bolt's stores on our database: the workspaces that installed the app, and installations under way.

Tokens are stored only there, encrypted with SECRET_KEY; they appear in no log, error or `repr`.
"""

import json
import logging
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from slack_bolt.error import BoltError
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.installation_store import Installation as Installed
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.installations import Installation
from cohort_bot.app.ports.platform import Finding
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Store
from cohort_bot.platforms.common.bounded import BoundedDict
from cohort_bot.platforms.slack import examine
from cohort_bot.platforms.slack.commands import PLATFORM
from cohort_bot.platforms.slack.token_cipher import TokenCipher, Unreadable

log = logging.getLogger(__name__)

FRESH: Final = 60.0
"""Elapsed seconds for which an installation is cached: another process may change it."""

REMEMBERED: Final = 10_000
STATE_LIVES: Final = timedelta(minutes=10)
"""From the install page to Slack's answer; as long as bolt's own cookie."""

_KEPT: Final = ("app_id", "enterprise_id", "team_id", "team_name", "bot_token", "bot_id", "bot_user_id", "bot_scopes")


class Installations(AsyncInstallationStore):
    """The workspaces that installed the app, for bolt's requests and for posting. Implements `Workspaces`.

    `attach` the database before any use.
    """

    def __init__(self, clock: Clock, cipher: TokenCipher) -> None:
        self.clock = clock
        self._cipher = cipher
        self._database: Database | None = None
        self._resume: Callable[[str], None] = lambda _: None
        self._known: BoundedDict[str, tuple[float, Bot]] = BoundedDict(REMEMBERED)
        self._changes = 0
        self._unreadable: set[str] = set()

    @property
    def logger(self) -> logging.Logger:
        """Where bolt logs what it does with the store."""
        return log

    def attach(self, database: Database, resume: Callable[[str], None]) -> None:
        """Set the database, and the callback for a workspace that can be posted to again."""
        self._database, self._resume = database, resume

    @property
    def database(self) -> Database:
        """The database."""
        if self._database is None:
            raise RuntimeError("the installations have no database yet")
        return self._database

    # Workspaces

    async def open(self) -> None:
        """Read all installations and encrypt those with an older key again, so that key can be removed after one
        start.
        """
        for each in await self.database.read(lambda store: store.installations.of_platform(PLATFORM)):
            await self._opened(each)

    async def token(self, team: str) -> str | None:
        """The bot's token in a workspace, None where the app is not installed (any more)."""
        installed = await self._bot(team)
        return installed.bot_token if installed else None

    def scopes(self, team: str) -> frozenset[str]:
        """The scopes that the workspace granted, as far as known by now."""
        known = self._known.get(team)
        return frozenset(known[1].bot_scopes) if known else frozenset()

    def identity(self, team: str) -> frozenset[str]:
        """As Slack gave them when the app was installed, as far as known by now."""
        known = self._known.get(team)
        return frozenset(filter(None, (known[1].bot_id, known[1].bot_user_id))) if known else frozenset()

    async def gone(self, team: str) -> None:
        """Forget the workspace's tokens. Posts to the workspace wait, each with its reason, until it installs the app
        again.
        """
        deleted = await self.database.write(lambda store: store.installations.delete(PLATFORM, team))
        self._forget(team)
        if deleted:
            log.warning("the Slack workspace %s took my access away; its posts wait until it lets me in again", team)

    def lacking(self, installed: Sequence[Installation], workspaces: Collection[str]) -> Sequence[Finding]:
        """Those of the workspaces that are not installed, or whose tokens no key opens."""
        bodies = {each.workspace: each.body for each in installed}
        found = []
        for team in sorted(workspaces):
            if team not in bodies:
                found.append(examine.not_installed(team))
                continue
            try:
                self._cipher.open(bodies[team])
            except Unreadable:
                found.append(examine.unreadable(team))
        return found

    def findings(self) -> Sequence[Finding]:
        """Those whose tokens cannot be read."""
        return [examine.unreadable(team) for team in sorted(self._unreadable)]

    # bolt's interface

    async def async_save(self, installation: Installed) -> None:
        """Store a workspace's installation; posts that waited for it are sent. Raises BoltError."""
        await self.async_save_bot(installation.to_bot())

    async def async_save_bot(self, bot: Bot) -> None:
        """Store it. Raises BoltError for an installation without a workspace."""
        team = bot.team_id
        if not team or not bot.bot_token:
            raise BoltError("the installation is not for a workspace")
        body = self._cipher.seal(json.dumps({name: getattr(bot, name) for name in _KEPT}))
        at = self.clock.now()

        def save(store: Store) -> int:
            store.installations.save(PLATFORM, team, body, at)
            return store.deliveries.rearm_returned(PLATFORM, [team], DeliveryReason.REVOKED, at)

        waited = await self.database.write(save)
        self._forget(team)
        self._resume(team)
        log.info("the Slack workspace %s let me in; %s posts had waited for that", team, waited)

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,  # noqa: ARG002 - a workspace's id is its own, whatever organisation it belongs to
        team_id: str | None,
        is_enterprise_install: bool | None = False,  # noqa: ARG002 - the manifest offers none
    ) -> Bot | None:
        """The workspace's installation, None where the app is not installed (any more)."""
        return await self._bot(team_id) if team_id else None

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:  # noqa: ARG002 - as above
        """Forget the workspace."""
        if team_id:
            await self.gone(team_id)

    async def async_delete_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
    ) -> None:
        """A person's own token was revoked: the app asks for none, and the bot's is another."""

    # Inside

    async def _bot(self, team: str) -> Bot | None:
        known = self._known.get(team)
        if known is not None and known[0] > self.clock.elapsed():
            self._known.move_to_end(team)
            return known[1]
        changes = self._changes
        stored = await self.database.read(lambda store: store.installations.find(PLATFORM, team))
        bot = await self._opened(stored) if stored else None
        if bot and changes == self._changes:  # a value read before a change is not cached after it
            self._known[team] = (self.clock.elapsed() + FRESH, bot)
        return bot

    async def _opened(self, kept: Installation) -> Bot | None:
        """The installation with its tokens; None when no key opens it, and then there is a finding."""
        try:
            opened, old = self._cipher.open(kept.body)
            bot = _read(json.loads(opened), kept.workspace)
        except (Unreadable, ValueError):
            if kept.workspace not in self._unreadable:
                log.warning("SECRET_KEY does not open the tokens of the Slack workspace %s", kept.workspace)
            self._unreadable.add(kept.workspace)
            return None
        if old:
            body = self._cipher.seal(opened)
            await self.database.write(lambda store: store.installations.replace(PLATFORM, kept, body))
        self._unreadable.discard(kept.workspace)
        return bot

    def _forget(self, team: str) -> None:
        self._changes += 1
        self._known.pop(team, None)
        self._unreadable.discard(team)


class States(AsyncOAuthStateStore):
    """States of installations under way: each is good once, for ten minutes, and only its digest is kept."""

    def __init__(self, installations: Installations) -> None:
        self._installations = installations

    @property
    def logger(self) -> logging.Logger:
        """Where bolt logs what it does with the store."""
        return log

    async def async_issue(self, *_args: Any, **_more: Any) -> str:
        """A new one."""
        state, at = secrets.token_urlsafe(32), self._installations.clock.now()
        database = self._installations.database
        await database.write(lambda store: store.installations.issue_state(state, at + STATE_LIVES))
        return state

    async def async_consume(self, state: str) -> bool:
        """Whether it is one of ours, not expired and not used before."""
        at = self._installations.clock.now()
        return await self._installations.database.write(lambda store: store.installations.use_state(state, at))


def _read(body: Mapping[str, Any], team: str) -> Bot:
    """Raises ValueError for data encrypted for another workspace, or not written by `async_save_bot`."""
    if body.get("team_id") != team or not body.get("bot_token"):
        raise ValueError("not the installation of this workspace")
    return Bot(**{name: body.get(name) for name in _KEPT}, installed_at=0.0)  # type: ignore[arg-type] # as it was saved
