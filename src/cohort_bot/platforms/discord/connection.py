"""The connection: discord.py's client with minimal settings; registers the commands when they changed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from cohort_bot.app.ports.health import Connections
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.sentence import later
from cohort_bot.platforms.common.errors import CannotConnect, Denied, WrongToken
from cohort_bot.platforms.common.server_clock import ServerClock
from cohort_bot.platforms.discord import commands
from cohort_bot.platforms.discord.failures import CALL, wrong_token
from cohort_bot.process_role import ALL, ProcessRole

log = logging.getLogger(__name__)

GUILDS_SETTLE = 0.2
"""Seconds after the last server's data until the bot counts as ready; the library's 2 would only delay the start."""

INTENTS = discord.Intents(guilds=True, dm_messages=True)
"""What Discord reports: the servers, and messages in direct conversations. None of them is privileged."""

LONGEST_WAIT = 30.0
"""A longer rate limit is reported to the courier, which pauses the lane instead of holding a connection."""

_GATEWAY_DENIED = {4004, 4010, 4011, 4012, 4013, 4014}

# The bot never speaks: no warning about libraries for voice.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False

Take = Callable[["discord.Interaction[Client]"], Awaitable[None]]
Hear = Callable[[discord.Message], Awaitable[None]]


class Client(discord.AutoShardedClient):
    """No privileged intent, no messages of servers, no member list, nobody pinged; reconnecting is the library's."""

    def __init__(
        self,
        take: Take,
        hear: Hear,
        ready: asyncio.Event,
        registered: Sequence[dict[str, Any]],
        server_returned: Callable[[discord.Guild], Awaitable[None]],
        own_gateway: bool,
        connections: Connections,
        server: ServerClock,
        process: ProcessRole = ALL,
    ) -> None:
        shards = process.shards
        sharding: dict[str, Any] = {"shard_ids": shards.ids, "shard_count": shards.of} if shards else {}
        super().__init__(
            intents=INTENTS,
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            guild_ready_timeout=GUILDS_SETTLE,
            max_ratelimit_timeout=LONGEST_WAIT,
            http_trace=server.trace(),
            **sharding,
        )
        self.on_interaction = take
        """Every command, button, form and completion; discord.py calls it by this name."""
        self._hear = hear
        self._up = ready
        self._registered = registered
        self._server_returned = server_returned
        self._own_gateway = own_gateway
        self._connections = connections
        self._process = process

    async def setup_hook(self) -> None:
        """After the login, before the connection: also a new session (op 9) does not come here again."""
        if self._process.connects:
            await self._set_up()

    async def _set_up(self) -> None:
        if self._own_gateway and self._process.shards is None:
            self.shard_count = await self._shards()
        await self._register()

    async def on_ready(self) -> None:
        """The first time, and again after a new session."""
        self._up.set()

    async def on_shard_connect(self, shard: int) -> None:
        """A shard has a new session."""
        self._connections.back(shard)

    async def on_shard_resumed(self, shard: int) -> None:
        """A shard goes on with its session."""
        self._connections.back(shard)

    async def on_shard_disconnect(self, shard: int) -> None:
        """A shard lost its connection, or could not connect again."""
        self._connections.lost(shard)

    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote to the bot directly, or the bot to them."""
        await self._hear(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A direct message was edited; without a time of the edit only a link in it got its preview."""
        if payload.message.edited_at is not None:
            await self._hear(payload.message)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """A server let the bot in, or in again."""
        await self._server_returned(guild)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server is available: at the start of a session, or after an outage."""
        await self._server_returned(guild)

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        """Discord reports an outage of a server; posts to it wait until it is over."""
        log.warning("the server %s is unavailable; its cohorts' posts wait until Discord reports it back", guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed; posts to the server wait, and a moderator is alerted."""
        log.warning("removed from the server %s; its cohorts' posts wait until it invites me again", guild.id)

    async def _shards(self) -> int:
        """How many shards Discord wants; requested here so that the library then uses the configured gateway."""
        try:
            shards, _, _ = await self.http.get_bot_gateway()
        except discord.DiscordException:
            return 1
        return shards

    async def _register(self) -> None:
        """Register the commands if Discord's differ. If Discord refuses, its present ones stay."""
        wanted = list(self._registered)
        if self.application_id is None:
            return
        try:
            route = Route("GET", "/applications/{application_id}/commands", application_id=self.application_id)
            present: list[Any] = await self.http.request(route, params={"with_localizations": "true"})
        except discord.HTTPException as error:
            log.info("the registered commands cannot be read (%s), so they are registered again", error)
        else:
            if commands.same(wanted, present):
                return
        try:
            await self.http.bulk_upsert_global_commands(self.application_id, payload=wanted)
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError):
            log.exception("Discord refused the commands; the earlier ones stay")
        else:
            log.info("%s commands registered", len(wanted))


def point_at(api_url: str, gateway_url: str) -> None:
    """Use other addresses than Discord's: API proxies and tests. The library has one of each per process."""
    if api_url:
        Route.BASE = api_url.rstrip("/")
    if gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


async def login(client: discord.Client, token: str) -> None:
    """Check the token. Raises WrongToken and CannotConnect."""
    if not token.strip():
        raise wrong_token()
    try:
        async with asyncio.timeout(CALL):
            await client.login(token.strip())
    except discord.LoginFailure as error:
        raise wrong_token() from error
    except (aiohttp.ClientError, OSError, discord.DiscordServerError) as error:
        why = str(error) or later(N_("no answer"))
        raise CannotConnect(N_("Discord cannot be reached ({why}); check the network"), why=why) from error
    except (discord.HTTPException, discord.RateLimited) as error:
        raise CannotConnect(N_("Discord does not let the bot in: {error}"), error=error) from error


def is_final(ended: Exception) -> bool:
    """Whether only a person can fix it. Anything else, such as an event that the library cannot read, may be
    temporary.
    """
    return isinstance(ended, WrongToken | Denied)


def why_ended(error: BaseException | None) -> Exception:
    """Why the connection ended, in one line with the cure."""
    match error:
        case discord.ConnectionClosed(code=4004):
            return wrong_token()
        case discord.PrivilegedIntentsRequired():
            return Denied(N_("Discord refused the bot's intents (4014), though it asks for no privileged one"))
        case discord.ConnectionClosed() if error.code in _GATEWAY_DENIED:
            return Denied(N_("Discord closed the connection for good (code {code}); see the log"), code=error.code)
        case _:
            return CannotConnect(N_("the connection to Discord ended: {error}"), error=error)
