"""How a platform fails: at the start, for an operator; and at a call, for the courier."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping

import aiohttp

from cohort_bot.app.ports.platform import Reason, Refused, Unknown
from cohort_bot.app.ports.startup import CannotStart, Unreachable


class WrongToken(CannotStart):
    """The platform does not know a token: one line with the setting and the cure."""


class Denied(CannotStart):
    """The platform does not let the bot in, and waiting does not help: one line with the cure."""


class CannotConnect(Unreachable):
    """The platform cannot be reached, or fails for now: one line with the cure."""


class CannotRender(Exception):
    """It cannot be shown on the platform: a mistake in the bot, found when it is rendered and not when it is used."""


def failure_of(error: Exception, title: str) -> Refused | Unknown:
    """What an error means that is not the platform's own: only what it certainly did not do is Refused."""
    match error:
        case aiohttp.ClientConnectorError():
            return Refused(Reason.BUSY, f"{title} cannot be reached")
        case CannotRender() | ValueError() | TypeError():
            return Refused(Reason.INVALID, str(error))
        case TimeoutError():
            return Unknown(f"{title} did not answer in time")
        case _:
            return Unknown(f"{type(error).__name__}: {error}")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """How many seconds an answer asks to be left alone, None when it does not say."""
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        return float(said) if said else None
    except ValueError:
        return None


@contextlib.asynccontextmanager
async def translate_errors(
    meaning: Callable[[Exception], Refused | Unknown], library: type[Exception], within: float
) -> AsyncIterator[None]:
    """Calls inside of it raise Refused or Unknown: what `meaning` makes of an error of the client library, of the
    network, or of `within` seconds that passed without an answer.
    """
    try:
        async with asyncio.timeout(within):
            yield
    except (library, aiohttp.ClientError, OSError, ValueError, TypeError, CannotRender) as error:
        raise meaning(error) from error
