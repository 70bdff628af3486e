"""A round's digest."""

from collections.abc import Sequence

from cohort_bot.app.ports.platform import Finding
from cohort_bot.app.words.counts import counted
from cohort_bot.chat.message import Block, Heading, Message, Strong, bullets, paragraph
from cohort_bot.core.membership import Cohort


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


def no_programme_finding(cohort: Cohort) -> Finding:
    """A cohort whose programme is missing or did not pass its check."""
    return Finding(
        f"The programme {cohort.programme} cannot be read, so nothing goes out.",
        "Whoever runs me finds out why with: cohort-bot content check",
    )
