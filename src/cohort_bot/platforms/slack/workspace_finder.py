"""Finds the workspace in which something was done, even by a person from another one: in a channel that both share
(Slack Connect) a payload may name that person's workspace, which does not have the app.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import Refused, Unknown
from cohort_bot.chat.i18n import _
from cohort_bot.platforms.slack import translate
from cohort_bot.platforms.slack.api import Api
from cohort_bot.platforms.slack.commands import PLATFORM
from cohort_bot.platforms.slack.reply_channels import Ack, reply_channel
from cohort_bot.platforms.slack.workspaces import NOT_HERE, Workspaces

log = logging.getLogger(__name__)


class WorkspaceFinder:
    """Finds a workspace that the payload names and that has the app, else the only one that can be meant. `attach` the
    database with the cohorts' rooms first.
    """

    def __init__(self, api: Api, workspaces: Workspaces) -> None:
        self._api = api
        self._workspaces = workspaces
        self._database: Database | None = None

    def attach(self, database: Database) -> None:
        """Set the database with the cohorts' rooms."""
        self._database = database

    async def find(self, body: translate.Payload) -> str:
        """The workspace, empty when none that can be meant has the app."""
        for team in translate.teams(body):
            if await self._workspaces.token(team):
                return team
        channel = translate.channel_of(body)
        if not channel or self._database is None:
            return ""
        # A shared channel has one id in all workspaces.
        meeting = await self._database.read(lambda store: store.cohorts.meeting_in(PLATFORM, channel))
        here = [team for team in meeting if await self._workspaces.token(team)]
        return here[0] if len(here) == 1 else ""

    async def note(
        self,
        body: dict[str, Any],
        context: AsyncBoltContext,
        ack: Ack,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - bolt's name
    ) -> BoltResponse:
        """Runs after bolt has verified a request and before it chooses a token: records the workspace that is meant. A
        request from a workspace without the app is answered here; the input of a form is kept.
        """
        if team := await self.find(body):
            body[translate.HOME] = context["team_id"] = team
        elif body.get("type") != "event_callback" and body.get("trigger_id"):
            try:
                await reply_channel(self._api, ack, body).refuse(_(NOT_HERE))
            except (Refused, Unknown) as error:
                log.warning("an answer to another workspace did not arrive: %s", error)
            return context.ack.response or BoltResponse(status=200, body="")
        return await next()
