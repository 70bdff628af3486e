"""A time of day as people write it, and an offset from Greenwich: "18:30", "6:30 pm", "14h30", "UTC+5:30".

The rules are those of English. The words of another language come as a `Vocabulary`, which is tried as well.
"""

import re
from dataclasses import dataclass
from datetime import time, timedelta

from cohort_bot.core.folding import plain
from cohort_bot.core.vocabulary import ENGLISH, Vocabulary

_COUNT = {
    word: str(number)
    for number, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    )
}
_WORDS = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_TWELVE = re.compile(r"^12(?: h)? (?=noon|midnight)")
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:\s*(?P<sign>[:.h])\s*(?P<minute>\d{2})(?:[:.]\d{2})?)?\s*"
    r"(?P<half>a\.?\s?m\.?|p\.?\s?m\.?)?\s*(?P<word>h|hrs?|hours?|uhr|o'clock|oclock)?(?:\s+(?P<later>am|pm))?"
)
_DIGITS = re.compile(r"(?P<hour>\d{2})(?P<minute>\d{2})")
_OFFSET = re.compile(
    r"(?P<base>utc|gmt|z|greenwich)?\s*(?P<sign>[+-])\s*(?P<hour>\d{1,2})"
    r"(?:(?P<minute>[0-5]\d)|[:h ](?P<minutes>[0-5]\d)|[.,](?P<part>\d{1,2}))?\s*(?:h|hrs?|hours?|)"
)
_APART = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>[0-5]\d))?\s*(?:h|hrs?|hours?)\s*(?P<way>ahead of|before|behind|after)\s*"
    r"(?:utc|gmt|greenwich)"
)
_COUNTED = re.compile(rf"\b(?:{'|'.join(_COUNT)})\b")
_ZERO = re.compile(r"±\s*(?=0)|\+/-\s*(?=0)")
_PART_OF_DAY = re.compile(r"\s*(?:(?:in|of) the (?P<part>morning|afternoon|evening)|at (?P<night>night))")
_LEADING = re.compile(r"^(?:it'?s|it is|now|currently|at)\s+")
_TRAILING = re.compile(r"\s+(?:now|here|right now|at the moment)$")
NIGHTFALL = 5
HALF_DAY = timedelta(hours=12)
FARTHEST = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Reading:
    """A time of day. `half` is False when it may also be twelve hours later; `exact` is True when minutes were
    given.
    """

    at: time
    half: bool
    exact: bool


def read_clock(text: str, words: Vocabulary = ENGLISH) -> Reading | None:
    """The time of day, if the whole text is one and only one, else None."""
    found = {reading for said in (text, *words.readings(text)) if (reading := _clock(said))}
    return found.pop() if len(found) == 1 else None


def _clock(text: str) -> Reading | None:
    text = _TRAILING.sub("", _LEADING.sub("", plain(text).casefold()))
    text = _TWELVE.sub("", _PART_OF_DAY.sub(_half_of, text))
    if text in _WORDS:
        return Reading(_WORDS[text], half=True, exact=False)  # no one states them to the minute
    match = _CLOCK.fullmatch(text)
    if match is not None and not any(match[name] for name in ("minute", "half", "word", "later")):
        match = None  # a bare number is not a time
    if match is None:
        digits = _DIGITS.fullmatch(text)
        return None if digits is None else _reading(int(digits["hour"]), int(digits["minute"]), "", exact=True)
    if match["half"] and match["later"]:
        return None
    half = (match["half"] or match["later"] or "")[:1]
    certain = match["word"] in {"h", "uhr"} or match["sign"] == "h"
    return _reading(int(match["hour"]), int(match["minute"] or 0), half, exact=bool(match["minute"]), certain=certain)


def _half_of(said: re.Match[str]) -> str:
    """ "In the evening" as a 12-hour clock has it; 2 at night is before the morning, 11 at night after the evening."""
    hour = re.match(r"\d+", said.string)
    early = said["part"] == "morning" or (said["night"] and hour is not None and int(hour[0]) % 12 < NIGHTFALL)
    return " am" if early else " pm"


def _reading(hour: int, minute: int, half: str, *, exact: bool, certain: bool = False) -> Reading | None:
    if minute > 59 or hour > 23:  # noqa: PLR2004 - a clock's face, a day
        return None
    if half:
        if hour == 0 or (half == "a" and hour > 12):  # noqa: PLR2004 - half a day
            return None
        return Reading(time(hour % 12 + (12 if half == "p" else 0), minute), half=True, exact=exact)
    return Reading(time(hour, minute), half=certain or hour > 12 or hour == 0, exact=exact)  # noqa: PLR2004


def read_offset(text: str) -> timedelta | None:
    """The offset, if the whole text is one, with the sign that people mean: plus is ahead of Greenwich."""
    text = plain(text).casefold().replace(" plus ", " +").replace(" minus ", " -")
    text = _ZERO.sub("+", _COUNTED.sub(lambda word: _COUNT[word[0]], text))
    if apart := _APART.fullmatch(text):
        offset = timedelta(hours=int(apart["hour"]), minutes=int(apart["minute"] or 0))
        return _within(offset if apart["way"] in {"ahead of", "before"} else -offset)
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    minutes = float(match["minute"] or match["minutes"] or 0)
    if part := match["part"]:  # 5.30 is half past five like 5.5
        minutes = float(part) if part in {"00", "15", "30", "45"} else float(f"0.{part}") * 60
    offset = timedelta(hours=int(match["hour"]), minutes=minutes)
    return _within(offset if match["sign"] == "+" else -offset)


def _within(offset: timedelta) -> timedelta | None:
    return offset if -HALF_DAY <= offset <= FARTHEST else None
