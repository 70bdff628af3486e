"""A check-in in the room's thread."""

from typing import Final

from cohort_bot.app.words.checkin import _ticks
from cohort_bot.app.words.counts import counted
from cohort_bot.chat.message import Block, Message, Strong, paragraph
from cohort_bot.core.answers import blocker
from cohort_bot.core.checkins import CheckIn


def shared(checkin: CheckIn, name: str) -> Message:
    """The public line of a check-in that its writer chose to share."""
    done = sum(task.done for task in checkin.tasks)
    count = f", {done} of {counted(len(checkin.tasks), 'task')}" if checkin.tasks else ""
    blocks: list[Block] = [paragraph(Strong(name), f" checked in for week {checkin.week}{count}.")]
    ticked = [task.text for task in checkin.tasks if task.done]
    if ticked:
        blocks.append(_ticks((text, True) for text in ticked))
    if checkin.done:
        blocks.append(paragraph(checkin.done))
    if checkin.share_blocker and (words := blocker(checkin.blockers)):
        blocks.append(paragraph(Strong("In the way: "), words))
    return Message(f"{name} checked in for week {checkin.week}", tuple(blocks))


def check_ins(number: int) -> Message:
    """The line in the room over the check-ins of a round that has no card."""
    head = f"Check-ins of round {number}"
    return Message(head, (paragraph(Strong(head), ": what members share of it stands in this thread."),))


TAKEN_BACK: Final = Message(
    "A check-in that was taken back", (paragraph("A check-in stood here; it was taken back.", quiet=True),)
)
"""What a shared check-in says after its writer has changed their mind."""
