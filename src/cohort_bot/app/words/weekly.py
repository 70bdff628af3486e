"""The moderators' weekly digest: what changed, and nothing that stayed as it was."""

from collections.abc import Sequence

from cohort_bot.app.ports.outreach import Outreach
from cohort_bot.app.queries.weekly import Week
from cohort_bot.app.words import audit
from cohort_bot.app.words.cohort_progress import BLOCKER_MOST, NAME_MOST, outcome, reasons
from cohort_bot.chat.i18n import N_, _, ngettext, spans
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Span, Strong, When, bullets, paragraph
from cohort_bot.chat.typed import shorten
from cohort_bot.core.membership import Cohort, Member

SHOWN = 8
"""Lines of each part; more are counted."""


def digest(cohort: Cohort, week: Week, platform: str, workspace: str) -> Message:
    """One line when all is well, else each change with what can be done about it. It is read on `platform`, in
    `workspace` or, where accounts are global, in none.
    """
    number, turnout = week.turnout.round, week.turnout
    head = _(
        "{cohort}, round {round}: {made} of {all} checked in",
        cohort=cohort.name,
        round=number,
        made=turnout.made,
        all=turnout.of,
    )
    see = Actions((Button(_("See the cohort"), "cohort.progress", {"id": str(cohort.id)}),))
    news = []
    if week.before:
        news.append(_("The round before it was {made} of {all}.", made=week.before.made, all=week.before.of))
    if week.quiet:
        news.append(_("Nobody needs you this week."))
    blocks: list[Block] = [Heading(head), paragraph(" ".join(news) or _("The first round is done."))]
    if week.newly:
        blocks.append(paragraph(Strong(_("New: who needs a person"))))
        blocks.append(bullets(reasons(each) for each in week.newly[:SHOWN]))
        blocks += _more(len(week.newly))
    if week.still:
        blocks.append(paragraph(_("Still waiting for a message: {names}.", names=_names(week.still))))
    if week.overdue:
        blocks.append(paragraph(Strong(_("You planned to follow up with"))))
        blocks.append(bullets(_overdue(member, entry) for member, entry in week.overdue[:SHOWN]))
        blocks += _more(len(week.overdue))
    if week.blockers:
        blocks.append(paragraph(Strong(_("New blockers"))))
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
                ngettext(
                    "{n} message could not be delivered; the cohort's card says why and what helps.",
                    "{n} messages could not be delivered; the cohort's card says why and what helps.",
                    week.parked,
                )
            )
        )
    blocks += _news(week)
    blocks += audit.listed(week.changes, week.names, platform, workspace)
    return Message(head, (*blocks, see))


def _overdue(member: Member, entry: Outreach) -> tuple[Span, ...]:
    return spans(
        "{member}: {moderator} wrote {day}, {outcome}.",
        member=Strong(member.name),
        moderator=shorten(entry.by_name, NAME_MOST),
        day=When(entry.at, "day"),
        outcome=outcome(entry.outcome),
    )


def _news(week: Week) -> list[Block]:
    lines = [
        _(message, names=_names(who))
        for message, who in (
            (N_("Back on their feet: {names}."), week.recovered),
            (N_("New in the group: {names}."), week.joined),
            (N_("Left: {names}."), week.left),
        )
        if who
    ]
    if week.written:
        lines.append(
            ngettext("{n} outreach was noted this week.", "{n} outreaches were noted this week.", week.written)
        )
    return [paragraph(line) for line in lines]


def _names(members: Sequence[Member]) -> str:
    shown = ", ".join(member.name for member in members[:SHOWN])
    if (more := len(members) - SHOWN) > 0:
        return ngettext("{names} and {n} more", "{names} and {n} more", more, names=shown)
    return shown


def _more(count: int) -> list[Block]:
    more = count - SHOWN
    return [paragraph(ngettext("And {n} more.", "And {n} more.", more), quiet=True)] if more > 0 else []
