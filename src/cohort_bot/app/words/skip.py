"""The next week's card, dropped."""

from collections.abc import Sequence
from datetime import datetime

from cohort_bot.app.errors import PersonError
from cohort_bot.chat.i18n import _, spans
from cohort_bot.chat.message import Actions, Block, Button, Message, Strong, When, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.membership import Cohort


def no_card_left(cohort: Cohort) -> PersonError:
    return PersonError(_("All weeks of “{cohort}” have opened; there is no card left to skip.", cohort=cohort.name))


def already_skipped(number: int) -> PersonError:
    return PersonError(_("The card of week {week} is skipped already. After it I go on as ever.", week=number))


def card_gone() -> PersonError:
    return PersonError(_("That card has gone out meanwhile. /cohort skip names the next one."))


def opened_without_card(platform: str) -> PersonError:
    plan = typed("plan", platform)
    return PersonError(_("That week has opened meanwhile, without its card. {plan} shows its tasks.", plan=plan))


def not_skipped(number: int) -> PersonError:
    return PersonError(_("The card of week {week} is not skipped; it comes as planned.", week=number))


def skip_card(number: int) -> str:
    return _("Skip week {week}'s card", week=number)


def skip_preview(
    cohort: Cohort, number: int, opens: datetime, told: Sequence[Block], buttons: tuple[Button, ...], platform: str
) -> Message:
    """`told` is what the room would read."""
    head = _("Skip the card of week {week}?", week=number)
    due = spans("{question} It is due {opens} and would never be posted.", question=Strong(head), opens=When(opens))
    stays = _(
        "The week itself stays: people can check in, reminders go out, {plan} shows the tasks.",
        plan=typed("plan", platform),
    )
    instead = _("For a week off use /cohort holiday. This is about {cohort}.", cohort=cohort.name)
    return Message(head, (paragraph(*due), paragraph(stays), paragraph(instead, quiet=True), *told, Actions(buttons)))


def skipped(cohort: Cohort, number: int, undo: Button) -> Message:
    head = _("The card of week {week} will not be posted in {cohort}.", week=number, cohort=cohort.name)
    return Message(head, (paragraph(head), Actions((undo,))))


def unskipped(cohort: Cohort, number: int, opens: datetime) -> Message:
    head = _("Week {week}'s card is back on in {cohort}.", week=number, cohort=cohort.name)
    return Message(head, (paragraph(*spans("{done} It is due {opens}.", done=head, opens=When(opens))),))
