"""Discord, on discord.py: commands, buttons, forms, posts and threads. Nothing is kept per message.

Read it in this order: `translate.py` (payload -> Invocation), `text.py`, `render.py` and `forms.py` (Message and Form
-> Discord's components), `answer.py` (one interaction, answered in time), `adapter.py` (the port).
"""

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import ChatPlatform
from cohort_bot.settings import Settings


def connect(settings: Settings, clock: Clock, _database: Database) -> ChatPlatform | None:
    """The platform, not started yet; None when no token is set. discord.py is imported only then: it costs 40 MiB."""
    if not settings.discord_token:
        return None
    from cohort_bot.platforms.discord.adapter import DiscordPlatform  # noqa: PLC0415

    addresses = (settings.discord_api_url, settings.discord_gateway_url)
    return DiscordPlatform(settings.discord_token, clock, *addresses, process=settings.process)
