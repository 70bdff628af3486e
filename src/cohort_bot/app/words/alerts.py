"""What moderators are shown: the preview of a cohort, its state, what does not arrive."""

from collections.abc import Mapping
from typing import Final

from cohort_bot.app.ports.platform import Reason
from cohort_bot.chat.message import (
    Actions,
    Button,
    Message,
    Strong,
    paragraph,
)
from cohort_bot.core.membership import Cohort


def alert(cohort: Cohort, reason: str, cure: str) -> Message:
    """Told to a moderator once when something cannot be delivered."""
    retry = Button("Try again", "cohort.retry", {"id": str(cohort.id)})
    head = f"I cannot post for {cohort.name}: {reason}"
    return Message(head, (paragraph(Strong(head + ".")), paragraph(cure), Actions((retry,))))


AWAY: Final = "my access was taken away"
"""The reason of what waits for the bot to be let in again."""

CURES: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.ROOM_GONE: ("the room is gone", "Give the cohort another room with /cohort edit, then press Try again."),
    Reason.NOT_ALLOWED: ("I may not post there", "Let me see the room and post in it, then press Try again."),
    Reason.DIRECT_CLOSED: ("their direct messages are closed", "They can open them in their privacy settings."),
    Reason.PERSON_GONE: ("the person is no longer here", "Nothing to do; they come back with their record."),
    Reason.REVOKED: (AWAY, "Install me again; what is waiting then goes out by itself."),
    Reason.INVALID: ("the platform refused the message", "Tell whoever runs me; the log has the details."),
}
"""Reason -> (what happened, what cures it)."""

MARKS_WITHHELD: Final = (
    "I see a post of mine there and cannot tell which one it is, so I am not posting it a second time. Please look "
    "whether it is there. If this keeps happening, tell whoever runs me."
)
"""The cure where a platform does not show the marks by which posts are found again."""

OTHER_CURE: Final = "Press Try again. If that does not help, tell whoever runs me: the log has the details."


def then_again(cure: str) -> str:
    """A cure that the platform named, and what to do after it."""
    return f"{cure} Then press Try again."
