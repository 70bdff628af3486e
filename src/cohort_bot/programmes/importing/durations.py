"""How long a part of a guide takes: "16 weeks- …", "(4 months)", "Weeks 17–36", "(Jan–Mar)" and their kin, as weeks."""

import re
from dataclasses import dataclass

from cohort_bot.app.words.counts import Count
from cohort_bot.app.words.guide_reading import Length
from cohort_bot.chat.sentence import Sentence

LONGEST = 520
_NUMBERS = (
    "one ein eine einen einer eins uno una um uma un une 一",
    "two zwei dos dois duas deux 二 两 兩",
    "three drei tres três trois 三",
    "four vier cuatro quatro quatre 四",
    "five fünf cinco cinq 五",
    "six sechs seis 六",
    "seven sieben siete sete sept 七",
    "eight acht ocho oito huit 八",
    "nine neun nueve nove neuf 九",
    "ten zehn diez dez dix 十",
    "eleven elf once onze 十一",
    "twelve zwölf doce doze douze 十二",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
WORDS = {word: number for number, words in enumerate(_NUMBERS, start=1) for word in words.split()} | {"a": 1, "an": 1}
"""Numbers that are written as words, in the languages that are read."""

_WEEKS_IN = {"day": 1 / 7, "week": 1.0, "month": 52 / 12, "year": 52.0}
UNITS = {
    "day": r"days?|tage?n?|d[ií]as?|jours?|天|日",
    "week": r"w(?:ee)?ks?|wochen?|semanas?|semaines?|周|週|星期",
    "month": r"mo(?:nth|s|nths)?|monate?n?|mes(?:es)?|m[eê]s|mois|个月|個月|月",
    "year": r"y(?:ea)?rs?|jahre?n?|años?|anos?|ans?|ann[ée]es?|年",
}
"""What the units are called in English, German, Spanish, Portuguese, French and Chinese."""

_MONTHS = (
    "jan(?:uary|uar)?|ene(?:ro)?|janeiro|janvier|janv|jän(?:ner)?",
    "feb(?:ruary|ruar|rero)?|fev(?:ereiro)?|févr?(?:ier)?",
    "mar(?:ch|zo|ço|s)?|märz|mär",
    "apr(?:il)?|abr(?:il)?|avr(?:il)?",
    "may|mai|mayo|maio",
    "june?|juni?o?|junho|juin",
    "july?|juli?o?|julho|juil(?:let)?",
    "aug(?:ust)?|ago(?:sto)?|août|aout",
    "sept?(?:ember|iembre|embre)?|set(?:embro)?",
    "oct(?:ober|ubre|obre)?|okt(?:ober)?|out(?:ubro)?",
    "nov(?:ember|iembre|embro|embre)?",
    "dec(?:ember)?|dez(?:ember|embro)?|dic(?:iembre)?|déc(?:embre)?",
)
_NAMED = "|".join(f"(?P<m{number}{{0}}>{names})" for number, names in enumerate(_MONTHS, start=1))
_AMOUNT = r"-?\d+(?:[.,]\d+)?|" + "|".join(sorted(WORDS, key=len, reverse=True))
_UNIT = "|".join(f"(?:{names})" for names in UNITS.values())
_DASH = r"\s*(?:-|–|—|−|~|to|through|until|bis|al?|à|até|jusqu'à|至|到)\s*"
_LEAD = (
    r"(?:(?:(?:estimated|approximate|suggested|total)\s+)?"
    r"(?:duration|time(?:\s?(?:line|frame))?|length|dauer|duración|duração|durée|时长)\s*[:：–—-]?\s*)?"
    r"(?:(?:about|around|approximately|approx\.?|roughly|ca\.?|over|etwa|circa|unos|cerca de|environ|~|≈)\s*)?"
)
_CORE = (
    rf"(?:(?P<unit>{_UNIT})\s*#?(?P<first>-?\d+)(?:{_DASH}(?P<last>\d+))?(?![\d.])"
    rf"|第\s*(?P<cfirst>\d+)(?:{_DASH}(?P<clast>\d+))?\s*(?P<cunit>{_UNIT})"
    rf"|(?P<low>{_AMOUNT})(?:{_DASH}(?P<high>{_AMOUNT}))?\+?(?:\s|-)?\s*(?:full\s+)?(?P<of>{_UNIT})(?![^\W\d_])\.?"
    rf"|(?:{_NAMED.format('a')})\.?(?:\s+\d{{4}})?{_DASH}(?:{_NAMED.format('b')})\.?(?:\s+\d{{4}})?(?!\w))"
)
_MORE = r"(?:\s*[,;|/·]\s*[^()\[\]]*)?"
"""What else may stand beside a length in its parentheses, such as the dates."""
_START = re.compile(rf"^\s*[\W_]{{0,3}}?[(\[]?\s*{_LEAD}{_CORE}(?:\s*[)\]])?", re.IGNORECASE)
_END = re.compile(
    rf"(?:\s*[(\[（【]\s*{_LEAD}{_CORE}{_MORE}\s*[)\]）】]|(?:\s*[:,–—|：，]|\s-)\s*"
    rf"{_LEAD}{re.sub(r'[?]P<(?=[a-z])', '?P<x', _CORE)})\s*[:.：]?\s*$",
    re.IGNORECASE,
)
_BROKEN = re.compile(
    r"[(\[]?\s*(?!(?:next|this|last|each|every|per|first|final|the|your|current|daily|by)\b)"
    r"(?P<amount>\S{1,12}|a few|a couple(?: of)?)?\s*\b(?:weeks?|months?)\s*(?:[-–—:•)\]]|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Duration:
    """A length in whole weeks. `remark` says how it was read where that was not plain."""

    weeks: int
    remark: Sentence | None = None
    first: int | None = None
    """The week it begins in, where the guide gives weeks from and to."""
    least: int = 0
    """The fewest weeks that it can mean: a month may have four, a range has a shorter end. 0 when it is exact."""

    def allows(self, weeks: int) -> bool:
        """Whether parts of so many weeks agree with it."""
        return (self.least or self.weeks) <= weeks <= self.weeks


class UnreadableDurationError(Exception):
    """It is meant as a length of time, and cannot be one; `why` says so."""

    def __init__(self, why: Sentence) -> None:
        super().__init__(why)
        self.why = why


def at_start(line: str) -> tuple[Duration, str] | None:
    """The duration that the line begins with, and what follows it; None when it begins with something else.

    Raises UnreadableDurationError.
    """
    found = _START.match(line)
    if found is None:
        return None
    rest = line[found.end() :]
    # "16 weeks of practice" is prose; after a duration comes a sign, an end, or a new sentence.
    after = re.match(r"\s*(?:[-–—−:•*|·.,;)：，、]+\s*|$)|\s+(?=[^\W\d_a-z])", rest)
    if after is None:
        return None
    return _duration(found), rest[after.end() :].strip()


def at_end(line: str) -> tuple[Duration, str] | None:
    """The duration that the line ends with, and what stands before it. Raises UnreadableDurationError."""
    found = _END.search(line)
    if found is None or not line[: found.start()].strip(" \t-–—:*#_"):
        return None
    return _duration(found), line[: found.start()].rstrip(" \t-–—:,|：，")


def broken(line: str) -> str | None:
    """What stands in place of a number, such as "some" in "some weeks- Read"; None when it is no such line."""
    found = _BROKEN.match(line.strip())
    return (found["amount"] or "nothing") if found else None


def unit_of(word: str) -> str:
    """The unit's English name, singular."""
    return next(unit for unit, names in UNITS.items() if re.fullmatch(names, word, re.IGNORECASE))


def months(count: float, before: float = 0.0) -> int:
    """Whole weeks of `count` months that begin after `before` months, so that twelve of them are 52 weeks."""
    return round((before + count) * _WEEKS_IN["month"]) - round(before * _WEEKS_IN["month"])


def number(text: str) -> float:
    """The number that is written as digits or as a word."""
    return WORDS[text.lower()] if text.lower() in WORDS else float(text.replace(",", "."))


def _duration(found: re.Match[str]) -> Duration:
    groups = {key.removeprefix("x"): value for key, value in found.groupdict().items() if value is not None}
    said = found[0].strip(" \t()[]（）【】:：–—,，|-*_#").rstrip(".")
    said = re.split(r"\s*[,;|/·]\s*", said)[0]
    if "unit" in groups or "cunit" in groups:
        first = int(groups.get("first") or groups["cfirst"])
        last = int(groups.get("last") or groups.get("clast") or first)
        unit = unit_of(groups.get("unit") or groups["cunit"])
        if last < first:
            raise UnreadableDurationError(Length.BACKWARDS(said=said))
        weeks = _whole(last - first + 1, unit, said)
        begins = first if unit == "week" else None
        least = 4 * (last - first + 1) if unit == "month" else 0
        return Duration(weeks, None if unit == "week" else converted(said, weeks), begins, least)
    if "of" not in groups:
        begin, end = (int(key[1:-1]) for side in "ab" for key in groups if re.fullmatch(rf"m\d+{side}", key))
        count = (end - begin) % 12 + 1
        weeks = months(count)
        return Duration(weeks, converted(said, weeks), None, 4 * count)
    unit = unit_of(groups["of"])
    low, high = number(groups["low"]), number(groups.get("high", groups["low"]))
    if high <= 0 or high < low:
        raise UnreadableDurationError(Length.BACKWARDS(said=said))
    weeks = _whole(high, unit, said)
    remark = None if unit == "week" else converted(said, weeks)
    least = int(low * 4) if unit == "month" else 0
    if high > low:
        remark = Length.RANGE(said=said, weeks=in_weeks(weeks))
        least = least or max(1, round(low * _WEEKS_IN[unit]))
    return Duration(weeks, remark, None, least)


def in_weeks(weeks: int) -> Sentence:
    return Count.WEEKS(n=weeks)


def converted(said: str, weeks: int) -> Sentence:
    return Length.CONVERTED(said=said, weeks=in_weeks(weeks))


def _whole(amount: float, unit: str, said: str) -> int:
    weeks = max(1, round(amount * _WEEKS_IN[unit]))
    if weeks > LONGEST:
        raise UnreadableDurationError(Length.TOO_LONG(said=said, weeks=in_weeks(LONGEST)))
    return weeks
