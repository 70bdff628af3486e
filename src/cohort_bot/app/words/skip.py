"""The next week's card, dropped."""

from datetime import datetime

from cohort_bot.app.errors import PersonError
from cohort_bot.chat.message import Actions, Button, Message, Strong, When, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.membership import Cohort


def no_card_left(cohort: Cohort) -> PersonError:
    """Skipping after the last opening."""
    return PersonError(f"All weeks of “{cohort.name}” have opened; there is no card left to skip.")


def already_skipped(number: int) -> PersonError:
    """Skipping twice."""
    return PersonError(f"The card of week {number} is skipped already. After it I go on as ever.")


def card_gone() -> PersonError:
    """Skipping what has gone out."""
    return PersonError("That card has gone out meanwhile. /cohort skip names the next one.")


def opened_without_card(platform: str) -> PersonError:
    """Taking a skip back too late."""
    return PersonError(f"That week has opened meanwhile, without its card. {typed('plan', platform)} shows its tasks.")


def not_skipped(number: int) -> PersonError:
    """Taking back a skip that there is not."""
    return PersonError(f"The card of week {number} is not skipped; it comes as planned.")


def skip_card(number: int) -> str:
    """Drops the card of a week."""
    return f"Skip week {number}'s card"


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
