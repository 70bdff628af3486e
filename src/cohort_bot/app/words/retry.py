"""Another try for what could not be delivered."""

from cohort_bot.chat.i18n import _, ngettext
from cohort_bot.chat.message import Message


def retried(name: str, count: int) -> Message:
    """After a moderator pressed *Try again*; `count` messages waited."""
    if not count:
        return Message(_("Nothing of {cohort} is waiting.", cohort=name))
    text = ngettext(
        "Trying {n} message of {cohort} again. /cohort progress shows whether it worked.",
        "Trying {n} messages of {cohort} again. /cohort progress shows whether it worked.",
        count,
        cohort=name,
    )
    return Message(text)
