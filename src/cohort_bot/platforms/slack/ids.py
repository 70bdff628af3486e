"""The data in a button and a view: everything that a click needs even a year later. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from cohort_bot.platforms.common.errors import CannotRender
from cohort_bot.platforms.slack import limits

SEPARATOR: Final = "#"
"""Between an action and a number in an action_id: the ids of one block must differ."""


@dataclass(frozen=True, slots=True)
class State:
    """The data in a view: the action that its submission runs, its arguments, and where it was opened.

    With `command` the fields are the options of a command that was typed without them. `home`: it began on the person's
    home tab, which shows what it changes.
    """

    action: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    channel: str | None = None
    thread: str | None = None
    direct: bool = False
    command: bool = False
    home: bool = False


def arguments(args: Mapping[str, str]) -> str:
    """A button's arguments as its value. Raises CannotRender."""
    value = json.dumps(dict(args), ensure_ascii=False, separators=(",", ":"))
    if len(value) > limits.VALUE:
        raise CannotRender(f"a button carries {len(value)} characters, Slack takes {limits.VALUE}")
    return value


def dumps(state: State) -> str:
    """The state as private_metadata. Raises CannotRender."""
    body: dict[str, Any] = {"action": state.action, "args": dict(state.args)}
    for name in ("channel", "thread", "direct", "command", "home"):
        if value := getattr(state, name):
            body[name] = value
    encoded = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    if len(encoded) > limits.METADATA:
        raise CannotRender(f"a form carries {len(encoded)} characters, Slack takes {limits.METADATA}")
    return encoded


@lru_cache(maxsize=64)  # several look into the same request
def loads(said: str) -> State:
    """The state of a view. Raises ValueError for anything that `dumps` did not make."""
    try:
        body = json.loads(said or "{}")
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(body, dict) or not isinstance(body.get("args", {}), dict):
        raise ValueError("not the state of a view")  # noqa: TRY004 - it is the text that is wrong
    return State(
        str(body.get("action", "")),
        {str(key): str(value) for key, value in body.get("args", {}).items()},
        body.get("channel"),
        body.get("thread"),
        bool(body.get("direct")),
        bool(body.get("command")),
        bool(body.get("home")),
    )
