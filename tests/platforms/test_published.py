"""What the fakes send is held against what Discord and Slack publish: here, that this finds what is wrong.

The shapes themselves come from all tests, and are looked at when these have ended (tests/conftest.py).
"""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.fakes import published
from tests.fakes.discord_server import DiscordServer
from tests.fakes.published import shape
from tests.fakes.slack_server import Answer as SlackAnswer
from tests.fakes.slack_server import SlackServer
from tests.fakes.slack_world import Posted
from tests.node_packages import needs

pytestmark = needs("typescript")

Change = Callable[[Any], object]

DISCORD: list[tuple[str, str, Change]] = [
    ("message", "a key is missing", lambda it: it.pop("pinned")),
    ("message", "a key is unknown", lambda it: it.update(edited=None)),
    ("message", "an id is a number", lambda it: it.update(channel_id=1)),
    ("message", "an id is a word", lambda it: it.update(id="first")),
    ("message", "a time is no time", lambda it: it.update(timestamp="yesterday")),
    ("message", "a key within is missing", lambda it: it["author"].pop("discriminator")),
    ("message", "an unknown component", lambda it: it["components"][0].update(type=99)),
    ("message", "an unknown key of a component", lambda it: it["components"][0].update(text="x")),
    ("message", "an unknown type", lambda it: it.update(type=99)),
    ("event", "a key is missing", lambda it: it["d"].pop("afk_timeout")),
    ("event", "a key is unknown", lambda it: it["d"].update(private_channels=[])),
    ("event", "an unknown event", lambda it: it.update(t="SERVER_CREATE")),
    ("event", "a member's key is missing", lambda it: it["d"]["members"][0].pop("flags")),
    ("event", "what only HTTP tells", lambda it: it["d"]["members"][0].update(permissions="0")),
    ("refusal", "an unknown code", lambda it: it.update(code=10999)),
    ("refusal", "what is known is not found", lambda it: it.update(code=50013)),
    ("refusal", "no message", lambda it: it.pop("message")),
    ("limits", "no limit's scope", lambda it: it.pop("x-ratelimit-scope")),
    ("limits", "parts of a second to wait", lambda it: it.update({"retry-after": "7.5"})),
    ("limits", "not as JSON", lambda it: it.update({"content-type": "text/html"})),
]


def test_what_is_wrong_with_discord_s_answers_is_found() -> None:
    world = DiscordServer().world
    sound: dict[str, tuple[str, Any]] = {
        "message": ('Discord<"/channels/{channel_id}/messages", "post", "200">', _message(world)),
        "event": ('Gateway<"GUILD_CREATE">', {"op": 0, "t": "GUILD_CREATE", "s": 1, "d": world.guild_created()}),
        "refusal": ('Discord<"/users/@me", "get", "404">', {"message": "Unknown User", "code": 10013}),
        "limits": ('DiscordHeaders<"429">', LIMITS),
    }
    _finds(sound, DISCORD)


LIMITS = {"content-type": "application/json", "retry-after": "8", "x-ratelimit-scope": "user"}


def _message(world: Any) -> Any:
    text = {"type": 10, "content": "Hello", "id": 1}
    posted = DiscordServer().http.add(world.channel("general"), {"components": [text], "flags": 32768})
    return world.message_json(posted)


SLACK: list[tuple[str, str, Change]] = [
    ("post", "a key is missing", lambda it: it.pop("ts")),
    ("post", "a key is unknown", lambda it: it.update(thread="1.000001")),
    ("post", "a time stamp cut short", lambda it: it.update(ts="1.1")),
    ("post", "the message has no writer", lambda it: it["message"].pop("user")),
    ("post", "a block of an unknown type", lambda it: it["message"]["blocks"][0].update(type="paragraph")),
    ("history", "pages are not told of", lambda it: it.pop("has_more")),
    ("history", "a number for a cursor", lambda it: it["response_metadata"].update(next_cursor=2)),
    ("history", "an unknown key of a message", lambda it: it["messages"][0].update(author="U1")),
    ("person", "no zone", lambda it: it["user"].pop("tz")),
    ("person", "a number for a name", lambda it: it["user"].update(real_name=5)),
    ("person", "an unknown key", lambda it: it["user"].update(admin=True)),
    ("view", "no title", lambda it: it["view"].pop("title")),
    ("view", "no state", lambda it: it["view"].pop("state")),
    ("view", "an unknown key", lambda it: it["view"].update(metadata="")),
    ("refusal", "an error of another method", lambda it: it.update(error="thread_not_found")),
    ("refusal", "an unknown key", lambda it: it.update(why="x")),
    ("scope", "not which scope", lambda it: it.pop("needed")),
    ("limits", "parts of a second", lambda it: it.update({"retry-after": "1.5"})),
    ("limits", "another error", lambda it: it.update(error="internal_error")),
    ("limits", "not as JSON", lambda it: it.update({"content-type": "text/html; charset=utf-8"})),
    ("command", "a truth that is none", lambda it: it.update(is_enterprise_install=False)),
    ("command", "no trigger", lambda it: it.pop("trigger_id")),
    ("command", "an unknown key", lambda it: it.update(locale="en-US")),
    ("press", "no time of the action", lambda it: it["actions"][0].pop("action_ts")),
    ("press", "no container", lambda it: it.pop("container")),
    ("press", "an unknown type", lambda it: it["actions"][0].update(type="knob")),
    ("submission", "a press's key", lambda it: it.update(actions=[])),
    ("submission", "no view", lambda it: it.pop("view")),
    ("event", "no time", lambda it: it["event"].pop("event_ts")),
    ("event", "an unknown kind of channel", lambda it: it["event"].update(channel_type="direct")),
    ("event", "an unknown key of the callback", lambda it: it.update(retry=0)),
    ("frame", "no id", lambda it: it.pop("envelope_id")),
    ("frame", "no reason", lambda it: it.pop("retry_reason")),
]


async def test_what_is_wrong_with_slack_s_answers_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    _finds(await _of_slack(monkeypatch), SLACK)


async def _of_slack(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[str, Any]]:
    """One of each kind, as the server sends it."""
    slack = SlackServer(lambda: datetime(2027, 1, 1, tzinfo=UTC))
    handed: list[Any] = []

    async def keep(kind: str, payload: Any, *, retry: int = 0) -> None:
        handed.append(payload)

    monkeypatch.setattr(slack, "deliver", keep)
    await slack.write("U2", "hello")
    section = {"type": "section", "text": {"type": "plain_text", "text": "Hello"}}
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "v"}
    post = Posted(slack.world.ts(), "C1", "hello", [section, {"type": "actions", "elements": [button]}], by="UBOT")
    post.metadata = {"event_type": "e", "event_payload": {}}
    message = post.record(metadata=True)
    plain = {"type": "plain_text", "text": "A form"}
    view = slack.world.keep_view({"type": "modal", "title": plain, "submit": plain, "blocks": [section]})
    form = slack.submit_payload("U2", SlackAnswer("", view=view))
    page = {"ok": True, "messages": [message], "has_more": False, "response_metadata": {"next_cursor": ""}}
    person = slack.world.people["U2"].record("T1")
    frame = {"type": "events_api", "envelope_id": "e", "payload": {}, "accepts_response_payload": False}
    limits = {"content-type": "application/json; charset=utf-8", "error": "ratelimited"}
    scope = {"ok": False, "error": "missing_scope", "needed": "a", "provided": "b"}
    return {
        "post": ('Slack<"chat.postMessage">', {"ok": True, "channel": "C1", "ts": post.ts, "message": message}),
        "history": ('Slack<"conversations.history">', page),
        "person": ('Slack<"users.info">', {"ok": True, "user": person}),
        "view": ('Slack<"views.open">', {"ok": True, "view": view}),
        "refusal": ('SlackRefusal<"users.info">', {"ok": False, "error": "user_not_found"}),
        "scope": ('SlackRefusal<"users.info">', scope),
        "limits": ('SlackHttp<"429">', {**limits, "retry-after": "30"}),
        "command": ("SlackCommand", slack.command_payload("U2", "/checkin")),
        "press": ('SlackInteraction<"block_actions">', slack.press_payload("U2", post, "Go")),
        "submission": ('SlackInteraction<"view_submission">', form),
        "event": ('SlackCallback<"message">', handed[0]),
        "frame": ('SlackFrame<"events_api">', {**frame, "retry_attempt": 0, "retry_reason": ""}),
    }


def _finds(sound: dict[str, tuple[str, Any]], changes: list[tuple[str, str, Change]]) -> None:
    """Each change is found, and nothing else."""
    good = {f"{kind} = {shape(body)};" for kind, body in sound.values()}
    planted: dict[str, str] = {}
    for of, what, change in changes:
        kind, body = sound[of]
        change(body := copy.deepcopy(body))
        kind = kind.replace("GUILD_CREATE", body.get("t", ""))
        planted[f"{kind} = {shape(body)};"] = f"{of}: {what}"
    found = published.problems([*good, *planted])
    assert not {line: why for line, why in found.items() if line in good}
    assert [what for line, what in planted.items() if line not in found] == []
