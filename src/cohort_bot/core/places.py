"""Places, areas and words for time zones: the table `places.txt`, which `tools/place_table.py` makes and describes.

Read when it is first needed and kept as bytes: tens of thousands of words as Python strings would take ten times the
memory. Sorted, so that a word is found without reading it all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from itertools import chain, islice, takewhile
from typing import NamedTuple

from cohort_bot.core.folding import fold


class Zone(NamedTuple):
    """A time zone. Zones with the same `clock` show the same time for years; `people` are thousands."""

    name: str
    clock: int
    city: str
    country: str
    people: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning of a word: a zone, with the words for it. `people` are thousands.

    `kind` is "place" (a city), "town" (a smaller one, not sure to be meant by its name alone), "area" (a country or a
    state) or "zone" (a name for the zone itself).
    """

    zone: str
    name: str
    clock: int
    people: int
    kind: str
    area: str


class Places:
    """The table. Every method takes microseconds to a few milliseconds."""

    def __init__(self, table: bytes) -> None:
        zones, links, areas, places, keys = (
            part.partition(b"\n")[2] for part in table.split(b"\n#") if not part.startswith(b"#!")
        )
        self.zones = [_zone(line) for line in zones.decode().splitlines()]
        self._areas = {line.partition("\t")[0]: line for line in areas.decode().splitlines()}
        self._places = places.splitlines()
        self._keys = keys
        named = {fold(zone.name): zone.name for zone in self.zones if "/" in zone.name}
        more = (line.split("\t")[0] for line in links.decode().splitlines())
        self._iana = {fold(name): name for name in more if "/" in name} | named

    def iana(self, key: str) -> str | None:
        """The IANA name whose folded form is `key`; names without a continent or an ocean are words like others."""
        name = self._iana.get(key)
        return None if name is None or name.startswith("Etc/") else name

    def iana_names(self) -> Iterator[tuple[str, str]]:
        """Folded names and names."""
        return iter(self._iana.items())

    def meanings(self, key: str) -> Sequence[Meaning]:
        """All meanings of a folded word, most people first."""
        found = self._meant(self._line(key))
        return sorted(found, key=lambda meaning: (meaning.kind != "zone", -meaning.people))

    def starting(self, prefix: str, most: int) -> list[Meaning]:
        """The largest cities, then other words, that begin with a folded prefix."""
        start = prefix.encode(errors="replace")
        cities = (self._place(line) for line in self._places if line.startswith(start))
        lines = takewhile(lambda line: line.startswith(start), self._from(start))
        return list(islice(chain(cities, (meaning for line in lines for meaning in self._meant(line))), most))

    def inside(self, part: str, most: int) -> list[Meaning]:
        """The largest cities with a later word that begins with the folded text."""
        wanted = f" {part}".encode(errors="replace")
        return list(islice((self._place(line) for line in self._places if wanted in line.partition(b"\t")[0]), most))

    def _line(self, key: str) -> bytes:
        start = f"{key}\t".encode(errors="replace")
        line = next(self._from(start), b"")
        return line if line.startswith(start) else b""

    def _from(self, start: bytes) -> Iterator[bytes]:
        """The lines of the keys from the first that is not before `start`."""
        low, high = 0, len(self._keys)
        while low < high:
            middle = self._keys.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = self._keys.find(b"\n", middle)
            if self._keys[middle:end] < start:
                low = end + 1
            else:
                high = middle
        while low < len(self._keys):
            end = self._keys.find(b"\n", low)
            yield self._keys[low:end]
            low = end + 1

    @cached_property
    def names(self) -> Mapping[int, Sequence[str]]:
        """Folded names of cities, largest first, then of countries and states, by their length."""
        cities = [line.partition(b"\t")[0].decode() for line in self._places]
        short = [name.partition(" ")[0] for name in cities if " " in name]  # Frankfurt am Main
        areas = [fold(line.split("\t")[1]) for line in self._areas.values()]
        found: dict[int, list[str]] = {}
        for name in dict.fromkeys((*cities, *(each for each in short if self._line(each)), *areas)):
            found.setdefault(len(name), []).append(name)
        return found

    def zone_meaning(self, number: int) -> Meaning:
        """A zone by its number, in the words of its largest city."""
        zone = self.zones[number]
        where = f", {self._area_name(zone.country)}" if zone.country else ""
        return Meaning(zone.name, f"{zone.city}{where}", zone.clock, zone.people, "zone", zone.country)

    def _meant(self, line: bytes) -> Iterator[Meaning]:
        """The meanings in a line of the keys."""
        for ref in line.partition(b"\t")[2].decode().split():
            yield from self._of(ref)

    def _of(self, ref: str) -> Iterator[Meaning]:
        if ref.startswith("="):
            code, name, zones = self._areas[ref[1:]].split("\t")
            for each in zones.split():
                number, _, people = each.partition(":")
                zone = self.zones[int(number)]
                only = " " not in zones
                words = name if only or zone.city == name else f"{zone.city}, {name}"
                if "." in code:  # of a state, whose time has its name from a city of another
                    country = self._area_name(code.partition(".")[0])
                    words = f"{name}, {country}" if only else f"{name}, {country} ({zone.city} time)"
                yield Meaning(zone.name, words, zone.clock, int(people), "area", code)
        elif ref.startswith("@"):
            yield self.zone_meaning(int(ref[1:]))
        elif ref.startswith("~"):
            yield replace(self._place(self._places[int(ref[1:])]), kind="town")
        else:
            yield self._place(self._places[int(ref)])

    def _place(self, line: bytes) -> Meaning:
        _, name, area, number, people = line.decode().split("\t")
        zone = self.zones[int(number)]
        return Meaning(zone.name, f"{name}, {self._area_name(area)}", zone.clock, int(people), "place", area)

    def _area_name(self, code: str) -> str:
        line = self._areas.get(code)
        return line.split("\t")[1] if line else code


def _zone(line: str) -> Zone:
    name, clock, city, country, people = line.split("\t")
    return Zone(name, int(clock), city, country, int(people))


@cache
def places() -> Places:
    """The table, read once."""
    return Places((files("cohort_bot.core") / "places.txt").read_bytes())
