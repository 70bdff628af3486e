"""How long a phase of a guide takes: "16 weeks- …", "(4 months)", "Weeks 17–36" and their kin, as weeks."""

import re
from dataclasses import dataclass

LONGEST = 520
_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty")  # fmt: skip
_WORDS = {word: number for number, word in enumerate(_ONES, start=1)} | {"a": 1, "an": 1}
_WEEKS_IN = {"day": 1 / 7, "week": 1.0, "month": 52 / 12, "year": 52.0}
_AMOUNT = r"-?\d+(?:[.,]\d+)?|" + "|".join(sorted(_WORDS, key=len, reverse=True))
_UNIT = r"days?|w(?:ee)?ks?|mo(?:nth|s|nths)?|y(?:ea)?rs?"
_DASH = r"\s*(?:-|–|—|−|to|through|until)\s*"
_LEAD = (
    r"(?:(?:(?:estimated|approximate|suggested|total)\s+)?(?:duration|time(?:\s?(?:line|frame))?|length)\s*[:–—-]?\s*)?"
    r"(?:(?:about|around|approximately|approx\.?|roughly|ca\.?|over|~|≈)\s*)?"
)
_CORE = (
    rf"(?:(?P<unit>weeks?|months?|days?|years?)\s+(?P<first>\d+)(?:{_DASH}(?P<last>\d+))?"
    rf"|(?P<low>{_AMOUNT})(?:{_DASH}(?P<high>{_AMOUNT}))?\+?(?:\s|-)?\s*(?P<of>{_UNIT})\b\.?)"
)
_START = re.compile(rf"^\s*[\W_]{{0,3}}?[(\[]?\s*{_LEAD}{_CORE}(?:\s*[)\]])?", re.IGNORECASE)
_END = re.compile(rf"(?:\s*[(\[]|\s*[:,–—|]|\s-)\s*{_LEAD}{_CORE}\s*[)\]]?\s*[:.]?\s*$", re.IGNORECASE)
_BROKEN = re.compile(
    r"[(\[]?\s*(?P<amount>\S{1,12}|a few|a couple(?: of)?)?\s*\b(?:weeks?|months?)\s*(?:[-–—:•)\]]|$)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Duration:
    """A length in whole weeks. `remark` says how it was read where that was not plain."""

    weeks: int
    remark: str = ""
    first: int | None = None
    """The week it begins in, where the guide gives weeks from and to."""


class UnreadableDurationError(Exception):
    """It is meant as a length of time, and cannot be one."""


def at_start(line: str) -> tuple[Duration, str] | None:
    """The duration that the line begins with, and what follows it; None when it begins with something else.

    Raises UnreadableDurationError.
    """
    found = _START.match(line)
    if found is None:
        return None
    rest = line[found.end() :]
    # "16 weeks of practice" is prose; after a duration comes a sign, an end, or a new sentence.
    after = re.match(r"\s*(?:[-–—−:•*|·.,;)]+\s*|$)|\s+(?=[^\W\d_a-z])", rest)
    if after is None:
        return None
    return _duration(found), rest[after.end() :].strip()


def at_end(line: str) -> tuple[Duration, str] | None:
    """The duration that the line ends with, and what stands before it. Raises UnreadableDurationError."""
    found = _END.search(line)
    if found is None or not line[: found.start()].strip(" \t-–—:*#_"):
        return None
    return _duration(found), line[: found.start()].rstrip(" \t-–—:,|")


def broken(line: str) -> str | None:
    """What stands in place of a number, such as "some" in "some weeks- Read"; None when it is no such line."""
    found = _BROKEN.match(line.strip())
    return (found["amount"] or "nothing") if found else None


def _duration(found: re.Match[str]) -> Duration:
    groups = {key: value for key, value in found.groupdict().items() if value is not None}
    said = found[0].strip(" \t()[]:–—,|-*_#")
    if "unit" in groups:
        first, last = int(groups["first"]), int(groups.get("last", groups["first"]))
        unit = groups["unit"].lower().rstrip("s")
        if first < 1 or last < first:
            raise UnreadableDurationError(f'"{said}" is no span of time')
        weeks = _whole(last - first + 1, unit, said)
        begins = first if unit == "week" else None
        return Duration(weeks, "" if unit == "week" else _converted(said, weeks), begins)
    unit = {"d": "day", "w": "week", "m": "month", "y": "year"}[groups["of"][0].lower()]
    low, high = _number(groups["low"]), _number(groups.get("high", groups["low"]))
    if low <= 0 or high < low:
        raise UnreadableDurationError(f'"{said}" is no span of time')
    weeks = _whole(high, unit, said)
    remark = "" if unit == "week" else _converted(said, weeks)
    if high > low:
        remark = f'"{said}" is a range: its longer end is taken, {weeks} weeks'
    return Duration(weeks, remark)


def _number(text: str) -> float:
    return _WORDS[text.lower()] if text.lower() in _WORDS else float(text.replace(",", "."))


def _converted(said: str, weeks: int) -> str:
    return f'"{said}" is taken as {weeks} weeks, 52 to a year'


def _whole(amount: float, unit: str, said: str) -> int:
    weeks = max(1, round(amount * _WEEKS_IN[unit]))
    if weeks > LONGEST:
        raise UnreadableDurationError(f'"{said}" is longer than {LONGEST} weeks')
    return weeks
