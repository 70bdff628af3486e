"""A round's digest."""

from collections.abc import Sequence

from cohort_bot.app.ports.platform import Finding
from cohort_bot.app.words.counts import counted
from cohort_bot.chat.i18n import _
from cohort_bot.chat.message import Block, Heading, Message, Strong, bullets, paragraph
from cohort_bot.core.membership import Cohort


def digest(
    number: int, made: int, of: int, on_break: int, blockers: Sequence[tuple[str, str]], *, last: bool
) -> Message:
    """How a round went, for the group; after the `last` none follows. `blockers`: (name, text) of who shares."""
    head = _("Week {number}: {made} of {of} checked in", number=number, made=made, of=of)
    blocks: list[Block] = [Heading(head)]
    if on_break:
        blocks.append(paragraph(_("{people} on a break.", people=counted(on_break, "person", "people"))))
    if made and made == of:
        blocks.append(paragraph(_("Everybody. That does not happen often.")))
    elif made:
        blocks.append(paragraph(_("Thank you to all who wrote. The others are welcome any time; late counts.")))
    else:
        then = _("Late check-ins count.") if last else _("The next one starts fresh, and late check-ins count.")
        blocks.append(paragraph(_("A quiet week. {then}", then=then)))
    if blockers:
        blocks.append(paragraph(Strong(_("Can you help with one of these?"))))
        blocks.append(bullets((Strong(name), f": {words}") for name, words in blockers))
    return Message(head, tuple(blocks))


def no_programme_finding(cohort: Cohort) -> Finding:
    """A cohort whose programme is missing or did not pass its check."""
    return Finding(
        _("The programme {programme} cannot be read, so nothing goes out.", programme=cohort.programme),
        _("Whoever runs me finds out why with: cohort-bot content check"),
    )
