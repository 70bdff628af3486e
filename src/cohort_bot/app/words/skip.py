"""The next week's card, dropped."""

from collections.abc import Sequence
from datetime import datetime

from cohort_bot.app.errors import PersonError
from cohort_bot.chat.i18n import _, spans
from cohort_bot.chat.message import Actions, Block, Button, Message, Strong, When, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.membership import Cohort


def no_card_left(cohort: Cohort) -> PersonError:
    return PersonError(_("All weeks of “{cohort}” have opened, so there's no card left to skip.", cohort=cohort.name))


def already_skipped(number: int) -> PersonError:
    return PersonError(_("Week {week}'s card is already skipped. After that I carry on as usual.", week=number))


def card_gone() -> PersonError:
    return PersonError(_("That card has gone out in the meantime. /cohort skip shows the next one."))


def opened_without_card(platform: str) -> PersonError:
    plan = typed("plan", platform)
    return PersonError(_("That week has opened in the meantime, without its card. {plan} shows its tasks.", plan=plan))


def not_skipped(number: int) -> PersonError:
    return PersonError(_("Week {week}'s card isn't skipped; it comes as planned.", week=number))


def skip_card(number: int) -> str:
    return _("Skip week {week}'s card", week=number)


def skip_preview(
    cohort: Cohort, number: int, opens: datetime, told: Sequence[Block], buttons: tuple[Button, ...], platform: str
) -> Message:
    """`told` is what the room would read."""
    head = _("Skip week {week}'s card?", week=number)
    due = spans("{question} It's due {opens} and would never be posted.", question=Strong(head), opens=When(opens))
    stays = _(
        "The week itself stays: people can check in, reminders go out, and {plan} shows the tasks.",
        plan=typed("plan", platform),
    )
    instead = _("This is about {cohort}. For a week off, use /cohort holiday.", cohort=cohort.name)
    return Message(head, (paragraph(*due), paragraph(stays), paragraph(instead, quiet=True), *told, Actions(buttons)))


def skipped(cohort: Cohort, number: int, undo: Button) -> Message:
    head = _("Week {week}'s card won't be posted in {cohort}.", week=number, cohort=cohort.name)
    return Message(head, (paragraph(head), Actions((undo,))))


def unskipped(cohort: Cohort, number: int, opens: datetime) -> Message:
    head = _("Week {week}'s card is back on in {cohort}.", week=number, cohort=cohort.name)
    return Message(head, (paragraph(*spans("{done} It's due {opens}.", done=head, opens=When(opens))),))
