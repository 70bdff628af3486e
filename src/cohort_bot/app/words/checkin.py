"""Checking in: the form, and what is answered."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.counts import weeks
from cohort_bot.app.words.dates import day
from cohort_bot.app.words.fields import short_title
from cohort_bot.app.words.progress import norm_words, phase_line
from cohort_bot.app.words.statuses import streak_line
from cohort_bot.chat.form import ChoiceField, Form, Option, TextField
from cohort_bot.chat.i18n import N_, _, ngettext, spans
from cohort_bot.chat.message import Actions, Block, Button, Message, Paragraph, Strong, When, paragraph
from cohort_bot.chat.typed import shorten, typed
from cohort_bot.core.checkins import CheckIn, Leftover, Status, Streak
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.programme import Phase, Programme
from cohort_bot.core.progress import Turnout

DONE_LIMIT = 1500
BLOCKERS_LIMIT = 800
NEXT_LIMIT = 500
OPTIONS_MOST = 10
OPTION = 75
"""At most so many options of so many characters each are in one field (Slack; Discord has ten, too)."""


PLAN_MOST: Final = 85
"""So many characters of a plan are quoted under a field (Discord: 100 in all)."""


_MILESTONES: Final[Mapping[int, str]] = {
    4: N_("Four check-ins: you've kept coming back for a month."),
    10: N_("Ten check-ins: this is becoming a habit."),
    26: N_("26 check-ins: that's half a year."),
    52: N_("52 check-ins: that's a whole year."),
    100: N_("One hundred check-ins. Look how far you've come!"),
}


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
    options = [Option(str(index), text) for index, (text, _done) in enumerate(tasks, start=1)]
    ticked = {str(index) for index, (_text, done) in enumerate(tasks, start=1) if done}
    offered = left[: max(0, OPTIONS_MOST - len(options))]
    options += [Option(left_value(each, number), shorten(_of_week(each.week, each.text), OPTION)) for each in offered]
    ticked |= {left_value(each, number) for each in offered if each.done}
    fields: list[TextField | ChoiceField] = []
    if options:
        hint = _("Those marked “Week n” are left over from earlier") if offered else ""
        fields.append(ChoiceField("tasks", _("What did you get done?"), tuple(options), True, frozenset(ticked), hint))
    fields += _written(known, plan)
    fields.append(_sharing(known))
    if week == number:
        title = _("Check in: week {week}", week=week)
    else:
        title = _("Check in: week {week}, round {round}", week=week, round=number)
    args = {"id": str(cohort.id), "round": str(number)}
    if offered:
        args[LEFT] = " ".join(left_value(each, number) for each in offered)
    return Form("checkin.save", short_title(title), tuple(fields), args)


def _written(known: CheckIn | None, plan: str) -> Iterator[TextField]:
    done, blockers, following = (known.done, known.blockers, known.next_step) if known else ("", "", "")
    planned = _("You planned: {plan}", plan=shorten(plan, PLAN_MOST)) if plan.strip() else ""
    yield TextField("done", _("What came of it? Links welcome"), "long", done, DONE_LIMIT, hint=planned)
    yield TextField("blockers", _("What's in your way?"), "long", blockers, BLOCKERS_LIMIT)
    example = _("Example: back-propagation on paper, Tuesday 19:00, kitchen table")
    yield TextField("next", _("Your next step: what, when, where?"), value=following, limit=NEXT_LIMIT, hint=example)


def _sharing(known: CheckIn | None) -> ChoiceField:
    shared = {"thread"} if known and known.share_thread else set()
    shared |= {"blocker"} if known and known.share_blocker else set()
    options = (
        Option("thread", _("Post this check-in in the week's thread")),
        Option("blocker", _("Show my blocker to the group")),
    )
    hint = _("Moderators can read every check-in; the group sees only what you tick")
    return ChoiceField("share", _("Share with the group?"), options, many=True, value=frozenset(shared), hint=hint)


def _of_week(week: int, task: str) -> str:
    return _("Week {week}: {task}", week=week, task=task)


@dataclass(frozen=True, slots=True)
class Filed:
    """What a check-in came to.

    `back`: it comes after two or more missed rounds. `also`: tasks of earlier rounds that were ticked in its form, each
    with its week. `phase`: the phase of its week, and how many of its weeks are worked in. `milestone` and `ended` are
    what it reaches. `turnout`: the round of the group, None when that is over; `first`: the member could be the first.
    `others`: how many others have finished a task.
    """

    status: Status
    run: Streak
    new: bool
    back: bool
    also: Sequence[tuple[int, str]]
    phase: tuple[Phase, int] | None
    milestone: int | None
    ended: Phase | None
    turnout: Turnout | None
    first: bool
    others: Mapping[str, int]


def checked_in(cohort: Cohort, checkin: CheckIn, filed: Filed) -> Message:
    done = sum(task.done for task in checkin.tasks)
    head = _head(checkin.week, filed)
    blocks: list[Block] = [paragraph(Strong(head))]
    if filed.back:
        blocks.append(paragraph(_("You came back. That's the hard part, and it's done.")))
    blocks += [paragraph(Strong(words)) for words in _reached(filed)]
    if checkin.tasks:
        count = ngettext("{done} of {n} task done.", "{done} of {n} tasks done.", len(checkin.tasks), done=done)
        blocks.append(paragraph(count))
        blocks.append(ticks((_with_others(task.text, filed.others), task.done) for task in checkin.tasks))
    if filed.also:
        blocks.append(paragraph(_("And from earlier weeks:")))
        blocks.append(ticks((_of_week(week, text), True) for week, text in filed.also))
    if checkin.next_step:
        blocks.append(paragraph(Strong(_("Next:")), f" {checkin.next_step}"))
    blocks.append(streak_line(filed.run))
    blocks += [phase_line(*filed.phase)] if filed.phase else []
    if filed.turnout and (group := norm_words(filed.turnout, first=filed.first)):
        blocks.append(paragraph(group))
    until = When(cohort.calendar.late_until(checkin.round))
    if checkin.share_thread:
        change = spans(
            "It's posted in this week's thread; edits appear there too. You can change it until {time}.", time=until
        )
    else:
        change = spans("You can change it until {time}.", time=until)
    blocks.append(paragraph(*change, quiet=True))
    edit = Button(_("Edit"), "checkin", {"id": str(cohort.id), "round": str(checkin.round)})
    blocks.append(Actions((edit,)))
    return Message(head, tuple(blocks))


def _head(week: int, filed: Filed) -> str:
    if filed.status is Status.ON_TIME:
        if filed.new:
            return _("Checked in for week {week}, on time.", week=week)
        return _("Updated for week {week}, on time.", week=week)
    if filed.new:
        return _("Checked in for week {week}. It's late, and it counts.", week=week)
    return _("Updated for week {week}. It's late, and it counts.", week=week)


def _reached(filed: Filed) -> Iterator[str]:
    """The milestones, kindly."""
    if filed.milestone:
        yield _(_MILESTONES[filed.milestone])
    if filed.ended is None:
        return
    done, length = filed.phase[1] if filed.phase else 0, filed.ended.last_week - filed.ended.first_week + 1
    if done:
        yield _(
            "That was the last week of “{phase}”. You worked in {done} of its {weeks}.",
            phase=filed.ended.title,
            done=done,
            weeks=weeks(length),
        )
    else:
        yield _("That was the last week of “{phase}”.", phase=filed.ended.title)


def _with_others(task: str, others: Mapping[str, int]) -> str:
    if not (count := others.get(task, 0)):
        return task
    return ngettext("{task} · {n} other finished this", "{task} · {n} others finished this", count, task=task)


def ticks(tasks: Iterable[tuple[str, bool]]) -> Paragraph:
    """Tasks one below the other; the tick is their marker, so it is no list with another."""
    return paragraph("\n".join(f"{'✓' if done else '☐'} {text}" for text, done in tasks))


def finished(programme: Programme, platform: str) -> PersonError:
    text = _(
        "You've reached the end of “{programme}”. {progress} shows your record.",
        programme=programme.title,
        progress=typed("progress", platform),
    )
    return PersonError(text)


def not_begun(cohort: Cohort, opens: date) -> PersonError:
    text = _("{cohort} hasn't started yet: its first week opens on {day}.", cohort=cohort.name, day=day(opens))
    return PersonError(text)


def not_open(number: int, newest: int) -> PersonError:
    """A check-in for a round that is still to come."""
    text = _(
        "Round {round} hasn't opened yet. The newest is {newest}: just type /checkin to open its form.",
        round=number,
        newest=newest,
    )
    return PersonError(text)


def before_start(number: int, member: Member) -> PersonError:
    text = _(
        "Round {round} was before your start. Your first round is {first}.", round=number, first=member.first_round
    )
    return PersonError(text)


def too_late(number: int, closed: datetime, first: int, newest: int) -> PersonError:
    """A check-in for a round that takes none any more; `first` to `newest` still do."""
    text = ngettext(
        "Round {round} could be changed until {day}; after that it's closed. You can still check in for round "
        "{newest}. If it matters, a moderator can record it for you, with a reason.",
        "Round {round} could be changed until {day}; after that it's closed. You can still check in for rounds "
        "{first} to {newest}. If it matters, a moderator can record it for you, with a reason.",
        newest - first + 1,
        round=number,
        day=day(closed),
        first=first,
        newest=newest,
    )
    return PersonError(text)
