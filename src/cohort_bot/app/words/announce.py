"""An announcement."""

from typing import Final

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.counts import counted
from cohort_bot.chat.message import Actions, Button, Message, paragraph
from cohort_bot.chat.typed import shorten
from cohort_bot.core.membership import Cohort


def already_announced() -> PersonError:
    """The same announcement, twice."""
    return PersonError("That has been announced already. For another one type /cohort announce again.")


POST_IT: Final = "Post it"


def announce_preview(cohort: Cohort, words: str, rooms: int, button: Button) -> Message:
    """An announcement before it is posted."""
    where = "the room" if rooms == 1 else f"all {counted(rooms, 'room')}"
    lead = paragraph(f"I would post this in {where} of {cohort.name}. Nobody is notified by name.")
    return Message(f"Announce in {cohort.name}?", (lead, *announcement(cohort, words).blocks, Actions((button,))))


def announcement(cohort: Cohort, words: str) -> Message:
    """What moderators tell the room; the words are text and nothing else."""
    return Message(shorten(words, 150), (paragraph(words), paragraph(f"From a moderator of {cohort.name}", quiet=True)))


def announced(cohort: Cohort) -> Message:
    """After an announcement."""
    return Message(f"It is on its way to {cohort.name}.")
