"""An announcement."""

from cohort_bot.app.errors import PersonError
from cohort_bot.app.queries.readers import speaking_to
from cohort_bot.app.words import buttons
from cohort_bot.chat.i18n import _, ngettext
from cohort_bot.chat.message import Actions, Button, Message, paragraph
from cohort_bot.chat.typed import shorten
from cohort_bot.core.membership import Cohort


def already_announced() -> PersonError:
    return PersonError(_("You've already posted that. To announce something else, type /cohort announce again."))


def post_it() -> str:
    return _("Post it")


def announce_preview(cohort: Cohort, words: str, rooms: int, button: Button) -> Message:
    lead = ngettext(
        "I'd post this in the room of {cohort}. This won't ping anyone.",
        "I'd post this in all {n} rooms of {cohort}. This won't ping anyone.",
        rooms,
        cohort=cohort.name,
    )
    head = _("Announce in {cohort}?", cohort=cohort.name)
    with speaking_to(cohort):
        post = announcement(cohort, words)
    return Message(head, (paragraph(lead), *post.blocks, Actions((button,))))


def announcement(cohort: Cohort, words: str) -> Message:
    """What moderators tell the room; the words are text and nothing else."""
    return Message(
        shorten(words, 150),
        (paragraph(words), paragraph(_("From a moderator of {cohort}", cohort=cohort.name), quiet=True)),
    )


def announced(cohort: Cohort, undo: Button) -> Message:
    head = _("It's on its way to {cohort}.", cohort=cohort.name)
    return Message(head, (paragraph(head), *buttons.undoing(undo)))


def announcement_undone(cohort: Cohort, *, posted: bool) -> Message:
    if posted:
        text = _("Undone: in {cohort}, one line replaces the announcement.", cohort=cohort.name)
    else:
        text = _("Undone before it was posted in {cohort}.", cohort=cohort.name)
    return Message(text)


def withdrawn() -> Message:
    """In place of an announcement that was posted."""
    return Message(_("A moderator withdrew an announcement."))


def taken_back_already() -> PersonError:
    return PersonError(_("That announcement is already withdrawn."))


def undo_too_late() -> PersonError:
    text = _(
        "You had ten minutes to undo it, so the announcement stays. To correct it, post another with /cohort announce."
    )
    return PersonError(text)
