"""Every way in which Slack can fail -> what the courier does about it: retry later, look it up, or alert a person."""

import contextlib
from collections.abc import Mapping
from typing import Any, Final

from slack_sdk.errors import SlackApiError, SlackClientError

from cohort_bot.app.ports.platform import Reason, Refused, Unknown
from cohort_bot.app.ports.startup import CannotStart
from cohort_bot.chat.i18n import N_, _
from cohort_bot.chat.sentence import later
from cohort_bot.platforms.common import errors
from cohort_bot.platforms.common.errors import CannotConnect, Denied, failure_of, retry_after

CALL = 20.0
"""Seconds for one call, less than the courier's lease of 30."""

REASONS: Final[Mapping[str, Reason]] = {
    "ratelimited": Reason.BUSY,
    "rate_limited": Reason.BUSY,
    "message_limit_exceeded": Reason.BUSY,
    "channel_not_found": Reason.ROOM_GONE,
    "is_archived": Reason.ROOM_GONE,
    "thread_not_found": Reason.ROOM_GONE,
    "cannot_reply_to_message": Reason.ROOM_GONE,
    "not_in_channel": Reason.NOT_ALLOWED,
    "missing_scope": Reason.NOT_ALLOWED,
    "no_permission": Reason.NOT_ALLOWED,
    "not_allowed_token_type": Reason.NOT_ALLOWED,
    "access_denied": Reason.NOT_ALLOWED,
    "ekm_access_denied": Reason.NOT_ALLOWED,
    "team_access_not_granted": Reason.NOT_ALLOWED,
    "accesslimited": Reason.NOT_ALLOWED,
    "restricted_action": Reason.NOT_ALLOWED,
    "restricted_action_read_only_channel": Reason.NOT_ALLOWED,
    "restricted_action_thread_only_channel": Reason.NOT_ALLOWED,
    "restricted_action_non_threadable_channel": Reason.NOT_ALLOWED,
    "restricted_action_thread_locked": Reason.NOT_ALLOWED,
    "method_not_supported_for_channel_type": Reason.NOT_ALLOWED,
    "external_channel_migrating": Reason.BUSY,
    "team_added_to_org": Reason.BUSY,
    "enterprise_is_restricted": Reason.NOT_ALLOWED,
    "two_factor_setup_required": Reason.NOT_ALLOWED,
    "metadata_must_be_sent_from_app": Reason.NOT_ALLOWED,
    "as_user_not_supported": Reason.NOT_ALLOWED,
    "channel_type_not_supported": Reason.NOT_ALLOWED,
    "account_inactive": Reason.REVOKED,
    "token_revoked": Reason.REVOKED,
    "token_expired": Reason.REVOKED,
    "invalid_auth": Reason.REVOKED,
    "not_authed": Reason.REVOKED,
    "app_uninstalled": Reason.REVOKED,
    "org_login_required": Reason.BUSY,  # the workspace moves into an organisation
    "user_not_found": Reason.PERSON_GONE,
    "users_not_found": Reason.PERSON_GONE,
    "user_disabled": Reason.PERSON_GONE,
    "user_not_visible": Reason.PERSON_GONE,
    "cannot_dm_bot": Reason.DIRECT_CLOSED,
    "messages_tab_disabled": Reason.DIRECT_CLOSED,
    "is_bot": Reason.DIRECT_CLOSED,
}
"""Slack's error codes that are not about the message itself; any other refusal is Reason.INVALID."""

MIGRATING: Final = frozenset({"org_login_required", "team_added_to_org", "external_channel_migrating"})
"""Slack's codes for a workspace or channel that is being moved."""

MOVING: Final = 60.0
"""Seconds until that is tried again; the other workspaces continue meanwhile."""

UNCERTAIN: Final = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
"""Codes for which Slack documents that some of the work may have been done."""

WRONG: Final = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})
"""Slack's codes for a token that does not, or no longer, belong to an installed app."""

CHOOSE: Final = N_("Pick a channel from the list that # brings up, or type the command in the channel itself.")
_MAY_POST: Final = N_(
    "Ask whoever manages the channel to let me post (Settings > Posting permissions), or give the cohort "
    "another channel with /cohort edit channel:."
)
_THREADS: Final = N_(
    "Ask whoever manages the channel to allow messages and threads in it, or give the cohort another "
    "channel with /cohort edit channel:."
)
_ADMIN: Final = N_("Ask an admin of the workspace to allow the app, under Settings > Manage apps.")

PROBLEMS: Final[Mapping[str, str]] = {
    "channel_not_found": N_("I can't see the channel: either it's private and I'm not in it, or it's gone"),
    "is_archived": N_("the channel is archived"),
    "marks_withheld": N_("it may already be there, but I can't tell"),
    "restricted_action_thread_locked": N_("the thread is locked"),
}
"""The problem in words for moderators, by Slack's error code; other codes are described by their reason."""

CURES: Final[Mapping[str, str]] = {
    "not_in_channel": N_("Type /invite @cohort-bot in the channel."),
    "channel_not_found": N_(
        "Type /invite @cohort-bot in the channel, or give the cohort another channel with /cohort edit channel:."
    ),
    "is_archived": N_("Unarchive the channel, or give the cohort another channel with /cohort edit channel:."),
    "restricted_action_thread_locked": N_("Unlock the thread."),
    "restricted_action": _MAY_POST,
    "restricted_action_read_only_channel": _MAY_POST,
    "restricted_action_thread_only_channel": _THREADS,
    "restricted_action_non_threadable_channel": _THREADS,
    "method_not_supported_for_channel_type": N_(
        "I can't post in this kind of conversation: give the cohort another channel with /cohort edit channel:."
    ),
    "channel_type_not_supported": N_(
        "I can't post in this kind of conversation: give the cohort another channel with /cohort edit channel:."
    ),
    "team_access_not_granted": _ADMIN,
    "enterprise_is_restricted": _ADMIN,
    "access_denied": _ADMIN,
    "no_permission": N_("Ask whoever hosts this bot to reinstall the app at api.slack.com/apps."),
    "not_allowed_token_type": N_(
        "Ask whoever hosts this bot to set SLACK_BOT_TOKEN to the Bot User OAuth Token (xoxb-…)."
    ),
    "accesslimited": N_("The workspace refuses calls from the network I run in: ask its admins to allow my address."),
    "ekm_access_denied": N_("The workspace's admins have suspended access to messages with their encryption keys."),
    "two_factor_setup_required": N_("Ask whoever installed the app to set up two-factor sign-in in Slack."),
    "marks_withheld": N_(
        "I can see a post of mine there but can't tell which one it is, so I'm not posting it a second time. Please "
        "check whether it's there. If this keeps happening, ask whoever hosts this bot to paste the output of "
        "“cohort-bot slack manifest” at api.slack.com/apps (for the scope metadata.message:read) and reinstall the "
        "app."
    ),
    "missing_scope": N_("Paste the output of “cohort-bot slack manifest” at api.slack.com/apps and reinstall the app."),
}

SERVER_ERROR = 500
TOO_MANY = 429


def refusal(error: SlackApiError) -> CannotStart:
    """Why Slack refuses the app: whether a person has to change something, or it is temporary."""
    reason = code(error)
    if REASONS.get(reason) in {Reason.NOT_ALLOWED, Reason.REVOKED}:
        cure = later(CURES.get(reason) or N_("ask an admin of the workspace"))
        return Denied(N_("Slack does not let the app in: {reason}; {cure}"), reason=reason, cure=cure)
    return CannotConnect(
        N_("Slack does not let the app in for now ({reason})"), reason=reason or later(N_("no answer of its own"))
    )


def marks_withheld() -> Refused:
    """A post of ours exists but its mark is missing: it may be the one that is looked for."""
    return _refused(Reason.NOT_ALLOWED, "marks_withheld", f"marks_withheld. {CURES['marks_withheld']}")


def code(error: SlackApiError) -> str:
    """Slack's error code, empty when the answer was not Slack's."""
    return str(_body(error).get("error") or "")


def failure(error: Exception) -> Refused | Unknown:
    """The meaning of an error of a call. It is Refused only when Slack certainly did nothing."""
    match error:
        case SlackApiError():
            return _answered(error)
        case _:
            return failure_of(error, "Slack")


def _answered(error: SlackApiError) -> Refused | Unknown:
    said = code(error)
    status = int(getattr(error.response, "status_code", 0) or 0)
    detail = said or f"HTTP {status}"
    if needed := _body(error).get("needed"):
        detail += f", needed: {needed}"
    if cure := CURES.get(said):
        detail += f". {cure}"
    if status >= SERVER_ERROR or said in UNCERTAIN or not (said or status == TOO_MANY):
        return Unknown(detail)
    reason = Reason.BUSY if status == TOO_MANY else REASONS.get(said, Reason.INVALID)
    wait = retry_after(getattr(error.response, "headers", None) or {}) or (MOVING if said in MIGRATING else None)
    return _refused(reason, said, detail, wait if reason is Reason.BUSY else None)


def said(refused: Refused) -> str:
    """Slack's error code in a refusal."""
    return refused.detail.partition(".")[0].partition(",")[0]


def _refused(reason: Reason, said: str, detail: str, retry_after: float | None = None) -> Refused:
    cure, problem = (_(words[said]) if said in words else "" for words in (CURES, PROBLEMS))
    return Refused(reason, detail, retry_after, cure, problem)


def _body(error: SlackApiError) -> Mapping[str, Any]:
    body = getattr(error.response, "data", error.response)
    return body if isinstance(body, dict) else {}


def translate_errors() -> contextlib.AbstractAsyncContextManager[None]:
    """Calls of Slack's API inside it raise Refused or Unknown."""
    return errors.translate_errors(failure, SlackClientError, CALL)
