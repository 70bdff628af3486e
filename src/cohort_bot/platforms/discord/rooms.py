"""Whether a cohort can meet in a channel, by what the gateway told of it."""

from collections.abc import Sequence

import discord

from cohort_bot.app.ports.platform import Finding
from cohort_bot.platforms.discord import invite, text


def findings(guild: discord.Guild | None, channel: str) -> Sequence[Finding]:
    """What keeps the bot from working in a channel of a server: `channel` is its id, or whatever somebody typed."""
    if guild is None:
        return [Finding("I am not in this server.", "Invite me again: cohort-bot discord invite prints the link.")]
    if guild.unavailable:
        return [Finding("This server is unavailable: Discord has an outage.", "Please try again later.")]
    found = guild.get_channel(int(channel)) if text.is_id(channel) else None
    if found is None:
        here = f"<#{channel}>" if text.is_id(channel) else f"“{channel}”"
        return [Finding(f"There is no channel {here} that I can see.", invite.CHOOSE, elsewhere=True)]
    if not isinstance(found, discord.TextChannel):
        return [Finding(f"#{found.name} is not a text channel.", invite.CHOOSE_TEXT, elsewhere=True)]
    return invite.missing(found.permissions_for(guild.me), found.name)
