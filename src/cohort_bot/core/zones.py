"""Finds the zone that people mean when they say where they live: a city, a country, a name of the zone, an offset, or
their clock.

A text with one meaning is accepted. A text with several is asked about: those that show different times, now or later
in the year, are never decided by a guess, unless one place is so much larger that nearly everybody means it.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from cohort_bot.core.clockwords import HALF_DAY, read_clock, read_offset
from cohort_bot.core.folding import fold, plain
from cohort_bot.core.places import Meaning, places
from cohort_bot.core.rounds import zone_info
from cohort_bot.core.vocabulary import ENGLISH, Vocabulary

LONGEST = 100
"""The most characters that are examined; no time zone is longer."""

SUGGESTED = 25
"""As many as platforms show."""

OPTIONS = 8
NEAREST = 3
FEW = 4

LARGER_PLACE, LARGER_AREA = 10, 100
"""A city is meant without asking when it has so many times the people of all others of its name; so is the time of a
country when so few of its people live by another.
"""

CLOSE, ROUND_HOUR = timedelta(minutes=10), timedelta(minutes=30)
"""How far a clock that somebody read may be off, with minutes and without."""

USUAL = (
    "London", "Berlin", "Lagos", "Kyiv", "Cairo", "Istanbul", "Nairobi", "Johannesburg", "Dubai", "Karachi", "Mumbai",
    "Dhaka", "Jakarta", "Singapore", "Shanghai", "Manila", "Tokyo", "Sydney", "Auckland", "Sao Paulo", "Bogota",
    "New York", "Chicago", "Mexico City", "Los Angeles",
)  # fmt: skip
"""Cities suggested before anything is typed."""

_NOISE = re.compile(
    r"^(?:(?:i am|i'?m|i|we|my|the|is|it|it'?s|live|living|based|located|from|in|at|near|around|time|zone|timezone"
    r"|city of|somewhere)\s+)+"
    r"|\s+(?:standard time|daylight time|summer time|local time|time zone|timezone|time|tz|zone|area|here|region|now)$"
)
"""What people write around the name of a place."""

_PARTS = re.compile(r"[,;()\[\]|/]|\s+-\s+|\s+(?:in|or|and)\s+")
_BASED = re.compile(r"(?:^|[\s(])(?:utc/gmt|gmt/utc|utc|gmt)?\s*([+-]\s*\d{1,2}(?:[:. ]?\d{2})?)\b(?:\)|)")
_BASE = re.compile(r"(?:utc|gmt|hrs|hours|h|\s)*")
_SAINT = re.compile(r"\b(?:saint|st)\b")
_TIMED = re.compile(r"(?:at )?\d{1,2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\.?)?\s+(?=[^\W\d]{3})", re.IGNORECASE)
"""A time before a zone, such as "5 pm EST": only the zone matters."""
_ETC = re.compile(r"etc[/ ]gmt[+-](\d{1,2})")
_NO_SIGN = re.compile(r"(?:utc|gmt)\s*(\d{1,2}(?:[:.]?\d{2}|[.,]\d)?)")
_UNIVERSAL = re.compile(r"(?:etc[/ ])?(?:utc|uct|zulu|universal|z)(?: time)?|coordinated universal time")
_SMALL_WORDS = re.compile(r"am|an|as|at|be|by|do|hi|id|if|in|is|it|la|ma|me|my|na|no|of|oh|ok|or|pa|pm|so|to|tv|us|we")
"""Words of two letters that are a country's or state's code as well: in lower case they are asked about."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """No zone was taken. `meanings` are what may be meant: all when there are `several`, else what looks alike."""

    meanings: tuple[Meaning, ...] = ()
    several: bool = False

    @property
    def near(self) -> tuple[str, ...]:
        """The zones that may be meant."""
        return tuple(dict.fromkeys(meaning.zone for meaning in self.meanings))


def find(said: str, at: datetime, words: Vocabulary = ENGLISH) -> str | Unclear:
    """The IANA name for the text at the instant (aware), or the zones that it may mean. The names of places are known
    in many languages; `words` are those around them and around a time.
    """
    if len(said) > LONGEST:
        return Unclear()
    found = _find(said, at)
    if isinstance(found, str) or found.several:
        return found
    for reading in words.readings(said):
        other = _find(reading, at)
        if isinstance(other, str) or other.several:
            return other
    return found


def _find(said: str, at: datetime) -> str | Unclear:
    text = plain(said).strip(" .,;:!?\"'*`")
    for read in (_universal, _iana, _offset, _clock):
        if (found := read(text.casefold(), at)) is not None:
            return found
    return _by_words(text, at)


def _universal(text: str, _at: datetime) -> str | None:
    offset = read_offset(text) if text.startswith("utc") else None
    return "UTC" if _UNIVERSAL.fullmatch(text) or offset == timedelta() else None


def _iana(text: str, _at: datetime) -> str | None:
    return places().iana(fold(text))


def _offset(text: str, at: datetime) -> str | Unclear | None:
    if etc := _ETC.fullmatch(text):  # POSIX counts the other way round, people do not
        return _either_way(read_offset(f"+{etc[1]}"), at)
    if bare := _NO_SIGN.fullmatch(text):
        return _either_way(read_offset(f"+{bare[1]}"), at)
    offset = read_offset(text.strip("()"))
    return None if offset is None else _taken(_with_offset(offset, at))


def _either_way(offset: timedelta | None, at: datetime) -> Unclear | None:
    if offset is None:
        return None
    return _asked([*_with_offset(offset, at)[:FEW], *_with_offset(-offset, at)[:FEW]])


def _clock(text: str, at: datetime) -> str | Unclear | None:
    reading = read_clock(text)
    if reading is None:
        return None
    shown = timedelta(hours=reading.at.hour, minutes=reading.at.minute)
    near = CLOSE if reading.exact else ROUND_HOUR
    found = _showing(shown, at, near)
    if reading.half:
        return _taken(found) if found else _asked(_showing(shown, at, ROUND_HOUR))
    other = (shown + HALF_DAY) % (2 * HALF_DAY)
    later = _showing(other, at, near)
    if not found and not later:
        found, later = (_showing(each, at, ROUND_HOUR) for each in (shown, other))
    offset = [meaning for meaning in _clocks() if offset_of(meaning.zone, at) == shown][:1]
    return _asked([*offset, *found[:FEW], *later[: FEW - len(offset)]])


def suggest(typed: str, at: datetime, words: Vocabulary = ENGLISH) -> tuple[Meaning, ...]:
    """Up to 25 places and zones for completion, what begins with the typed words first; usual ones for nothing.

    When nothing begins with them, the zones that the words mean at the instant.
    """
    key = fold(typed[:LONGEST])
    known = places()
    if not key:
        return _usual()
    names = (name for folded, name in known.iana_names() if key in folded and not name.startswith("Etc/"))
    zones = [Meaning(name, name.replace("_", " "), 0, 0, "zone", "") for name in sorted(names)]
    found = [*known.starting(key, SUGGESTED), *known.inside(key, SUGGESTED), *zones]
    if not found:
        understood = find(typed, at, words)
        named = Meaning(understood, understood, 0, 0, "zone", "") if isinstance(understood, str) else None
        return (named,) if named else understood.meanings if isinstance(understood, Unclear) else ()
    unique: dict[str, Meaning] = {}
    for meaning in found:
        unique.setdefault(meaning.name, meaning)
    return tuple(unique.values())[:SUGGESTED]


@cache
def _usual() -> tuple[Meaning, ...]:
    return tuple(places().meanings(fold(city))[0] for city in USUAL)


# Offsets and clocks


@cache
def _clocks() -> tuple[Meaning, ...]:
    """One zone for each clock, that of most people, most people first."""
    known, largest, people = places(), dict[int, int](), dict[int, int]()
    for number, zone in enumerate(known.zones):
        people[zone.clock] = people.get(zone.clock, 0) + zone.people
        if zone.name != "UTC" and zone.people >= known.zones[largest.get(zone.clock, number)].people:
            largest[zone.clock] = number
    return tuple(known.zone_meaning(largest[clock]) for clock in sorted(largest, key=lambda each: -people[each]))


def offset_of(zone: str, at: datetime) -> timedelta:
    """How far a zone is ahead of Greenwich at the instant."""
    return at.astimezone(zone_info(zone)).utcoffset() or timedelta()


def _with_offset(offset: timedelta, at: datetime) -> list[Meaning]:
    """Clocks that are so far ahead of Greenwich now, then those that are outside of summer time."""
    now = _inhabited([meaning for meaning in _clocks() if offset_of(meaning.zone, at) == offset])
    summer = [meaning for meaning in _clocks() if meaning not in now and _standard(meaning.zone, at) == offset]
    return [*now, *_inhabited(summer)]


def _inhabited(meanings: list[Meaning]) -> list[Meaning]:
    """Without stations and small islands, if anything else remains."""
    return [meaning for meaning in meanings if meaning.people] or meanings


def _standard(zone: str, at: datetime) -> timedelta:
    there = at.astimezone(zone_info(zone))
    return (there.utcoffset() or timedelta()) - (there.dst() or timedelta())


def _showing(shown: timedelta, at: datetime, near: timedelta) -> list[Meaning]:
    """Clocks that show the time at the instant, or nearly."""
    found = []
    for meaning in _clocks():
        there = at.astimezone(zone_info(meaning.zone))
        gap = abs(timedelta(hours=there.hour, minutes=there.minute) - shown)
        if min(gap, 2 * HALF_DAY - gap) <= near:
            found.append(meaning)
    return _inhabited(found)


def _asked(meanings: Sequence[Meaning]) -> Unclear:
    named: dict[tuple[str, int], Meaning] = {}
    for meaning in meanings:
        named.setdefault((meaning.name, meaning.clock), meaning)
    shown = list(named.values()) if len(named) <= FEW else _one_a_clock(named.values())
    return Unclear(tuple(shown[:OPTIONS]), several=bool(shown))


def _taken(meanings: Sequence[Meaning]) -> str | Unclear:
    clocks = {meaning.clock for meaning in meanings}
    return meanings[0].zone if len(clocks) == 1 else _asked(meanings)


# Words


def _by_words(text: str, at: datetime) -> str | Unclear:
    lower = text.casefold()
    if found := _known(text):
        if _SMALL_WORDS.fullmatch(fold(text)) and not text.isupper():
            return _asked(found)
        return _by_name(found)
    if based := _BASED.search(lower):
        return _with_both(lower[: based.start()] + " " + lower[based.end() :], based[1], at)
    parts = [part.strip() for part in _PARTS.split(text) if part.strip()]
    known = [found for part in parts if (found := _known(part))]
    if len(parts) > 1 and known:
        return _together(known, whole=len(known) == len(parts))
    return _by_some_words(text, at)


def _by_some_words(text: str, at: datetime) -> str | Unclear:
    """The zone after a time, and a place with its country without a comma."""
    if timed := _TIMED.match(text):
        found = find(text[timed.end() :], at)
        if isinstance(found, str) or found.several:
            return found
    words = text.split()
    for size in range(len(words) - 1, 0, -1):
        left, right = _known(" ".join(words[:size])), _known(" ".join(words[size:]))
        if left and right and (both := _narrowed(left, right)):
            return _decided(both)
        code = _SMALL_WORDS.fullmatch(words[-1])
        if right and not left and not code and all(meaning.kind == "area" for meaning in right):
            return Unclear(tuple(_one_a_clock(right))[:NEAREST])  # of a place that the table does not have
    return Unclear(_alike(fold(text)))


def _known(text: str) -> Sequence[Meaning]:
    """The meanings of a word, also without the words around it and with umlauts in their German spelling."""
    key = fold(text)
    bare = fold(_NOISE.sub("", plain(text).casefold()))
    for each in dict.fromkeys((key, bare, re.sub("([aou])e", r"\1", key))):
        spelled = dict.fromkeys((each, _SAINT.sub("saint", each), _SAINT.sub("st", each)))
        found = {meaning: None for one in spelled for meaning in places().meanings(one)}
        if found:
            return sorted(found, key=lambda meaning: (meaning.kind != "zone", -meaning.people))
    return ()


def _by_name(meanings: Sequence[Meaning]) -> str | Unclear:
    """What a name alone means: one that only towns have is asked about, and a country's or state's is not a town's."""
    kinds = {meaning.kind for meaning in meanings}
    if kinds == {"town"}:
        return Unclear(tuple(_one_a_clock(meanings))[:NEAREST])
    return _decided([meaning for meaning in meanings if meaning.kind != "town" or "area" not in kinds])


def _decided(meanings: Sequence[Meaning]) -> str | Unclear:
    """The zone when they have one clock, or when nearly all people who say so mean one."""
    return _taken(_likely(meanings))


def _likely(meanings: Sequence[Meaning]) -> Sequence[Meaning]:
    """Those of the clock that nearly all people mean who say so, or all of them."""
    people: dict[int, int] = {}
    for meaning in meanings:
        people[meaning.clock] = people.get(meaning.clock, 0) + meaning.people
    first = max(people, key=lambda clock: people[clock])
    others = sum(people.values()) - people[first]
    kinds = {meaning.kind for meaning in meanings}
    areas = {meaning.area for meaning in meanings if meaning.kind == "area"}
    larger = LARGER_AREA if areas else LARGER_PLACE
    # no abbreviation, no code of a country and of a state, no city elsewhere that is called as a country
    elsewhere = any(meaning.kind == "place" and meaning.clock != first for meaning in meanings)
    plain_word = "zone" not in kinds and len(areas) <= 1 and not (areas and elsewhere)
    if len(people) == 1 or (plain_word and people[first] >= larger * others):
        return [meaning for meaning in meanings if meaning.clock == first]
    return meanings


def _narrowed(meanings: Sequence[Meaning], by: Sequence[Meaning]) -> list[Meaning]:
    """Those that lie in an area that `by` names; where one of the two is a name for a zone, those of one clock."""
    areas = {meaning.area for meaning in by if meaning.kind == "area"}
    inside = [each for each in meanings if each.area in areas or each.area.partition(".")[0] in areas]
    if inside or not any(each.kind == "zone" for each in (*meanings, *by)):
        return inside
    clocks = {meaning.clock for meaning in by}
    return [each for each in meanings if each.clock in clocks]


def _together(known: Sequence[Sequence[Meaning]], *, whole: bool) -> str | Unclear:
    """The meanings of several words together: a city and its country, a zone and a city of it. `whole` means that each
    word was understood.
    """
    meant = known[0]
    for other in known[1:]:
        if narrowed := _narrowed(meant, other) or _narrowed(other, meant):
            meant = narrowed
        elif all(meaning.kind == "area" for meaning in other):
            meant, whole = other, False  # a place that the table does not have, in a country or state that it has
        else:  # two places: the same time, or two answers
            return _taken([*_likely(meant), *_likely(other)])
    return _decided(meant) if whole else _taken(meant)


def _with_both(words: str, based: str, at: datetime) -> str | Unclear:
    """Words with an offset, such as "Berlin (UTC+1)" or a line from a list of Windows."""
    offset = read_offset(based)
    if offset is None:
        return Unclear(_alike(fold(words)))
    right = _with_offset(offset, at)
    if _BASE.fullmatch(fold(words)):
        return _taken(right)
    clocks = {meaning.clock for meaning in right}
    parts = [part.strip() for part in (words, *_PARTS.split(words.replace("&", " "))) if part.strip()]
    named = [meaning for part in parts for meaning in _known(part)]
    agreed = [meaning for meaning in named if meaning.clock in clocks]
    return _taken(agreed) if agreed else _asked([*right[:FEW], *named[:FEW]])


def _alike(key: str) -> tuple[Meaning, ...]:
    """The places whose names look most like the word, after those that one of its words names."""
    table = places()
    words = [word for word in key.split() if len(word) > 3 and word != key]  # noqa: PLR2004 - "the", "of"
    found = [meaning for word in words for meaning in table.meanings(word)[:1]]
    found += [meaning for name in _similar(key) for meaning in table.meanings(name)[:1]]
    return tuple(_one_a_clock(found))[:NEAREST]


def _one_a_clock(meanings: Iterable[Meaning]) -> list[Meaning]:
    """The first meaning of each clock."""
    seen: dict[int, Meaning] = {}
    for meaning in meanings:
        seen.setdefault(meaning.clock, meaning)
    return list(seen.values())


def _similar(key: str) -> list[str]:
    """The names most like a word. Comparing letter by letter is slow, so only those that share pairs of letters with it
    are compared.
    """
    pairs = {key[each : each + 2] for each in range(len(key) - 1)}
    if len(pairs) < 2:  # noqa: PLR2004 - too short to be like anything
        return []
    names = places().names
    likely = []
    for length in range(len(key) - 2, len(key) + 3):
        for order, name in enumerate(names.get(length, ())):
            shared = sum([pair in name for pair in pairs])
            if shared * 2 >= len(pairs) - 1:
                likely.append((-shared, order, name))
    likely.sort()
    return difflib.get_close_matches(key, [name for *_, name in likely[:40]], NEAREST * 2, 0.7)
