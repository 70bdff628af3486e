"""Another try for what could not be delivered."""

from cohort_bot.chat.i18n import _, ngettext
from cohort_bot.chat.message import Message


def retried(name: str, count: int) -> Message:
    """After a moderator pressed *Try again*; `count` messages waited."""
    if not count:
        return Message(_("Nothing is waiting for {cohort}.", cohort=name))
    text = ngettext(
        "I'm trying {n} message for {cohort} again. /cohort progress shows whether it worked.",
        "I'm trying {n} messages for {cohort} again. /cohort progress shows whether it worked.",
        count,
        cohort=name,
    )
    return Message(text)
