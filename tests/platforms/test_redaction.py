"""Secrets in every place of a request and its answer: none may be in a cassette."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from cohort_bot.platforms.common.cassette import Recorder, Vocabulary
from cohort_bot.platforms.discord.recorded import KNOWN as DISCORD
from cohort_bot.platforms.slack.recorded import KNOWN as SLACK

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
KNOWN: Mapping[str, Vocabulary] = {"discord": DISCORD, "slack": SLACK}

TEXTS = (
    "xoxb-2222-3333-s3cr3t", "MTIzNDU2.Gabcde.s3cr3t", "Jane Doe", "jane", "jane_doe", "I was laid off in May",
    "jane@example.org", "+49 151 2345678", "Berlin", "layoffs-support", "de-AT", "JANE", "Jane",
    "https://hooks.slack.com/actions/T9SECRET/123/s3cr3t", "https://files.slack.com/files-pri/T9-F9/download/cv.pdf?t=xoxe-9",
    "https://cdn.discordapp.com/attachments/1/2/cv.pdf?ex=6&is=5&hm=5ec2e7", "attachment://Jane-Doe-cv.pdf",
)  # fmt: skip
IDS = (
    "123456789012345678",
    "U0SECRET1",
    "T9SECRET",
    "1712345678.123456",
    "4111111111111111",
    "2031-02-03T04:05:06+00:00",
)
NUMBERS = (4915123456789, 123456789012345678, 1234567, 3.14159, -7654321)
SECRETS = (*TEXTS, *IDS, *(str(number).lstrip("-") for number in NUMBERS), "5ec2e7", "s3cr3t", "Doe", "example.org")
HEADERS = (
    "Authorization", "Set-Cookie", "X-Request-Id", "Via", "Content-Type", "Retry-After", "Date", "X-OAuth-Scopes",
    "X-RateLimit-Bucket", "X-RateLimit-Jane-Doe",
)  # fmt: skip


def hostile(known: Vocabulary) -> Iterator[Any]:
    """Values with a secret each in every field, known and unknown, as keys, in lists, and in JSON inside of texts."""
    names = (*known.fields, "unknown", "phone", "real_email")
    for secret in (*TEXTS, *IDS, *NUMBERS):
        everywhere: dict[str, Any] = dict.fromkeys(names, secret)
        yield {**everywhere, "message": [everywhere, [secret]], str(secret): everywhere}
        yield [secret, [secret], {"text": secret, "blocks": [{"type": secret, "elements": [{str(secret): secret}]}]}]
        yield {"users": {str(secret): {"id": secret, "user": {str(secret): [secret]}}}}
    yield {name: {inner: [TEXTS[0], json.dumps({inner: TEXTS[1]})] for inner in names[:20]} for name in names}
    yield {name: json.dumps(dict.fromkeys(names[-20:], TEXTS[2])) for name in names}


def recorded(platform: str, *, mine: bool) -> str:
    """A cassette of hostile exchanges; `mine`: what is in lists is the bot's own, so that it is told of."""
    known = KNOWN[platform]
    recorder = Recorder(platform, known, BEGAN)
    if mine:
        recorder.redactor.mine.update((*TEXTS, *IDS, *map(str, NUMBERS)))
    base = {"discord": "https://discord.com/api/v10/", "slack": "https://slack.com/api/"}[platform]
    recorder.role("bot", "U0SECRET1")
    for secret in SECRETS:
        part = quote(secret, safe="")
        query = urlencode({**dict.fromkeys(known.fields, secret), secret: secret, "token": secret})
        addresses = [secret, f"https://{part}@elsewhere.example/{part}?{part}#{part}", f"{base}{part}?{query}"]
        for url in (*addresses, f"{base}channels/{part}/messages", f"{base}webhooks/{part}/{part}/messages/@original"):
            headers = dict.fromkeys(HEADERS, secret)
            recorder.answered(recorder.note("POST", url, secret.encode(), 200, headers), secret.encode())
    for body in hostile(known):
        raw = json.dumps(body).encode()
        form = b'--x\r\nContent-Disposition: form-data; name="payload_json"\r\n\r\n' + raw + b"\r\n--x--"
        if isinstance(body, dict):
            recorder.heard(str(next(iter(body.values()))), body)
        for sent in (raw, form, urlencode(body if isinstance(body, dict) else {"text": raw.decode()}).encode()):
            recorder.answered(recorder.note("POST", f"{base}users/@me", sent, 200, {}), raw)
    return "\n".join(recorder.lines("somewhere", "1"))


@pytest.mark.parametrize("mine", [True, False])
@pytest.mark.parametrize("platform", KNOWN)
def test_no_secret_is_written_down_wherever_it_stands(platform: str, mine: bool) -> None:
    written = recorded(platform, mine=mine)
    assert len(written.splitlines()) > 300
    assert [secret for secret in SECRETS if secret in written] == []


@pytest.mark.parametrize("platform", KNOWN)
def test_of_what_others_wrote_nothing_is_written_down(platform: str) -> None:
    recorder = Recorder(platform, KNOWN[platform], BEGAN)
    recorder.role("bot", "100")
    theirs = {
        "discord": [
            {"id": "7", "author": {"id": "9"}, "content": "I was laid off"},
            {"id": "8", "author": {"id": "100"}},
        ],
        "slack": {
            "messages": [{"ts": "1.000001", "user": "U9", "text": "Laid off"}, {"ts": "2.000001", "user": "100"}]
        },
    }[platform]
    answer: dict[str, Any] = {}
    recorder.answered(answer, json.dumps(theirs).encode())
    found = answer["body"] if isinstance(answer["body"], list) else answer["body"]["messages"]
    assert len(found) == 1


def test_a_crooked_answer_keeps_nothing_and_breaks_nothing() -> None:
    recorder = Recorder("slack", SLACK, BEGAN)
    for raw in (
        b"\xff\xfe",
        b"{",
        b"[1, ",
        b"null",
        b'"Jane"',
        b"[[[[]]]]",
        b"<html>Jane</html>",
        b"--",
        b"--x\r\n{Jane",
    ):
        recorder.answered(recorder.note("GET", "::", raw, None, {"Date": "Jane"}), raw)
    assert "Jane" not in "".join(recorder.lines("", ""))
