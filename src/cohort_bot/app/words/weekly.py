"""The moderators' weekly digest: what changed, and nothing that stayed as it was."""

from collections.abc import Sequence

from cohort_bot.app.queries.weekly import Week
from cohort_bot.app.words import audit
from cohort_bot.app.words.cohort_progress import BLOCKER_MOST, NAME_MOST, reasons
from cohort_bot.app.words.counts import counted
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Strong, When, bullets, paragraph
from cohort_bot.chat.typed import shorten
from cohort_bot.core.membership import Cohort, Member

SHOWN = 8
"""Lines of each part; more are counted."""


def digest(cohort: Cohort, week: Week, platform: str, workspace: str) -> Message:
    """One line when all is well, else each change with what can be done about it. It is read on `platform`, in
    `workspace` or, where accounts are global, in none.
    """
    number, turnout = week.turnout.round, week.turnout
    head = f"{cohort.name}, round {number}: {turnout.made} of {turnout.of} checked in"
    before = f" The round before it was {week.before.made} of {week.before.of}." if week.before else ""
    see = Actions((Button("See the cohort", "cohort.progress", {"id": str(cohort.id)}),))
    blocks: list[Block] = [Heading(head)]
    well = " Nobody needs you this week." if week.quiet else ""
    blocks.append(paragraph((before + well).strip() or "The first round is done."))
    if week.newly:
        blocks.append(paragraph(Strong("New: who needs a person")))
        blocks.append(bullets(reasons(each) for each in week.newly[:SHOWN]))
        blocks += _more(len(week.newly))
    if week.still:
        need = counted(week.still, "person still needs", "people still need")
        blocks.append(paragraph(f"As last week, {need} a message from somebody."))
    if week.overdue:
        blocks.append(paragraph(Strong("You wanted to look again at")))
        blocks.append(
            bullets(
                (
                    Strong(member.name),
                    f": {shorten(entry.by_name, NAME_MOST)} wrote ",
                    When(entry.at, "day"),
                    f", {entry.outcome.value}.",
                )
                for member, entry in week.overdue[:SHOWN]
            )
        )
        blocks += _more(len(week.overdue))
    if week.blockers:
        blocks.append(paragraph(Strong("New blockers")))
        blocks.append(
            bullets(
                (Strong(each.member.name), f": {shorten(each.blocker[1], BLOCKER_MOST)}")
                for each in week.blockers[:SHOWN]
                if each.blocker
            )
        )
        blocks += _more(len(week.blockers))
    if week.parked:
        blocks.append(
            paragraph(
                f"{counted(week.parked, 'message')} could not be delivered; the cohort's card says why and what helps."
            )
        )
    blocks += _news(week)
    blocks += audit.listed(week.changes, week.names, platform, workspace)
    return Message(head, (*blocks, see))


def _news(week: Week) -> list[Block]:
    lines = [
        f"{words}: {_names(who)}."
        for words, who in (
            ("Back on their feet", week.recovered),
            ("New in the group", week.joined),
            ("Left", week.left),
        )
        if who
    ]
    if week.written:
        lines.append(f"{counted(week.written, 'outreach was', 'outreaches were')} noted this week.")
    return [paragraph(line) for line in lines]


def _names(members: Sequence[Member]) -> str:
    shown = [member.name for member in members[:SHOWN]]
    more = f" and {len(members) - SHOWN} more" if len(members) > SHOWN else ""
    return ", ".join(shown) + more


def _more(count: int) -> list[Block]:
    return [paragraph(f"And {count - SHOWN} more.", quiet=True)] if count > SHOWN else []
