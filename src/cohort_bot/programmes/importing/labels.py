"""What a line of a plan calls a part of it: "Week 3: Lists", "Months 1–2", "Phase II (8 weeks)", "第5-8周：练习"."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from cohort_bot.app.words.guide_reading import Length
from cohort_bot.programmes.importing.durations import (
    UNITS,
    WORDS,
    Duration,
    UnreadableDurationError,
    at_end,
    at_start,
    number,
)

Unit = Literal["phase", "month", "week", "day"]

RANK: Final[dict[Unit, int]] = {"phase": 0, "month": 1, "week": 2, "day": 3}
"""What contains what: a phase has months, a month has weeks, a week has days."""

_PHASES = (
    r"phases?|stages?|parts?|steps?|modules?|levels?|blocks?|sprints?|units?|tiers?|quarters?"
    r"|fases?|etapas?|partes?|teile?|stufen?|schritte?|abschnitte?|pasos?|passos?|m[óo]dulos?|modul|bloques?|blocos?"
    r"|[ée]tapes?|parties?|niveaux?|niveles?|nivel|n[ií]ve(?:l|is)|阶段|階段|部分"
)
_NAMES: dict[Unit, str] = {
    "phase": _PHASES,
    "month": UNITS["month"].replace("mo(?:nth|s|nths)?", "months?"),
    "week": UNITS["week"] + r"|kw|w(?=\d)",
    "day": UNITS["day"],
}
_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
    "xi": 11,
    "xii": 12,
}
_ORDINALS = {
    word: value
    for value, words in enumerate(
        (
            "first erste ersten erster primera primer primeiro primeira première premier",
            "second zweite zweiten zweiter segunda segundo deuxième seconde",
            "third dritte dritten dritter tercera tercer terceiro terceira troisième",
            "fourth vierte vierten vierter cuarta cuarto quarta quarto quatrième",
            "fifth fünfte fünften fünfter quinta quinto cinquième",
            "sixth sechste sechsten sechster sexta sexto sixième",
        ),
        start=1,
    )
    for word in words.split()
}
_COUNT = r"-?\d{1,3}|[一二三四五六七八九十]+|" + "|".join(
    sorted((word for word in WORDS if len(word) > 2), key=len, reverse=True)  # noqa: PLR2004 - "un" and "a" count things
)
_TO = r"\s*(?:-|–|—|−|~|to|through|until|and|&|und|bis|al?|y|e|et|à|até|至|到|和)\s*(?:weeks?\s*|months?\s*)?"
_WORD = "|".join(f"(?P<{unit}{{0}}>{names})" for unit, names in _NAMES.items())
_LABEL = re.compile(
    rf"(?:(?:{_WORD.format(1)})\s*(?:no\.?|n[ºo°]|\#)?\s*(?P<first>{_COUNT}|[ivx]+(?![^\W\d_])|[a-h](?![^\W_]))"
    rf"(?:{_TO}(?P<last>{_COUNT}|[ivx]{{2,}}(?![^\W\d_])))?(?:\s+of\s+\d+|\s*/\s*\d+)?(?![\d.]*\d)"
    rf"|第\s*(?P<cfirst>{_COUNT})(?:{_TO}(?P<clast>{_COUNT}))?\s*(?:个|個)?\s*(?:{_WORD.format(2)})"
    rf"|(?P<ofirst>\d{{1,3}})(?:st|nd|rd|th|\.|ª|º|a|e|er|ère|ème)(?:{_TO}(?P<olast>\d{{1,3}})(?:st|nd|rd|th|\.)?)?"
    rf"\s+(?:{_WORD.format(3)})"
    rf"|(?:{_WORD.format(4)})\s+(?P<spelt>{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})"
    rf"|(?P<spelt2>{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})\s+(?:{_WORD.format(5)}))"
    r"(?P<rest>\s*$|\s*[-–—−:：.,，;|)\]/·•>]+.*$|\s*[(\[（【].*$|\s+.*$)",
    re.IGNORECASE | re.DOTALL,
)
_GATE = re.compile(
    r"(?:checkpoints?|check-?ins?|milestones?|deliverables?|gates?|exit criteria|review|assessment|exam|self[- ]check"
    r"|meilensteine?|prüfung|hitos?|entregables?|marcos?|entregas?|jalons?|检查点)\b",
    re.IGNORECASE,
)
_MONTHS = (
    "january february march april may june july august september october november december sept "
    "januar februar märz mai juni juli oktober dezember jänner "
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "
    "janeiro fevereiro março maio junho julho setembro outubro novembro dezembro "
    "janvier février mars avril juin juillet août septembre octobre novembre décembre "
    "jan feb mar apr jun jul aug sep oct nov dec mär okt dez ene abr ago set dic fev out fév avr déc"
)
_MONTH = rf"(?:{'|'.join(sorted(_MONTHS.split(), key=len, reverse=True))})(?![^\W\d_])\.?"
_DATES = re.compile(
    rf"^[(\[（][^()\[\]]*(?:\d{{1,2}}[./]\d|{_MONTH}\s+\d{{1,2}}|\d{{1,2}}\.?\s+{_MONTH}|\d{{4}})[^()\[\]]*[)\]）]",
    re.IGNORECASE,
)
_DATES_BEHIND = re.compile(rf"\s*[-–—,:]?\s*{_DATES.pattern[1:]}\W*$", re.IGNORECASE)
_DAY = (
    rf"(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:\.|st|nd|rd|th)?\s+{_MONTH}"
    r"|\d{1,2}[./]\d{1,2})(?:[,./]?\s*\d{4})?\.?"
)
_ONLY_DATES = re.compile(rf"{_DAY}(?:\s*(?:-|–|—|−|to|bis|a)\s*(?:{_DAY}|\d{{1,2}}(?:,?\s*\d{{4}})?))?", re.IGNORECASE)
_HOURS = re.compile(
    r"\s*[(\[]\s*[~≈]?\s*\d+(?:\s*[-–]\s*\d+)?\+?\s*(?:h|hrs?|hours?|stunden|horas|heures)\b[^)\]]*[)\]]", re.I
)


@dataclass(frozen=True, slots=True)
class Label:
    """A part of a plan by its number. `duration` is the length that is given beside the title, if one is."""

    unit: Unit
    first: int
    last: int
    title: str
    duration: Duration | None = None
    gate: bool = False
    """Whether it names what must be there at the part's end, and not the part."""
    said: str = ""
    """The words that name it, such as "Week 3"."""

    @property
    def count(self) -> int:
        """How many of the unit it names."""
        return self.last - self.first + 1


def read_label(text: str) -> Label | None:
    """The label that the line begins with; None when it is none. Raises UnreadableDurationError."""
    start = re.match(r"[^\w第#-]*(?:-(?!\d))?[^\w第-]*", text)
    text = text[start.end() :] if start else text
    found = _LABEL.match(text)
    if found is None:
        return None
    groups = {key: value for key, value in found.groupdict().items() if value is not None}
    unit = next(unit for unit in _NAMES for place in range(1, 6) if f"{unit}{place}" in groups)
    rest = groups["rest"]
    # "Week 3 of the course covers …" and "Part 2 is hard" are prose.
    if re.match(r"\s+[a-zà-ÿ]", rest):
        return None
    if "spelt" in groups or "spelt2" in groups:
        first = last = _ORDINALS[(groups.get("spelt") or groups["spelt2"]).lower()]
    else:
        first = _value(groups.get("first") or groups.get("cfirst") or groups["ofirst"])
        last = _value(groups.get("last") or groups.get("clast") or groups.get("olast") or str(first))
    said = text[: found.start("rest")].strip()
    if last < first:
        raise UnreadableDurationError(Length.BACKWARDS(said=said))
    title = rest.strip()
    duration = None
    if title.startswith(("(", "[", "（", "【")) and (begins := at_start(title)) is not None and begins[1]:
        duration, title = begins
    ends = at_end(f"x {title}") if title and duration is None else None
    if ends is not None and not (unit in {"week", "day"} and ends[0].first is not None):
        duration, title = ends[0], ends[1][1:].strip()
    title = _DATES_BEHIND.sub("", _DATES.sub("", _HOURS.sub("", title)))
    if _ONLY_DATES.fullmatch(title.strip(" -–—−:：.,，;|")):
        title = ""
    title = title.lstrip(" -–—−:：.,，;|)]/·•>").rstrip(" -–—:：|")
    if re.fullmatch(r"[(\[（【][^()\[\]]*[)\]）】]", title):
        title = title[1:-1].strip()
    return Label(unit, first, last, title, duration, _GATE.match(title) is not None, said)


def label_of(text: str) -> Label | None:
    """The same for a line that is only looked at: what is wrong with it is said when its turn comes."""
    try:
        return read_label(text)
    except UnreadableDurationError:
        return None


def _value(text: str) -> int:
    text = text.lower()
    if text in _ROMAN:
        return _ROMAN[text]
    if re.fullmatch(r"[a-h]", text):
        return ord(text) - ord("a") + 1
    if re.fullmatch(r"[一二三四五六七八九十]+", text) and text not in WORDS:
        tens, _, ones = text.partition("十")
        return (WORDS.get(tens, 1) * 10 if "十" in text else 0) + WORDS.get(ones, 0)
    return int(number(text))
