"""One's own page, where a platform has one: a dashboard of one thing to do, one picture and one list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cohort_bot.app.words import errors
from cohort_bot.app.words.board import board_button
from cohort_bot.app.words.lists import some
from cohort_bot.app.words.progress import phase_line
from cohort_bot.app.words.statuses import streak_line
from cohort_bot.app.words.week import check_in_button, resources
from cohort_bot.chat.i18n import _, ngettext, spans
from cohort_bot.chat.message import (
    Actions,
    Block,
    Button,
    Heading,
    Message,
    Section,
    Span,
    Strong,
    When,
    bullets,
    paragraph,
)
from cohort_bot.chat.typed import typed
from cohort_bot.core.checkins import Status, streak
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.programme import Programme
from cohort_bot.core.progress import Completion

TITLE: Final = "cohort-bot"
NAMES_MOST: Final = 3
LINKS_MOST: Final = 3


@dataclass(frozen=True, slots=True)
class Own:
    """A member's part. `due` is the round to check in for, None when there is none; `week` the one whose tasks are
    shown, `ticked` those of them that are done. `programme` and `done` are None when the programme cannot be read.
    """

    member: Member
    programme: Programme | None
    rounds: Sequence[Status]
    due: int | None
    week: int
    ticked: frozenset[str]
    done: Completion | None


@dataclass(frozen=True, slots=True)
class Card:
    """One cohort: the member's part, and for a moderator the members who need a person; None for others."""

    cohort: Cohort
    own: Own | None
    in_need: Sequence[Member] | None


def home(cards: Sequence[Card], others: Sequence[Cohort], at: datetime, platform: str, *, board: bool) -> Message:
    """The page; `others` are cohorts for which it has no room. With a `board`, moderators have a button to it."""
    blocks: list[Block] = []
    for card in cards:
        blocks.append(Heading(card.cohort.name))
        if card.own:
            blocks += _own(card.cohort, card.own, at)
        if card.in_need is not None:
            blocks.append(_in_need(card.cohort, card.in_need))
            if board:
                blocks.append(Actions((board_button(card.cohort),)))
    if others:
        more = _(
            "You're also in {cohorts}. {plan} with cohort:NAME shows one of them.",
            cohorts=", ".join(each.name for each in others),
            plan=typed("plan", platform),
        )
        blocks.append(paragraph(more))
    return Message(TITLE, tuple(blocks))


def no_home(cohorts: Sequence[tuple[Cohort, Programme | None]], more: int, platform: str) -> Message:
    """For somebody who is in no cohort: those that they may join, with their programmes; `more` have no room."""
    join = typed("join", platform)
    if not cohorts:
        words = _(
            "You're not in a cohort yet, and none meets where you can see it. If yours meets in a private channel, "
            "type {join} there. To start one, type /cohort create.",
            join=join,
        )
        return Message(TITLE, (paragraph(words),))
    blocks: list[Block] = [paragraph(_("You're not in a cohort yet. Pick one to join:"))]
    for cohort, programme in cohorts:
        about = f": {programme.title}" if programme else ""
        button = Button(_("Join"), "join", {"id": str(cohort.id)}, "primary")
        blocks.append(Section((Strong(cohort.name), about), button))
    if more:
        there = ngettext(
            "And {n} more: {join} with cohort:NAME joins it.",
            "And {n} more: {join} with cohort:NAME joins one.",
            more,
            join=join,
        )
        blocks.append(paragraph(there, quiet=True))
    return Message(TITLE, tuple(blocks))


def _own(cohort: Cohort, own: Own, at: datetime) -> list[Block]:
    if own.programme is None or own.done is None:
        return [paragraph(str(errors.no_programme(cohort)))]
    blocks: list[Block] = [_to_do(cohort, own, own.programme, at)]
    week, phase = own.programme.week(own.week), own.programme.phase_of(own.week)
    if phase and own.rounds:
        inside = range(phase.first_week, phase.last_week + 1)
        far = phase_line(phase, len(own.done.weeks.intersection(inside)))
        blocks.append(paragraph(*far.spans, "\n", *streak_line(streak(own.rounds)).spans))
    if week and not _over(own, own.programme):
        blocks.append(bullets(f"{'☑' if task.key in own.ticked else '☐'} {task.short}" for task in week.tasks))
        if week.resources:
            blocks.append(paragraph(Strong(_("Helpful:")), " ", *resources(week.resources[:LINKS_MOST])))
    args = {"id": str(cohort.id)}
    blocks.append(Actions((Button(_("This week"), "plan", args), Button(_("My record"), "progress", args))))
    return blocks


def _over(own: Own, programme: Programme) -> bool:
    """Whether the member has come to the programme's end and nothing is left to do."""
    return own.due is None and own.member.week(max(1, len(own.rounds))) > programme.length


def _to_do(cohort: Cohort, own: Own, programme: Programme, at: datetime) -> Block:
    """The one thing to do, with its button; or what comes next."""
    week = programme.week(own.week)
    title = _("Week {week}: {title}", week=own.week, title=week.title if week else "")
    if own.due is not None:
        closes = cohort.calendar.closes(own.due)
        until = spans(
            "Check in by {closes}.", closes=When(closes if at < closes else cohort.calendar.grace_ends(own.due))
        )
        return Section((Strong(title), "\n", *until), check_in_button(cohort, own.due))
    if _over(own, programme):
        return paragraph(Strong(_("You've reached the end of the programme.")))
    return paragraph(Strong(title), "\n", *_next(cohort, own, programme))


def _next(cohort: Cohort, own: Own, programme: Programme) -> tuple[Span, ...]:
    following = max(len(own.rounds) + 1, own.member.first_round)
    opens = When(cohort.calendar.opens(following))
    last = own.rounds[-1] if own.rounds else None
    if last is None or len(own.rounds) < own.member.first_round:
        return spans("Your first week opens {opens}.", opens=opens)
    if last is Status.BREAK:
        return spans("You're on a break, so nothing is due. The next week opens {opens}.", opens=opens)
    if own.member.week(following) > programme.length:
        return (_("That was the last week, and you've checked in. Well done!"),)
    if last.made:
        return spans("You've checked in. The next week opens {opens}.", opens=opens)
    return spans("Nothing is due. The next week opens {opens}.", opens=opens)


def _in_need(cohort: Cohort, members: Sequence[Member]) -> Block:
    """One line for a moderator."""
    see = {"id": str(cohort.id)}
    if not members:
        return Section((_("Nobody needs you right now."),), Button(_("See the cohort"), "cohort.progress", see))
    names = some([member.name for member in members], NAMES_MOST)
    return Section((Strong(_("Who needs you:")), f" {names}"), Button(_("See why"), "cohort.progress", see))
