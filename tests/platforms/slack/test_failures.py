"""Every error of Slack's has a meaning."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from cohort_bot.app.delivery.alerts import reason_of
from cohort_bot.app.ports.platform import Reason, Refused, Unknown
from cohort_bot.app.words.alerts import REASONS as WORDS
from cohort_bot.app.words.alerts import cure, why
from cohort_bot.platforms.common import errors
from cohort_bot.platforms.common.errors import CannotRender
from cohort_bot.platforms.slack.failures import CURES, PROBLEMS, REASONS, UNCERTAIN, failure, translate_errors


def error(body: Any, status: int = 200, **headers: str) -> SlackApiError:
    response = AsyncSlackResponse(
        client=None, http_verb="POST", api_url="", req_args={}, data=body, headers=headers, status_code=status
    )
    return SlackApiError("no", response)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("not_in_channel", Reason.NOT_ALLOWED),
        ("channel_not_found", Reason.ROOM_GONE),
        ("is_archived", Reason.ROOM_GONE),
        ("account_inactive", Reason.REVOKED),
        ("token_revoked", Reason.REVOKED),
        ("invalid_auth", Reason.REVOKED),
        ("missing_scope", Reason.NOT_ALLOWED),
        ("ratelimited", Reason.BUSY),
        ("rate_limited", Reason.BUSY),
        ("cannot_dm_bot", Reason.DIRECT_CLOSED),
        ("user_not_found", Reason.PERSON_GONE),
        ("user_disabled", Reason.PERSON_GONE),
        ("thread_not_found", Reason.ROOM_GONE),
        ("invalid_blocks", Reason.INVALID),
        ("msg_too_long", Reason.INVALID),
        ("something_new", Reason.INVALID),
    ],
)
def test_codes(code: str, reason: Reason) -> None:
    found = failure(error({"ok": False, "error": code}))
    assert isinstance(found, Refused)
    assert found.reason is reason
    assert found.detail.startswith(code)
    assert found.retry_after is None


def test_what_cures_it_is_said() -> None:
    found = failure(error({"ok": False, "error": "missing_scope", "needed": "channels:history"}))
    assert isinstance(found, Refused)
    assert "needed: channels:history. Paste the output of “cohort-bot slack manifest”" in found.detail
    assert found.cure.startswith("Paste the output of “cohort-bot slack manifest”")
    assert "/invite @cohort-bot" in str(failure(error({"ok": False, "error": "not_in_channel"})))


@pytest.mark.parametrize("code", ["ratelimited", "rate_limited"])
def test_when_to_come_back(code: str) -> None:
    found = failure(error({"ok": False, "error": code}, 429, **{"Retry-After": "7"}))
    assert isinstance(found, Refused)
    assert (found.reason, found.retry_after) == (Reason.BUSY, 7.0)
    without = failure(error({}, 429, **{"Retry-After": "soon"}))
    assert isinstance(without, Refused)
    assert (without.reason, without.retry_after) == (Reason.BUSY, None)


@pytest.mark.parametrize(
    "doubtful",
    [
        *(error({"ok": False, "error": code}) for code in sorted(UNCERTAIN)),
        error({}, 503),
        error({"ok": False, "error": "not_in_channel"}, 500),
        error("<html>", 200),
        SlackApiError("no body", {}),  # type: ignore[no-untyped-call]
        TimeoutError(),
        aiohttp.ServerDisconnectedError(),
        aiohttp.ClientPayloadError(),
        ConnectionResetError(),
        OSError(),
    ],
    ids=str,
)
def test_what_nobody_knows_is_looked_up(doubtful: Exception) -> None:
    assert isinstance(failure(doubtful), Unknown)


@pytest.mark.parametrize("mistake", [CannotRender("x"), ValueError("x"), TypeError("x")])
def test_our_own_mistakes_were_never_sent(mistake: Exception) -> None:
    found = failure(mistake)
    assert isinstance(found, Refused)
    assert found.reason is Reason.INVALID


async def test_a_server_that_is_not_there_has_posted_nothing() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(Refused) as refused:
            async with translate_errors():
                await session.get("http://127.0.0.1:1/")
    assert refused.value.reason is Reason.BUSY


async def test_a_call_that_hangs_ends() -> None:
    with pytest.raises(Unknown):
        async with errors.translate_errors(failure, SlackClientError, 0.01):
            await asyncio.Event().wait()


async def test_broken_json() -> None:
    with pytest.raises(Refused):
        async with translate_errors():
            json.loads("{")


def test_the_table_knows_both_spellings() -> None:
    assert REASONS["ratelimited"] is REASONS["rate_limited"]


@pytest.mark.parametrize("code", sorted(CURES.keys() - {"marks_withheld"}))
def test_what_is_known_of_a_refusal_reaches_the_alert(code: str) -> None:
    found = failure(error({"ok": False, "error": code}))
    assert isinstance(found, Refused)
    assert found.reason is not Reason.INVALID
    reason, detail = reason_of(found)
    assert cure(reason, found.cure) == f"{CURES[code]} Then press Try again."
    assert why(reason, detail) == PROBLEMS.get(code, WORDS[reason])
