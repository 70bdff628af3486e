"""What a member is told: joining, checking in, their own progress, reminders."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cohort_bot.app.views import zones
from cohort_bot.app.views.choices import planned
from cohort_bot.app.views.counts import counted
from cohort_bot.app.views.week import begin_with, check_in_button
from cohort_bot.chat.form import ChoiceField, Form, Option, TextField
from cohort_bot.chat.message import (
    Actions,
    Block,
    Button,
    Mention,
    Message,
    Paragraph,
    Span,
    Strong,
    When,
    bullets,
    paragraph,
)
from cohort_bot.chat.typed import shorten, typed
from cohort_bot.core.answers import blocker
from cohort_bot.core.checkins import CheckIn, Leftover, Status, Streak
from cohort_bot.core.membership import Cohort, Member, Pace
from cohort_bot.core.programme import Programme, Task

DONE_LIMIT = 1500
BLOCKERS_LIMIT = 800
NEXT_LIMIT = 500
WHY_LIMIT = 300
HOURS_MOST = 80
"""Lengths in characters: together they fit into one message of every platform (Discord: 4,000)."""

HELLOS: Final = 50
"""So many are greeted by name in one line; more are counted."""

OPTIONS_MOST = 10
OPTION = 75
"""At most so many options of so many characters each are in one field (Slack; Discord has ten, too)."""

PLAN_MOST: Final = 85
"""So many characters of a plan are quoted under a field (Discord: 100 in all)."""

LEFT = "left"
"""The argument of the check-in form that names the tasks of earlier rounds which it offers."""

SYMBOLS: Final[Mapping[Status, str]] = {
    Status.ON_TIME: "●",
    Status.LATE: "◐",
    Status.FORGIVEN: "○",
    Status.MISSED: "✕",
    Status.BREAK: "‖",
    Status.EXCUSED: "◇",
    Status.OPEN: "…",
    Status.OUTSIDE: "·",
    Status.AHEAD: " ",
}
"""They differ in shape, so that the grid reads without colours."""


def legend(used: Sequence[Status]) -> tuple[tuple[str, str], ...]:
    """The meaning of the symbols that occur, in the order of the enumeration."""
    return tuple((SYMBOLS[status], status.value) for status in Status if status in used and status is not Status.AHEAD)


def join_form(cohort: Cohort, zone: str, hours: str, why: str, pace: str | None, *, late: bool = False) -> Form:
    """What a newcomer is asked. `pace` is None when nothing has opened yet and there is nothing to choose; `late` when
    nobody can go with the cohort any more.
    """
    fields: list[TextField | ChoiceField] = [
        TextField(
            "timezone",
            "Your time zone",
            "zone",
            zone,
            limit=100,
            required=True,
            hint="A city, a country, or what your clock shows: 14:30",
        ),
        TextField(
            "hours", "Hours a week you have for this", value=hours, limit=5, hint="A number; leave it out if unsure"
        ),
        TextField(
            "why", "Why are you doing this?", "long", why, limit=WHY_LIMIT, hint="Only moderators will read this"
        ),
    ]
    if pace is not None:
        options = (
            Option(Pace.COHORT.value, "With the cohort, at this week"),
            Option(Pace.WEEK_1.value, "From week 1, at my own pace"),
        )
        label = f"The cohort has {'no more weeks' if late else 'begun'}. Where do you start?"
        fields.append(ChoiceField("pace", label, options[1:] if late else options, value=frozenset({pace})))
    return Form("join.save", _title(f"Join {cohort.name}"), tuple(fields), {"id": str(cohort.id)}, "Join")


def come_too_late(cohort: Cohort, ends: datetime, at: datetime) -> Message:
    """For a newcomer for whom no round of the cohort is left, with the way that is open to them."""
    when: tuple[Span, ...] = ("ended ", When(ends, "day")) if ends <= at else ("closes ", When(ends))
    head = f"{cohort.name} is {'over' if ends <= at else 'almost over'}"
    words = paragraph(
        "Its last week ",
        *when,
        ". You can still do the whole programme, from week 1 and at your own pace: each week comes by direct message.",
    )
    begin = Button("Start from week 1", "join", {"id": str(cohort.id), "pace": Pace.WEEK_1.value}, "primary")
    return Message(head, (paragraph(Strong(f"{head}.")), words, Actions((begin,))))


def joined(cohort: Cohort, programme: Programme, member: Member, at: datetime, back: Streak | None) -> Message:
    """The first private answer, with the first step. `back` is the streak of somebody who returns."""
    calendar = cohort.calendar
    greeting = f"Good to have you back in {cohort.name}." if back else f"Welcome to {cohort.name}."
    zone = zones.there(member.account.zone, at)
    blocks: list[Block] = [paragraph(Strong(greeting), f" Your time zone is {zone}.")]
    if back:
        blocks.append(paragraph("What you did is all here, and the time away counts as a break. ", streak_words(back)))
    number = calendar.open(at)
    buttons: list[Button] = []
    if number is None or number < member.first_round:
        first = member.first_round
        week = programme.week(member.week(first))
        blocks.append(paragraph("Your first week opens ", When(calendar.opens(first)), "."))
    else:
        week = programme.week(member.week(number))
        buttons.append(check_in_button(cohort, number))
    if week:
        blocks.append(paragraph(Strong(f"Your first step, week {week.number}: "), week.tasks[0].text))
    if member.offset(member.first_round):
        blocks.append(paragraph("Whenever a round opens, your own week comes by direct message."))
    if member.offset(member.first_round):
        ends = calendar.closes(programme.length + member.offset(member.first_round))
        blocks.append(paragraph("You finish ", When(ends, "day"), ", some time after the cohort; your rounds go on."))
    blocks.append(
        paragraph(
            "Moderators can read your check-ins, your hours and why you joined. The group sees your name and what you "
            f"share. Whoever runs me has the database. {typed('profile', member.account.platform)} shows what is kept, "
            "sends you a copy, and erases it.",
            quiet=True,
        )
    )
    buttons.append(Button(zones.CORRECT, "profile.zone"))
    blocks.append(Actions(tuple(buttons)))
    return Message(greeting, tuple(blocks))


def already_in(cohort: Cohort, platform: str) -> Message:
    """For somebody who joins twice."""
    plan = typed("plan", platform)
    line = (
        f"You are in {cohort.name} already, so nothing was changed. {plan} shows your week, /checkin records it, and "
        f"{typed('profile', platform)} changes your time zone and hours."
    )
    return Message(line, (paragraph(line), Actions((Button(zones.CORRECT, "profile.zone"),))))


def leave_preview(cohort: Cohort) -> Message:
    """Asked before somebody leaves."""
    head = f"Leave {cohort.name}?"
    words = "Your record stays and waits for you if you come back; reminders stop at once."
    button = Button("Leave", "leave.yes", {"id": str(cohort.id)}, "danger")
    return Message(head, (paragraph(head), paragraph(words), Actions((button,))))


def left(cohort: Cohort, platform: str) -> Message:
    """After somebody left."""
    return Message(f"You have left {cohort.name}. {typed('join', platform)} brings you back, with everything you did.")


def hello(cohort: Cohort, names: Sequence[str]) -> Message:
    """Said to the group when somebody has joined, or several at about the same time."""
    shown, more = list(names[:HELLOS]), len(names) - HELLOS
    if more > 0:
        shown.append(f"{more} more")
    who = f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]
    return Message(f"{who} {'has' if len(names) == 1 else 'have'} joined {cohort.name}. Say hello.")


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


def streak_words(run: Streak, *, theirs: bool = False) -> str:
    """The streak in one sentence, to the member or about them."""
    if not run.length:
        return f"Streak: 0 rounds. It starts with {'their' if theirs else 'your'} next check-in."
    more = {0: "no", 1: "one", 2: "two"}[run.skips_left]
    who = "They" if theirs else "You"
    return f"Streak: {counted(run.length, 'round')}. {who} can miss {more} more of the last eight without losing it."


def shared(checkin: CheckIn, name: str) -> Message:
    """The public line of a check-in that its writer chose to share."""
    done = sum(task.done for task in checkin.tasks)
    count = f", {done} of {counted(len(checkin.tasks), 'task')}" if checkin.tasks else ""
    blocks: list[Block] = [paragraph(Strong(name), f" checked in for week {checkin.week}{count}.")]
    ticked = [task.text for task in checkin.tasks if task.done]
    if ticked:
        blocks.append(_ticks((text, True) for text in ticked))
    if checkin.done:
        blocks.append(paragraph(checkin.done))
    if checkin.share_blocker and (words := blocker(checkin.blockers)):
        blocks.append(paragraph(Strong("In the way: "), words))
    return Message(f"{name} checked in for week {checkin.week}", tuple(blocks))


def check_ins(number: int) -> Message:
    """The line in the room over the check-ins of a round that has no card."""
    head = f"Check-ins of round {number}"
    return Message(head, (paragraph(Strong(head), ": what members share of it stands in this thread."),))


def _ticks(tasks: Iterable[tuple[str, bool]]) -> Paragraph:
    """Tasks one below the other; the tick is their marker, so it is no list with another."""
    return paragraph("\n".join(f"{'✓' if done else '☐'} {text}" for text, done in tasks))


TAKEN_BACK: Final = Message(
    "A check-in that was taken back", (paragraph("A check-in stood here; it was taken back.", quiet=True),)
)
"""What a shared check-in says after its writer has changed their mind."""


def nudge(
    cohort: Cohort,
    number: int,
    week: int,
    first: Task | None,
    made: Sequence[CheckIn],
    changed: tuple[Status, Streak] | None,
) -> Message:
    """The first reminder of a round; it names the open task to begin with and never scolds.

    `changed` tells what became of the streak when the round before was missed.
    """
    words = begin_with(first) if first else "Its tasks are done already; a check-in says so."
    said = []
    if changed is not None:
        status, run = changed
        before = (
            "The last round is forgiven" if status is Status.FORGIVEN else "The last round was the third skip of eight"
        )
        said.append(f"{before}. {streak_words(run)}")
    return _reminder(cohort, number, week, (f"Week {week} of {cohort.name} is on. {words}",), first, made, said)


def last_nudge(cohort: Cohort, number: int, week: int, first: Task | None, made: Sequence[CheckIn]) -> Message:
    """The second reminder, a day before the round closes."""
    closes = When(cohort.calendar.closes(number), "relative")
    lead = (f"Week {week} of {cohort.name} closes ", closes, ". A check-in with nothing ticked counts.")
    return _reminder(cohort, number, week, lead, first, made)


def _reminder(
    cohort: Cohort,
    number: int,
    week: int,
    lead: tuple[Span, ...],
    first: Task | None,
    made: Sequence[CheckIn],
    said: Sequence[str] = (),
) -> Message:
    tasks = [bullets([first.short])] if first else []
    words = [paragraph(each) for each in (*planned(made), *said)]
    actions = Actions((check_in_button(cohort, number), Button("Stop reminders", "reminders.off", {})))
    return Message(f"Week {week} of {cohort.name}", (paragraph(*lead), *tasks, *words, actions))


def mention(cohort: Cohort, number: int, member: Member) -> Message:
    """A reminder that everybody sees: it says no more than that the round is open."""
    week = member.week(number)
    closes = When(cohort.calendar.closes(number))
    words = paragraph(Mention(member.account.user), f", week {week} is open until ", closes, ".")
    why = paragraph("Here because your direct messages are closed and you asked for it.", quiet=True)
    return Message(f"Week {week} of {cohort.name}", (words, why, Actions((check_in_button(cohort, number),))))


def _title(title: str) -> str:
    """A form's title within the shortest limit of all platforms that cannot scroll it (Discord: 45)."""
    return shorten(title, 45)
