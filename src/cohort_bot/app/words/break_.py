"""A member's break."""

from collections.abc import Sequence
from datetime import date

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.counts import counted
from cohort_bot.app.words.dates import day
from cohort_bot.chat.form import Form, TextField
from cohort_bot.chat.message import Actions, Button, Message, Strong, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.membership import BREAK_DATES, Break, Cohort
from cohort_bot.core.progress import numbers


def break_passed(first: date, today: date) -> str:
    """A break that would begin before today."""
    return f"{day(first)} has passed. A break begins today, {today}, or later."


def break_far(first: date) -> str:
    """A break that is more than a year ahead."""
    return f"{day(first)} is more than a year away. Please tell me nearer the time."


def break_backwards(first: date) -> str:
    """A break whose last day is before its first."""
    return f"The break would end before it begins. Please give until as {first} or later."


def break_long(weeks: int, most: date, platform: str) -> str:
    """A break of more than so many weeks."""
    return (
        f"A break is at most {counted(weeks, 'week')} long, so until {most}. For longer, "
        f"{typed('leave', platform)} keeps your record and {typed('join', platform)} brings you back."
    )


def no_break(cohort: Cohort) -> PersonError:
    """Ending a break that there is not."""
    return PersonError(f"No break of yours goes on beyond today in {cohort.name}, so there is nothing to end.")


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


def _count(number: int) -> str:
    return {3: "three", 4: "four", 5: "five"}.get(number, str(number))
