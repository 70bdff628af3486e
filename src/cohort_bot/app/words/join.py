"""Joining a cohort."""

from datetime import datetime
from typing import Final

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words import zones
from cohort_bot.app.words.checkin import _title
from cohort_bot.app.words.statuses import streak_words
from cohort_bot.app.words.week import check_in_button
from cohort_bot.chat.form import ChoiceField, Form, Option, TextField
from cohort_bot.chat.message import Actions, Block, Button, Message, Span, Strong, When, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.checkins import Streak
from cohort_bot.core.membership import Cohort, Member, Pace
from cohort_bot.core.programme import Programme


def ended(cohort: Cohort | None) -> PersonError:
    """A cohort that nobody can join any more."""
    which = f"“{cohort.name}”" if cohort else "That cohort"
    return PersonError(f"{which} has ended, so nobody can join it. Please ask a moderator for the next one.")


def joined_without_programme(cohort: Cohort) -> PersonError:
    """They are in, and their first week cannot be shown."""
    return PersonError(f"You are in {cohort.name}. Its programme cannot be read right now; please tell a moderator.")


WITH_THE_COHORT: Final = "with the cohort"


FROM_WEEK_1: Final = "from week 1"


WHY_LIMIT = 300


HOURS_MOST = 80
"""Lengths in characters: together they fit into one message of every platform (Discord: 4,000)."""


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
