"""What a member is told about their own choices: a break, a slower pace, their profile."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from cohort_bot.app.views.counts import counted
from cohort_bot.app.views.week import begin_with, check_in_button
from cohort_bot.chat.form import Form, TextField
from cohort_bot.chat.message import Actions, Block, Button, Message, Strong, When, paragraph
from cohort_bot.chat.typed import shorten, typed
from cohort_bot.core.checkins import CheckIn
from cohort_bot.core.membership import BREAK_DATES, Break, Cohort, Member
from cohort_bot.core.programme import Programme, Task
from cohort_bot.core.progress import numbers


def day(value: date) -> str:
    """A date as people say it."""
    return f"{value:%A}, {value.day} {value:%B %Y}"


def break_form(cohort: Cohort, first: str, last: str) -> Form:
    """When a break begins and ends, as it was said or proposed."""
    fields = (
        TextField("from", "First day off", "date", first, limit=20, required=True, hint="Today or later: 2027-01-31"),
        TextField("until", "Last day off", "date", last, limit=20, required=True, hint="This day is off too"),
    )
    return Form("break.save", "Take a break", fields, {"id": str(cohort.id)}, "Take the break")


def break_taken(cohort: Cohort, pause: Break, rounds: Sequence[int], *, new: bool) -> Message:
    """A break that was recorded, and the rounds that it takes out."""
    head = f"Your break is {'noted' if new else 'noted already'}: {day(pause.first)} to {day(pause.last)}."
    if rounds:
        one = len(rounds) == 1
        which = f"Round {rounds[0]} is a break round" if one else f"Rounds {numbers(rounds)} are break rounds"
        words = (
            f"{which}: at least {_count(BREAK_DATES)} of {'its' if one else 'their'} seven dates are off. Your "
            f"streak rests, and no reminders come. If you check in for {'it' if one else 'them'} all the same, it "
            "counts."
        )
    else:
        words = (
            f"It is short, so no round becomes a break round: that takes {_count(BREAK_DATES)} of a round's seven "
            "dates. Checking in counts as ever, and on these days no reminder comes."
        )
    end = Button("End my break", "break.end", {"id": str(cohort.id)})
    return Message(head, (paragraph(Strong(head)), paragraph(words), Actions((end,))))


def break_ended(cohort: Cohort, platform: str) -> Message:
    """A break that was ended before its time."""
    plan = typed("plan", platform)
    return Message(
        f"Your break in {cohort.name} is over from today on. Your streak is as you left it, and rounds that are not "
        f"mostly off count again. Good to see you; {plan} shows your week."
    )


def slipped(
    cohort: Cohort, programme: Programme, member: Member, number: int, weeks: int, total: int, platform: str
) -> Message:
    """A slower pace from round `number` on: `weeks` now, `total` together with what was asked for before."""
    week = member.week(number)
    head = f"{counted(weeks, 'week')} more for you: round {number} will be your week {week} again."
    blocks: list[Block] = [paragraph(Strong(head))]
    if total > weeks:
        blocks.append(
            paragraph(f"Together with what you asked for before, that is {counted(total, 'week')} in this round.")
        )
    opens = cohort.calendar.opens(number)
    if member.account.reminders:
        blocks.append(paragraph("It comes to you by direct message ", When(opens), ", and so do the weeks after it."))
    else:
        plan = typed("plan", platform)
        off = f". Your reminders are off, so no message comes: {plan} shows your week."
        blocks.append(paragraph("It opens ", When(opens), off))
    ends = cohort.calendar.closes(programme.length + member.offset(number))
    blocks.append(paragraph("You finish ", When(ends, "day"), " now. Nothing you did is lost, and your streak stays."))
    undo = Button("Take it back", "slip.undo", {"id": str(cohort.id), "round": str(number)})
    blocks.append(paragraph("Until round ", str(number), " opens you can take it back.", quiet=True))
    blocks.append(Actions((undo,)))
    return Message(head, tuple(blocks))


def slip_undone(cohort: Cohort, programme: Programme | None, member: Member, number: int) -> Message:
    """A slower pace that was taken back before it began."""
    head = f"Taken back: round {number} will be your week {member.week(number)}."
    if programme is None:
        return Message(head)
    ends = When(cohort.calendar.closes(programme.length + member.offset(number)), "day")
    return Message(head, (paragraph(Strong(head), " You finish ", ends, "."),))


PLAN_MOST: Final = 200
"""So many characters of a next step are quoted back."""


def planned(made: Sequence[CheckIn]) -> tuple[str, ...]:
    """What they wrote as their next step in their newest check-in, quoted back; nothing if they wrote none."""
    newest = max(made, key=lambda checkin: checkin.round, default=None)
    if newest is None or not newest.next_step.strip():
        return ()
    return (f"Last time you planned: {shorten(newest.next_step, PLAN_MOST)}",)


def comeback(cohort: Cohort, number: int, first: Task | None, made: Sequence[CheckIn]) -> Message:
    """The one message to somebody who was not heard of for two rounds: a way back, and the others."""
    head = f"{cohort.name} has a new round open, and your place in it is kept."
    blocks: list[Block] = [paragraph(Strong(head))]
    if first:
        blocks.append(paragraph(f"{begin_with(first)} ", first.short))
    blocks += [paragraph(words) for words in planned(made)]
    blocks.append(
        paragraph(
            "A check-in with nothing ticked counts too. If the pace or the time is wrong, one button changes it. This "
            "is the only message of its kind: until you check in again I stay quiet."
        )
    )
    here = {"id": str(cohort.id)}
    blocks.append(
        Actions(
            (
                check_in_button(cohort, number),
                Button("Slip a week", "slip", {**here, "weeks": "1", "round": str(number)}),
                Button("Take a break", "break", here),
                Button("Leave", "leave", here),
            )
        )
    )
    return Message(f"A way back into {cohort.name}", tuple(blocks))


def _count(number: int) -> str:
    return {3: "three", 4: "four", 5: "five"}.get(number, str(number))
