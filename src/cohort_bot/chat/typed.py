"""Commands and values as they are written in a sentence."""

from cohort_bot.chat.characters import cut
from cohort_bot.chat.traits import traits_of


def typed(command: str, platform: str) -> str:
    """A command as people type it on the platform: where commands are grouped, all but `/checkin` follow `/cohort`."""
    bare = not traits_of(platform).grouped or command == "checkin" or command.startswith("cohort ")
    return f"/{command}" if bare else f"/cohort {command}"


def shorten(value: str, most: int = 60) -> str:
    """The value on one line and not longer than `most` characters, for repeating it in an answer."""
    line = " ".join(value.split())
    return cut(line, most)
