"""Searches the history for a message that may have been posted, newest first, page by page, within Slack's limits.

Since 2025-05-29 an app that is distributed outside the Marketplace may read 15 messages a minute, and one of a
workspace's own several hundred. Slack's answers show which of the two this app is.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from cohort_bot.app.ports.platform import Reason, Refused, Search
from cohort_bot.chat.place import Place, Ref
from cohort_bot.platforms.common.bounded import BoundedDict
from cohort_bot.platforms.slack import failures
from cohort_bot.platforms.slack.api import Api
from cohort_bot.platforms.slack.workspaces import Workspaces

log = logging.getLogger(__name__)

EVENT: Final = "cohort_bot_delivery"
"""The event_type of the metadata that carries a delivery's mark."""

CAPPED: Final = 15
"""Messages a page that Slack gives every app."""

PAGE: Final = 200
"""Messages a page where it gives more; it recommends no more."""

WRITTEN: Final = {"", "file_share", "me_message", "thread_broadcast"}
"""Subtypes of what people write; the others say that somebody was added, and the like."""

A_MINUTE: Final = 50.0
"""Elapsed seconds within which a second page shows that the app is not held to one a minute."""

REMEMBERED: Final = 1000
"""The most workspaces for which the limit is remembered."""


@dataclass(frozen=True, slots=True)
class _Page:
    """When a workspace gave the last page, in elapsed seconds, and whether it gives more than one a minute."""

    at: float
    generous: bool


class History:
    """The history of a channel, a thread or a direct conversation."""

    def __init__(self, api: Api, workspaces: Workspaces, history: Literal["hold", "repost"]) -> None:
        self._api = api
        self._workspaces = workspaces
        self._policy = history
        self._pages: BoundedDict[tuple[str, str], _Page] = BoundedDict(REMEMBERED)

    async def find(self, place: Place, search: Search) -> Ref | None:
        """The message with the mark, if all its parts exist. Raises Refused or Unknown."""
        try:
            return await self._find(place, search)
        except Refused as refused:
            if refused.reason is Reason.NOT_ALLOWED and self._policy == "repost":
                log.warning("posting %s again without looking, as set: %s", search.mark, refused.detail)
                search.blind = True
                return None
            raise

    async def last_written(self, place: Place, since: datetime) -> datetime | None:
        """When a person last wrote in the conversation or in a thread of it, None when nobody has since the instant.

        Raises Refused or Unknown.
        """
        search = Search("", within=timedelta(), since=since)
        while not search.whole:
            page = await self._page(place, search)
            found = [at for message in page.get("messages", ()) if (at := self._written(place, message)) >= since]
            if found:
                return max(found)
            search.position = (page.get("response_metadata") or {}).get("next_cursor") or ""
            search.whole = not search.position
        return None

    def _written(self, place: Place, message: Mapping[str, Any]) -> datetime:
        """When a person last wrote the message, or in the thread under it, which has nothing of ours."""
        ours = bool(message.get("bot_id")) or self._ours(place.workspace, message)
        by_people = not ours and message.get("subtype", "") in WRITTEN
        return datetime.fromtimestamp(float(message.get("latest_reply") or (message["ts"] if by_people else 0)), UTC)

    async def posted(self, place: Place, search: Search) -> Mapping[int, str]:
        """The parts of a message that were posted already. Raises Refused or Unknown."""
        if not search.whole:
            await self.find(place, search)
        return search.parts

    async def read(self, place: Place, method: str, **arguments: Any) -> Mapping[str, Any]:
        """Read one page; a public channel that the bot is not in is joined first: reading requires that, posting does
        not.
        """
        try:
            return await self._api.read(place.workspace, method, **arguments)
        except Refused as refused:
            if not refused.detail.startswith("not_in_channel"):
                raise
            try:
                await self._api.call(place.workspace, "conversations.join", channel=place.channel)
            except Refused:
                raise refused from None
        return await self._api.read(place.workspace, method, **arguments)

    async def _find(self, place: Place, search: Search) -> Ref | None:
        while not search.whole:
            page = await self._page(place, search)
            if search.since is None:
                search.since = self._api.server.now() - search.within
            oldest = search.since.timestamp()
            reached = False
            for message in page.get("messages", ()):
                if message.get("ts") == place.thread:
                    continue  # the replies of a thread come with its root
                if float(message["ts"]) < oldest:
                    reached = True
                elif ref := self._seen(place, search, message):
                    return ref
            search.pages += 1
            search.position = (page.get("response_metadata") or {}).get("next_cursor") or ""
            # A channel is read from its newest message on, a thread from its oldest.
            search.whole = not search.position or bool(search.newest) or (reached and place.thread is None)
        return None

    def _seen(self, place: Place, search: Search, message: Mapping[str, Any]) -> Ref | None:
        """Record a message that was read; returns the reference once all parts of the one that is looked for were
        seen.
        """
        payload = (message.get("metadata") or {}).get("event_payload")
        if not payload:
            if self._ours(place.workspace, message):
                raise failures.marks_withheld()
            return None
        if message["metadata"].get("event_type") != EVENT or payload.get("mark") != search.mark:
            return None
        search.parts[int(payload.get("part", 1))] = str(message["ts"])
        return Ref(place, search.parts[1]) if len(search.parts) == int(payload.get("parts", 1)) else None

    def _ours(self, team: str, message: Mapping[str, Any]) -> bool:
        """Whether the bot posted it. It never posts without blocks; files come in messages of their own."""
        if not message.get("blocks") or message.get("files"):
            return False
        ids = self._workspaces.identity(team)
        return bool(ids & {message.get("bot_id"), message.get("user")} if ids else message.get("bot_id"))

    async def _page(self, place: Place, search: Search) -> Mapping[str, Any]:
        method = "conversations.replies" if place.thread else "conversations.history"
        key = (place.workspace, method)
        arguments: dict[str, Any] = {
            "channel": place.channel,
            "include_all_metadata": True,
            "limit": PAGE if (known := self._pages.get(key)) and known.generous else CAPPED,
            "cursor": search.position or None,
        }
        if place.thread:
            since = search.since or self._api.server.now() - search.within
            arguments |= {"ts": place.thread, "oldest": f"{since.timestamp():.6f}", "inclusive": True}
        if search.newest:
            arguments |= {"latest": search.newest, "inclusive": True, "limit": CAPPED}
            arguments |= {"oldest": search.newest} if place.thread else {}
        try:
            page = await self.read(place, method, **arguments)
        except Refused as refused:
            if refused.reason is Reason.BUSY:
                self._pages.pop(key, None)
            raise
        now, before = self._api.elapsed(), self._pages.get(key)
        generous = before is not None and (before.generous or now - before.at < A_MINUTE)
        self._pages[key] = _Page(now, generous)
        return page
