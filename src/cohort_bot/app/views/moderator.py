"""What moderators are shown: the preview of a cohort, its state, what does not arrive."""

from collections.abc import Sequence
from dataclasses import dataclass

from cohort_bot.app.ports import Finding
from cohort_bot.app.store import Delivery
from cohort_bot.app.views.member import SYMBOLS, legend
from cohort_bot.chat.message import (
    Actions,
    Block,
    Button,
    Grid,
    Heading,
    Message,
    Strong,
    When,
    bullets,
    paragraph,
)
from cohort_bot.core.checkins import Status
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.programme import Programme
from cohort_bot.core.rounds import Calendar

PREVIEWED = 12
SHOWN_ROUNDS = 12
SHOWN_MEMBERS = 25


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member in the moderators' grid. `latest` are the statuses of the newest rounds, oldest first."""

    member: Member
    latest: tuple[Status, ...]
    risks: tuple[str, ...]


def preview(name: str, programme: Programme, calendar: Calendar, draft: str, findings: Sequence[Finding]) -> Message:
    """A cohort before it exists: its first dates and what would not work."""
    dates = [
        (f"Week {number}: ", When(calendar.opens(number)), f" · {programme.weeks[number - 1].title}")
        for number in range(1, min(PREVIEWED, programme.length) + 1)
    ]
    blocks: list[Block] = [
        Heading(f"{name}: {programme.title}"),
        paragraph(f"{programme.length} weeks, time zone {calendar.zone}. Nothing is posted yet. The first dates:"),
        bullets(dates),
        *problems(findings),
        Actions((Button("Create it and invite the room", "cohort.create.yes", {"draft": draft}, "primary"),)),
    ]
    return Message(f"Preview of {name}", tuple(blocks))


def problems(findings: Sequence[Finding]) -> list[Block]:
    """What keeps the bot from working in a room, with cures."""
    if not findings:
        return []
    items = [(Strong(finding.problem), f" {finding.cure}") for finding in findings]
    return [paragraph("This needs a hand:"), bullets(items)]


def created(cohort: Cohort) -> Message:
    """After creation."""
    line = f"{cohort.name} is created. The invitation is on its way to the room; /cohort progress shows how it goes."
    return Message(line)


def state(
    cohort: Cohort,
    number: int,
    in_round: int,
    rows: Sequence[MemberRow],
    parked: Sequence[Delivery],
    findings: Sequence[Finding],
) -> Message:
    """The whole cohort on one card. `in_round` members have checked in for the newest round, `number`."""
    blocks: list[Block] = [Heading(cohort.name), *problems(findings)]
    if not number:
        blocks.append(
            paragraph("The first week opens ", When(cohort.calendar.opens(1)), f". {_people(len(rows))} so far.")
        )
    else:
        blocks.append(paragraph(Strong(f"Round {number}: "), f"{in_round} of {len(rows)} checked in."))
    at_risk = [row for row in rows if row.risks]
    if at_risk:
        blocks.append(paragraph(Strong("Who needs a person today")))
        items = [(Strong(row.member.account.name), f": {'; '.join(row.risks)}") for row in at_risk[:SHOWN_MEMBERS]]
        blocks.append(bullets(items))
    elif number and rows:
        blocks.append(paragraph("Nobody is at risk right now."))
    if number and rows:
        blocks.append(_grid(number, rows))
    if parked:
        blocks.append(paragraph(Strong("Not delivered")))
        blocks.append(bullets(f"{row.what.kind}: {row.reason}" for row in parked[:10]))
        blocks.append(Actions((Button("Try again", "cohort.retry", {"id": str(cohort.id)}),)))
    return Message(f"{cohort.name}: {in_round} of {len(rows)} checked in", tuple(blocks))


def _grid(number: int, rows: Sequence[MemberRow]) -> Grid:
    first = max(1, number - SHOWN_ROUNDS + 1)
    shown = rows[:SHOWN_MEMBERS]
    cells = tuple((row.member.account.name, tuple(SYMBOLS[status] for status in row.latest)) for row in shown)
    return Grid(
        tuple(str(each) for each in range(first, number + 1)), cells, legend([s for row in shown for s in row.latest])
    )


def digest(number: int, made: int, of: int, on_break: int, blockers: Sequence[tuple[str, str]]) -> Message:
    """How a round went, for the group. `blockers` are (name, text) of those who chose to share them."""
    head = f"Week {number}: {made} of {of} checked in"
    blocks: list[Block] = [Heading(head)]
    if on_break:
        blocks.append(paragraph(f"{_people(on_break)} on a break."))
    if made and made == of:
        blocks.append(paragraph("Everybody. That does not happen often."))
    elif made:
        blocks.append(paragraph("Thank you to all who wrote. The others are welcome any time; late counts."))
    else:
        blocks.append(paragraph("A quiet week. The next one starts fresh, and late check-ins count."))
    if blockers:
        blocks.append(paragraph(Strong("Can you help with one of these?")))
        blocks.append(bullets((Strong(name), f": {words}") for name, words in blockers))
    return Message(head, tuple(blocks))


def no_programme(cohort: Cohort) -> Finding:
    """A cohort whose programme is missing or did not pass its check."""
    return Finding(
        f"The programme {cohort.programme} cannot be read, so nothing goes out.",
        "Whoever runs me finds out why with: cohort-bot content check",
    )


def alert(cohort: Cohort, reason: str, cure: str) -> Message:
    """Told to a moderator once when something cannot be delivered."""
    retry = Button("Try again", "cohort.retry", {"id": str(cohort.id)})
    head = f"I cannot post for {cohort.name}: {reason}"
    return Message(head, (paragraph(Strong(head + ".")), paragraph(cure), Actions((retry,))))


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"
