"""Lanes: messages that are delivered in order.

A channel is one, even if several cohorts share it; so are a person's direct messages. A message whose look-up takes so
long that its lane continues without it has a lane of its own, aside.
"""

from typing import Final

_ASIDE: Final = "#"
_PERSON: Final = "account:"
_ROOM: Final = "room:"


def of_channel(platform: str, workspace: str, channel: str) -> str:
    """The lane of a channel."""
    return f"{_ROOM}{platform}:{workspace}:{channel}"


def of_account(account_id: int) -> str:
    """The lane of a person's direct messages."""
    return f"{_PERSON}{account_id}"


def aside(lane: str, delivery_id: int) -> str:
    """A lane for a single message of a lane."""
    return f"{lane}{_ASIDE}{delivery_id}"


def is_aside(lane: str) -> bool:
    """Whether it is the lane of a single message."""
    return _ASIDE in lane


def channel_of(lane: str) -> str | None:
    """The lane's channel, None for direct messages."""
    if not lane.startswith(_ROOM):
        return None
    return lane.split(":", 3)[-1].partition(_ASIDE)[0]


def may_be_in(lane: str, platform: str, workspace: str) -> bool:
    """Whether the lane may belong to the workspace; for a person's lane that is not known, so True."""
    return lane.startswith((_PERSON, of_channel(platform, workspace, "")))
