"""The port for Discord: connect, post, look up, edit, check. No rule of the product lives here."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final
from urllib.parse import urlsplit

import discord
from discord.http import Route
from discord.types.member import MemberWithUser

from cohort_bot.app.commands import Table
from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.health import Connections, Examination, Meeting
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
    ScheduledEvent,
    Search,
    Speak,
)
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.message import Message
from cohort_bot.chat.place import Actor, Place, Ref
from cohort_bot.platforms.common.errors import CannotConnect, CannotRender, WrongToken
from cohort_bot.platforms.common.files import fetch, sent_file
from cohort_bot.platforms.common.server_clock import Observe, ServerClock
from cohort_bot.platforms.discord import commands, events, examine, failures, history, ids, invite, limits, render, text
from cohort_bot.platforms.discord.answers import Answers
from cohort_bot.platforms.discord.connection import Client, is_final, login, point_at, why_ended
from cohort_bot.platforms.discord.drafts import Drafts, MemoryDrafts, StoredDrafts
from cohort_bot.process_role import ALL, ProcessRole

log = logging.getLogger(__name__)

FILE_SERVERS: Final = ("cdn.discordapp.com", "media.discordapp.net")

WEEK: Final = 10080
"""Minutes without a message until Discord archives a thread: the longest that it offers."""
PRIVATE_THREAD: Final = 12
"""Discord's number for a thread that only people who were added to it see."""

OUTAGE: Final = 60.0
"""Elapsed seconds after which posts to an unavailable server are tried again, unless Discord reports it back
earlier.
"""


class DiscordPlatform:
    """Discord with one bot token. Needs no HTTP of its own.

    `drafts` stores forms that are to be corrected; set it before the start.
    """

    name = commands.PLATFORM
    connected_to = N_("Discord's servers")
    lock_family = 7_210_003
    pace = Pace(per_second=47.5, shared=True)  # Discord: 50 requests a second for all requests of a bot
    reconnect_after = 5.0
    """Seconds until a new client replaces one that ended: no sooner than Discord accepts an IDENTIFY."""
    page = history.PAGE
    """Messages a page when a post is looked for."""

    def __init__(
        self,
        token: str,
        clock: Clock,
        api_url: str = "",
        gateway_url: str = "",
        drafts: Drafts | None = None,
        process: ProcessRole = ALL,
        observe: Observe | None = None,
    ) -> None:
        self._token = token
        self._clock = clock
        self._addresses = (api_url, gateway_url)
        self._process = process
        self.drafts: Drafts = drafts or MemoryDrafts()
        self._client: Client | None = None
        self._answers: Answers | None = None
        self._connection: asyncio.Task[None] | None = None
        self._ended: Exception | None = None
        self._connections = Connections("Discord", clock.elapsed)
        self._server = ServerClock(clock, observe)
        self._database: Database | None = None
        self._lost: Lost | None = None
        self._speak: Speak | None = None
        self._resume: Callable[[str], None] = lambda _: None
        self._returned: set[str] = set()
        self._resuming = asyncio.Lock()

    @property
    def client(self) -> Client:
        """The connected client. Raises Refused before the start and after the stop."""
        if self._ended is not None:
            revoked = isinstance(self._ended, WrongToken)
            raise Refused(Reason.REVOKED if revoked else Reason.BUSY, str(self._ended))
        if self._client is None:
            raise Refused(Reason.BUSY, "not connected to Discord")
        return self._client

    def attach(self, database: Database, resume: Callable[[str], None]) -> None:
        """Store forms that are to be corrected in the database, where they outlive a restart, and send what waits for a
        server once it has the bot again.
        """
        self.drafts = StoredDrafts(database, self._clock)
        self._database, self._resume = database, resume

    def report_lost(self, lost: Lost) -> None:
        """Set the callback for answers that did not arrive."""
        self._lost = lost

    def look_up_language(self, speak: Speak) -> None:
        """Set the callback before something is said that nothing was dispatched for."""
        self._speak = speak

    async def start(self, table: Table, dispatch: Dispatch, complete: Complete) -> None:
        """Connect and take invocations; returns when it can post. Raises WrongToken, CannotConnect, CannotRender."""
        registered = commands.payload(table)
        point_at(*self._addresses)
        answers = Answers(table, dispatch, complete, self._clock, self.drafts)
        answers.lost, answers.speak = self._lost, self._speak
        self._answers, self._ended = answers, None
        ready = asyncio.Event()

        def new_client() -> Client:
            own_gateway, lines, back = bool(self._addresses[1]), self._connections, self._server_returned
            took = answers.take, answers.hear
            return Client(*took, ready, registered, back, own_gateway, lines, self._server, self._process)

        client = await self._log_in(new_client())
        if not self._process.connects:
            log.info("logged in to Discord as %s, to post only", client.user)
            return
        self._connection = asyncio.create_task(self._stay_connected(client, new_client))
        up = asyncio.create_task(ready.wait())
        try:
            await asyncio.wait({up, self._connection}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            up.cancel()
        if self._connection.done():
            ended = self._why_ended()
            await self.stop(0)
            raise ended
        log.info("connected to Discord as %s, in %s servers", client.user, len(client.guilds))

    async def stop(self, grace: float) -> None:
        """Take no more work, let running work finish within `grace` seconds, and close the connection."""
        client, connection = self._client, self._connection
        if self._answers is not None:
            await self._answers.stop(grace)
        if connection is not None:
            connection.cancel()
            await asyncio.gather(connection, return_exceptions=True)
        if client is not None:
            await client.close()
        self._client = self._connection = self._answers = None

    async def server_time(self) -> datetime | None:
        """From the `Date` of any answer; this request is the same for everybody and counts against no limit."""
        return await self._server.asked(lambda: self.client.http.request(Route("GET", "/gateway")))

    def asgi(self) -> ASGIApp | None:
        """None: events come over the bot's own connection."""
        return None

    async def invited_only(self, place: Place) -> bool | None:
        """Whether the @everyone role may not view the channel, if this process knows the channel."""
        channel = self._known(place)
        return None if channel is None else not channel.permissions_for(channel.guild.default_role).view_channel

    def findings(self) -> Sequence[Finding]:
        """Problems that keep the bot from working on Discord right now: a connection that ended for good, or is
        down.
        """
        if self._ended is None:
            return self._connections.findings()
        return [Finding(f"Discord: {self._ended}.", "Fix that, then start the bot again.")]

    async def dm(self, workspace: str, user: str) -> Place:  # noqa: ARG002 - the port's
        """The direct conversation with a person; the workspace does not matter, accounts are global."""
        if not text.is_id(user):
            raise Refused(Reason.PERSON_GONE, f"{user!r} is no id of Discord")
        async with failures.translate_errors():
            channel = await self.client.create_dm(discord.Object(int(user)))
        return Place(self.name, "", str(channel.id))

    async def identity(self, workspace: str, user: str) -> Identity | None:
        """Who the person is in the server; a request for one person needs no privileged intent."""
        member = await self._member(workspace, user)
        if member is None:
            me = self.client.user
            if me is None or await self._member(workspace, str(me.id)) is None:
                raise Refused(Reason.REVOKED, "not in this server")
            return None
        handle = member["user"]["username"]
        names = (member.get("nick"), member["user"].get("global_name"), handle)
        return Identity(next((name for name in names if name), ""), handle)

    async def person(self, workspace: str, user: str) -> Actor | None:
        """With the roles of the server, as it is known from the gateway, and what these may do."""
        found = await self._member(workspace, user)
        if found is None:
            return None
        guild = self.client.get_guild(_number(workspace, Reason.ROOM_GONE))
        if guild is None:
            raise Refused(Reason.BUSY, "the server is not known yet")
        held = {int(role) for role in found["roles"]}
        granted = [role.permissions for role in guild.roles if role.id in held or role.is_default()]
        manages = any(each.administrator or each.manage_guild for each in granted) or str(guild.owner_id) == user
        name = found.get("nick") or found["user"].get("global_name") or found["user"]["username"]
        roles = frozenset(str(role) for role in held)
        return Actor(self.name, None, user, name, admin=manages, roles=roles, handle=found["user"]["username"])

    async def _member(self, workspace: str, user: str) -> MemberWithUser | None:
        """A person's record in a server, None when Discord reports that there is none."""
        guild, person = _number(workspace, Reason.ROOM_GONE), _number(user, Reason.PERSON_GONE)
        try:
            async with self._translate_errors(Place(self.name, workspace, "")):
                return await self.client.http.get_member(guild, person)
        except Refused as refused:
            if refused.reason is Reason.PERSON_GONE:
                return None
            raise

    async def send(self, place: Place, message: Message, mark: str, again: Search | None = None) -> Ref:  # noqa: ARG002 - one message holds it all
        """Post it. The mark goes along twice: as the nonce, which makes a repeat within minutes return the first
        message, and as the ids of two components, which stay in the history for `find`.
        """
        async with self._translate_errors(place):
            if limits.size(mark) > limits.NONCE:
                raise CannotRender(f"the mark {mark!r} is longer than {limits.NONCE} characters")
            shown = render.message(message, ids.component_ids(mark))
            posted = await self._room(place).send(
                view=shown.view, files=shown.uploads(), nonce=mark, allowed_mentions=shown.mentions
            )
        return Ref(place, str(posted.id))

    async def download(self, workspace: str, file: str, most: int) -> tuple[str, bytes]:  # noqa: ARG002 - the port's
        """From Discord's own file servers; the address is signed, and needs no token."""
        hosts = {*FILE_SERVERS, *(urlsplit(address).netloc for address in self._addresses if address)}
        return await fetch(sent_file(file), most, hosts)

    async def thread(self, root: Ref, title: str) -> Place:
        """The thread under a message; it has the message's id, so one that exists already is found without asking."""
        if root.place.thread is not None:
            return root.place
        try:
            await self._open_thread(root, limits.cut(title, limits.THREAD_NAME) or "…")
        except Refused as refused:
            if not _code(refused) == failures.THREAD_EXISTS:
                raise
        return replace(root.place, thread=root.message_id)

    async def group(self, room: Place, people: Sequence[str], title: str) -> Place:
        """A private thread of the channel, found by its name when it is there already. Nobody in it can invite others;
        whoever may manage threads sees it.
        """
        name = limits.cut(title, limits.THREAD_NAME)
        async with self._translate_errors(room):
            thread = await self._private_thread(room, name)
            for user in people:
                with contextlib.suppress(discord.NotFound):  # they have left the server
                    await self.client.http.add_user_to_thread(thread, _number(user, Reason.PERSON_GONE))
        return replace(room, thread=str(thread))

    async def _private_thread(self, room: Place, name: str) -> int:
        guild, channel = _number(room.workspace, Reason.ROOM_GONE), _number(room.channel, Reason.ROOM_GONE)
        me = self.client.user
        for known in (await self.client.http.get_active_threads(guild))["threads"]:
            mine = me is not None and known["owner_id"] == str(me.id) and known["parent_id"] == str(channel)
            if mine and known["name"] == name and known["type"] == PRIVATE_THREAD:
                return int(known["id"])
        made = await self.client.http.start_thread_without_message(
            channel, name=name, auto_archive_duration=WEEK, type=PRIVATE_THREAD, invitable=False
        )
        return int(made["id"])

    async def schedule(self, post: Ref, event: ScheduledEvent | None, earlier: Sequence[Ref]) -> None:
        """An event of the server; its place is the link to the post."""
        guild, me = _number(post.place.workspace, Reason.ROOM_GONE), self.client.user
        link, links = self.link(post) or "", {self.link(each) or "" for each in earlier}
        try:
            async with self._translate_errors(post.place):
                await events.schedule(self.client.http, guild, me.id if me else 0, event, link, links)
        except Refused as refused:
            if refused.reason is Reason.NOT_ALLOWED:
                refused.cure = examine.grant(invite.WELCOME["create_events"], "")
            raise

    async def find(self, place: Place, search: Search) -> Ref | None:
        """The message with the mark, from the channel's history."""
        room, me = self._readable(place), self.client.user
        translate_errors = partial(self._translate_errors, place)
        posted = await history.find(room, me.id if me else 0, search, self._server, translate_errors, self.page)
        return Ref(place, str(posted.id)) if posted else None

    async def deleted(self, ref: Ref) -> bool:
        """Discord then says that it does not know the message."""
        room, message = self._room(ref.place), _number(ref.message_id, Reason.INVALID)
        return await history.deleted(room, message, partial(self._translate_errors, ref.place))

    async def last_written(self, place: Place, since: datetime) -> datetime | None:
        """From the history, in which Discord leaves out what people write, but not when."""
        room, me = self._readable(place), self.client.user
        async with self._translate_errors(place):
            return await history.last_written(room, me.id if me else 0, since)

    def _readable(self, place: Place) -> discord.PartialMessageable:
        """The place, if its history can be read."""
        held = self._held(place)
        if self._away(place):
            raise Refused(Reason.REVOKED, "not in this server")
        if self._unavailable(place):
            raise _outage()
        if held is not None and not held.read_message_history:
            # Discord would answer with an empty list, which does not mean that there are no messages.
            raise Refused(Reason.NOT_ALLOWED, "the history cannot be read")
        return self._room(place)

    def link(self, ref: Ref) -> str | None:
        """The thread under it when there is one, else the message itself."""
        place = ref.place
        end = place.thread or f"{place.channel}/{ref.message_id}"
        return f"https://discord.com/channels/{place.workspace}/{end}" if place.workspace else None

    async def edit(self, ref: Ref, message: Message) -> None:
        """Replace its content; its mark stays, so the message is read first. Nobody is notified by an edit."""
        async with self._translate_errors(ref.place):
            part = self._room(ref.place).get_partial_message(_number(ref.message_id, Reason.INVALID))
            shown = render.message(message, history.numbers((await part.fetch()).components))
            await part.edit(view=shown.view, allowed_mentions=discord.AllowedMentions.none())

    async def examine(self, meetings: Iterable[Meeting]) -> Examination:
        """The token, the application, and the bot's permissions in each room, without the gateway."""
        point_at(*self._addresses)
        return await examine.examine(self._token, meetings, self._clock)

    async def check(self, place: Place) -> Sequence[Finding]:
        """Missing permissions, each with its cure; or that the channel is of the wrong kind, hidden or deleted."""
        if not place.workspace or not (self._sees_all or self._here(place)):
            return []
        return examine.room(self.client.get_guild(_number(place.workspace, Reason.ROOM_GONE)), place.channel)

    @contextlib.asynccontextmanager
    async def _translate_errors(self, place: Place) -> AsyncIterator[None]:
        """As in `failures`; but if the bot was removed from the server, or the server is unavailable, that is the
        reason.

        Discord does not say which permission is missing; the channel's data from the gateway shows it.
        """
        try:
            async with failures.translate_errors():
                yield
        except Refused as refused:
            if _denied(refused) and self._unavailable(place):
                raise _outage() from refused
            if refused.reason in {Reason.NOT_ALLOWED, Reason.ROOM_GONE} and self._away(place):
                raise Refused(Reason.REVOKED, f"not in this server: {refused.detail}") from refused
            if refused.reason is Reason.NOT_ALLOWED:
                refused.cure = refused.cure or self._cure(place)
            raise

    def _cure(self, place: Place) -> str:
        """How to grant what is missing in the channel; empty where that is not known."""
        channel = self._known(place)
        findings = invite.missing(channel.permissions_for(channel.guild.me), channel.name) if channel else ()
        return " ".join(finding.cure for finding in findings)

    def _here(self, place: Place) -> bool:
        return self.client.get_guild(_number(place.workspace, Reason.ROOM_GONE)) is not None

    @property
    def _sees_all(self) -> bool:
        """Whether Discord reports every server to this process; otherwise only its answers to requests show them."""
        return self._process.connects and self._process.shards is None

    def _away(self, place: Place) -> bool:
        """Whether the bot is not in the place's server, as far as this process can know."""
        return bool(place.workspace) and self._sees_all and not self._here(place)

    def _unavailable(self, place: Place) -> bool:
        """Whether Discord has reported the place's server as unavailable."""
        guild = self.client.get_guild(_number(place.workspace, Reason.ROOM_GONE)) if place.workspace else None
        return guild is not None and guild.unavailable

    async def _server_returned(self, guild: discord.Guild) -> None:
        """The bot was added to a server, or a server's outage has ended: posts that waited for that are sent.

        A new session reports every server at once; those reported within a moment are handled together.
        """
        self._returned.add(str(guild.id))
        async with self._resuming:
            back, self._returned = self._returned, set()
            if self._database is None or not back:
                return
            at = self._clock.now()
            waited = await self._database.write(
                lambda store: store.deliveries.rearm_returned(self.name, back, DeliveryReason.REVOKED, at)
            )
        for server in back:
            self._resume(server)
        log.info("available again: %s servers; %s posts had waited for that", len(back), waited)

    def _held(self, place: Place) -> discord.Permissions | None:
        """The bot's permissions in a server's channel, None where they are not known."""
        channel = self._known(place)
        return channel.permissions_for(channel.guild.me) if channel else None

    def _known(self, place: Place) -> discord.abc.GuildChannel | None:
        """A server's channel, None where this process does not know it."""
        guild = self.client.get_guild(_number(place.workspace, Reason.ROOM_GONE)) if place.workspace else None
        return guild.get_channel(int(place.channel)) if guild and text.is_id(place.channel) else None

    async def _open_thread(self, root: Ref, title: str) -> None:
        channel, message = _number(root.place.channel, Reason.ROOM_GONE), _number(root.message_id, Reason.INVALID)
        async with self._translate_errors(root.place):
            await self.client.http.start_thread_with_message(channel, message, name=title, auto_archive_duration=WEEK)

    def _room(self, place: Place) -> discord.PartialMessageable:
        where = _number(place.thread or place.channel, Reason.ROOM_GONE)
        guild = _number(place.workspace, Reason.ROOM_GONE) if place.workspace else None
        return self.client.get_partial_messageable(where, guild_id=guild)

    def _why_ended(self) -> Exception:
        return self._ended or why_ended(None)

    async def _log_in(self, client: Client) -> Client:
        try:
            await login(client, self._token)
        except BaseException:
            await client.http.close()
            raise
        self._client, self._ended = client, None
        return client

    async def _stay_connected(self, client: Client, new_client: Callable[[], Client]) -> None:
        """The library reconnects and resumes. If its client ends nevertheless, another replaces it; if only a person
        can fix the cause, posts are refused from then on with the reason, and the log has the cure.
        """
        while True:
            error: Exception | None = None
            try:
                await client.connect()
            except Exception as failure:  # noqa: BLE001 - whatever it is, it has ended the connection
                error = failure
            self._ended = why_ended(error)
            if is_final(self._ended):
                log.critical("%s", self._ended)
                return
            log.error("%s; connecting again in %s s", self._ended, self.reconnect_after, exc_info=error)
            while self._ended is not None:
                await asyncio.sleep(self.reconnect_after)
                try:
                    self._connections.start_over()
                    client = await self._log_in(new_client())
                except CannotConnect as still:
                    log.error("%s", still)  # noqa: TRY400 - the line says it all
                except WrongToken as wrong:
                    self._ended = wrong
                    log.critical("%s", wrong)
                    return


def _number(said: str, otherwise: Reason) -> int:
    if not text.is_id(said):
        raise Refused(otherwise, f"{said!r} is no id of Discord")
    return int(said)


def _denied(refused: Refused) -> bool:
    """Whether Discord answered that it is forbidden, or does not exist."""
    cause = refused.__cause__
    return isinstance(cause, discord.HTTPException) and cause.status in {403, 404}


def _outage() -> Refused:
    return Refused(Reason.BUSY, "the server is unavailable", OUTAGE)


def _code(refused: Refused) -> int:
    cause = refused.__cause__
    return cause.code if isinstance(cause, discord.HTTPException) else 0
