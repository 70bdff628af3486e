"""Discord, on discord.py: commands, buttons, forms, posts and threads. Nothing is kept per message.

Read it in this order: `translate.py` (payload -> Invocation), `text.py`, `render.py` and `forms.py` (Message and Form
-> Discord's components), `answers.py` (one interaction, answered in time), `adapter.py` (the port).
"""

from typing import TYPE_CHECKING, Any, Final

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import ChatPlatform
from cohort_bot.chat.i18n import N_
from cohort_bot.chat.message import Message
from cohort_bot.chat.traits import Traits, register
from cohort_bot.settings import Setting, Settings, WrongSetting, check_address

if TYPE_CHECKING:
    import click

    from cohort_bot.platforms.common.live_check import Service

register("discord", Traits("Discord", reads_direct=True, pictures=True))

SETTINGS: Final = (
    Setting("DISCORD_TOKEN", "Discord: your application's page, *Bot*, *Token*.", secret=True),
    Setting("DISCORD_API_URL", "An API proxy for Discord; with `/api/v10`."),
    Setting("DISCORD_GATEWAY_URL", "A gateway proxy for Discord."),
)


def connect(settings: Settings, clock: Clock, _database: Database) -> ChatPlatform | None:
    """The platform, not started yet; None when no token is set. discord.py is imported only then: it costs 40 MiB.

    Raises WrongSetting.
    """
    token, api_url, gateway_url = (settings.given(each.name) for each in SETTINGS)
    check_address("DISCORD_API_URL", api_url.rstrip("/"), "https://…/api/v10", "http", "https")
    check_address("DISCORD_GATEWAY_URL", gateway_url, "wss://…", "ws", "wss")
    if not token:
        return None
    from cohort_bot.platforms.discord.adapter import DiscordPlatform  # noqa: PLC0415

    return DiscordPlatform(token, clock, api_url, gateway_url, process=settings.process)


def preview(message: Message) -> Any:
    """The components that Discord would show a message with, as JSON."""
    from cohort_bot.platforms.discord import render  # noqa: PLC0415 - discord.py costs a third of a second

    return render.message(message).view.to_components()


def check_live(settings: Settings, clock: Clock) -> "Service":
    """What `cohort-bot live-check discord` uses. Raises WrongSetting."""
    from cohort_bot.platforms.discord.live_check import DiscordService  # noqa: PLC0415 - as above

    token, api_url, gateway_url = (settings.given(each.name) for each in SETTINGS)
    if not token:
        raise WrongSetting(N_("DISCORD_TOKEN is not set; copy it from your application's page, under Bot"))
    return DiscordService(token, clock, api_url, gateway_url)


def command_line() -> "click.Command":
    """`cohort-bot discord`."""
    from cohort_bot.platforms.discord.cli import discord  # noqa: PLC0415 - as above

    return discord
