"""What Discord says of a token and of the rooms, by its HTTP interface alone: also beside a running bot."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import aiohttp
import discord

from cohort_bot.app.ports.health import Examination, Finding, Meeting
from cohort_bot.platforms.discord import invite, text
from cohort_bot.platforms.discord.failures import WrongToken

DISCORD: Final = "https://discord.com/api/v10"
WITHIN: Final = 15.0
"""Seconds for one call."""

KICKED: Final = "Invite the bot again: cohort-bot discord invite prints the link."
CHANNEL_GONE: Final = "Give the cohort another room with /cohort room, or let the bot view this one."


class _Said(Exception):
    """An answer that is none of 200."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class _Session:
    def __init__(self, session: aiohttp.ClientSession, api_url: str) -> None:
        self._session = session
        self._api_url = api_url.rstrip("/")
        self.date: datetime | None = None

    async def get(self, path: str) -> dict[str, Any]:
        async with self._session.get(f"{self._api_url}{path}") as answer:
            if said := answer.headers.get("Date"):
                self.date = parsedate_to_datetime(said).astimezone(UTC)
            if answer.status != 200:  # noqa: PLR2004 - HTTP's OK
                raise _Said(answer.status)
            found: dict[str, Any] = await answer.json()
            return found


async def examine(token: str, api_url: str, meetings: Iterable[Meeting]) -> Examination:
    """The token, the application, and the bot's permissions in each room."""
    timeout = aiohttp.ClientTimeout(total=WITHIN)
    headers = {"Authorization": f"Bot {token}", "User-Agent": "DiscordBot (cohort-bot, doctor)"}
    async with aiohttp.ClientSession(timeout=timeout, headers=headers) as session:
        discord_ = _Session(session, api_url or DISCORD)
        try:
            me = await discord_.get("/users/@me")
            application = await discord_.get("/applications/@me")
            found = [each for meeting in meetings for each in await _room(discord_, me, meeting)]
        except _Said as said:
            if said.status == 401:  # noqa: PLR2004 - unauthorized
                problem, _, cure = str(WrongToken()).partition("; ")
                return Examination((), [Finding(f"{problem}.", f"{cure[0].upper()}{cure[1:]}.")], discord_.date)
            return Examination((), [Finding(f"Discord answered with {said}.", "Try again in a minute.")], discord_.date)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            cure = "Check the network, and DISCORD_API_URL if it is set."
            return Examination((), [Finding(f"Discord cannot be reached ({type(error).__name__}).", cure)])
    return Examination([f"the bot is {me['username']} of the application {application['name']}"], found, discord_.date)


async def _room(session: _Session, me: Mapping[str, Any], meeting: Meeting) -> list[Finding]:
    if not (text.is_id(meeting.workspace) and text.is_id(meeting.channel)):
        return [Finding(f"The room of {meeting.cohort} is no channel of Discord.", CHANNEL_GONE)]
    try:
        guild, member = await asyncio.gather(
            session.get(f"/guilds/{meeting.workspace}"), session.get(f"/guilds/{meeting.workspace}/members/{me['id']}")
        )
    except _Said as said:
        if said.status not in {403, 404}:
            raise
        return [Finding(f"The bot is not in the server of {meeting.cohort}.", KICKED)]
    try:
        channel = await session.get(f"/channels/{meeting.channel}")
    except _Said as said:
        if said.status not in {403, 404}:
            raise
        return [Finding(f"The room of {meeting.cohort} is gone, or hidden from the bot.", CHANNEL_GONE)]
    return [
        Finding(f"{meeting.cohort}: {each.problem.replace('I lack', 'the bot lacks')}", each.cure)
        for each in invite.missing(_permissions(guild, channel, member), str(channel.get("name", "")))
    ]


def _permissions(guild: Any, channel: Any, member: Any) -> discord.Permissions:
    """The library's own reckoning, on what it would have been told by the gateway."""
    state = discord.Client(intents=discord.Intents(guilds=True))._connection  # noqa: SLF001 - its models need one
    whole = discord.Guild(data=guild, state=state)
    room = discord.TextChannel(state=state, guild=whole, data=channel)
    return room.permissions_for(discord.Member(data=member, guild=whole, state=state))
