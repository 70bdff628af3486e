"""What the fakes send, held against what Discord and Slack publish (`tests/node/published.ts` has the types).

Whatever a fake sends it names by its type here. Each shape is kept once; at the end of the tests TypeScript's compiler
reads them all (tests/conftest.py), and what does not fit fails the run.
"""

import contextlib
import contextvars
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.node_packages import FOLDER, NODE

SENT: dict[str, str] = {}
"""Every shape that was sent, as a line of TypeScript, and the test that was the first to have it sent."""

WRONG: dict[str, str] = {}
"""What is wrong with such a line."""

COUNTED = {"id", "s", "position", "message_count", "member_count", "total_message_sent", "size", "reply_count"}
"""Numbers that tell nothing of a shape."""

KEPT = {"code", "auto_archive_duration", "afk_timeout"}
"""Those of which only some are known, however large."""

_WORD = re.compile(r"[a-zA-Z]+(?:[_.@/-][a-zA-Z]+)*(?:; charset=utf-8)?|@\w+|")
_FLOAT = re.compile(r"\d+\.\d{1,3}")
_DIGITS = re.compile(r"\d+")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_TS = re.compile(r"\d{8,10}\.\d{6}")
_SLACK_ID = re.compile(r"([A-Z])[A-Z]*\d+")


@contextlib.contextmanager
def unchecked() -> Iterator[None]:
    """What is sent meanwhile is wrong on purpose, or is not of the fakes."""
    token = LOOKS.set(False)
    yield
    LOOKS.reset(token)


LOOKS = contextvars.ContextVar("looks", default=False)
"""Whether what is sent is kept: in tests, not where time or memory is measured."""


def sent(kind: str, body: Any) -> None:
    """Something of the type was sent."""
    if not LOOKS.get():
        return
    line = f"{kind} = {shape(body)};"
    if line not in SENT:
        SENT[line] = os.environ.get("PYTEST_CURRENT_TEST", "no test").partition(" ")[0]


def shape(body: Any) -> str:
    """As JSON, without what differs from message to message. What may be one of a few words or numbers stays."""
    return json.dumps(_shape(body))


def _shape(value: Any, key: str = "") -> Any:
    match value:
        case str():
            return value if key.endswith("locale") else _word(value)
        case bool() | None:
            return value
        case int():
            return value if key in KEPT or (value <= 64 and key not in COUNTED) else 1000
        case float():
            return 1.5
        case Mapping():
            return {"1" if _DIGITS.fullmatch(name) else name: _shape(each, name) for name, each in value.items()}
    return list({json.dumps(each): each for each in (_shape(each, key) for each in value)}.values())


def _word(value: str) -> str:
    if _DIGITS.fullmatch(value):
        return "1"
    if _FLOAT.fullmatch(value):
        return "1.5"
    if _INSTANT.fullmatch(value):
        return "2027-01-01T00:00:00Z"
    if _TS.fullmatch(value):
        return "1.000001"
    if slack := _SLACK_ID.fullmatch(value):
        return f"{slack[1]}1"
    return value if len(value) < 40 and _WORD.fullmatch(value) else "x"


def gateway(payload: Mapping[str, Any]) -> None:
    """A payload of Discord's gateway."""
    sent(f'Gateway<"{payload["t"]}">' if payload["op"] == 0 else f"GatewayOp<{payload['op']}>", payload)


HEADERS = ("retry-after", "x-ratelimit-")


async def discord(request: web.Request, response: web.StreamResponse) -> None:
    """An answer of Discord's HTTP interface, as aiohttp sends it. What breaks down is described nowhere."""
    resource, transport = request.match_info.route.resource, request.transport
    if resource is None or not isinstance(response, web.Response) or response.status >= 500:
        return
    if transport is None or transport.is_closing():
        return
    path, status = resource.canonical.removeprefix("/api/v10"), str(response.status)
    if path == resource.canonical and not path.startswith("/{"):
        return
    headers = {name.lower(): value for name, value in response.headers.items()}
    sent(
        f'DiscordHeaders<"{status}">',
        {name: value for name, value in headers.items() if name.startswith(HEADERS) or name == "content-type"},
    )
    if response.text:
        body = json.loads(response.text)
        sent(f'Discord<"{path}", "{request.method.lower()}", "{status}">' if path[1] != "{" else "DiscordError", body)


def slack(
    method: str, body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """An answer of Slack's Web API."""
    said = web.json_response(body, status=status, headers=headers)
    shown = {name.lower(): value for name, value in said.headers.items()}
    shown = {name: value for name, value in shown.items() if name in {"content-type", "retry-after"}}
    sent(f'SlackHttp<"{status}">', {**shown, "error": body.get("error")})
    sent(f'{"Slack" if body["ok"] else "SlackRefusal"}<"{method}">', body)
    return said


def slack_payload(kind: str, payload: Mapping[str, Any]) -> None:
    """What Slack hands to an app: a command, an interaction or an event."""
    match kind:
        case "slash_commands":
            sent("SlackCommand", payload)
        case "interactive":
            sent(f'SlackInteraction<"{payload["type"]}">', payload)
        case _ if payload["type"] == "url_verification":
            sent("SlackVerification", payload)
        case _:
            sent(f'SlackCallback<"{payload["event"]["type"]}">', payload)


def slack_request(kind: str, headers: Mapping[str, str]) -> None:
    """A request of Slack's to an app; whoever gets it checks the signature."""
    signature = {"x-slack-signature", "x-slack-request-timestamp"}
    sent(f'SlackRequest<"{kind}">', {name: value for name, value in headers.items() if name not in signature})


def slack_frame(frame: Mapping[str, Any]) -> None:
    """What Slack sends on a socket; its payload apart."""
    sent(f'SlackFrame<"{frame["type"]}">', {**frame, "payload": {}} if "payload" in frame else frame)


def problems(sent: Iterable[str]) -> dict[str, str]:
    """What TypeScript says against these lines, for each that is wrong."""
    lines = list(sent)
    if not lines:
        return {}
    with tempfile.NamedTemporaryFile("w", suffix=".ts", prefix="sent-", dir=FOLDER, encoding="utf-8") as file:
        names = sorted({re.split(r"\W", line, maxsplit=1)[0] for line in lines})
        head = f'import type {{ {", ".join(names)} }} from "./published.ts";'
        file.write("\n".join([head, *(f"export const _{n}: {line}" for n, line in enumerate(lines))]))
        file.flush()
        done = subprocess.run(
            [NODE, "node_modules/typescript/bin/tsc", "--noEmit", "--pretty", "false", *OPTIONS, file.name],
            cwd=FOLDER, capture_output=True, text=True, check=False,
        )  # fmt: skip
    found: dict[str, str] = {}
    for said in re.split(r"^(?=\S)", done.stdout, flags=re.MULTILINE):
        place = re.match(rf"{Path(file.name).name}\((\d+),\d+\): error TS\d+: ", said)
        if place is None:
            assert not said.strip(), said
            continue
        line = lines[int(place[1]) - 2]
        found[line] = found.get(line, "") + said[place.end() :]
    return found


OPTIONS = ["--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022", "--types", "node"]
