"""Checking in: the form, and what is answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.counts import counted
from cohort_bot.app.words.dates import day
from cohort_bot.app.words.statuses import streak_words
from cohort_bot.chat.form import ChoiceField, Form, Option, TextField
from cohort_bot.chat.message import Actions, Block, Button, Message, Paragraph, Strong, When, paragraph
from cohort_bot.chat.typed import shorten, typed
from cohort_bot.core.checkins import CheckIn, Leftover, Status, Streak
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.programme import Programme

DONE_LIMIT = 1500


BLOCKERS_LIMIT = 800


NEXT_LIMIT = 500


OPTIONS_MOST = 10


OPTION = 75
"""At most so many options of so many characters each are in one field (Slack; Discord has ten, too)."""


PLAN_MOST: Final = 85
"""So many characters of a plan are quoted under a field (Discord: 100 in all)."""


LEFT = "left"
"""The argument of the check-in form that names the tasks of earlier rounds which it offers."""


def left_value(left: Leftover, number: int) -> str:
    """The option of an earlier round's task in the form of round `number`: rounds back, then its index."""
    return f"{number - left.round}.{left.index}"


def checkin_form(
    cohort: Cohort,
    number: int,
    week: int,
    tasks: Sequence[tuple[str, bool]],
    left: Sequence[Leftover],
    known: CheckIn | None,
    plan: str = "",
) -> Form:
    """The check-in of a round, filled in with what is recorded. `tasks` are (text, ticked); after them come as many
    tasks that are left of earlier rounds as a form has room for. `plan` is the next step of the round before.
    """
    options = [Option(str(index), text) for index, (text, _) in enumerate(tasks, start=1)]
    ticked = {str(index) for index, (_, done) in enumerate(tasks, start=1) if done}
    offered = left[: max(0, OPTIONS_MOST - len(options))]
    options += [Option(left_value(each, number), shorten(f"Week {each.week}: {each.text}", OPTION)) for each in offered]
    ticked |= {left_value(each, number) for each in offered if each.done}
    fields: list[TextField | ChoiceField] = []
    if options:
        hint = "The last ones are left from earlier weeks" if offered else ""
        fields.append(ChoiceField("tasks", "What is done?", tuple(options), True, frozenset(ticked), hint))
    shared = {"thread"} if known and known.share_thread else set()
    shared |= {"blocker"} if known and known.share_blocker else set()
    shares = (
        Option("thread", "Show this check-in in the week's thread"),
        Option("blocker", "Show my blocker to the group"),
    )
    hint = f"You planned: {shorten(plan, PLAN_MOST)}" if plan.strip() else ""
    fields += [
        TextField(
            "done", "What came out of it? Links count", "long", known.done if known else "", DONE_LIMIT, hint=hint
        ),
        TextField("blockers", "What is in your way?", "long", known.blockers if known else "", BLOCKERS_LIMIT),
        TextField(
            "next",
            "Your next step: what, when, where?",
            value=known.next_step if known else "",
            limit=NEXT_LIMIT,
            hint="Example: back-propagation on paper, Tuesday 19:00, kitchen table",
        ),
        ChoiceField(
            "share",
            "Share it?",
            shares,
            many=True,
            value=frozenset(shared),
            hint="Moderators read every check-in; the group only what you tick",
        ),
    ]
    title = f"Check in: week {week}, round {number}" if week != number else f"Check in: week {week}"
    args = {"id": str(cohort.id), "round": str(number)}
    if offered:
        args[LEFT] = " ".join(left_value(each, number) for each in offered)
    return Form("checkin.save", _title(title), tuple(fields), args)


@dataclass(frozen=True, slots=True)
class Filed:
    """What a check-in came to. `back` is after two or more missed rounds; `also` are tasks of earlier rounds that were
    ticked in its form, each with its week.
    """

    status: Status
    run: Streak
    new: bool
    back: bool
    also: Sequence[tuple[int, str]] = ()


def checked_in(cohort: Cohort, checkin: CheckIn, filed: Filed) -> Message:
    """The private summary of a check-in."""
    done = sum(task.done for task in checkin.tasks)
    verb = "Checked in" if filed.new else "Updated"
    when = "on time" if filed.status is Status.ON_TIME else "late, and it counts"
    head = f"{verb} for week {checkin.week}, {when}."
    blocks: list[Block] = [paragraph(Strong(head))]
    if filed.back:
        blocks.append(paragraph("You came back. That is the hard part, and it is done."))
    if checkin.tasks:
        blocks.append(paragraph(f"{done} of {counted(len(checkin.tasks), 'task')} done."))
        blocks.append(_ticks((task.text, task.done) for task in checkin.tasks))
    if filed.also:
        blocks.append(paragraph("And of earlier weeks:"))
        blocks.append(_ticks((f"Week {week}: {text}", True) for week, text in filed.also))
    if checkin.next_step:
        blocks.append(paragraph(Strong("Next: "), checkin.next_step))
    blocks.append(paragraph(streak_words(filed.run)))
    until = When(cohort.calendar.late_until(checkin.round))
    shown = "It is shown in the week's thread, and edits show there too. " if checkin.share_thread else ""
    blocks.append(paragraph(f"{shown}You can change it until ", until, ".", quiet=True))
    edit = Button("Edit", "checkin", {"id": str(cohort.id), "round": str(checkin.round)})
    blocks.append(Actions((edit,)))
    return Message(head, tuple(blocks))


def _ticks(tasks: Iterable[tuple[str, bool]]) -> Paragraph:
    """Tasks one below the other; the tick is their marker, so it is no list with another."""
    return paragraph("\n".join(f"{'✓' if done else '☐'} {text}" for text, done in tasks))


def _title(title: str) -> str:
    """A form's title within the shortest limit of all platforms that cannot scroll it (Discord: 45)."""
    return shorten(title, 45)


def finished(programme: Programme, platform: str) -> PersonError:
    """A check-in after a member's last week."""
    return PersonError(
        f"You have come to the end of “{programme.title}”. {typed('progress', platform)} shows your record."
    )


def not_begun(cohort: Cohort, opens: date) -> PersonError:
    """A check-in before the first opening."""
    return PersonError(f"{cohort.name} has not begun yet: its first week opens on {day(opens)}.")


def not_open(number: int, newest: int) -> PersonError:
    """A check-in for a round that is still to come."""
    return PersonError(f"Round {number} has not opened yet. The newest is {newest}; /checkin alone opens its form.")


def before_start(number: int, member: Member) -> PersonError:
    """A check-in for a round before they joined."""
    return PersonError(f"Round {number} was before your start. Your first round is {member.first_round}.")


def too_late(number: int, closed: datetime, first: int, newest: int) -> PersonError:
    """A check-in for a round that takes none any more; `first` to `newest` still do."""
    still = f"rounds {first} to {newest}" if first < newest else f"round {newest}"
    return PersonError(
        f"Round {number} could be changed until {day(closed)}, so that the record is one to rely on. You "
        f"can still check in for {still}. If it matters, a moderator can record it for you, with a reason."
    )
