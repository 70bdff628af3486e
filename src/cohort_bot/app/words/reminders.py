"""Reminders of a round, the message after missed rounds, and mentions in place of a reminder."""

from collections.abc import Collection, Sequence
from typing import Final

from cohort_bot.app.words import reply, snooze
from cohort_bot.app.words.statuses import streak_words
from cohort_bot.app.words.week import begin_with, check_in_button
from cohort_bot.chat.i18n import _, spans
from cohort_bot.chat.message import Actions, Block, Button, Mention, Message, Span, Strong, When, bullets, paragraph
from cohort_bot.chat.traits import traits_of
from cohort_bot.chat.typed import shorten
from cohort_bot.core.checkins import CheckIn, Status, Streak
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.programme import Task

PLAN_MOST: Final = 200
"""The most characters of a next step that are quoted back."""


def planned(made: Sequence[CheckIn]) -> tuple[str, ...]:
    """What they wrote as their next step in their newest check-in, quoted back; nothing if they wrote none."""
    newest = max(made, key=lambda checkin: checkin.round, default=None)
    if newest is None or not newest.next_step.strip():
        return ()
    return (_("Last time you planned: {plan}", plan=shorten(newest.next_step, PLAN_MOST)),)


def comeback(cohort: Cohort, number: int, member: Member, first: Task | None, made: Sequence[CheckIn]) -> Message:
    """The one message to somebody who missed two rounds: a button to check in, and other choices."""
    head = _("{cohort} has a new round open, and your place is still yours.", cohort=cohort.name)
    blocks: list[Block] = [paragraph(Strong(head))]
    if first:
        blocks.append(paragraph(f"{begin_with(first)} {first.short}"))
    blocks += [paragraph(words) for words in planned(made)]
    blocks.append(
        paragraph(
            _(
                "A blank check-in counts too. If the pace or the timing is wrong, one button changes it. I'll only "
                "send this once, and stay quiet until you check in again."
            )
        )
    )
    blocks += [paragraph(words) for words in _answers(member)]
    here = {"id": str(cohort.id)}
    blocks.append(
        Actions(
            (
                check_in_button(cohort, number),
                Button(_("Slip a week"), "slip", {**here, "weeks": "1", "round": str(number)}),
                Button(_("Take a break"), "break", here),
                Button(_("Leave"), "leave", here),
            )
        )
    )
    return Message(_("A way back into {cohort}", cohort=cohort.name), tuple(blocks))


def nudge(
    cohort: Cohort,
    number: int,
    member: Member,
    first: Task | None,
    made: Sequence[CheckIn],
    snoozes: Collection[str],
    changed: tuple[Status, Streak] | None,
) -> Message:
    """The first reminder of a round; it names the open task to begin with and never scolds.

    `snoozes` are the ways to put it off; `changed` says what happened to the streak when the round before was missed.
    """
    words = begin_with(first) if first else _("You've already done its tasks; check in to say so.")
    said = []
    if changed is not None:
        status, run = changed
        if status is Status.FORGIVEN:
            before = _("Last week's miss is forgiven.")
        else:
            before = _("That was your third miss in eight weeks, so your streak starts over.")
        said.append(f"{before} {streak_words(run)}")
    lead = _("Week {week} of {cohort} is under way.", week=member.week(number), cohort=cohort.name)
    return _reminder(cohort, number, member, (f"{lead} {words}",), first, made, snoozes, said)


def last_nudge(
    cohort: Cohort, number: int, member: Member, first: Task | None, made: Sequence[CheckIn], snoozes: Collection[str]
) -> Message:
    """The second reminder, a day before the round closes."""
    lead = spans(
        "Week {week} of {cohort} closes {closes}. Nothing done? A blank check-in still counts.",
        week=member.week(number),
        cohort=cohort.name,
        closes=When(cohort.calendar.closes(number)),
    )
    return _reminder(cohort, number, member, lead, first, made, snoozes)


def _reminder(
    cohort: Cohort,
    number: int,
    member: Member,
    lead: tuple[Span, ...],
    first: Task | None,
    made: Sequence[CheckIn],
    snoozes: Collection[str],
    said: Sequence[str] = (),
) -> Message:
    tasks = [bullets([first.short])] if first else []
    words = [paragraph(each) for each in (*planned(made), *said, *_answers(member))]
    stop = Button(_("Stop reminders"), "reminders.off", {})
    buttons = Actions((check_in_button(cohort, number), *snooze.buttons(cohort, number, snoozes), stop))
    return Message(_title(cohort, member.week(number)), (paragraph(*lead), *tasks, *words, buttons))


def _answers(member: Member) -> tuple[str, ...]:
    """That a reminder can be answered, where the platform lets the bot read it."""
    return (reply.invitation(),) if traits_of(member.account.platform).reads_direct else ()


def mention(cohort: Cohort, number: int, member: Member) -> Message:
    """A reminder that everybody sees: it says no more than that the round is open."""
    week = member.week(number)
    words = spans(
        "{member}, week {week} is open until {closes}.",
        member=Mention(member.account.user),
        week=week,
        closes=When(cohort.calendar.closes(number)),
    )
    why = paragraph(_("You see this here because your direct messages are closed and you asked for it."), quiet=True)
    return Message(_title(cohort, week), (paragraph(*words), why, Actions((check_in_button(cohort, number),))))


def _title(cohort: Cohort, week: int) -> str:
    return _("Week {week} of {cohort}", week=week, cohort=cohort.name)
