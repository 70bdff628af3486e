"""Another try for what could not be delivered."""

from cohort_bot.app.words import counts
from cohort_bot.chat.i18n import _
from cohort_bot.chat.message import Message


def retried(name: str, count: int) -> Message:
    """After a moderator pressed *Try again*; `count` messages waited."""
    if not count:
        return Message(_("Nothing of {name} is waiting.", name=name))
    return Message(
        _(
            "Trying {messages} of {name} again. /cohort progress shows whether it worked.",
            messages=counts.messages(count),
            name=name,
        )
    )
