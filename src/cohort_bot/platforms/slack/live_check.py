"""The live check's hands on Slack: its messages and files, seen and removed."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from cohort_bot.app.commands import Table
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.platform import Complete, Dispatch, Refused
from cohort_bot.chat.i18n import _
from cohort_bot.chat.message import File
from cohort_bot.chat.place import Place
from cohort_bot.platforms.common.cassette import Recorder
from cohort_bot.platforms.common.live_check import FILE, SAYS, Made, Seen, Service, names
from cohort_bot.platforms.slack import failures, history, limits
from cohort_bot.platforms.slack.adapter import SlackPlatform
from cohort_bot.platforms.slack.api import Api
from cohort_bot.platforms.slack.recorded import KNOWN

PAGES: Final = 5
"""So many pages of a conversation are looked through."""


class SlackService(Service):
    """An app in one workspace. People's acts arrive by Socket Mode alone: nothing is served over HTTP."""

    page = history.CAPPED
    repeats = False
    nothing: Mapping[str, str] = MappingProxyType(
        {"room": "C00000000", "message": "1000000000.000001", "person": "U00000000"}
    )

    def __init__(self, bot_token: str, app_token: str, clock: Clock, api_url: str) -> None:
        self.recorder = Recorder("slack", KNOWN, clock.now())
        self.platform = SlackPlatform(
            clock,
            bot_token=bot_token,
            app_token=app_token,
            api_url=api_url,
            posts_only=not app_token,
            observe=self.recorder.observe,
        )
        self.listens = "" if app_token else _("SLACK_APP_TOKEN isn't set")
        self.where = "another address" if api_url else "slack.com"
        self._team = self._user = self._bot = ""

        async def token(_team: str) -> str:
            return bot_token

        self._api = Api(api_url, token, clock, self.recorder.observe)

    async def open(self, room: str, table: Table, dispatch: Dispatch, complete: Complete) -> Place:
        """Connect, and find the room by its id; a public channel is joined."""
        self.platform._app.use(self._note_act)  # noqa: SLF001 - only the library sees the payload
        await self.platform.start(table, dispatch, complete)
        await self._api.open()
        who = await self._api.call("", "auth.test")
        self._team, self._user = str(who["team_id"]), str(who["user_id"])
        self._bot = str(who.get("bot_id") or "")
        place = Place(self.platform.name, self._team, room)
        await self.platform.invited_only(place)
        return place

    async def _note_act(self, body: Mapping[str, Any], next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002 - bolt's name
        self.recorder.heard(str(body.get("type") or "command"), body)
        await next()

    async def close(self) -> None:
        """End the connections."""
        await self.platform.stop(1)
        await self._api.close()

    def roles(self) -> Mapping[str, str]:
        """The bot's account, and what its messages name it."""
        return {"bot": self._user, "bot profile": self._bot}

    async def see(self, place: Place) -> Seen:
        """What lies in a conversation, page by page, with the threads of the check's own messages."""
        made: list[Made] = []
        others: list[datetime] = []
        for message in await self._pages("conversations.history", place, channel=place.channel):
            mine = message.get("user") == self._user
            if not mine:
                written = message.get("subtype", "") in history.WRITTEN | {"bot_message"}
                others += [datetime.fromtimestamp(float(message["ts"]), UTC)] if written else []
                continue
            made += self._made(message, place)
            if message.get("reply_count"):
                replies = await self._pages("conversations.replies", place, channel=place.channel, ts=message["ts"])
                inside = [each for each in replies if each["ts"] != message["ts"] and each.get("user") == self._user]
                made = [*(item for each in inside for item in self._made(each, place)), *made]
        return Seen(made, others)

    async def _pages(self, method: str, place: Place, **arguments: Any) -> list[Any]:
        found: list[Any] = []
        cursor = None
        for _page in range(PAGES):
            page = await self._api.read(place.workspace, method, **arguments, limit=history.CAPPED, cursor=cursor)
            found += page.get("messages", ())
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return found

    @staticmethod
    def _made(message: Any, place: Place) -> list[Made]:
        files = [each for each in message.get("files", ()) if str(each.get("title")).startswith(FILE)]
        if files:
            return [Made("file", str(each["id"]), place) for each in files]
        return [Made("message", str(message["ts"]), place)] if names(message.get("text")) else []

    async def remove(self, made: Made) -> None:
        """Delete it; a thread goes with its messages."""
        if made.kind == "file":
            await self._api.call(made.place.workspace, "files.delete", file=made.id)
        else:
            await self._api.call(made.place.workspace, "chat.delete", channel=made.place.channel, ts=made.id)

    async def overlong(self, place: Place) -> str:
        """A message of more blocks than it may have."""
        blocks = [{"type": "divider"}] * (limits.BLOCKS + 1)
        try:
            posted = await self._api.call(
                place.workspace, "chat.postMessage", channel=place.channel, text=SAYS, blocks=blocks
            )
        except Refused as refused:
            return failures.said(refused)
        await self.remove(Made("message", str(posted["ts"]), place))
        return ""

    async def upload(self, place: Place, file: File) -> None:
        """In Slack's three steps."""
        await self._api.upload(place.workspace, place.channel, [file])
