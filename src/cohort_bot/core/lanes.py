"""Lanes: what is brought one after the other. A channel is one, whoever meets there; so are somebody's direct messages.

A message that is looked up for so long that its lane goes on without it has a lane of its own, aside.
"""

from typing import Final

_ASIDE: Final = "#"
_PERSON: Final = "account:"
_ROOM: Final = "room:"


def of_channel(platform: str, workspace: str, channel: str) -> str:
    """The lane of a channel."""
    return f"{_ROOM}{platform}:{workspace}:{channel}"


def of_account(account_id: int) -> str:
    """The lane of somebody's direct messages."""
    return f"{_PERSON}{account_id}"


def aside(lane: str, delivery_id: int) -> str:
    """The lane of one message of a lane."""
    return f"{lane}{_ASIDE}{delivery_id}"


def is_aside(lane: str) -> bool:
    """Whether it is the lane of one message."""
    return _ASIDE in lane


def channel_of(lane: str) -> str | None:
    """The channel that the lane is the order of, None for direct messages."""
    if not lane.startswith(_ROOM):
        return None
    return lane.split(":", 3)[-1].partition(_ASIDE)[0]


def may_be_in(lane: str, platform: str, workspace: str) -> bool:
    """Whether it may lead into the workspace; of a person's lane that is not known."""
    return lane.startswith((_PERSON, of_channel(platform, workspace, "")))
