"""A check-in in the room's thread."""

from cohort_bot.app.words.checkin import ticks
from cohort_bot.chat.i18n import _, nspans, spans
from cohort_bot.chat.message import Block, Message, Strong, paragraph
from cohort_bot.core.answers import blocker
from cohort_bot.core.checkins import CheckIn


def shared(checkin: CheckIn, name: str) -> Message:
    """The public line of a check-in that its writer chose to share."""
    done = sum(task.done for task in checkin.tasks)
    who, week = Strong(name), checkin.week
    if checkin.tasks:
        head = nspans(
            "{member} checked in for week {week}, {done} of {n} task.",
            "{member} checked in for week {week}, {done} of {n} tasks.",
            len(checkin.tasks),
            member=who,
            week=week,
            done=done,
        )
    else:
        head = spans("{member} checked in for week {week}.", member=who, week=week)
    blocks: list[Block] = [paragraph(*head)]
    ticked = [task.text for task in checkin.tasks if task.done]
    if ticked:
        blocks.append(ticks((text, True) for text in ticked))
    if checkin.done:
        blocks.append(paragraph(checkin.done))
    if checkin.share_blocker and (words := blocker(checkin.blockers)):
        blocks.append(paragraph(Strong(_("Blocker:")), f" {words}"))
    return Message(_("{member} checked in for week {week}", member=name, week=week), tuple(blocks))


def check_ins(number: int) -> Message:
    """The line in the room over the check-ins of a round that has no card."""
    head = _("Check-ins of round {round}", round=number)
    words = spans("{head}: what members share is in this thread.", head=Strong(head))
    return Message(head, (paragraph(*words),))


def taken_back() -> Message:
    """What a shared check-in says after its writer has changed their mind."""
    words = paragraph(_("There was a check-in here; it's no longer shared."), quiet=True)
    return Message(_("A check-in that's no longer shared"), (words,))
