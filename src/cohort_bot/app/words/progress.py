"""A member's own record: every round so far by phase, hours, streak, actions of the guide, when it ends."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from cohort_bot.app.pictures.chat import PhaseWeeks, way
from cohort_bot.app.words.counts import check_ins, weeks, worked
from cohort_bot.app.words.statuses import SYMBOLS, legend, streak_line, streak_words
from cohort_bot.chat.drawing import bar
from cohort_bot.chat.i18n import _, ngettext, spans
from cohort_bot.chat.message import (
    Actions,
    Block,
    Button,
    Grid,
    Heading,
    Message,
    Paragraph,
    Picture,
    Span,
    Strong,
    When,
    paragraph,
)
from cohort_bot.chat.traits import traits_of
from cohort_bot.chat.typed import shorten, typed
from cohort_bot.core.checkins import Status, streak
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.milestones import Norm, ahead, norm
from cohort_bot.core.programme import Phase, Programme
from cohort_bot.core.progress import Completion, Turnout, by_week

ROUNDS_A_LINE: Final = 8
ACTIONS_SHOWN: Final = 5
ACTION_MOST: Final = 120


@dataclass(frozen=True, slots=True)
class Own:
    """What one's record is made of. `group` is the turnout of the open round, None when there is none; `changes` say
    what moderators changed.
    """

    cohort: Cohort
    programme: Programme
    member: Member
    rounds: Sequence[Status]
    done: Completion
    group: Turnout | None
    changes: Sequence[Block]


def progress(own: Own, gone: str, platform: str, more: Sequence[Button] = ()) -> Message:
    """The record. `gone` says of a former member since when they are, and is empty for others."""
    cohort, member, done = own.cohort, own.member, own.done
    head = _("Your progress in {cohort}", cohort=cohort.name)
    picture = [_picture(own)] if traits_of(platform).pictures else []
    blocks: list[Block] = [Heading(head), *picture, *_by_phase(own), streak_line(streak(own.rounds))]
    made = sum(status.made for status in own.rounds)
    group = norm_words(own.group, first=False) if own.group else ""
    blocks.append(paragraph(" ".join(filter(None, (check_ins_line(made), group)))))
    blocks.append(paragraph(_work(own)))
    blocks.append(paragraph(actions_line(done)))
    blocks += _actions(own)
    ends = finish(cohort, own.programme, member)
    day = When(ends, "day")
    end: tuple[Span, ...]
    if gone:
        back = _("{join} brings you back.", join=typed("join", platform)) if cohort.active else ""
        end = (f"{gone} {back}".rstrip(),)
    elif own.rounds and ends <= cohort.calendar.opens(len(own.rounds)):
        end = spans("You reached the end on {day}.", day=day)
    else:
        end = spans("At this pace you'll finish on {day}.", day=day)
    blocks.append(paragraph(*end))
    return Message(head, (*blocks, *own.changes, *((Actions(tuple(more)),) if more else ())))


def _picture(own: Own) -> Picture:
    """All weeks as squares; the alternative text says the same of each phase."""
    statuses = by_week(own.member, own.rounds)
    phases = []
    for phase in own.programme.phases:
        weeks_of = range(phase.first_week, phase.last_week + 1)
        shown = [statuses.get(week, Status.AHEAD) for week in weeks_of]
        phases.append(PhaseWeeks(phase_made(phase, sum(each.made for each in shown)), phase.colour, shown))
    run = streak(own.rounds)
    alt = _(
        "Your {weeks} as squares in the colours of their phases. {phases}. {streak}",
        weeks=weeks(own.programme.length),
        phases="; ".join(phase.title for phase in phases),
        streak=streak_words(run),
    )
    return Picture("progress", way(phases, run.skips_left, streak_words(run)), alt)


def phase_made(phase: Phase, made: int) -> str:
    """How many weeks of a phase have a check-in."""
    return ngettext(
        "{phase}: {made} of {n} week checked in",
        "{phase}: {made} of {n} weeks checked in",
        phase.last_week - phase.first_week + 1,
        phase=phase.title,
        made=made,
    )


def _work(own: Own) -> str:
    """What is done, and the hours that the member has."""
    if not own.member.hours:
        return work(own.done)
    aside = ngettext("You set aside {n} hour per week.", "You set aside {n} hours per week.", own.member.hours)
    return f"{work(own.done)} {aside}"


def work(done: Completion) -> str:
    """Weeks done, and the time that their ticked tasks are reckoned at."""
    all_weeks = weeks(done.of_weeks)
    if not done.minutes:
        return _("{done} of {weeks}.", done=len(done.weeks), weeks=all_weeks)
    return _(
        "{done} of {weeks}, {hours} of the programme.",
        done=len(done.weeks),
        weeks=all_weeks,
        hours=worked(done.minutes),
    )


def actions_line(done: Completion) -> str:
    """How many of the guide's actions are completed."""
    return ngettext(
        "{done} of the guide's {n} action completed.",
        "{done} of the guide's {n} actions completed.",
        done.of_actions,
        done=len(done.actions),
    )


def finish(cohort: Cohort, programme: Programme, member: Member) -> datetime:
    """When the member's last week closes, with all that they have slipped so far."""
    return cohort.calendar.closes(programme.length + sum(slip.weeks for slip in member.slips))


def _actions(own: Own) -> list[Block]:
    """The actions that were completed last, by the order of the guide."""
    texts = {action.id: action.text for phase in own.programme.phases for action in phase.actions}
    newest = [f"✓ {shorten(texts[action], ACTION_MOST)}" for action in own.done.actions[-ACTIONS_SHOWN:]]
    return [paragraph("\n".join(newest))] if newest else []


def phase_line(phase: Phase, done: int) -> Paragraph:
    """The weeks of a phase as a bar and in words."""
    length = phase.last_week - phase.first_week + 1
    words = spans("{phase}: {done} of {weeks}", phase=Strong(phase.title), done=done, weeks=weeks(length))
    return paragraph(bar(done, length), " ", *words)


def check_ins_line(made: int) -> str:
    """How many check-ins there are, and the next milestone."""
    count = check_ins(made)
    following = ahead(made)
    if not made or following is None:
        return f"{count}."
    return _("{check_ins}. The next milestone is {number}.", check_ins=count, number=following)


def norm_words(turnout: Turnout, *, first: bool) -> str:
    """How the group does, where that draws along; empty otherwise."""
    match norm(turnout, first=first):
        case Norm.FIRST:
            return _("You're the first in the group to check in.")
        case Norm.ALL:
            return _("Everyone in the group has checked in.")
        case Norm.MOST:
            made = turnout.made
            return ngettext("{made} of {n} have checked in.", "{made} of {n} have checked in.", turnout.of, made=made)
        case None:
            return ""


def _by_phase(own: Own) -> list[Block]:
    """The rounds in the order of the phases whose weeks they were; those before the member's own start are left out."""
    blocks: list[Block] = []
    grids: list[int] = []
    own_weeks = [(number, own.member.week(number)) for number in range(1, len(own.rounds) + 1)]
    for phase in own.programme.phases:
        inside = range(phase.first_week, phase.last_week + 1)
        numbers = [number for number, week in own_weeks if week in inside]
        if numbers:
            blocks.append(phase_line(phase, len(own.done.weeks.intersection(inside))))
            grids.append(len(blocks))
            blocks.append(_grid(own.rounds, numbers))
    if grids and isinstance(last := blocks[grids[-1]], Grid):
        # One legend is enough, and one grid, the newest, can be a table.
        blocks[grids[-1]] = replace(last, legend=legend(own.rounds), head=_("Rounds"))
    return blocks


def record_grid(rounds: Sequence[Status]) -> Grid:
    return replace(_grid(rounds, range(1, len(rounds) + 1)), legend=legend(rounds))


def _grid(rounds: Sequence[Status], numbers: Sequence[int]) -> Grid:
    rows = []
    for start in range(0, len(numbers), ROUNDS_A_LINE):
        part = numbers[start : start + ROUNDS_A_LINE]
        cells = [SYMBOLS[rounds[number - 1]] for number in part]
        cells += [SYMBOLS[Status.AHEAD]] * (ROUNDS_A_LINE - len(part))
        rows.append((f"{part[0]}–{part[-1]}" if len(part) > 1 else f"{part[0]}", tuple(cells)))
    return Grid(tuple(str(each) for each in range(1, ROUNDS_A_LINE + 1)), tuple(rows), ())
