"""What moderators are shown: the preview of a cohort, its state, what does not arrive."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from cohort_bot.app.ports.platform import Finding, Reason
from cohort_bot.app.views import asking, zones
from cohort_bot.app.views.counts import counted
from cohort_bot.chat.message import (
    Actions,
    Block,
    Button,
    Heading,
    Message,
    Strong,
    When,
    bullets,
    paragraph,
)
from cohort_bot.core.membership import Cohort
from cohort_bot.core.programme import Programme
from cohort_bot.core.rounds import Calendar

PREVIEWED = 12
ONLY_THERE: Final = "The channel is private: only people in it can find the cohort, and they join it there."


def preview(
    name: str,
    programme: Programme,
    calendar: Calendar,
    drafts: tuple[str, str],
    findings: Sequence[Finding],
    at: datetime,
    *,
    private: bool,
) -> Message:
    """A cohort before it exists: its first dates and what would not work.

    `drafts` are for creating it and for seeing it again with another time zone.
    """
    create, again = drafts
    zone = zones.there(calendar.zone, at)
    dates = [
        (f"Week {number}: ", When(calendar.opens(number)), f" · {programme.weeks[number - 1].title}")
        for number in range(1, min(PREVIEWED, programme.length) + 1)
    ]
    which = "The date" if programme.length == 1 else "The dates" if programme.length <= PREVIEWED else "The first dates"
    blocks: list[Block] = [
        Heading(f"{name}: {programme.title}"),
        paragraph(f"{counted(programme.length, 'week')}, time zone {zone}. Nothing is posted yet. {which}:"),
        bullets(dates),
        *([paragraph(ONLY_THERE)] if private else []),
        *problems(findings),
    ]
    if not elsewhere(findings):
        yes = Button("Create it and invite the room", "cohort.create.yes", {"draft": create}, "primary")
        blocks.append(Actions((yes, asking.another(zones.CORRECT, again))))
    return Message(f"Preview of {name}", tuple(blocks))


def elsewhere(findings: Sequence[Finding]) -> bool:
    """Whether another place has to be chosen, so that there is nothing to agree to."""
    return any(finding.elsewhere for finding in findings)


def problems(findings: Sequence[Finding]) -> list[Block]:
    """What keeps the bot from working in a room, with cures."""
    if not findings:
        return []
    items = [(Strong(finding.problem), f" {finding.cure}") for finding in findings]
    return [paragraph("This needs a hand:"), bullets(items)]


def created(cohort: Cohort, again: str, at: datetime) -> Message:
    """After creation. `again` is the draft for another time zone."""
    line = f"{cohort.name} is created. The invitation is on its way to the room; /cohort progress shows how it goes."
    zone = f"Its time zone is {zones.there(cohort.calendar.zone, at)}."
    return Message(line, (paragraph(line), paragraph(zone), Actions((asking.another(zones.CORRECT, again),))))


def digest(
    number: int, made: int, of: int, on_break: int, blockers: Sequence[tuple[str, str]], *, last: bool
) -> Message:
    """How a round went, for the group; after the `last` none follows. `blockers`: (name, text) of who shares."""
    head = f"Week {number}: {made} of {of} checked in"
    blocks: list[Block] = [Heading(head)]
    if on_break:
        blocks.append(paragraph(f"{counted(on_break, 'person', 'people')} on a break."))
    if made and made == of:
        blocks.append(paragraph("Everybody. That does not happen often."))
    elif made:
        blocks.append(paragraph("Thank you to all who wrote. The others are welcome any time; late counts."))
    else:
        then = "Late check-ins count." if last else "The next one starts fresh, and late check-ins count."
        blocks.append(paragraph(f"A quiet week. {then}"))
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


def retried(name: str, count: int) -> Message:
    """After a moderator pressed *Try again*; `count` messages waited."""
    if not count:
        return Message(f"Nothing of {name} is waiting.")
    return Message(f"Trying {counted(count, 'message')} of {name} again. /cohort progress shows whether it worked.")


AWAY: Final = "my access was taken away"
"""The reason of what waits for the bot to be let in again."""

CURES: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.ROOM_GONE: ("the room is gone", "Give the cohort another room with /cohort edit, then press Try again."),
    Reason.NOT_ALLOWED: ("I may not post there", "Let me see the room and post in it, then press Try again."),
    Reason.DIRECT_CLOSED: ("their direct messages are closed", "They can open them in their privacy settings."),
    Reason.PERSON_GONE: ("the person is no longer here", "Nothing to do; they come back with their record."),
    Reason.REVOKED: (AWAY, "Install me again; what is waiting then goes out by itself."),
    Reason.INVALID: ("the platform refused the message", "Tell whoever runs me; the log has the details."),
}
"""Reason -> (what happened, what cures it)."""

MARKS_WITHHELD: Final = (
    "I see a post of mine there and cannot tell which one it is, so I am not posting it a second time. Please look "
    "whether it is there. If this keeps happening, tell whoever runs me."
)
"""The cure where a platform does not show the marks by which posts are found again."""

OTHER_CURE: Final = "Press Try again. If that does not help, tell whoever runs me: the log has the details."


def then_again(cure: str) -> str:
    """A cure that the platform named, and what to do after it."""
    return f"{cure} Then press Try again."


def nobody_named() -> str:
    """In place of the names of those who look after a cohort."""
    return "nobody by name"
