"""The moderators' weekly digest: what changed, and nothing that stayed as it was."""

from collections.abc import Collection, Iterator, Sequence

from cohort_bot.app.ports.outreach import Outreach
from cohort_bot.app.queries.quiet import QuietGroup
from cohort_bot.app.queries.weekly import Week
from cohort_bot.app.words import audit
from cohort_bot.app.words.board import board_button
from cohort_bot.app.words.cohort_progress import BLOCKER_MOST, NAME_MOST, outcome, reasons, write_button
from cohort_bot.app.words.lists import listed, some
from cohort_bot.app.words.platforms import titled
from cohort_bot.chat.i18n import N_, _, ngettext, spans
from cohort_bot.chat.message import (
    Actions,
    Block,
    Button,
    Heading,
    Message,
    Section,
    Span,
    Strong,
    Tag,
    When,
    bullets,
    paragraph,
)
from cohort_bot.chat.typed import shorten
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Cohort, Member, Room

SHOWN = 8
"""Lines of each part; more are counted."""

SHOWN_NEW, SHOWN_OVERDUE, SHOWN_STILL = 5, 3, 5
"""Those who have a button: on a line of its own it takes three of Discord's forty components, in a row one."""


def digest(cohort: Cohort, week: Week, platform: str, workspace: str, *, board: bool) -> Message:
    """One line when all is well, else each change with what can be done about it. It is read on `platform`, in
    `workspace` or, where accounts are global, in none. With a `board` there is a button to it.
    """
    number, turnout = week.turnout.round, week.turnout
    head = _(
        "{cohort}, round {round}: {made} of {all} checked in",
        cohort=cohort.name,
        round=number,
        made=turnout.made,
        all=turnout.of,
    )
    see = [Button(_("See the cohort"), "cohort.progress", {"id": str(cohort.id)})]
    if Feature.OUTREACH in cohort.features and (week.newly or week.still):
        see.append(Button(_("Write to them one by one"), "cohort.outreach", {"id": str(cohort.id)}))
    if board:
        see.append(board_button(cohort))
    news = []
    if week.before:
        news.append(_("The round before, it was {made} of {all}.", made=week.before.made, all=week.before.of))
    if week.quiet:
        news.append(_("Nobody needs you this week."))
    blocks: list[Block] = [Heading(head), paragraph(" ".join(news) or _("The first round is done."))]
    shown = {*(each.member.id for each in week.newly[:SHOWN_NEW]), *(each.id for each in week.still[:SHOWN_STILL])}
    if week.newly:
        blocks.append(paragraph(Strong(_("New: who needs someone"))))
        blocks += [Section(reasons(each), write_button(cohort, each.member)) for each in week.newly[:SHOWN_NEW]]
        blocks += _more(len(week.newly), SHOWN_NEW)
    if week.still:
        blocks.append(paragraph(_("Still waiting for a message: {names}.", names=_names(week.still))))
        blocks.append(Actions(tuple(write_button(cohort, member) for member in week.still[:SHOWN_STILL])))
    if week.overdue:
        blocks.append(paragraph(Strong(_("You planned to follow up with"))))
        blocks += _overdue(cohort, week.overdue[:SHOWN_OVERDUE], shown)
        blocks += _more(len(week.overdue), SHOWN_OVERDUE)
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
                    "{n} message couldn't be delivered; See the cohort says why and what to do.",
                    "{n} messages couldn't be delivered; See the cohort says why and what to do.",
                    week.parked,
                )
            )
        )
    blocks += [_gone_quiet(room, platform, workspace) for room in week.silent]
    blocks += [_group_gone_quiet(each) for each in week.silent_groups[:SHOWN]]
    blocks += _more(len(week.silent_groups))
    blocks += _news(week)
    blocks += audit.listed(week.changes, week.names, platform, workspace)
    return Message(head, (*blocks, Actions(tuple(see))))


def _gone_quiet(room: Room, platform: str, workspace: str) -> Block:
    """Said once, with one suggestion; what the bot cannot see is said, too."""
    here = room.platform == platform and workspace in {"", room.workspace}
    where: Span = Tag("channel", room.channel) if here else _("the room on {platform}", platform=titled(room.platform))
    return paragraph(
        *spans(
            "Nobody has shared a check-in in {room} for two rounds; other messages there I can't see. A question that "
            "takes one line to answer often helps, such as “What was harder than you thought?”",
            room=where,
        )
    )


def _group_gone_quiet(group: QuietGroup) -> Block:
    """Said once, too, with one suggestion."""
    names = listed(group.names)
    if group.unseen:
        return paragraph(
            _(
                "I can't see whether anybody still writes in the small group of {names}: their conversation is gone, "
                "or I may not look into it. Ask one of them how it's going.",
                names=names,
            )
        )
    return paragraph(
        _(
            "Nobody has written in the small group of {names} for two rounds. Ask one of them to put a question to the "
            "others that takes one line to answer.",
            names=names,
        )
    )


def _overdue(cohort: Cohort, overdue: Sequence[tuple[Member, Outreach]], shown: Collection[int]) -> Iterator[Block]:
    """One line each; who is `shown` has a button above."""
    for member, entry in overdue:
        line = _planned(member, entry)
        yield bullets([line]) if member.id in shown else Section(line, write_button(cohort, member))


def _planned(member: Member, entry: Outreach) -> tuple[Span, ...]:
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
            (N_("Back on track: {names}."), week.recovered),
            (N_("New in the group: {names}."), week.joined),
            (N_("Left: {names}."), week.left),
        )
        if who
    ]
    if week.written:
        lines.append(
            ngettext(
                "Moderators wrote to somebody {n} time this week.",
                "Moderators wrote to somebody {n} times this week.",
                week.written,
            )
        )
    return [paragraph(line) for line in lines]


def _names(members: Sequence[Member]) -> str:
    return some([member.name for member in members], SHOWN)


def _more(count: int, shown: int = SHOWN) -> list[Block]:
    more = count - shown
    return [paragraph(ngettext("And {n} more.", "And {n} more.", more), quiet=True)] if more > 0 else []
