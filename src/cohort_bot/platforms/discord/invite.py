"""The permissions that the bot needs, the link that grants them, and those that are missing in a channel."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Final

import discord

from cohort_bot.app.ports.platform import Finding
from cohort_bot.chat.i18n import N_, _
from cohort_bot.platforms.discord.failures import wrong_token

NEEDED: Final = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
    "read_message_history": "Read Message History",
}
"""No more than this: links and buttons need none, and nobody is pinged by role."""

WELCOME: Final = {"create_private_threads": "Create Private Threads", "create_events": "Create Events"}
"""Asked for, too."""

LOST: Final = {
    "create_private_threads": N_("small groups get a thread in the room, which everybody there can read"),
    "create_events": N_("the paper club's dates are not among the server's events"),
}
"""What the cohort goes without where one of these is missing."""

CHOOSE: Final = N_("Pick a channel from the list that appears, or type the command in the channel itself.")
CHOOSE_TEXT: Final = N_("Choose a text channel, because each week opens a thread, and type the command again.")


def permissions() -> discord.Permissions:
    """The permissions that the invitation requests."""
    needed = discord.Permissions.none()
    needed.update(**dict.fromkeys({**NEEDED, **WELCOME}, True))
    return needed


def client_id_of(token: str) -> int:
    """The application's id, which a token begins with. Raises WrongToken."""
    head = token.removeprefix("Bot ").partition(".")[0]
    try:
        return int(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, binascii.Error):
        raise wrong_token() from None


def invite_url(client_id: int) -> str:
    """The link that puts the bot into a server, with just the permissions that it needs."""
    return discord.utils.oauth_url(client_id, permissions=permissions(), scopes=("bot", "applications.commands"))


def lacking(held: discord.Permissions) -> Sequence[str]:
    """The titles of the permissions that are missing."""
    return [] if held.administrator else [title for name, title in NEEDED.items() if not getattr(held, name)]


def lost(held: discord.Permissions) -> Mapping[str, str]:
    """The titles of the other permissions that are missing, each with what the cohort goes without."""
    missing = () if held.administrator else (name for name in LOST if not getattr(held, name))
    return {WELCOME[name]: LOST[name] for name in missing}


def missing(held: discord.Permissions, channel: str) -> Sequence[Finding]:
    """Each permission that is missing in a channel, with its cure."""
    return [
        Finding(
            _("I need the permission “{permission}” in #{channel}.", permission=title, channel=channel),
            _(
                "Open the settings of #{channel}, then Permissions, and allow “{permission}” for me.",
                permission=title,
                channel=channel,
            ),
        )
        for title in lacking(held)
    ]
