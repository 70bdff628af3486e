"""What is suggested while somebody types an option."""

from datetime import date

from cohort_bot.app.words.dates import padded_day
from cohort_bot.chat.i18n import _
from cohort_bot.core.programme import Week


def own_round(number: int, week: int, known: Week | None, *, made: bool) -> str:
    """A round of the member's own; `known` is its week unless the programme cannot be read."""
    parts = [_("Round {round}", round=number)]
    if made:
        parts.append(_("checked in"))
    parts.append(_("week {week}: {title}", week=week, title=known.title) if known else _("week {week}", week=week))
    return " · ".join(parts)


def opened_round(number: int, opened: date) -> str:
    return _("Round {round} · opened {day}", round=number, day=padded_day(opened))


def week(known: Week) -> str:
    return _("Week {week} · {title}", week=known.number, title=known.title)
