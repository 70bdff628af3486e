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
        blocks.append(paragraph(_("Everyone! That doesn't happen often.")))
    elif made:
        blocks.append(
            paragraph(_("Thanks to everyone who checked in. The others are welcome any time: late check-ins count."))
        )
    elif last:
        blocks.append(paragraph(_("A quiet week. Late check-ins count.")))
    else:
        blocks.append(paragraph(_("A quiet week. The next one is a fresh start, and late check-ins count.")))
    if blockers:
        blocks.append(paragraph(Strong(_("Can you help with one of these?"))))
        blocks.append(bullets((Strong(name), f": {words}") for name, words in blockers))
    return Message(head, tuple(blocks))


def no_programme_finding(cohort: Cohort) -> Finding:
    """A cohort whose programme is missing or did not pass its check."""
    return Finding(
        _("I can't read the programme {programme}, so nothing goes out.", programme=cohort.programme),
        _("Whoever hosts this bot can find out why with: cohort-bot content check"),
    )
