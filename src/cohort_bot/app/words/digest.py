"""A round's digest."""

from collections.abc import Sequence

from cohort_bot.app.ports.platform import Finding
from cohort_bot.chat.i18n import _, ngettext
from cohort_bot.chat.message import Block, Heading, Message, Strong, bullets, paragraph
from cohort_bot.core.membership import Cohort


def digest(
    number: int, made: int, of: int, on_break: int, blockers: Sequence[tuple[str, str]], *, last: bool
) -> Message:
    """How a round went, for the group; after the `last` none follows. `blockers`: (name, text) of who shares."""
    head = _("Week {week}: {made} of {all} checked in", week=number, made=made, all=of)
    blocks: list[Block] = [Heading(head)]
    if on_break:
        blocks.append(paragraph(ngettext("{n} person on a break.", "{n} people on a break.", on_break)))
    if made and made == of:
        blocks.append(paragraph(_("Everybody. That does not happen often.")))
    elif made:
        blocks.append(paragraph(_("Thank you to all who wrote. The others are welcome any time; late counts.")))
    elif last:
        blocks.append(paragraph(_("A quiet week. Late check-ins count.")))
    else:
        blocks.append(paragraph(_("A quiet week. The next one starts fresh, and late check-ins count.")))
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
