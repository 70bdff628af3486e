"""A platform made by following docs/how-to/add-a-platform.md: a chat of plain text, with nothing to click."""

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.database import Database
from cohort_bot.app.ports.platform import ChatPlatform
from cohort_bot.settings import Settings


def connect(settings: Settings, clock: Clock, database: Database) -> ChatPlatform | None:
    """The platform, None when MURMUR_ADDRESS is not set."""
    address = settings.given("MURMUR_ADDRESS")
    if not address:
        return None
    from tests.platforms.murmur.adapter import MurmurPlatform  # noqa: PLC0415 - only who uses it pays for it

    return MurmurPlatform(address, clock)
