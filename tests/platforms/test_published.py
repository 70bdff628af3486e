"""What the fakes send is held against what Discord and Slack publish: here, that this finds what is wrong.

The shapes themselves come from all tests, and are looked at when these have ended (tests/conftest.py).
"""

import copy
from collections.abc import Callable
from typing import Any

from tests.fakes import published
from tests.fakes.discord_server import DiscordServer
from tests.fakes.published import shape
from tests.node_packages import needs

pytestmark = [needs("typescript"), needs("discord-api-spec"), needs("discord-api-types")]

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
