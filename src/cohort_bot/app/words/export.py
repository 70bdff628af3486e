"""Answers to a moderator who exports the record of a cohort."""

from collections.abc import Sequence
from datetime import datetime

from cohort_bot.app.errors import UnknownName
from cohort_bot.app.words.counts import check_ins
from cohort_bot.app.words.counts import people as so_many_people
from cohort_bot.chat.i18n import N_, _
from cohort_bot.chat.message import File, Heading, Message, file_name, paragraph
from cohort_bot.core.membership import Cohort

BYTE_ORDER_MARK = "\ufeff"
"""Tells Excel that the file is UTF-8; other spreadsheets skip it."""


def export(cohort: Cohort, checkins: int, people: int, words: str, at: datetime, command: str) -> Message:
    head = _("The record of {cohort}", cohort=cohort.name)
    size = _(
        "{check_ins} by {people}, including those who left. The file opens in any spreadsheet.",
        check_ins=check_ins(checkins),
        people=so_many_people(people),
    )
    confidence = _(
        "It contains what they told you moderators in confidence, so keep it to yourselves and delete it when you're "
        "done. The other moderators can see that you exported it."
    )
    scripts = _("For scripts, whoever hosts this bot can get it as JSON with: {command}", command=command)
    return Message(
        head,
        (Heading(head), paragraph(size), paragraph(confidence), paragraph(scripts, quiet=True)),
        files=(File(file_name("check-ins", cohort.name, f"{at:%Y-%m-%d}", kind="csv"), BYTE_ORDER_MARK + words),),
    )


def nothing(cohort: Cohort, before: Sequence[str]) -> Message:
    """Before anybody has checked in. `before` are what ended cohorts of the name are called now."""
    line = _("Nobody has checked in to {cohort} yet, so there's nothing to export.", cohort=cohort.name)
    if before:
        earlier = _('For the earlier one, add cohort:"{cohort}".', cohort=before[0])
        line = f"{line} {earlier}"
    return Message(line)


def too_large(cohort: Cohort, checkins: int, command: str) -> Message:
    """A record that is too large for a chat."""
    head = _(
        "The record of {cohort} is too large to send here: it has {check_ins}.",
        cohort=cohort.name,
        check_ins=check_ins(checkins),
    )
    return Message(
        head,
        (paragraph(head), paragraph(_("Whoever hosts this bot can get all of it with: {command}", command=command))),
    )


def unknown(name: str) -> UnknownName:
    """For an operator, who named the cohort at the command line."""
    return UnknownName(N_("There is no cohort {name!r}."), name=name)


def several(name: str, names: str) -> UnknownName:
    return UnknownName(N_("There is more than one cohort {name!r}; say which: {names}"), name=name, names=names)
