"""One member's record as moderators read it, so that nobody writes to somebody without knowing."""

from collections.abc import Sequence
from datetime import datetime

from cohort_bot.app.ports.audits import Change
from cohort_bot.app.ports.outreach import Outreach
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Delivery
from cohort_bot.app.queries.standing import Standing
from cohort_bot.app.words.alerts import why
from cohort_bot.app.words.audit import done, them
from cohort_bot.app.words.cohort_progress import NAME_MOST, outcome, reasons
from cohort_bot.app.words.dates import short_day, short_weekday_and_time
from cohort_bot.app.words.lists import quoted
from cohort_bot.app.words.progress import record_grid, work
from cohort_bot.app.words.statuses import streak_line
from cohort_bot.chat.i18n import _, ngettext, spans
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Span, Strong, When, bullets, paragraph
from cohort_bot.chat.typed import shorten
from cohort_bot.core.checkins import CheckIn, streak
from cohort_bot.core.delivery_states import State
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.progress import Completion
from cohort_bot.core.rounds import zone_info

WORDS_MOST = 160
LOG_MOST = 5


def record(
    cohort: Cohort,
    standing: Standing,
    newest: Sequence[CheckIn],
    credited: Completion | None,
    changes: Sequence[Change],
    log: Sequence[tuple[Outreach, Delivery | None]],
    at: datetime,
) -> Message:
    """Everything that helps to write a good message; `newest` check-ins and the `log` of outreach are the last ones.
    `credited` is None without the programme.
    """
    member = standing.member
    head = title(cohort, member)
    blocks: list[Block] = [Heading(head), paragraph(*about(standing, at), quiet=True)]
    if member.why:
        blocks.append(paragraph(*why_here(member)))
    blocks.append(paragraph(*reasons(standing)))
    if standing.rounds:
        blocks += [record_grid(standing.rounds), streak_line(streak(standing.rounds), theirs=True)]
        blocks += [paragraph(work(credited))] if credited else []
    if newest:
        blocks += [paragraph(Strong(_("Newest check-ins"))), bullets(checkin_line(each) for each in reversed(newest))]
    if log:
        blocks += [paragraph(Strong(_("Outreach"))), bullets(entry(*pair) for pair in log[:LOG_MOST])]
    if changes:
        blocks += [
            paragraph(Strong(_("Changed by moderators"))),
            bullets(done(each, them()) for each in changes[:LOG_MOST]),
        ]
    return Message(head, (*blocks, Actions(buttons(cohort, member))))


def title(cohort: Cohort, member: Member) -> str:
    return _("{member} in {cohort}", member=member.name, cohort=cohort.name)


def about(standing: Standing, at: datetime) -> tuple[Span, ...]:
    """Where they are, what time it is there, their week, and since when they have been a member."""
    member, zone = standing.member, standing.member.account.zone
    there = _("{time} there", time=short_weekday_and_time(at.astimezone(zone_info(zone))))
    joined = spans("joined {day}", day=When(member.joined_at, "day"))
    return (f"{zone}, {there} · {_week(member, len(standing.rounds))} · ", *joined)


def why_here(member: Member) -> tuple[Span, ...]:
    return (Strong(_("Why they are here:")), f" {member.why}")


def buttons(cohort: Cohort, member: Member) -> tuple[Button, ...]:
    """What a moderator can do for the member."""
    args = {"id": str(cohort.id), "member": str(member.id)}
    return (
        Button(_("Write to them"), "cohort.write", args, "primary"),
        Button(_("Log outreach"), "cohort.log", args),
        Button(_("Excuse"), "cohort.excuse.form", args),
        Button(_("Record a check-in"), "cohort.record.form", args),
        Button(_("Remove"), "cohort.remove.form", args, "danger"),
    )


def _week(member: Member, number: int) -> str:
    behind = member.offset(number)
    if number < member.first_round:
        first = member.first_round
        if behind:
            return _("starts with round {round} ({behind} behind the cohort)", round=first, behind=behind)
        return _("starts with round {round}", round=first)
    if behind:
        return _("week {week} ({behind} behind the cohort)", week=member.week(number), behind=behind)
    return _("week {week}", week=member.week(number))


def checkin_line(made: CheckIn) -> tuple[Span, ...]:
    """What one check-in says, in a line."""
    parts = []
    if made.tasks:
        done_tasks = sum(task.done for task in made.tasks)
        parts.append(ngettext("{done} of {n} task", "{done} of {n} tasks", len(made.tasks), done=done_tasks))
    if made.done:
        parts.append(_phrase(made.done))
    if made.blockers:
        parts.append(_("blocker: {text}", text=_phrase(made.blockers)))
    if made.next_step:
        parts.append(_("next: {text}", text=_phrase(made.next_step)))
    return spans(
        "{round}, filed {day}: {words}",
        round=Strong(_("Round {round}", round=made.round)),
        day=When(made.filed_at, "day"),
        words="; ".join(parts) or _("no words"),
    )


def _phrase(written: str) -> str:
    """The words without their full stop, since others follow on the same line."""
    return shorten(written, WORDS_MOST).rstrip(".")


def entry(wrote: Outreach, carried: Delivery | None, most: int = WORDS_MOST) -> tuple[Span, ...]:
    """An entry of the log of outreach, with at most `most` characters of what was written."""
    name = Strong(shorten(wrote.by_name, NAME_MOST))
    parts = [f"{outcome(wrote.outcome)}."]
    if wrote.held_until is not None:
        parts = [_("It will be delivered in their morning.")]
    elif carried is not None:
        parts.append(_carried(carried))
    if wrote.words:
        parts.append(quoted(shorten(wrote.words, most)))
    if wrote.follow_up:
        parts.append(_("Follow up on {day}.", day=short_day(wrote.follow_up)))
    return (name, ", ", When(wrote.at, "day"), f": {' '.join(parts)}")


def _carried(delivery: Delivery) -> str:
    """What became of the message that the bot was to deliver."""
    if delivery.state is State.SENT:
        return _("Delivered.")
    if delivery.state in {State.PARKED, State.SKIPPED}:
        return _("Not delivered: {why}.", why=why(delivery.reason or DeliveryReason.OTHER, delivery.detail))
    return _("On its way.")
