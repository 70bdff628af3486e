"""What a member reads of the changes that moderators made in their record."""

from collections.abc import Sequence
from typing import Final

from cohort_bot.app.ports.audits import EXCUSED, GROUPED, RECORDED, REMOVED, RESTORED, Change
from cohort_bot.app.words.statuses import streak_words
from cohort_bot.chat.i18n import N_, _, spans
from cohort_bot.chat.message import Block, Message, Span, Strong, When, bullets, paragraph
from cohort_bot.chat.typed import shorten, typed
from cohort_bot.core.checkins import Streak
from cohort_bot.core.membership import Cohort

NAME_MOST: Final = 40
SHOWN: Final = 5

_SENTENCES: Final = {
    RECORDED: N_("{moderator} recorded a check-in for you for round {round}."),
    EXCUSED: N_("{moderator} excused you for round {round}: it counts neither for nor against you."),
    REMOVED: N_("{moderator} removed you from {cohort}; your record stays."),
    GROUPED: N_("{moderator} moved you to another small group in {cohort}."),
    RESTORED: N_("{moderator} undid your removal from {cohort}: you're back in it, and nothing has changed."),
}
_CLAUSES: Final = {
    RECORDED: N_("recorded a check-in for you for round {round}"),
    EXCUSED: N_("excused you for round {round}: it counts neither for nor against you"),
    REMOVED: N_("removed you from {cohort}; your record stays"),
    GROUPED: N_("moved you to another small group in {cohort}"),
    RESTORED: N_("undid your removal from {cohort}: you're back in it, and nothing has changed"),
}


def what(cohort: Cohort, change: Change) -> str:
    """The change as one clause about what the moderator did, for the data that stands beside their name."""
    return _(_CLAUSES[change.action], round=change.round or 0, cohort=cohort.name)


def _sentence(cohort: Cohort, change: Change) -> str:
    moderator = shorten(change.by_name, NAME_MOST)
    return _(_SENTENCES[change.action], moderator=moderator, round=change.round or 0, cohort=cohort.name)


def told(cohort: Cohort, change: Change, run: Streak, platform: str) -> Message:
    """Sent once to the member, with the reason and what it means for the streak."""
    blocks: list[Block] = [paragraph(Strong(_sentence(cohort, change)))]
    if change.words:
        blocks.append(paragraph(_("The reason: {reason}", reason=change.words)))
    if change.action == REMOVED:
        join = typed("join", platform)
        blocks.append(paragraph(_("If that was a mistake, talk to them; {join} brings you back.", join=join)))
    else:
        if change.action != GROUPED:
            blocks.append(paragraph(streak_words(run)))
        progress = typed("progress", platform)
        blocks.append(paragraph(_("{progress} lists changes like this one.", progress=progress), quiet=True))
    return Message(_("A change to your record in {cohort}", cohort=cohort.name), tuple(blocks))


def listed(cohort: Cohort, changes: Sequence[Change]) -> list[Block]:
    """The newest changes; nothing when there are none."""
    if not changes:
        return []
    lines = bullets(_line(cohort, change) for change in changes[:SHOWN])
    return [paragraph(Strong(_("Changed by moderators"))), lines]


def _line(cohort: Cohort, change: Change) -> tuple[Span, ...]:
    day, sentence = When(change.at, "day"), _sentence(cohort, change)
    if change.words:
        return spans("{day}: {change} Why: {reason}", day=day, change=sentence, reason=change.words)
    return spans("{day}: {change}", day=day, change=sentence)
