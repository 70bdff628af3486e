"""The port for Slack: connect, post, look up. Translation only: no rule of the product lives here."""

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from cohort_bot.app.commands import Table
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.health import Connections, Examination, Meeting
from cohort_bot.app.ports.installations import Installation
from cohort_bot.app.ports.platform import (
    ASGIApp,
    Complete,
    Dispatch,
    Finding,
    Identity,
    Lost,
    Pace,
    Reason,
    Refused,
    Search,
    Speak,
    Unknown,
)
from cohort_bot.chat.i18n import N_, _
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Actor, Place, Ref
from cohort_bot.platforms.common.bounded import BoundedDict
from cohort_bot.platforms.common.errors import CannotRender, WrongToken
from cohort_bot.platforms.common.server_clock import Observe
from cohort_bot.platforms.common.tasks import BackgroundTasks
from cohort_bot.platforms.slack import examine, failures, render
from cohort_bot.platforms.slack.answers import Answers
from cohort_bot.platforms.slack.api import Api
from cohort_bot.platforms.slack.commands import PLATFORM
from cohort_bot.platforms.slack.connection import PING, WATCH, SocketMode
from cohort_bot.platforms.slack.history import EVENT, History
from cohort_bot.platforms.slack.people import People
from cohort_bot.platforms.slack.render import Part
from cohort_bot.platforms.slack.text import Json
from cohort_bot.platforms.slack.workspace_finder import WorkspaceFinder
from cohort_bot.platforms.slack.workspaces import NOT_HERE, OneWorkspace, Workspaces

if TYPE_CHECKING:
    from cohort_bot.platforms.slack.oauth import OAuth

log = logging.getLogger(__name__)

DIRECT_MOST: Final = 5000
"""How many people's direct conversations are remembered."""


class SlackPlatform:
    """One app: in the workspace of `bot_token`, or with `oauth` in all that install it, which are stored in the
    database attached before the start. Socket Mode when `app_token` is given, else HTTP with `signing_secret` by
    `asgi()`.

    `history` says what to do with a doubtful message where the bot may not read: hold it until somebody has fixed that,
    or repost it, which may show it twice. `ping` and `watch` are elapsed seconds between two checks of the connections,
    `part_gap` those between two parts of one long message.
    """

    name = PLATFORM
    pace = Pace(per_second=5, channel_gap=1.0)
    """Slack: one message a second in a channel, several hundred a minute in a workspace."""

    def __init__(
        self,
        clock: Clock,
        *,
        bot_token: str = "",
        oauth: "OAuth | None" = None,
        app_token: str = "",
        signing_secret: str = "",
        api_url: str = "",
        history: Literal["hold", "repost"] = "hold",
        ping: float = PING,
        watch: float = WATCH,
        part_gap: float = 1.0,
        connects: bool = True,
        posts_only: bool = False,
        observe: Observe | None = None,
    ) -> None:
        """Without `connects` another process has the connections; with `posts_only` others receive all events."""
        self._part_gap = part_gap
        self._examined = (bot_token, app_token, api_url)
        self._signed = bool(signing_secret)
        self._connects, self._posts_only = connects, posts_only
        self._direct: BoundedDict[tuple[str, str], str] = BoundedDict(DIRECT_MOST)
        self._running = BackgroundTasks()
        self._api = Api(api_url, self._token, clock, observe)
        self.installations = oauth.installations(clock) if oauth else None
        one = OneWorkspace(self._api.client, bot_token)
        self._workspaces: Workspaces = self.installations or one
        self._history = History(self._api, self._workspaces, history)

        self._finder = WorkspaceFinder(self._api, self._workspaces)

        async def authorize(team_id: str | None) -> AuthorizeResult | None:
            return one.authorized(team_id)

        with _no_environment():
            self._flow = (
                oauth.flow(self._api.client, self.installations, api_url) if oauth and self.installations else None
            )
            self._app = AsyncApp(
                name="cohort-bot",
                client=self._api.client,
                signing_secret=signing_secret,
                before_authorize=self._finder.note,
                authorize=self._flow.cached_authorize() if self._flow else authorize,  # type: ignore[arg-type] # None is for a workspace that is not ours
                oauth_flow=self._flow,
                user_facing_authorize_error_message=_(NOT_HERE),
                process_before_response=True,  # see answers.py
                ssl_check_enabled=not app_token,  # what comes over HTTP alone
                url_verification_enabled=not app_token,
                attaching_function_token_enabled=False,  # there are no steps of workflows
            )
        self._people = People(self._api, clock)
        self._answers = Answers(self._app, self._api, self._workspaces, self._people, self._running, clock)
        self._connections = Connections("Slack", clock.elapsed)
        self._sockets = (
            SocketMode(self._app, self._api.client, app_token, self._running, self._connections, ping, watch)
            if app_token
            else None
        )

    def attach(self, database: Database, resume: Callable[[str], None]) -> None:
        """Set the database of people and installations, and the callback for a workspace that is back."""
        self._people.attach(database)
        self._finder.attach(database)
        if self.installations:
            self.installations.attach(database, resume)

    def report_lost(self, lost: Lost) -> None:
        """Set the callback for answers that did not arrive."""
        self._answers.lost = lost

    def look_up_language(self, speak: Speak) -> None:
        """Set the callback before something is said that nothing was dispatched for."""
        self._answers.speak = speak

    # The port

    async def start(self, table: Table, dispatch: Dispatch, complete: Complete) -> None:  # noqa: ARG002 - Slack completes nothing in a command line
        """Connect and take invocations. Raises WrongToken or CannotConnect."""
        if self._sockets is None and not self._signed and not self._posts_only:
            raise WrongToken(
                N_(
                    "SLACK_SIGNING_SECRET is not set; copy it from Basic Information at api.slack.com/apps, or "
                    "set SLACK_APP_TOKEN (xapp-…) for Socket Mode, which needs no address"
                )
            )
        self._running.stopping = False
        await self._api.open()
        try:
            await self._workspaces.open()
            self._answers.begin(table, dispatch)
            if self._sockets is not None and self._connects:
                await self._sockets.open()
        except BaseException:
            if self._sockets is not None:
                await self._sockets.close()
            await self._api.close()
            raise

    async def server_time(self) -> datetime | None:
        """From the `Date` of any answer; this method of Slack's needs no token."""
        return await self._api.server.asked(lambda: self._api.client.api_call("api.test"))

    async def stop(self, grace: float) -> None:
        """Answer new requests with a notice, let running work finish within `grace` seconds, then close the
        connections.

        bolt's own `close_async` would not wait for handlers whose requests are acknowledged.
        """
        self._running.stopping = True
        await self._running.drain(grace)
        if self._sockets is not None:
            await self._sockets.close()
        await self._api.close()

    def asgi(self) -> ASGIApp | None:
        """`/slack/events`, and for OAuth the pages of an installation, to be mounted at `/` or `/slack`."""
        if self._sockets is not None and self._flow is None:
            return None
        from cohort_bot.platforms.slack.http import Endpoint  # noqa: PLC0415 - nobody needs it without HTTP

        return Endpoint(None if self._sockets else self._app, self._flow, self._running)

    async def dm(self, workspace: str, user: str) -> Place:
        """The person's direct conversation with the bot."""
        key = (workspace, user)
        if key not in self._direct:
            answer = await self._api.call(workspace, "conversations.open", users=user)
            self._direct[key] = str(answer["channel"]["id"])
        return Place(self.name, workspace, self._direct[key])

    async def person(self, workspace: str, user: str) -> Actor | None:
        """With the rights that `users.info` reports now."""
        return await self._people.person(workspace, user)

    async def identity(self, workspace: str, user: str) -> Identity | None:
        """Who has the account, None when the workspace has no such account or has deactivated it. That Slack accepts
        the token for this request shows that the workspace has the app.
        """
        return await self._people.identity(workspace, user)

    async def send(self, place: Place, message: Message, mark: str, again: Search | None = None) -> Ref:
        """Post it. A message that is too long for one becomes several under the same mark, each posted once.

        If some of them are posted and the next is refused, the outcome is Unknown: a look-up finds the posted ones.
        """
        parts = _parts(message)
        posted = dict(await self._history.posted(place, again)) if again and len(parts) > 1 else {}
        before = len(posted)
        for number, part in enumerate(parts, start=1):
            if number in posted:
                continue
            if number > 1:
                await asyncio.sleep(self._part_gap)
            payload: Json = {"mark": mark}
            if len(parts) > 1:
                payload |= {"part": number, "parts": len(parts)}
            try:
                posted[number], place = await self._post(place, part, payload)
            except Refused as refused:
                if len(posted) == before:
                    raise
                raise Unknown(f"part {number} of {len(parts)}: {refused.detail}") from refused
        return Ref(place, posted[1])

    async def download(self, workspace: str, file: str, most: int) -> tuple[str, bytes]:
        """From Slack's own file server, with the workspace's token."""
        return await self._api.download(workspace, file, most)

    async def thread(self, root: Ref, title: str) -> Place:  # noqa: ARG002 - threads have no titles in Slack
        """The thread under the message, or the one it is in. Slack opens it with the first answer."""
        return root.place if root.place.thread else replace(root.place, thread=root.message_id)

    async def group(self, room: Place, people: Sequence[str], title: str) -> Place:  # noqa: ARG002 - Slack names it after its people
        """The direct conversation of these people with the bot: Slack has one for the same people, however often it is
        opened.
        """
        answer = await self._api.call(room.workspace, "conversations.open", users=",".join(people))
        return Place(self.name, room.workspace, str(answer["channel"]["id"]))

    async def find(self, place: Place, search: Search) -> Ref | None:
        """The message with the mark, if all its parts exist."""
        return await self._history.find(place, search)

    async def deleted(self, ref: Ref) -> bool:
        """Slack has no permanent link then; asking for it needs no scope."""
        try:
            await self._api.read(
                ref.place.workspace, "chat.getPermalink", channel=ref.place.channel, message_ts=ref.message_id
            )
        except Refused as refused:
            if failures.said(refused) != "message_not_found":
                raise
            return True
        return False

    async def last_written(self, place: Place, since: datetime) -> datetime | None:
        """From the history; Slack sends the words with it, and they are not looked at."""
        return await self._history.last_written(place, since)

    def link(self, ref: Ref) -> str | None:
        """Slack's own redirect, which needs no name of the workspace."""
        place = ref.place
        return (
            f"https://slack.com/app_redirect?team={place.workspace}&channel={place.channel}&message_ts={ref.message_id}"
        )

    async def edit(self, ref: Ref, message: Message) -> None:
        """Replace its content; text that does not fit into one message is cut."""
        part = _single(message)
        channel = ref.place.channel
        await self._api.call(
            ref.place.workspace, "chat.update", channel=channel, ts=ref.message_id, text=part.text, blocks=part.blocks
        )

    async def invited_only(self, place: Place) -> bool | None:
        """Whether people need an invitation to the channel; a public one is joined by the bot in passing."""
        try:
            await self._api.call(place.workspace, "conversations.join", channel=place.channel)
        except Refused as refused:
            reason = failures.said(refused)
            return True if reason in {"channel_not_found", "method_not_supported_for_channel_type"} else None
        except Unknown:
            return None
        return False

    def findings(self) -> Sequence[Finding]:
        """Workspaces whose access was removed or cannot be read, and Socket Mode without a connection; each call
        reports other failures.
        """
        return [*self._workspaces.findings(), *self._connections.findings()]

    async def examine(self, meetings: Iterable[Meeting]) -> Examination | None:
        """The tokens of the settings, their scopes and the rooms; None for an app that many workspaces install."""
        return await examine.examine(*self._examined, meetings) if self._examined[0] else None

    def lacking(self, installed: Sequence[Installation], workspaces: Collection[str]) -> Sequence[Finding]:
        """Those that have not installed the app. SLACK_BOT_TOKEN is one workspace's, and says not whose."""
        if self.installations is not None:
            return self.installations.lacking(installed, workspaces)
        return [examine.one_token(workspaces)] if len(workspaces) > 1 else []

    async def check(self, place: Place) -> Sequence[Finding]:
        """Whether the bot may read and post in the channel; a public one is joined in passing."""
        read = partial(self._history.read, place, "conversations.history", channel=place.channel, limit=1)
        return await examine.room(place.channel, self._workspaces.scopes(place.workspace), read)

    # Inside

    async def _token(self, team: str) -> str | None:
        return await self._workspaces.token(team)

    async def _post(self, place: Place, part: Part, payload: Json) -> tuple[str, Place]:
        """Its id, and where it really is: what answers a message that is gone, Slack posts in the channel itself, and
        says so only by leaving out `thread_ts`.
        """
        answer = await self._api.call(
            place.workspace,
            "chat.postMessage",
            channel=place.channel,
            thread_ts=place.thread,
            text=part.text,
            blocks=list(part.blocks),
            metadata={"event_type": EVENT, "event_payload": payload},
            unfurl_links=False,
            unfurl_media=False,
        )
        if place.thread and not answer.get("message", {"thread_ts": place.thread}).get("thread_ts"):
            log.warning("the first message of a thread is gone: what is for the thread goes to the room")
            place = replace(place, thread=None)
        return str(answer["ts"]), place


@contextlib.contextmanager
def _no_environment() -> Iterator[None]:
    """Settings are passed in: bolt would take tokens, and switch on OAuth, from SLACK_… variables by itself."""
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("SLACK_")}
    try:
        yield
    finally:
        os.environ.update(hidden)


def _parts(message: Message) -> Sequence[Part]:
    try:
        return render.parts(message)
    except CannotRender as error:
        raise Refused(Reason.INVALID, str(error)) from error


def _single(message: Message) -> Part:
    try:
        return render.single(message)
    except CannotRender as error:
        raise Refused(Reason.INVALID, str(error)) from error
