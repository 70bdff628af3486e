"""Every way in which Discord can fail -> what the courier does about it: again later, look it up, or ask a person."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Final

import aiohttp
import discord

from cohort_bot.app.ports import CannotStart, Reason, Refused, Unknown
from cohort_bot.platforms.discord.limits import Unsayable

CALL = 25.0
"""Seconds for one call, less than the courier's lease of 30: the library repeats 5xx answers for as long."""

UNKNOWN_CHANNEL: Final = 10003
UNKNOWN_MEMBER: Final = 10007
UNKNOWN_MESSAGE: Final = 10008
UNKNOWN_WEBHOOK: Final = 10015
UNKNOWN_INTERACTION: Final = 10062
ALREADY_ANSWERED: Final = 40060
DIRECT_CLOSED: Final = 50007
THREAD_EXISTS: Final = 160004

REASONS: Final[Mapping[int, Reason]] = {
    UNKNOWN_CHANNEL: Reason.ROOM_GONE,
    10004: Reason.ROOM_GONE,  # unknown guild
    UNKNOWN_MEMBER: Reason.PERSON_GONE,
    UNKNOWN_MESSAGE: Reason.INVALID,
    10013: Reason.PERSON_GONE,  # unknown user
    20016: Reason.BUSY,  # slow mode
    20028: Reason.BUSY,  # the channel's write limit
    20022: Reason.BUSY,  # announcement edits
    40001: Reason.REVOKED,
    40003: Reason.BUSY,  # too many direct conversations opened
    50001: Reason.NOT_ALLOWED,
    DIRECT_CLOSED: Reason.DIRECT_CLOSED,
    50013: Reason.NOT_ALLOWED,
    50014: Reason.REVOKED,  # invalid token
    50024: Reason.NOT_ALLOWED,  # a channel of another kind
    50033: Reason.PERSON_GONE,  # invalid recipient
    50083: Reason.NOT_ALLOWED,  # archived thread
    50278: Reason.PERSON_GONE,  # no server in common
    160005: Reason.NOT_ALLOWED,  # locked thread
    160006: Reason.NOT_ALLOWED,  # too many active threads
}
"""Discord's error codes that say more than the HTTP status."""

_STATUS: Final[Mapping[int, Reason]] = {
    401: Reason.REVOKED,
    403: Reason.NOT_ALLOWED,
    429: Reason.BUSY,
}
_SERVER_ERROR = 500


class WrongToken(CannotStart):
    """Discord does not know the token: one line with the cure."""

    def __init__(self) -> None:
        super().__init__(
            "DISCORD_TOKEN is not a token that Discord knows; copy it again from Bot > Reset Token at "
            "https://discord.com/developers/applications"
        )


class CannotConnect(CannotStart):
    """Discord cannot be reached, or takes the bot no more: one line with the cure."""


def ending(error: Exception) -> Refused | Unknown:
    """What an error of a call means. Only what Discord certainly did not do is Refused."""
    match error:
        case discord.RateLimited():
            return Refused(Reason.BUSY, "rate limited", error.retry_after)
        case discord.HTTPException():
            return _answered(error)
        case aiohttp.ClientConnectorError():
            return Refused(Reason.BUSY, "Discord cannot be reached")
        case Unsayable() | ValueError() | TypeError():
            return Refused(Reason.INVALID, str(error))
        case TimeoutError():
            return Unknown("Discord did not answer in time")
        case _:
            return Unknown(f"{type(error).__name__}: {error}")


def _answered(error: discord.HTTPException) -> Refused | Unknown:
    detail = f"{error.status}, code {error.code}: {error.text}"
    if error.status >= _SERVER_ERROR:
        return Unknown(detail)
    reason = REASONS.get(error.code) or _STATUS.get(error.status, Reason.INVALID)
    return Refused(reason, detail, _retry_after(error) if reason is Reason.BUSY else None)


def _retry_after(error: discord.HTTPException) -> float | None:
    said = getattr(error.response, "headers", {}).get("Retry-After")
    try:
        return float(said) if said else None
    except ValueError:
        return None


@contextlib.asynccontextmanager
async def told() -> AsyncIterator[None]:
    """Calls of Discord's API inside of it raise Refused or Unknown."""
    try:
        async with asyncio.timeout(CALL):
            yield
    except (Refused, Unknown):
        raise
    except (discord.DiscordException, aiohttp.ClientError, OSError, ValueError, TypeError, Unsayable) as error:
        raise ending(error) from error
