"""What came of writing to people: the question a week later, and what was counted."""

from collections.abc import Mapping, Sequence
from typing import Final

from cohort_bot.app.errors import PersonError
from cohort_bot.app.ports.outreach import Outreach, OutreachResult
from cohort_bot.app.queries.outcomes import Counts, Soon
from cohort_bot.app.words.cohort_progress import outcome
from cohort_bot.chat.i18n import N_, _, ngettext, spans
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Strong, When, bullets, paragraph, text
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.outreach_order import Why

ASKED_MOST: Final = 5
"""So many people one question is about: each has a row of buttons."""

BUTTONS: Final[Mapping[OutreachResult, str]] = {
    OutreachResult.ANSWERED: N_("They answered"),
    OutreachResult.BACK: N_("Coming back"),
    OutreachResult.BREAK: N_("Taking a break"),
    OutreachResult.LEAVING: N_("Leaving"),
    OutreachResult.SILENT: N_("No answer"),
}


def question(cohort: Cohort, written: Sequence[tuple[Member, Outreach]]) -> Message:
    head = _("You wrote to people in {cohort}: what came of it?", cohort=cohort.name)
    blocks: list[Block] = [Heading(head)]
    for member, entry in written[:ASKED_MOST]:
        args = {"id": str(cohort.id), "entry": str(entry.id)}
        blocks.append(
            paragraph(*spans("{member}, written to on {day}", member=Strong(member.name), day=When(entry.at, "day")))
        )
        blocks.append(
            Actions(
                tuple(
                    Button(_(label), "cohort.outreach.came", {**args, "to": result.name.lower()})
                    for result, label in BUTTONS.items()
                )
            )
        )
    blocks.append(
        paragraph(_("One tap each, for the moderators of this cohort alone. You can change it later."), quiet=True)
    )
    return Message(head, tuple(blocks))


def noted(member: Member, result: OutreachResult) -> Message:
    return text(_("Noted for {member}: {outcome}.", member=member.name, outcome=outcome(result)))


def unknown() -> PersonError:
    return PersonError(_("I no longer know that message. /cohort progress shows what was written to each member."))


_REASONS: Final[Mapping[Why, str]] = {
    Why.STUCK: N_("Stuck"),
    Why.NEWCOMER: N_("New, and missed a round"),
    Why.LATELY: N_("Missed two or three rounds"),
    Why.PATCHY: N_("Come and go"),
    Why.FIRST: N_("Missed one round"),
    Why.SILENT: N_("Silent for longer"),
    Why.GONE: N_("Long gone"),
}
_SOON: Final[Mapping[Soon, str]] = {
    Soon.WEEK: N_("Written to within a week of their last check-in"),
    Soon.MONTH: N_("Within four weeks"),
    Soon.LATER: N_("Later than that"),
}


def results(cohort: Cohort, by_reason: Mapping[Why, Counts], by_soon: Mapping[Soon, Counts]) -> Message:
    head = _("What came of writing to people in {cohort}", cohort=cohort.name)
    if not by_reason:
        return Message(head, (Heading(head), paragraph(_("Nothing has been written yet."))))
    blocks = (
        Heading(head),
        paragraph(Strong(_("By reason"))),
        bullets((Strong(_(_REASONS[why])), f": {_counted(by_reason[why])}") for why in Why if why in by_reason),
        paragraph(Strong(_("By how soon you wrote"))),
        bullets((Strong(_(_SOON[soon])), f": {_counted(by_soon[soon])}") for soon in Soon if soon in by_soon),
        paragraph(_("Small numbers say little. Only the moderators of this cohort see this."), quiet=True),
    )
    return Message(head, blocks)


def _counted(counts: Counts) -> str:
    written = ngettext("{n} message", "{n} messages", counts.written)
    answered = ngettext("{n} answered", "{n} answered", counts.answered)
    back = ngettext("{n} coming back", "{n} coming back", counts.back)
    return f"{written}, {answered}, {back}"
