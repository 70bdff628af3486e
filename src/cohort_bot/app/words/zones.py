"""Time zones in words: what time it is there, and what may be meant."""

from datetime import datetime, timedelta
from typing import Final

from cohort_bot.app.errors import Choice, Question
from cohort_bot.app.ports.platform import Finding
from cohort_bot.app.words.dates import month, weekday_and_time
from cohort_bot.chat.form import Option
from cohort_bot.chat.i18n import _
from cohort_bot.chat.typed import shorten
from cohort_bot.core.membership import Cohort
from cohort_bot.core.places import Meaning
from cohort_bot.core.rounds import is_zone, zone_info
from cohort_bot.core.zones import Unclear, offset_of

LABEL: Final = 75
SAYS: Final = 40
YEAR: Final = timedelta(days=366)


def another_zone() -> str:
    """The button for a zone that is not among those offered."""
    return _("Another time zone")


def change_zone() -> str:
    """The button beside a zone that may be the wrong one."""
    return _("Change the time zone")


def zone_hint() -> str:
    return _("A large city, a country, or what your clock shows")


def clock(zone: str, at: datetime) -> str:
    """What the clocks of a zone show, HH:MM."""
    return f"{at.astimezone(zone_info(zone)):%H:%M}"


def there(zone: str, at: datetime) -> str:
    """A zone with what its clocks show: to be seen to be right or wrong."""
    return _("{zone}, where it's {time} now", zone=zone, time=weekday_and_time(at.astimezone(zone_info(zone))))


def unknown(cohort: Cohort) -> Finding | None:
    """A cohort that meets in a zone which the time-zone data lacks; None if the data has it."""
    zone = cohort.calendar.last_zone
    if is_zone(zone):
        return None
    problem = _(
        "{zone}, the time zone of {cohort}, isn't in the time-zone data, so its weeks open at hours of UTC.",
        zone=zone,
        cohort=cohort.name,
    )
    cure = _("Update the data (pip install --upgrade tzdata), or choose another with /cohort edit timezone:.")
    return Finding(problem, cure, bearable=True)


def question(said: str, unclear: Unclear, at: datetime, key: str) -> Question:
    """Which zone is meant by what was typed for the option or field `key`."""
    typed = shorten(said, SAYS)
    times = [clock(meaning.zone, at) for meaning in unclear.meanings]
    same = {shown for shown in times if times.count(shown) > 1}
    choices = [
        _choice(meaning, shown, at, more=shown in same) for meaning, shown in zip(unclear.meanings, times, strict=True)
    ]
    if unclear.several and len(choices) == 1:
        head = _("I'm not sure which time zone “{typed}” is. Is it this one?", typed=typed)
    elif unclear.several:
        head = _("“{typed}” could be more than one time zone. Which one do you mean?", typed=typed)
    elif choices:
        head = _("I don't know the time zone “{typed}”. Did you mean one of these?", typed=typed)
    else:
        head = _(
            "I don't know the time zone “{typed}”. Please give a large city near you, a country, or what your clock "
            "shows, such as {time}.",
            typed=typed,
            time=clock("Europe/Berlin", at),
        )
    return Question(key, head, choices, another_zone(), zone_hint(), several=unclear.several)


def _choice(meaning: Meaning, shown: str, at: datetime, *, more: bool) -> Choice:
    name = shorten(meaning.name, LABEL - len(shown) - 2)
    values = {"place": meaning.name, "zone": meaning.zone, "time": shown}
    if not more:
        detail = _("{place} ({zone}): {time} now", **values)
    elif changes := _clock_change(meaning.zone, at):
        detail = _("{place} ({zone}): {time} now; the clocks change in {month}", month=month(changes), **values)
    else:
        detail = _("{place} ({zone}): {time} now; the clocks never change", **values)
    return Choice(meaning.zone, f"{name}, {shown}", detail)


def _clock_change(zone: str, at: datetime) -> datetime | None:
    """When its clocks change next, which tells apart zones that show the same time now; None if they never do."""
    now, day = offset_of(zone, at), at
    while day < at + YEAR:
        day += timedelta(days=1)
        if offset_of(zone, day) != now:
            return day
    return None


def suggestion(meaning: Meaning, at: datetime) -> Option:
    typed = meaning.zone if "/" in meaning.name else meaning.name
    time = _("{time} now", time=clock(meaning.zone, at))
    shown = f" · {time}" if typed == meaning.zone else f" · {meaning.zone} · {time}"
    return Option(typed, shorten(meaning.name, LABEL - len(shown)) + shown)
