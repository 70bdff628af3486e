"""The live check's hands on Discord: its messages, threads and events, seen and removed."""

import contextlib
import secrets
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

import discord
from discord.http import Route

from cohort_bot.app.commands import Table
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.platform import Complete, Dispatch, Refused
from cohort_bot.chat.message import File, Message, paragraph
from cohort_bot.chat.place import Place
from cohort_bot.platforms.common.cassette import Recorder
from cohort_bot.platforms.common.live_check import SAYS, Made, Seen, Service, names
from cohort_bot.platforms.discord import failures
from cohort_bot.platforms.discord.adapter import DiscordPlatform
from cohort_bot.platforms.discord.history import WRITTEN
from cohort_bot.platforms.discord.recorded import KNOWN

ACT: Final = "INTERACTION_CREATE"

ARCHIVED: Final = {"archived": True}

LOOKED_AT: Final = 100
"""The newest messages of a conversation, in one page."""

TOO_LONG: Final = 2001
"""Characters: Discord takes one less in a message without components."""


class DiscordService(Service):
    """A bot of its own, or the one that is otherwise stopped."""

    page = 10  # the rules of a page are the same for 10 as for 100, and Discord takes a message a second in a channel
    repeats = True
    nothing: Mapping[str, str] = MappingProxyType(dict.fromkeys(("room", "message", "person"), "1"))
    listens = ""

    def __init__(self, token: str, clock: Clock, api_url: str, gateway_url: str) -> None:
        self.recorder = Recorder("discord", KNOWN, clock.now())
        self.platform = DiscordPlatform(token, clock, api_url, gateway_url, observe=self.recorder.observe)
        self.platform.page = self.page
        self.where = "another address" if api_url else "discord.com"

    async def open(self, room: str, table: Table, dispatch: Dispatch, complete: Complete) -> Place:
        """Connect, and find the room by its id."""
        await self.platform.start(table, dispatch, complete)
        self._note_acts()
        found = await self._request("GET", "/channels/{channel_id}", channel_id=room)
        return Place(self.platform.name, str(found.get("guild_id") or ""), room)

    def _note_acts(self) -> None:
        """What people do reaches the recorder, and then the bot."""
        parsers = self.platform.client._connection.parsers  # noqa: SLF001 - the library shows no payload otherwise
        parse = parsers[ACT]

        def noted(payload: Any) -> None:
            self.recorder.heard(ACT, payload)
            parse(payload)

        parsers[ACT] = noted

    async def close(self) -> None:
        """End the connection."""
        await self.platform.stop(1)

    def roles(self) -> Mapping[str, str]:
        """The bot's account, and its application."""
        client = self.platform.client
        return {"bot": str(client.user.id if client.user else ""), "application": str(client.application_id or "")}

    async def see(self, place: Place) -> Seen:
        """What lies in a room or a direct conversation; in a room also its threads, and the server's events."""
        me = self.platform.client.user
        mine = str(me.id) if me else ""
        seen = await self._messages(place, mine)
        if place.workspace:
            inside = [
                made
                for thread in await self._threads(place, mine)
                for made in (*(await self._messages(replace(place, thread=thread.id), mine)).made, thread)
            ]
            seen = Seen([*inside, *seen.made, *await self._events(place, mine)], seen.others)
        return seen

    async def _messages(self, place: Place, mine: str) -> Seen:
        async with failures.translate_errors():
            room = self.platform.client.get_partial_messageable(int(place.thread or place.channel))
            page = [message async for message in room.history(limit=LOOKED_AT)]
        own = [each for each in page if str(each.author.id) == mine]
        made = [each for each in own if any(map(names, (each.content, *_texts(each.components))))]
        others = [each.created_at for each in page if str(each.author.id) != mine and each.type in WRITTEN]
        return Seen([Made("message", str(each.id), place) for each in made], others)

    async def _threads(self, place: Place, mine: str) -> list[Made]:
        found = await self._request("GET", "/guilds/{guild_id}/threads/active", guild_id=place.workspace)
        here = [each for each in found["threads"] if each["owner_id"] == mine and each["parent_id"] == place.channel]
        return [Made("thread", each["id"], place) for each in here if names(each["name"])]

    async def _events(self, place: Place, mine: str) -> list[Made]:
        found = await self._request("GET", "/guilds/{guild_id}/scheduled-events", guild_id=place.workspace)
        here = [each for each in found if str(each.get("creator_id")) == mine]
        return [Made("event", each["id"], place) for each in here if names(each["name"])]

    async def remove(self, made: Made) -> None:
        """Delete it. For a thread that takes a permission that the bot does not ask for; without it, it is archived."""
        where = made.place.thread or made.place.channel
        match made.kind:
            case "thread":
                try:
                    await self._request("DELETE", "/channels/{channel_id}", channel_id=made.id)
                except Refused:
                    with contextlib.suppress(Refused):
                        await self._request("PATCH", "/channels/{channel_id}", channel_id=made.id, body=ARCHIVED)
                    raise
            case "event":
                path = "/guilds/{guild_id}/scheduled-events/{event}"
                await self._request("DELETE", path, guild_id=made.place.workspace, event=made.id)
            case _:
                path = "/channels/{channel_id}/messages/{message}"
                await self._request("DELETE", path, channel_id=where, message=made.id)

    async def overlong(self, place: Place) -> str:
        """A plain text of more characters than a message may have."""
        words = f"{SAYS} ".ljust(TOO_LONG, "x")
        try:
            posted = await self._request(
                "POST", "/channels/{channel_id}/messages", channel_id=place.channel, body={"content": words}
            )
        except Refused as refused:
            cause = refused.__cause__
            return str(cause.code) if isinstance(cause, discord.HTTPException) else refused.reason.value
        await self.remove(Made("message", str(posted["id"]), place))
        return ""

    async def upload(self, place: Place, file: File) -> None:
        """With a message, as everything on Discord."""
        await self.platform.send(place, Message(SAYS, (paragraph(SAYS),), files=(file,)), secrets.token_hex(8))

    async def _request(self, method: str, path: str, *, body: Any = None, **ids: str) -> Any:
        given = {} if body is None else {"json": body}
        async with failures.translate_errors():
            return await self.platform.client.http.request(Route(method, path, **ids), **given)


def _texts(components: Any) -> list[str]:
    """The texts of a message of components."""
    found = []
    for each in components:
        found += [each.content] if isinstance(each, discord.TextDisplay) else []
        found += _texts(getattr(each, "children", ()))
    return found
