"""Every error has one ending: certainly not done, or nobody knows. Where each failure is tried on the real client:

| Failure | Ending | Test |
|---|---|---|
| 50001, 50013 | parked, a moderator is told, *Try again* | test_adapter refusals, test_endings permission |
| 10003, channel deleted | parked, a moderator is told, `/cohort edit` | test_adapter gone places, test_endings |
| 10008 | refused as a message that cannot be | test_adapter edit and thread |
| 10062 | logged; what was done stays done | test_answers too late |
| 40060 | the answer that arrived stands, also in the place of a lost “thinking” | test_answers receipt lost, thinking |
| 429 with `Via` | the library waits; a long wait goes to the courier | test_adapter short wait, test_answers later |
| 429 without `Via` | again after what Discord said | test_adapter refusals |
| 5xx, hung, dropped | looked up by its mark before it is repeated | test_adapter nobody knows |
| op 7, close 4000, cut line | resumed; what was missed is answered | test_gateway |
| op 9 | a new session; commands are not registered again | test_gateway |
| 4004, 4014 | one line with the cure; posts refused | test_gateway |
| removed from the server | parked; out by itself when invited again | test_endings kicked and invited again |
| a moderators' role deleted | its holders are told that only moderators may; others stay | test_endings role |
| member gone from the server | skipped, not counted, no alarm; back at their next command | test_endings left |
| 50007, 50278, 10013 | that person alone, no alarm | test_adapter direct messages, test_endings closed |
"""

from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from cohort_bot.app.delivery import alerts
from cohort_bot.app.ports.platform import Reason, Refused, Unknown
from cohort_bot.app.words.alerts import cure, why
from cohort_bot.platforms.common.errors import CannotRender
from cohort_bot.platforms.discord import failures


def answered(status: int, code: int = 0, headers: dict[str, str] | None = None) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="", headers=headers or {})
    return discord.HTTPException(response, {"code": code, "message": "words"})


@pytest.mark.parametrize(("code", "reason"), failures.REASONS.items())
def test_codes(code: int, reason: Reason) -> None:
    found = failures.failure(answered(403, code))
    assert isinstance(found, Refused)
    assert found.reason is reason
    assert str(code) in found.detail


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, Reason.INVALID),
        (401, Reason.REVOKED),
        (403, Reason.NOT_ALLOWED),
        (404, Reason.INVALID),
        (429, Reason.BUSY),
    ],
)
def test_statuses(status: int, reason: Reason) -> None:
    found = failures.failure(answered(status))
    assert isinstance(found, Refused)
    assert found.reason is reason


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 524])
def test_server_errors_leave_it_open(status: int) -> None:
    assert isinstance(failures.failure(answered(status)), Unknown)


@pytest.mark.parametrize(
    "error", [aiohttp.ServerDisconnectedError(), aiohttp.ClientOSError(), TimeoutError(), ConnectionResetError()]
)
def test_broken_connections_leave_it_open(error: Exception) -> None:
    assert isinstance(failures.failure(error), Unknown)


def test_waits() -> None:
    found = failures.failure(discord.RateLimited(31.5))
    assert isinstance(found, Refused)
    assert (found.reason, found.retry_after) == (Reason.BUSY, 31.5)
    for said, wait in (("12", 12.0), ("soon", None), ("", None)):
        found = failures.failure(answered(429, headers={"Retry-After": said}))
        assert isinstance(found, Refused)
        assert found.retry_after == wait


def test_a_connection_that_was_never_made_did_nothing() -> None:
    key: Any = SimpleNamespace(host="discord.com", port=443, ssl=True, is_ssl=True)
    found = failures.failure(aiohttp.ClientConnectorError(key, OSError("unreachable")))
    assert isinstance(found, Refused)
    assert found.reason is Reason.BUSY


def test_what_cannot_be_rendered_is_refused() -> None:
    found = failures.failure(CannotRender("too long"))
    assert isinstance(found, Refused)
    assert found.reason is Reason.INVALID


async def test_an_ending_passes_through() -> None:
    refusal = Refused(Reason.ROOM_GONE)
    with pytest.raises(Refused) as refused:
        async with failures.translate_errors():
            raise refusal
    assert refused.value is refusal


@pytest.mark.parametrize("code", failures.EXPLANATIONS)
def test_what_is_known_of_a_refusal_reaches_the_alert(code: int) -> None:
    found = failures.failure(answered(403, code))
    assert isinstance(found, Refused)
    reason, detail = alerts.reason_of(found)
    assert (why(reason, detail), found.cure) == failures.EXPLANATIONS[code]
    assert cure(reason, found.cure) == f"{found.cure} Then press Try again."
