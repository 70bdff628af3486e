"""A member's break."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from cohort_bot.app.errors import PersonError
from cohort_bot.app.words.counts import weeks
from cohort_bot.app.words.dates import day
from cohort_bot.app.words.lists import numbers
from cohort_bot.chat.form import Form, TextField
from cohort_bot.chat.i18n import N_, _, ngettext
from cohort_bot.chat.message import Actions, Button, Message, Strong, paragraph
from cohort_bot.chat.typed import typed
from cohort_bot.core.membership import BREAK_DATES, Break, Cohort

_SPELT: Final = {3: N_("three"), 4: N_("four"), 5: N_("five")}


def break_passed(first: date, today: date) -> str:
    return _("{day} has already passed. A break can start today, {today}, or later.", day=day(first), today=str(today))


def break_far(first: date) -> str:
    """A break that is more than a year ahead."""
    return _("{day} is more than a year away. Please tell me nearer the time.", day=day(first))


def break_backwards(first: date) -> str:
    """A break whose last day is before its first."""
    return _("That break would end before it begins. Please set until to {day} or later.", day=str(first))


def break_long(most_weeks: int, most: date, platform: str) -> str:
    return _(
        "A break can last {weeks} at most, so until {day}. If you need longer, {leave} keeps your record and {join} "
        "brings you back.",
        weeks=weeks(most_weeks),
        day=str(most),
        leave=typed("leave", platform),
        join=typed("join", platform),
    )


def no_break(cohort: Cohort) -> PersonError:
    return PersonError(_("You have no break in {cohort} after today, so there's nothing to end.", cohort=cohort.name))


def break_form(cohort: Cohort, first: str, last: str) -> Form:
    """When a break begins and ends, as it was said or proposed."""
    begins, begins_hint = _("First day off"), _("Today or later: 2027-01-31")
    ends, ends_hint = _("Last day off"), _("This day is off too")
    fields = (
        TextField("from", begins, "date", first, limit=20, required=True, hint=begins_hint),
        TextField("until", ends, "date", last, limit=20, required=True, hint=ends_hint),
    )
    return Form("break.save", _("Take a break"), fields, {"id": str(cohort.id)}, _("Take the break"))


def break_taken(cohort: Cohort, pause: Break, rounds: Sequence[int], *, new: bool) -> Message:
    """A break that was recorded, and the rounds that it takes out."""
    first, last = day(pause.first), day(pause.last)
    if new:
        head = _("Your break is set: {first} to {last}.", first=first, last=last)
    else:
        head = _("Your break is already set: {first} to {last}.", first=first, last=last)
    count = _(_SPELT[BREAK_DATES])
    if rounds:
        words = ngettext(
            "Round {rounds} is paused, because at least {count} of its seven days are off. Your streak is safe, and "
            "I won't remind you. If you check in anyway, it counts.",
            "Rounds {rounds} are paused, because at least {count} of their seven days are off. Your streak is safe, "
            "and I won't remind you. If you check in anyway, it counts.",
            len(rounds),
            rounds=numbers(rounds),
            count=count,
        )
    else:
        words = _(
            "It's too short to pause a round (that takes {count} days off in seven), but I won't remind you on those "
            "days.",
            count=count,
        )
    end = Button(_("End my break"), "break.end", {"id": str(cohort.id)})
    return Message(head, (paragraph(Strong(head)), paragraph(words), Actions((end,))))


def break_ended(cohort: Cohort, platform: str) -> Message:
    return Message(
        _(
            "Your break in {cohort} is over as of today. Your streak is as you left it, and rounds count again. Good "
            "to see you! {plan} shows your week.",
            cohort=cohort.name,
            plan=typed("plan", platform),
        )
    )
