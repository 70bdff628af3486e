"""A platform's failures: at the start, for an operator; and at a call, for the courier."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping

import aiohttp

from cohort_bot.app.ports.platform import Reason, Refused, Unknown
from cohort_bot.app.ports.startup import CannotStart, Unreachable


class WrongToken(CannotStart):
    """The platform rejects a token: one line with the setting and the cure."""


class Denied(CannotStart):
    """The platform refuses the bot, and waiting does not help: one line with the cure."""


class CannotConnect(Unreachable):
    """The platform cannot be reached, or fails temporarily: one line with the cure."""


class CannotRender(Exception):
    """Content that the platform cannot show: a mistake in the bot, found when it is rendered and not when it is
    used.
    """


def failure_of(error: Exception, title: str) -> Refused | Unknown:
    """The meaning of an error that is not the platform's own: Refused only when the platform certainly did nothing."""
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
    """How many seconds an answer asks us to wait, None when it does not say."""
    header = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        return float(header) if header else None
    except ValueError:
        return None


@contextlib.asynccontextmanager
async def translate_errors(
    meaning: Callable[[Exception], Refused | Unknown], library: type[Exception], within: float
) -> AsyncIterator[None]:
    """Calls inside it raise Refused or Unknown: `meaning` translates an error of the client library, of the network, or
    `within` seconds without an answer.
    """
    try:
        async with asyncio.timeout(within):
            yield
    except (library, aiohttp.ClientError, OSError, ValueError, TypeError, CannotRender) as error:
        raise meaning(error) from error
