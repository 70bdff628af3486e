"""The moderators' weekly digest: what changed, and nothing that stayed as it was."""

from collections.abc import Sequence

from cohort_bot.app.queries.weekly import Week
from cohort_bot.app.words import audit, counts
from cohort_bot.app.words.cohort_progress import BLOCKER_MOST, NAME_MOST, reasons
from cohort_bot.app.words.counts import counted
from cohort_bot.chat.i18n import _
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
    head = _(
        "{cohort}, round {number}: {made} of {of} checked in",
        cohort=cohort.name,
        number=number,
        made=turnout.made,
        of=turnout.of,
    )
    before = (
        _(" The round before it was {made} of {of}.", made=week.before.made, of=week.before.of) if week.before else ""
    )
    see = Actions((Button(_("See the cohort"), "cohort.progress", {"id": str(cohort.id)}),))
    blocks: list[Block] = [Heading(head)]
    well = _(" Nobody needs you this week.") if week.quiet else ""
    blocks.append(paragraph((before + well).strip() or _("The first round is done.")))
    if week.newly:
        blocks.append(paragraph(Strong(_("New: who needs a person"))))
        blocks.append(bullets(reasons(each) for each in week.newly[:SHOWN]))
        blocks += _more(len(week.newly))
    if week.still:
        need = counted(week.still, _("person still needs"), _("people still need"))
        blocks.append(paragraph(_("As last week, {need} a message from somebody.", need=need)))
    if week.overdue:
        blocks.append(paragraph(Strong(_("You wanted to look again at"))))
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
                _(
                    "{messages} could not be delivered; the cohort's card says why and what helps.",
                    messages=counts.messages(week.parked),
                )
            )
        )
    blocks += _news(week)
    blocks += audit.listed(week.changes, week.names, platform, workspace)
    return Message(head, (*blocks, see))


def _news(week: Week) -> list[Block]:
    lines = [
        f"{words}: {_names(who)}."
        for words, who in (
            (_("Back on their feet"), week.recovered),
            (_("New in the group"), week.joined),
            ("Left", week.left),
        )
        if who
    ]
    if week.written:
        lines.append(_("{count} noted this week.", count=counted(week.written, "outreach was", "outreaches were")))
    return [paragraph(line) for line in lines]


def _names(members: Sequence[Member]) -> str:
    shown = [member.name for member in members[:SHOWN]]
    more = _(" and {value} more", value=len(members) - SHOWN) if len(members) > SHOWN else ""
    return ", ".join(shown) + more


def _more(count: int) -> list[Block]:
    return [paragraph(_("And {value} more.", value=count - SHOWN), quiet=True)] if count > SHOWN else []
