"""One member's record as moderators read it, so that nobody writes to somebody without knowing."""

from collections.abc import Sequence
from datetime import datetime

from cohort_bot.app.ports.audits import Change
from cohort_bot.app.ports.outreach import Outreach
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.ports.store import Delivery
from cohort_bot.app.queries.standing import Standing
from cohort_bot.app.words.alerts import why
from cohort_bot.app.words.audit import did
from cohort_bot.app.words.cohort_progress import NAME_MOST, reasons
from cohort_bot.app.words.counts import counted
from cohort_bot.app.words.dates import short_day
from cohort_bot.app.words.progress import record_grid
from cohort_bot.app.words.statuses import streak_words
from cohort_bot.chat.i18n import _, spans
from cohort_bot.chat.message import Actions, Block, Button, Heading, Message, Span, Strong, When, bullets, paragraph
from cohort_bot.chat.typed import shorten
from cohort_bot.core.checkins import CheckIn, streak
from cohort_bot.core.delivery_states import State
from cohort_bot.core.membership import Cohort
from cohort_bot.core.rounds import zone_info

WORDS_MOST = 160
LOG_MOST = 5


def record(
    cohort: Cohort,
    standing: Standing,
    newest: Sequence[CheckIn],
    changes: Sequence[Change],
    log: Sequence[tuple[Outreach, Delivery | None]],
    at: datetime,
) -> Message:
    """Everything that helps to write a good message; `newest` check-ins and the `log` of outreach are the last ones."""
    member = standing.member
    zone = member.account.zone
    number = len(standing.rounds)
    behind = member.offset(number)
    week = (
        _("week {week}", week=member.week(number))
        if number >= member.first_round
        else _("starts with round {first_round}", first_round=member.first_round)
    )
    late = _(", {behind} behind the cohort", behind=behind) if behind else ""
    head = _("{member} in {cohort}", member=member.name, cohort=cohort.name)
    there = at.astimezone(zone_info(zone))
    blocks: list[Block] = [
        Heading(head),
        paragraph(
            *spans(
                "{zone}, {there} there · {week}{late} · joined {joined_at}",
                zone=zone,
                there=format(there, "%a %H:%M"),
                week=week,
                late=late,
                joined_at=When(member.joined_at, "day"),
            ),
            quiet=True,
        ),
    ]
    if member.why:
        blocks.append(paragraph(Strong(_("Why they are here: ")), member.why))
    blocks.append(paragraph(*reasons(standing)))
    if standing.rounds:
        blocks += [record_grid(standing.rounds), paragraph(streak_words(streak(standing.rounds), theirs=True))]
    if newest:
        blocks += [paragraph(Strong(_("Newest check-ins"))), bullets(_checkin(each) for each in reversed(newest))]
    if log:
        blocks += [paragraph(Strong(_("Outreach"))), bullets(_entry(*pair) for pair in log[:LOG_MOST])]
    if changes:
        blocks += [paragraph(Strong(_("Changed by moderators"))), bullets(_change(each) for each in changes[:LOG_MOST])]
    args = {"id": str(cohort.id), "member": str(member.id)}
    buttons = (
        Button(_("Write to them"), "cohort.write", args, "primary"),
        Button(_("Log outreach"), "cohort.log", args),
        Button(_("Excuse"), "cohort.excuse.form", args),
        Button(_("Record a check-in"), "cohort.record.form", args),
        Button(_("Remove"), "cohort.remove.form", args, "danger"),
    )
    return Message(head, (*blocks, Actions(buttons)))


def _checkin(made: CheckIn) -> tuple[Span, ...]:
    done = sum(task.done for task in made.tasks)
    parts = [_("{done} of {count}", done=done, count=counted(len(made.tasks), "task"))] if made.tasks else []
    if made.done:
        parts.append(shorten(made.done, WORDS_MOST))
    if made.blockers:
        parts.append(_("blocker: {blockers}", blockers=shorten(made.blockers, WORDS_MOST)))
    if made.next_step:
        parts.append(_("next: {next_step}", next_step=shorten(made.next_step, WORDS_MOST)))
    return (
        Strong(_("Round {round}", round=made.round)),
        ", filed ",
        When(made.filed_at, "day"),
        f": {'; '.join(parts) or 'no words'}",
    )


def _entry(entry: Outreach, carried: Delivery | None) -> tuple[Span, ...]:
    name = Strong(shorten(entry.by_name, NAME_MOST))
    again = _(" Look again on {follow_up}.", follow_up=short_day(entry.follow_up)) if entry.follow_up else ""
    words = f" “{shorten(entry.words, WORDS_MOST)}”" if entry.words else ""
    return (name, ", ", When(entry.at, "relative"), f": {entry.outcome.value}.{_carried(carried)}{words}{again}")


def _carried(delivery: Delivery | None) -> str:
    """What became of the words that the bot was to carry."""
    if delivery is None:
        return ""
    if delivery.state is State.SENT:
        return _(" I brought it.")
    if delivery.state in {State.PARKED, State.SKIPPED}:
        return _(" It did not arrive: {why}.", why=why(delivery.reason or DeliveryReason.OTHER, delivery.detail))
    return _(" It is on its way.")


def _change(change: Change) -> tuple[Span, ...]:
    return (When(change.at, "day"), f", {shorten(change.by_name, NAME_MOST)} {did(change, 'them')}")
