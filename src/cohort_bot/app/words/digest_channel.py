"""Where the moderators' weekly digest goes."""

from collections.abc import Sequence
from typing import Final

from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports.platform import Finding
from cohort_bot.app.words.findings import elsewhere, problems
from cohort_bot.chat.message import Actions, Button, Heading, Message, paragraph
from cohort_bot.core.membership import Cohort


def digest_in_room() -> PersonError:
    """The moderators' digest, where everybody would read it."""
    return PersonError("The group meets there, and the digest is for moderators only. Please name another room.")


DIGEST_THERE: Final = "Send it there"


DIGEST_DIRECTLY: Final = "Direct messages instead"


def room_preview(cohort: Cohort, channel: str, findings: Sequence[Finding], buttons: Sequence[Button]) -> Message:
    """Where the digest would go from now on."""
    head = f"Send the weekly digest of {cohort.name} to {channel}?"
    words = "It names people and what they wrote in confidence, so only moderators should read that room."
    note = paragraph("Nothing has changed yet.", quiet=True)
    offered = [each for each in buttons if each.label != DIGEST_THERE or not elsewhere(findings)]
    actions = [Actions(tuple(offered))] if offered else []
    return Message(head, (Heading(head), paragraph(words), *problems(findings), note, *actions))


def room_changed(cohort: Cohort, channel: str | None) -> Message:
    """After it was decided."""
    where = f"to {channel}" if channel else "to each moderator by direct message"
    return Message(f"From now on the weekly digest of {cohort.name} goes {where}.")
