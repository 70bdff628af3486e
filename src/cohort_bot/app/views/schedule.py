"""What moderators are shown before and after they change the calendar or what is posted, and what the room is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cohort_bot.app.ports.platform import Finding
from cohort_bot.app.views import asking, zones
from cohort_bot.app.views.counts import counted
from cohort_bot.app.views.moderator import elsewhere, problems
from cohort_bot.chat.message import (
    Actions,
    Block,
    Button,
    Heading,
    Message,
    Span,
    Strong,
    Tag,
    When,
    bullets,
    paragraph,
)
from cohort_bot.chat.typed import shorten, typed
from cohort_bot.core.membership import Cohort


@dataclass(frozen=True, slots=True)
class Shift:
    """A week whose opening changes."""

    number: int
    old: datetime
    new: datetime


def _spans(shift: Shift) -> tuple[Span, ...]:
    if shift.old == shift.new:
        return (f"Week {shift.number}: ", When(shift.old), ", as before")
    return (f"Week {shift.number}: ", When(shift.old), " → ", When(shift.new))


def change_preview(
    cohort: Cohort,
    name: str,
    shifts: Sequence[Shift],
    wall: str,
    there: str,
    moved: tuple[str, str] | None,
    named: Sequence[Sequence[Span]],
    findings: Sequence[Finding],
    buttons: tuple[Button, ...],
) -> Message:
    """What /cohort edit would do.

    `name` is the new one or empty, `wall` the new day, time and zone in words, `there` what its clocks show; `moved` is
    the room before and after, `named` are the moderators after and before.
    """
    blocks: list[Block] = [Heading(f"Change {cohort.name}?")]
    if name:
        words = "Invitations show the new name at once; earlier posts keep the old one."
        blocks.append(paragraph(f"Its new name would be “{name}”. {words}"))
    if shifts:
        dates = "The date" if len(shifts) == 1 else "The next dates"
        blocks.append(paragraph(f"Weeks would open on {wall}, where it is {there} now. {dates}, before and after:"))
        blocks.append(bullets(_spans(shift) for shift in shifts))
        if shifts[0].number > 1:
            blocks.append(paragraph("The week before lasts until the first new date.", quiet=True))
    if moved:
        before, after = (Tag("channel", channel) for channel in moved)
        blocks.append(paragraph("The room would be ", after, " instead of ", before, ", with an invitation there."))
    if named:
        blocks.append(paragraph("Moderators here would be ", *named[0], " instead of ", *named[1], "."))
        blocks.append(paragraph("Admins, and who created the cohort, always are.", quiet=True))
        blocks += _unreached(cohort, named[0])
    blocks += [*problems(findings), paragraph("Nothing has changed yet.", quiet=True)]
    blocks += [] if elsewhere(findings) else [Actions(buttons)]
    return Message(f"Change {cohort.name}?", tuple(blocks))


def changed(
    cohort: Cohort,
    name: str,
    first: Shift | None,
    zone: tuple[str, str] | None,
    channel: str | None,
    named: Sequence[Span],
    at: datetime,
) -> Message:
    """After /cohort edit; `name` is the new one or empty, `zone` the new one and the draft for yet another."""
    blocks: list[Block] = [paragraph(f"{cohort.name} is changed.")]
    if name:
        blocks.append(paragraph(f"Its name is now “{name}”."))
    if first:
        blocks.append(paragraph(f"Week {first.number} opens ", When(first.new), " instead of ", When(first.old), "."))
    if channel:
        there = Tag("channel", channel)
        blocks.append(paragraph("From now on I post in ", there, "; what was waiting is tried again there."))
    if named:
        blocks.append(paragraph("Moderators here: ", *named, ". They can use every command of /cohort for it."))
        blocks += _unreached(cohort, named)
    if zone:
        name, again = zone
        blocks += [
            paragraph(f"Its time zone is {zones.there(name, at)}."),
            Actions((asking.another(zones.CORRECT, again),)),
        ]
    return Message(f"{cohort.name} is changed.", tuple(blocks))


def _unreached(cohort: Cohort, named: Sequence[Span]) -> list[Block]:
    """Who holds a role I cannot find out, so the digest does not reach them by itself."""
    if cohort.moderators_channel or not any(isinstance(span, Tag) and span.kind == "role" for span in named):
        return []
    words = (
        "I cannot see who holds a role, so the weekly digest does not reach them by direct message. "
        "/cohort edit moderators_channel: sends it to a room of yours."
    )
    return [paragraph(words)]


def holiday_preview(cohort: Cohort, rounds: int, shifts: Sequence[Shift], button: Button) -> Message:
    """What /cohort holiday would do."""
    head = f"{counted(rounds, 'week')} off for {cohort.name}?"
    return Message(
        head,
        (
            Heading(head),
            paragraph(f"The break comes before week {shifts[0].number}; all later weeks move with it:"),
            bullets(_spans(shift) for shift in shifts),
            paragraph("Nothing has changed yet. Weeks off count for nobody's streak.", quiet=True),
            Actions((button,)),
        ),
    )


def holiday_given(cohort: Cohort, rounds: int, first: Shift, undo: Button) -> Message:
    """After /cohort holiday."""
    head = f"{cohort.name} has {counted(rounds, 'week')} off."
    moves = paragraph(f"Week {first.number} opens ", When(first.new), " instead of ", When(first.old), ".")
    return Message(head, (paragraph(head), moves, Actions((undo,))))


def holiday_undone(cohort: Cohort, first: Shift) -> Message:
    """After weeks off were taken back."""
    head = f"{cohort.name} goes on without those weeks off."
    moves = paragraph(f"Week {first.number} opens ", When(first.new), " instead of ", When(first.old), ".")
    return Message(head, (paragraph(head), moves))


def announce_preview(cohort: Cohort, words: str, rooms: int, button: Button) -> Message:
    """An announcement before it is posted."""
    where = "the room" if rooms == 1 else f"all {counted(rooms, 'room')}"
    lead = paragraph(f"I would post this in {where} of {cohort.name}. Nobody is notified by name.")
    return Message(f"Announce in {cohort.name}?", (lead, *announcement(cohort, words).blocks, Actions((button,))))


def announcement(cohort: Cohort, words: str) -> Message:
    """What moderators tell the room; the words are text and nothing else."""
    return Message(shorten(words, 150), (paragraph(words), paragraph(f"From a moderator of {cohort.name}", quiet=True)))


def announced(cohort: Cohort) -> Message:
    """After an announcement."""
    return Message(f"It is on its way to {cohort.name}.")


def posting(cohort: Cohort, again: int, waiting: int, following: tuple[int, datetime] | None) -> Message:
    """After /cohort post: what is on its way. `again` were parked; `following` is the next week and its opening."""
    if waiting:
        head = f"{counted(waiting, 'message is', 'messages are')} on the way for {cohort.name}."
        more = f" I am trying {again} of these again. /cohort progress shows whether it worked." if again else ""
        return Message(head, (paragraph(head + more),))
    head = f"Nothing of {cohort.name} is due right now."
    if following is None:
        return Message(head)
    number, opens = following
    return Message(head, (paragraph(head, f" Week {number} opens ", When(opens), "."),))


def skip_preview(cohort: Cohort, number: int, opens: datetime, button: Button, platform: str) -> Message:
    """Before a card is dropped."""
    head = f"Skip the card of week {number}?"
    plan = typed("plan", platform)
    return Message(
        head,
        (
            paragraph(Strong(head), " It is due ", When(opens), " and would never be posted."),
            paragraph(f"The week itself stays: people can check in, reminders go out, {plan} shows the tasks."),
            paragraph(f"For a week off use /cohort holiday. This is about {cohort.name}.", quiet=True),
            Actions((button,)),
        ),
    )


def skipped(cohort: Cohort, number: int, undo: Button) -> Message:
    """After a card was dropped."""
    head = f"The card of week {number} will not be posted in {cohort.name}."
    return Message(head, (paragraph(head), Actions((undo,))))


def unskipped(cohort: Cohort, number: int, opens: datetime) -> Message:
    """After a card was to come after all."""
    head = f"The card of week {number} is back on in {cohort.name}."
    return Message(head, (paragraph(head, " It is due ", When(opens), "."),))


def repairing(cohort: Cohort, number: int, posts: int) -> Message:
    """After the posts of a week, and the invitation, were asked for anew."""
    if posts:
        made = counted(posts, "post")
        head = f"I am updating {made} of week {number} in {cohort.name}, and the invitation."
    else:
        head = f"Nothing of week {number} has been posted yet. I am updating the invitation in {cohort.name}."
    return Message(f"{head} Nobody is notified, and check-ins stay.")


def archive_preview(cohort: Cohort, members: int, button: Button) -> Message:
    """Before a cohort ends."""
    head = f"End {cohort.name}?"
    return Message(
        head,
        (
            paragraph(
                Strong(head),
                f" It has {counted(members, 'member')}. Nothing goes out any more, and nobody can join or check in.",
            ),
            paragraph("The record stays, and /cohort export goes on working. The room gets one closing line."),
            paragraph("This cannot be undone.", quiet=True),
            Actions((button,)),
        ),
    )


def archived(cohort: Cohort) -> Message:
    """After a cohort ended."""
    return Message(f"{cohort.name} has ended. The room gets a closing line; the record stays.")


def closing(cohort: Cohort) -> Message:
    """The last words in the room."""
    return Message(f"{cohort.name} ends here. Thank you for every week that we did together, and all the best.")
