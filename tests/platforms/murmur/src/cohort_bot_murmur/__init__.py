"""A platform made by following docs/how-to/add-a-platform.md: a chat of plain text, with nothing to click."""

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import ChatPlatform
from cohort_bot.chat.traits import Traits, register
from cohort_bot.settings import Setting, Settings

register("murmur", Traits("Murmur", typed_options=True, reads_direct=True))

SETTINGS = (Setting("MURMUR_ADDRESS", "Murmur: `host:port` of your server."),)


def connect(settings: Settings, clock: Clock, database: Database) -> ChatPlatform | None:
    """The platform, None when MURMUR_ADDRESS is not set."""
    address = settings.given("MURMUR_ADDRESS")
    if not address:
        return None
    from .adapter import MurmurPlatform  # noqa: PLC0415 - only who uses it pays for it

    return MurmurPlatform(address, clock)
