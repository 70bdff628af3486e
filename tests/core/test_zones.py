"""What people type for their time zone: taken rightly, or asked about with the right one among what is offered."""

import time
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cohort_bot.core import zones
from cohort_bot.core.places import Places, places
from cohort_bot.core.rounds import zone_info
from cohort_bot.core.zones import Unclear

FILE = Path(__file__).with_name("typed_zones.tsv")
TABLE = Path(zones.__file__).with_name("places.txt")
NOON = datetime(2027, 1, 1, 12, tzinfo=UTC)
YEAR = [NOON + timedelta(hours=6 * each) for each in range(4 * 366)]


def rows() -> list[tuple[str, datetime, str, str]]:
    lines = [line.split("\t") for line in FILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [
        (said, datetime.fromisoformat(at).replace(tzinfo=UTC) if at else NOON, zone, source)
        for said, at, zone, source in lines
    ]


@cache
def offsets(zone: str) -> tuple[timedelta | None, ...]:
    return tuple(at.astimezone(ZoneInfo(zone)).utcoffset() for at in YEAR)


def alike(one: str, other: str) -> bool:
    """Whether the clocks of two zones show the same all year."""
    return offsets(one) == offsets(other)


def offered(said: str, at: datetime) -> Sequence[str]:
    found = zones.find(said, at)
    return (found,) if isinstance(found, str) else found.near


def test_there_are_enough_of_them() -> None:
    assert len({said for said, *_ in rows()}) >= 400


def test_each_is_right_or_asked_about_with_the_right_one() -> None:
    wrong = [
        f"{said} at {at}: {zone} ({source}) is not in {offered(said, at)}"
        for said, at, zone, source in rows()
        if not any(one == zone or alike(one, zone) for one in offered(said, at))
    ]
    assert wrong == []


def test_what_has_several_meanings_is_never_taken() -> None:
    meant: dict[tuple[str, datetime], list[str]] = {}
    for said, at, zone, _ in rows():
        meant.setdefault((said, at), []).append(zone)
    several = {key: found for key, found in meant.items() if not all(alike(found[0], each) for each in found)}
    assert len(several) > 20
    assert [key for key in several if isinstance(zones.find(*key), str)] == []


@pytest.mark.parametrize(
    "said", ["", " ", "?", "Atlantis", "Berlinn", "GMT+", "+25", "UTC+27", "99:99", "25:00", "13 am", "5", "x" * 5000]
)
def test_nothing_is_made_of_what_cannot_be_understood(said: str) -> None:
    found = zones.find(said, NOON)
    assert isinstance(found, Unclear)
    assert not found.several
    assert len(found.near) <= 3
    assert not [zone for zone in found.near if zone.startswith("Etc/")]


def test_a_zone_for_computers_is_never_offered() -> None:
    said = [f"{base}{sign}{hour}" for base in ("UTC", "GMT", "Etc/GMT", "") for sign in "+-" for hour in range(15)]
    assert [each for each in said if any(zone.startswith("Etc/") for zone in offered(each, NOON))] == []
    typed = ("gmt", "gmt+", "etc", "etc/", "utc", "z", "g")
    assert [each for each in typed if any(m.zone.startswith("Etc/") for m in zones.suggest(each, NOON))] == []


def test_every_zone_that_is_offered_is_one() -> None:
    for zone in places().zones:
        zone_info(zone.name)
    for folded, name in places().iana_names():
        assert zones.find(name, NOON) == name or name.startswith("Etc/"), folded


def test_the_table_is_of_the_tzdata_that_is_installed() -> None:
    """Otherwise: tools/place_table.py."""
    clocks: dict[int, str] = {}
    for zone in places().zones:
        first = clocks.setdefault(zone.clock, zone.name)
        assert alike(first, zone.name), f"{first} and {zone.name}"
    names = list(clocks.values())
    same = [(a, b) for n, a in enumerate(names) for b in names[n + 1 :] if alike(a, b)]
    # Clocks of the table may part after the year that is looked at here.
    assert len(same) < 5, same


def test_whatever_is_suggested_is_understood_as_that() -> None:
    wrong = []
    for typed in (
        "",
        *"abcdefghijklmnopqrstuvwxyz",
        "san",
        "new",
        "st",
        "port",
        "ham",
        "vic",
        "bir",
        "amer",
        "eur",
        "東",
    ):
        found = zones.suggest(typed, NOON)
        assert len(found) <= 25
        for meaning in found:
            said = meaning.zone if "/" in meaning.name else meaning.name
            if not any(alike(zone, meaning.zone) for zone in offered(said, NOON)):
                wrong.append((typed, meaning.name, meaning.zone, offered(said, NOON)))
    assert wrong == []


def test_completion_gives_cities_largest_first() -> None:
    assert [each.name for each in zones.suggest("muni", NOON)][:1] == ["Munich, Germany"]
    assert "Mumbai, India" in [each.name for each in zones.suggest("bomb", NOON)]
    assert [each.name for each in zones.suggest("new y", NOON)][:1] == ["New York City, New York"]
    assert "Europe/Berlin" in [each.zone for each in zones.suggest("europe/ber", NOON)]


def quickest(work: object, times: int = 5) -> float:
    assert callable(work)
    taken = []
    for _ in range(times):
        began = time.thread_time()
        work()
        taken.append(time.thread_time() - began)
    return min(taken)


@pytest.mark.parametrize("typed", ["", "a", "s", "san", "zz", "qx", "munich", "america/", "gmt+", "6:30", "x" * 4000])
@pytest.mark.timed
def test_completion_and_understanding_take_milliseconds(typed: str) -> None:
    zones.suggest(typed, NOON), zones.find(typed, NOON)
    assert quickest(lambda: zones.suggest(typed, NOON)) < 0.02
    assert quickest(lambda: zones.find(typed, NOON)) < 0.02


def test_every_word_of_the_table_can_be_looked_up() -> None:
    """Also islands without people, which have no time zone."""
    keys = dict(line.split("\t") for line in TABLE.read_text("utf-8").partition("\n#keys\n")[2].splitlines())
    one_for_each = {ref: key for key, refs in keys.items() for ref in refs.split()}
    for key in set(one_for_each.values()):
        assert places().meanings(key), key


def test_a_town_is_not_taken_by_its_name_alone() -> None:
    found = zones.find("Bismarck", NOON)
    assert isinstance(found, Unclear)
    assert [meaning.name for meaning in found.meanings] == ["Bismarck, North Dakota"]
    assert zones.find("Bismarck, North Dakota", NOON) == "America/Chicago"


def test_a_clock_that_no_place_shows_exactly_is_asked_about_with_those_that_nearly_do() -> None:
    found = zones.find("14:30", NOON)
    assert isinstance(found, Unclear)
    assert found.several
    assert {"Europe/Istanbul", "Africa/Johannesburg", "Europe/Kyiv"} <= set(found.near)


def test_the_table_takes_less_than_five_mebibytes() -> None:
    raw = TABLE.read_bytes()
    tracemalloc.start()
    try:
        table = Places(bytes(bytearray(raw)))
        assert table.names
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 5 * 2**20
