"""What platforms send: payloads of the documented shape with anything in them, and payloads of any other shape."""

import copy
import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

HOW_MANY = int(os.environ.get("FUZZ", "1500"))
"""Inputs in all tests together; `make fuzz` sets 100,000."""


def share(percent: int) -> settings:
    """A test's part of the inputs."""
    phases = (Phase.explicit, Phase.generate, Phase.shrink)
    number = max(50, HOW_MANY * percent // 100)
    return settings(
        max_examples=number, phases=phases, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )


TEXTS = st.sampled_from(
    [
        "",
        " ",
        "\x00",
        "\ud800",
        "\u202e",
        "0",
        "-1",
        "9" * 5000,
        "1.5",
        "٣",
        "²",
        "{}",
        "[[]]",
        '{"a":',
        '{"round": []}',
        "[" * 3000,
        "x|y=z|~",
        "checkin|round=",
        "<@1> <@&2>",
        "x" * 5000,
    ]
) | st.text(max_size=20)
NUMBERS = st.sampled_from([0, -1, 2**31, 2**63, 2**200]) | st.integers()
ODD: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | NUMBERS
    | st.sampled_from([float("nan"), float("inf"), 1e300, 0.5])
    | TEXTS
    | st.sampled_from([[], {}, [[]], [None], {"": None}, {"id": []}, [{"type": 1}], {"value": {"value": 1}}])
)
"""A value that was not expected: drawn in one or two steps, since trees of values cost most of the time."""

TREES = st.recursive(
    ODD,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
ANYTHING = st.one_of(ODD, ODD, ODD, TREES)
OBJECTS = st.dictionaries(st.sampled_from(["type", "name", "user", "view", "options"]) | st.text(max_size=8), ANYTHING)

COMMAND: dict[str, Any] = {
    "name": "cohort",
    "options": [
        {
            "name": "create",
            "type": 1,
            "options": [
                {"name": "name", "type": 3, "value": "AI", "focused": True},
                {"name": "moderators", "type": 3, "value": "<@1>"},
                {"name": "round", "type": 4, "value": 3},
                {"name": "quiet", "type": 5, "value": True},
                {"name": "member", "type": 6, "value": "12"},
            ],
        }
    ],
}
PRESSED: dict[str, Any] = {"custom_id": "checkin|round=3", "component_type": 2}
MODAL: dict[str, Any] = {
    "custom_id": "checkin.save|round=3|~=checkin",
    "components": [
        {"type": 18, "component": {"type": 4, "custom_id": "done", "value": "x"}},
        {"type": 18, "component": {"type": 3, "custom_id": "tasks", "values": ["1"]}},
        {"type": 18, "component": {"type": 21, "custom_id": "pace", "value": "week-1"}},
    ],
}
SLASH: dict[str, Any] = {
    "command": "/cohort",
    "text": 'create name:"AI 2027"',
    "team_id": "T1",
    "user_id": "U1",
    "channel_id": "C1",
}
BLOCK: dict[str, Any] = {
    "type": "block_actions",
    "user": {"id": "U1", "name": "m", "team_id": "T1"},
    "team": {"id": "T1"},
    "channel": {"id": "C1", "name": "general"},
    "container": {"channel_id": "C1", "thread_ts": "1.2"},
    "message": {"thread_ts": "1.2"},
    "actions": [{"type": "button", "action_id": "checkin", "value": '{"round": "3"}'}],
}
VIEW: dict[str, Any] = {
    "type": "view_submission",
    "user": {"id": "U1"},
    "team": {"id": "T1"},
    "view": {
        "private_metadata": '{"action": "checkin.save", "args": {"round": "3"}}',
        "state": {
            "values": {
                "tasks": {"x": {"type": "checkboxes", "selected_options": [{"value": "1"}]}},
                "pace": {"x": {"type": "radio_buttons", "selected_option": {"value": "cohort"}}},
                "done": {"x": {"type": "plain_text_input", "value": "y"}},
            }
        },
    },
}
EVENT: dict[str, Any] = {
    "type": "event_callback",
    "event_id": "E1",
    "team_id": "T1",
    "event": {"type": "app_home_opened", "user": "U1"},
}
WRITTEN: dict[str, Any] = {
    "type": "event_callback",
    "event_id": "E2",
    "team_id": "T1",
    "event": {
        "type": "message",
        "subtype": "message_changed",
        "channel": "D1",
        "channel_type": "im",
        "message": {"user": "U1", "ts": "2.0", "thread_ts": "1.0", "text": "<https://x.org|x> &lt;", "files": [{}]},
        "previous_message": {"text": "before"},
    },
}
ON_SLACK = (SLASH, BLOCK, VIEW, EVENT, WRITTEN)

SHAPE = frozenset({"type", "component_type"})
"""Keys whose values say what a thing is: they are part of the documented shape."""


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a payload."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += places(inner, (*path, key))
    return found


@st.composite
def spoilt(draw: st.DrawFn, *payloads: dict[str, Any]) -> dict[str, Any]:
    """A payload as the platform sends it, with up to three places changed or taken out."""
    payload: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(payloads)))
    for _ in range(draw(st.integers(0, 3))):
        *way, last = draw(st.sampled_from(places(payload) or [("name",)]))
        inner: Any = payload
        for key in way:
            inner = inner[key]
        if draw(st.booleans()):
            inner[last] = copy.deepcopy(draw(ANYTHING))  # what is drawn is shared between examples
        elif isinstance(inner, dict):
            inner.pop(last, None)
    return payload


@st.composite
def filled(draw: st.DrawFn, payload: dict[str, Any]) -> dict[str, Any]:
    """A payload of exactly this shape with anything in up to four of its leaves."""
    found = copy.deepcopy(payload)
    leaves = [path for path in places(found) if path[-1] not in SHAPE and not isinstance(_at(found, path), dict | list)]
    for _ in range(draw(st.integers(1, 4))):
        *way, last = draw(st.sampled_from(leaves))
        inner = _at(found, way)
        kind = type(inner[last])
        inner[last] = draw(st.booleans() if kind is bool else NUMBERS if kind is int else TEXTS)
    return found


def _at(value: Any, path: Any) -> Any:
    for key in path:
        value = value[key]
    return value
