"""Commands and values as they are written in a sentence."""

from cohort_bot.chat.characters import cut


def typed(command: str, platform: str) -> str:
    """A command as people type it on the platform: on Slack all but `/checkin` begin with `/cohort`.

    Slack keeps names such as `/join` and `/leave` for itself.
    """
    bare = platform != "slack" or command == "checkin" or command.startswith("cohort ")
    return f"/{command}" if bare else f"/cohort {command}"


def shorten(value: str, most: int = 60) -> str:
    """The value on one line and not longer than `most` characters, for repeating it in an answer."""
    line = " ".join(value.split())
    return cut(line, most)
