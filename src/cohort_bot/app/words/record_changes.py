"""What a member reads of the changes that moderators made in their record."""

from collections.abc import Sequence
from typing import Final

from cohort_bot.app.audit import EXCUSED, RECORDED, REMOVED
from cohort_bot.app.ports.audits import Change
from cohort_bot.app.words.statuses import streak_words
from cohort_bot.chat.message import Block, Message, Span, Strong, When, bullets, paragraph
from cohort_bot.chat.typed import shorten, typed
from cohort_bot.core.checkins import Streak
from cohort_bot.core.membership import Cohort

NAME_MOST: Final = 40
SHOWN: Final = 5

_WHAT: Final = {
    RECORDED: "recorded a check-in of yours for round {round}",
    EXCUSED: "excused you for round {round}: it counts neither for nor against you",
    REMOVED: "removed you from {cohort}; your record stays",
}


def what(cohort: Cohort, change: Change) -> str:
    """The change as one clause about what the moderator did."""
    return _WHAT[change.action].format(round=change.round, cohort=cohort.name)


def told(cohort: Cohort, change: Change, run: Streak, platform: str) -> Message:
    """Said once to the member, with the reason and what it means for the streak."""
    head = f"{shorten(change.by_name, NAME_MOST)} {what(cohort, change)}."
    blocks: list[Block] = [paragraph(Strong(head))]
    if change.words:
        blocks.append(paragraph("The reason: ", change.words))
    if change.action == REMOVED:
        blocks.append(paragraph(f"If that was a mistake, talk to them; {typed('join', platform)} brings you back."))
    else:
        blocks.append(paragraph(streak_words(run)))
        progress = typed("progress", platform)
        blocks.append(paragraph(f"{progress} keeps a list of such changes.", quiet=True))
    return Message(f"A change in your record in {cohort.name}", tuple(blocks))


def listed(cohort: Cohort, changes: Sequence[Change]) -> list[Block]:
    """The newest changes; nothing when there are none."""
    if not changes:
        return []
    return [paragraph(Strong("Changed by moderators")), bullets(_line(cohort, change) for change in changes[:SHOWN])]


def _line(cohort: Cohort, change: Change) -> tuple[Span, ...]:
    why = f" Why: {change.words}" if change.words else ""
    return (When(change.at, "day"), f": {shorten(change.by_name, NAME_MOST)} {what(cohort, change)}.{why}")
