"""Putting a reminder off."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.dates import short_weekday_and_time
from cohort_bot.app.words.week import check_in_button
from cohort_bot.chat.i18n import N_, _, spans
from cohort_bot.chat.message import Actions, Button, Message, When, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.membership import Cohort
from cohort_bot.core.nudges import TOMORROW, WEEKEND
from cohort_bot.core.rounds import zone_info

_LABELS: Final = {TOMORROW: N_("Snooze to tomorrow"), WEEKEND: N_("Snooze to the weekend")}


def buttons(cohort: Cohort, number: int, offered: Collection[str]) -> list[Button]:
    args = {"id": str(cohort.id), "round": str(number)}
    return [Button(_(label), "snooze", {**args, "to": to}) for to, label in _LABELS.items() if to in offered]


def snoozed(cohort: Cohort, number: int, week: int, due: datetime) -> Message:
    head = _("I'll remind you about week {week} again.", week=week)
    lead = spans("I'll remind you again {when}, unless you check in before then.", when=When(due))
    last = _("It's the last reminder of this week.")
    return Message(head, (paragraph(*lead), paragraph(last, quiet=True), Actions((check_in_button(cohort, number),))))


def round_closed(cohort: Cohort) -> PersonError:
    return PersonError(
        _("That week of {cohort} has closed, so there's nothing left to remind you of.", cohort=cohort.name)
    )


def checked_in_already(week: int) -> PersonError:
    return PersonError(_("You've checked in for week {week}: no more reminders for it.", week=week))


def reminders_off(platform: str) -> PersonError:
    return PersonError(
        _(
            "Your reminders are off, so this one won't come again. {profile} turns them on.",
            profile=typed("profile reminders:on", platform),
        )
    )


def too_late(week: int, closes: datetime, zone: str) -> PersonError:
    return PersonError(
        _(
            "Week {week} closes {closes} your time, before that reminder would come. A blank check-in counts too.",
            week=week,
            closes=short_weekday_and_time(closes.astimezone(zone_info(zone))),
        )
    )


def on_break_then() -> PersonError:
    return PersonError(_("You'll be on a break then, and I don't send reminders during a break."))


def both_sent(week: int) -> PersonError:
    return PersonError(
        _("You've had both reminders for week {week}. I send two at most, so you can't snooze this one.", week=week)
    )
