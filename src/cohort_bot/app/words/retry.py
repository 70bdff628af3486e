"""Another try for what could not be delivered."""

from cohort_bot.app.words.counts import counted
from cohort_bot.chat.message import Message


def retried(name: str, count: int) -> Message:
    """After a moderator pressed *Try again*; `count` messages waited."""
    if not count:
        return Message(f"Nothing of {name} is waiting.")
    return Message(f"Trying {counted(count, 'message')} of {name} again. /cohort progress shows whether it worked.")
