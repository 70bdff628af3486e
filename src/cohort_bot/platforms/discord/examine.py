"""Whether the bot can work: with its token and in the rooms, by live calls; in a channel, by the data from the
gateway.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

import aiohttp
import discord

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.health import Examination, Finding, Meeting
from cohort_bot.chat.i18n import N_, _
from cohort_bot.platforms.common.errors import CannotConnect, WrongToken
from cohort_bot.platforms.common.server_clock import ServerClock
from cohort_bot.platforms.discord import invite, text
from cohort_bot.platforms.discord.connection import login

WITHIN: Final = 15.0
"""Seconds for one room: the library would retry temporary failures for longer."""

KICKED: Final = N_("Invite the bot again: cohort-bot discord invite prints the link.")
CHANNEL_GONE: Final = N_("Give the cohort another room with /cohort room, or let the bot view this one.")


async def examine(token: str, meetings: Iterable[Meeting], clock: Clock) -> Examination:
    """The token, the application, and the bot's permissions in each room."""
    server = ServerClock(clock)
    client = discord.Client(intents=discord.Intents.none(), http_trace=server.trace())
    async with client:
        try:
            await login(client, token)
            findings = [each for meeting in meetings for each in await _meeting(client, meeting)]
        except WrongToken as wrong:
            problem, cure = wrong.parts()
            return Examination((), [Finding(f"{problem}.", f"{cure}.")], server.said_since())
        except (CannotConnect, discord.HTTPException, aiohttp.ClientError, OSError) as error:
            why = error.__cause__ or error
            cure = _("Check the network, and DISCORD_API_URL if it is set; try again in a minute.")
            problem = _("Discord cannot be reached ({kind}).", kind=type(why).__name__)
            return Examination((), [Finding(problem, cure)], server.said_since())
        application = client.application.name if client.application else ""
        name = client.user.name if client.user else ""
        well = _("the bot is {name} of the application {application}", name=name, application=application)
        return Examination([well], findings, server.said_since())


async def _meeting(client: discord.Client, meeting: Meeting) -> list[Finding]:
    if client.user is None or not (text.is_id(meeting.workspace) and text.is_id(meeting.channel)):
        return [Finding(_("The room of {cohort} is no channel of Discord.", cohort=meeting.cohort), _(CHANNEL_GONE))]
    async with asyncio.timeout(WITHIN):
        try:
            guild = await client.fetch_guild(int(meeting.workspace), with_counts=False)
            member = await guild.fetch_member(client.user.id)
        except (discord.Forbidden, discord.NotFound):
            return [Finding(_("The bot is not in the server of {cohort}.", cohort=meeting.cohort), _(KICKED))]
        try:
            channel = await guild.fetch_channel(int(meeting.channel))
        except (discord.Forbidden, discord.NotFound, discord.InvalidData):
            problem = _("The room of {cohort} is gone, or hidden from the bot.", cohort=meeting.cohort)
            return [Finding(problem, _(CHANNEL_GONE))]
    held = channel.permissions_for(member)
    problems = {title: _("the bot needs the permission “{title}”", title=title) for title in invite.lacking(held)}
    losses = {
        title: _("{lost}: the bot lacks the permission “{title}”", lost=_(lost), title=title)
        for title, lost in invite.lost(held).items()
    }
    return [
        Finding(
            _("In the room of {cohort}, {problem}.", cohort=meeting.cohort, problem=what),
            grant(title, channel.name),
            bearable=title in losses,
        )
        for title, what in {**problems, **losses}.items()
    ]


def grant(title: str, channel: str) -> str:
    """For an operator: how to grant the permission."""
    if title == invite.WELCOME["create_events"]:  # a channel's settings do not count: the event is in none
        return _("Open Server Settings > Roles, choose the bot's role, and allow “{title}”.", title=title)
    return _(
        "Open the settings of #{channel}, then Permissions, and allow “{title}” for the bot.",
        channel=channel,
        title=title,
    )


def room(guild: discord.Guild | None, channel: str) -> Sequence[Finding]:
    """What keeps a cohort from meeting in a channel of a server: `channel` is its id, or any text that somebody
    typed.
    """
    if guild is None:
        cure = _("Invite me again: cohort-bot discord invite prints the link.")
        return [Finding(_("I'm not in this server."), cure)]
    if guild.unavailable:
        return [Finding(_("This server is unavailable: Discord has an outage."), _("Please try again later."))]
    known = guild.get_channel(int(channel)) if text.is_id(channel) else None
    if known is None:
        here = f"<#{channel}>" if text.is_id(channel) else f"“{channel}”"
        problem = _("I can't see a channel {channel}.", channel=here)
        return [Finding(problem, _(invite.CHOOSE), elsewhere=True)]
    if not isinstance(known, discord.TextChannel):
        problem = _("#{channel} isn't a text channel.", channel=known.name)
        return [Finding(problem, _(invite.CHOOSE_TEXT), elsewhere=True)]
    return invite.missing(known.permissions_for(guild.me), known.name)
