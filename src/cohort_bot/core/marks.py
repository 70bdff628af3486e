"""Whether the marks of posts can be seen again: for which posts in common, and when that is checked.

A post whose outcome is uncertain is looked for by its mark. That it is not found means something only where marks are
seen.
"""

from typing import Final

EVERY: Final = 3600.0
"""Elapsed seconds between two checks of a place where marks were seen."""

AGAIN: Final = 600.0
"""The same where they were not, at first; doubled with each check up to EVERY."""

FRESH: Final = 60.0
"""Elapsed seconds for which a mark that was seen shows that others would be."""

_DIRECT: Final = ":direct"


def spot(platform: str, workspace: str, channel: str, *, thread: bool, direct: bool) -> str:
    """The name of all places that are looked through in the same way, with the same permission: a channel, its threads,
    or the direct conversations of a workspace.
    """
    if direct:
        return f"{platform}:{workspace}{_DIRECT}"
    return f"{platform}:{workspace}:{channel}{':threads' if thread else ''}"


def is_direct(spot: str) -> bool:
    """Whether it is all direct conversations of a workspace."""
    return spot.endswith(_DIRECT)


def is_due(checked: float | None, now: float) -> bool:
    """Whether a post that has just been sent is read back. `checked` is when one of its spot was last, None never;
    both are elapsed seconds.
    """
    return checked is None or now - checked >= EVERY


def next_wait(wait: float) -> float:
    """Seconds until a spot in which marks were not seen is checked again, when they are still not seen."""
    return min(2 * wait, EVERY)
