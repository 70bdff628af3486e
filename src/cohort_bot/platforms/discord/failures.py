"""Every way in which Discord can fail -> what the courier does about it: retry later, look it up, or alert a person."""

import contextlib
from collections.abc import Mapping
from typing import Final

import discord

from cohort_bot.app.ports.platform import Reason, Refused, Unknown
from cohort_bot.chat.i18n import N_
from cohort_bot.platforms.common import errors
from cohort_bot.platforms.common.errors import WrongToken, failure_of, retry_after

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
    20022: Reason.BUSY,  # announcement edits
    20028: Reason.BUSY,  # the channel's write limit
    20029: Reason.BUSY,  # the server's write limit
    30046: Reason.BUSY,  # edits of messages older than an hour
    40001: Reason.REVOKED,
    40003: Reason.BUSY,  # too many direct conversations opened
    40004: Reason.BUSY,  # sending is switched off for a while
    40006: Reason.BUSY,  # a feature is switched off for a while
    40058: Reason.NOT_ALLOWED,  # a forum post without its first message
    40062: Reason.BUSY,  # rate limited
    40067: Reason.NOT_ALLOWED,  # a forum that wants a tag
    50001: Reason.NOT_ALLOWED,
    50003: Reason.NOT_ALLOWED,  # a direct conversation
    DIRECT_CLOSED: Reason.DIRECT_CLOSED,
    50008: Reason.NOT_ALLOWED,  # not a text channel
    50009: Reason.NOT_ALLOWED,  # the server's verification level
    50013: Reason.NOT_ALLOWED,
    50014: Reason.REVOKED,  # invalid token
    50024: Reason.NOT_ALLOWED,  # a channel of another kind
    50033: Reason.PERSON_GONE,  # invalid recipient
    50055: Reason.ROOM_GONE,  # invalid guild
    50083: Reason.NOT_ALLOWED,  # archived thread
    50278: Reason.PERSON_GONE,  # no server in common
    110001: Reason.BUSY,  # the application is not available yet
    130000: Reason.BUSY,  # overloaded
    160002: Reason.NOT_ALLOWED,  # the history may not be read
    160005: Reason.NOT_ALLOWED,  # locked thread
    160006: Reason.NOT_ALLOWED,  # too many active threads
    160007: Reason.NOT_ALLOWED,  # too many active threads under announcements
    200000: Reason.NOT_ALLOWED,  # AutoMod, a message
    200001: Reason.NOT_ALLOWED,  # AutoMod, a title
    240000: Reason.NOT_ALLOWED,  # a link that Discord considers harmful
    400001: Reason.NOT_ALLOWED,  # no files in this server
}
"""Discord's error codes that say more than the HTTP status."""

_NO_TEXT = (
    N_("it isn't a text channel"),
    N_("Give the cohort a text channel with /cohort edit channel:, because each week opens a thread."),
)
_THREADS = (
    N_("the server has reached its limit of active threads"),
    N_("Close or archive threads that are no longer used."),
)
_AUTOMOD = (
    N_("AutoMod blocked the message"),
    N_("Exempt me, or the channel, in Server Settings > AutoMod."),
)

EXPLANATIONS: Final[Mapping[int, tuple[str, str]]] = {
    40058: _NO_TEXT,
    40067: _NO_TEXT,
    50003: _NO_TEXT,
    50008: _NO_TEXT,
    50024: _NO_TEXT,
    50009: (
        N_("the server requires more verification than I have"),
        N_("Give me a role there: members with a role are exempt."),
    ),
    50083: (
        N_("the week's thread is archived"),
        N_("Open the thread and unarchive it; if it's locked, unlock it too."),
    ),
    160002: (N_("I can't read the history"), N_("Allow “Read Message History” for me in the channel's Permissions.")),
    160005: (N_("the week's thread is locked"), N_("Unlock the thread: open its menu and choose Unlock Thread.")),
    160006: _THREADS,
    160007: _THREADS,
    200000: _AUTOMOD,
    200001: _AUTOMOD,
    240000: (
        N_("Discord considers a link in it harmful"),
        N_("Ask whoever hosts this bot to change a link in the programme."),
    ),
    400001: (
        N_("no files can be sent in this server"),
        N_("Discord has restricted the server and told its owner why."),
    ),
}
"""The problem and its cure, for codes where neither the reason nor the channel's permissions show them."""

_STATUS: Final[Mapping[int, Reason]] = {
    401: Reason.REVOKED,
    403: Reason.NOT_ALLOWED,
    429: Reason.BUSY,
}
_SERVER_ERROR = 500


def wrong_token() -> WrongToken:
    """Discord rejects the token."""
    return WrongToken(
        N_(
            "DISCORD_TOKEN is not a token that Discord knows; copy it again from Bot > Reset Token at "
            "https://discord.com/developers/applications"
        )
    )


def failure(error: Exception) -> Refused | Unknown:
    """The meaning of an error of a call. It is Refused only when Discord certainly did nothing."""
    match error:
        case discord.RateLimited():
            return Refused(Reason.BUSY, "rate limited", error.retry_after)
        case discord.HTTPException():
            return _answered(error)
        case _:
            return failure_of(error, "Discord")


def _answered(error: discord.HTTPException) -> Refused | Unknown:
    detail = f"{error.status}, code {error.code}: {error.text}"
    if error.status >= _SERVER_ERROR:
        return Unknown(detail)
    reason = REASONS.get(error.code) or _STATUS.get(error.status, Reason.INVALID)
    problem, cure = EXPLANATIONS.get(error.code, ("", ""))
    return Refused(
        reason,
        detail,
        retry_after(getattr(error.response, "headers", {})) if reason is Reason.BUSY else None,
        cure,
        problem,
    )


def translate_errors() -> contextlib.AbstractAsyncContextManager[None]:
    """Calls of Discord's API inside it raise Refused or Unknown."""
    return errors.translate_errors(failure, discord.DiscordException, CALL)
