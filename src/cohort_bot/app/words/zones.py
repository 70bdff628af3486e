"""Time zones in words: what time it is there, and what may be meant."""

from datetime import datetime, timedelta
from typing import Final

from cohort_bot.app.errors import Choice, Question
from cohort_bot.chat.form import Option
from cohort_bot.chat.typed import shorten
from cohort_bot.core.places import Meaning
from cohort_bot.core.rounds import zone_info
from cohort_bot.core.zones import Unclear, offset_of

LABEL: Final = 75
SAYS: Final = 40
YEAR: Final = timedelta(days=366)
ANOTHER: Final = "Another time zone"
CORRECT: Final = "Change the time zone"
HINT: Final = "A large city, a country, or what your clock shows"


def clock(zone: str, at: datetime) -> str:
    """What the clocks of a zone show, HH:MM."""
    return f"{at.astimezone(zone_info(zone)):%H:%M}"


def there(zone: str, at: datetime) -> str:
    """A zone with what its clocks show: to be seen to be right or wrong."""
    return f"{zone}, where it is {at.astimezone(zone_info(zone)):%A %H:%M} now"


def question(said: str, unclear: Unclear, at: datetime, key: str) -> Question:
    """Which zone is meant by what was typed for the option or field `key`."""
    typed = shorten(said, SAYS)
    times = [clock(meaning.zone, at) for meaning in unclear.meanings]
    same = {shown for shown in times if times.count(shown) > 1}
    choices = [
        _choice(meaning, shown, at, more=shown in same) for meaning, shown in zip(unclear.meanings, times, strict=True)
    ]
    if unclear.several and len(choices) == 1:
        head = f"I am not sure which time zone “{typed}” is. Is it this one?"
    elif unclear.several:
        head = f"“{typed}” could be more than one time zone. Which do you mean?"
    elif choices:
        head = f"I do not know the time zone “{typed}”. Did you mean one of these?"
    else:
        head = (
            f"I do not know the time zone “{typed}”. Please give a large city near you, a country, or what your clock "
            f"shows, such as {at.astimezone(zone_info('Europe/Berlin')):%H:%M}."
        )
    return Question(key, head, choices, ANOTHER, HINT, several=unclear.several)


def _choice(meaning: Meaning, shown: str, at: datetime, *, more: bool) -> Choice:
    season = f"; {_season(meaning.zone, at)}" if more else ""
    name = shorten(meaning.name, LABEL - len(shown) - 2)
    return Choice(meaning.zone, f"{name}, {shown}", f"{meaning.name} ({meaning.zone}): {shown} now{season}")


def _season(zone: str, at: datetime) -> str:
    """When its clocks change next, which tells apart what shows the same time now."""
    now, day = offset_of(zone, at), at
    while day < at + YEAR:
        day += timedelta(days=1)
        if offset_of(zone, day) != now:
            return f"its clocks change in {day:%B}"
    return "its clocks never change"


def suggestion(meaning: Meaning, at: datetime) -> Option:
    """A place or a zone while somebody types."""
    typed = meaning.zone if "/" in meaning.name else meaning.name
    shown = f" · {meaning.zone} · {clock(meaning.zone, at)} now"
    if typed == meaning.zone:
        shown = f" · {clock(meaning.zone, at)} now"
    return Option(typed, shorten(meaning.name, LABEL - len(shown)) + shown)
