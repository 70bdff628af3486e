"""What people type for their time zone: taken rightly, or asked about with the right one among what is offered."""

import time
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from cohort_bot.core import zones
from cohort_bot.core.places import Meaning, Places, places
from cohort_bot.core.rounds import zone_info
from cohort_bot.core.vocabulary import Vocabulary
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


WINTER, SUMMER = NOON, datetime(2027, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "at", "expected"),
    [
        # an offset is what clocks show now, then what they show outside of summer time
        ("UTC+1", WINTER, "? Europe/Berlin Africa/Lagos"),
        ("UTC+5:45", WINTER, "Asia/Kathmandu"),
        ("two hours behind UTC", WINTER, "? America/Nuuk America/Noronha"),
        ("UTC plus five", WINTER, "Asia/Karachi"),
        ("UTC", WINTER, "UTC"),
        ("utc+0", WINTER, "UTC"),
        ("GMT", WINTER, "? Europe/London Africa/Abidjan"),
        ("+5", WINTER, "Asia/Karachi"),
        ("-3:30", WINTER, "America/St_Johns"),
        ("UTC-12", WINTER, "~"),
        ("UTC+14", WINTER, "Pacific/Kiritimati"),
        ("(+9)", WINTER, "Asia/Tokyo"),
        ("UTC+1", SUMMER, "? Africa/Lagos Europe/London Europe/Berlin"),
        (
            "UTC+2",
            SUMMER,
            "? Europe/Berlin Africa/Johannesburg Europe/Kyiv Africa/Cairo Asia/Jerusalem Asia/Beirut Asia/Hebron",
        ),
        ("GMT+1", SUMMER, "? Africa/Lagos Europe/London Europe/Berlin"),
        # an offset without a sign, or as computers count it, may be either
        ("Etc/GMT+5", WINTER, "? Asia/Karachi America/New_York America/Bogota Pacific/Easter America/Havana"),
        ("UTC 5", WINTER, "? Asia/Karachi America/New_York America/Bogota Pacific/Easter America/Havana"),
        ("gmt 5:30", WINTER, "? Asia/Kolkata"),
        ("utc 99", WINTER, "~"),
        # a time is where clocks show it, or nearly; in either half of the day
        ("6:30", WINTER, "? Asia/Yangon"),
        ("18:30", WINTER, "Asia/Yangon"),
        ("12:00", WINTER, "? Pacific/Fiji Africa/Abidjan Europe/London"),
        ("13:00", WINTER, "? Europe/Berlin Africa/Lagos"),
        ("12:50", WINTER, "? Europe/Berlin Africa/Lagos Pacific/Auckland Pacific/Apia Pacific/Pago_Pago"),
        ("12:10", WINTER, "? Africa/Abidjan Europe/London Pacific/Fiji"),
        ("12:11", WINTER, "? Africa/Abidjan Europe/London Pacific/Fiji"),
        ("17:10", WINTER, "Asia/Karachi"),
        ("17:11", WINTER, "? Asia/Kolkata Asia/Karachi"),
        ("2:00", WINTER, "? Africa/Johannesburg Pacific/Honolulu Pacific/Kiritimati Europe/Kyiv Africa/Cairo"),
        ("12h", WINTER, "? Africa/Abidjan Europe/London"),
        ("12:30 h", WINTER, "? Europe/Berlin Africa/Lagos Africa/Abidjan Europe/London"),
        ("5 pm EST", WINTER, "? America/New_York Australia/Sydney America/Panama Europe/Tallinn"),
        ("11:55", WINTER, "? Africa/Abidjan Europe/London Pacific/Fiji"),
        ("12:29 pm", WINTER, "? Africa/Abidjan Europe/London"),
        ("11 pm", WINTER, "? Australia/Sydney Australia/Adelaide Asia/Sakhalin"),
        ("13:00", SUMMER, "? Africa/Lagos Europe/London"),
        (
            "14:30",
            SUMMER,
            (
                "? Europe/Berlin Europe/Istanbul Africa/Johannesburg Europe/Kyiv Africa/Cairo Asia/Jerusalem "
                "Asia/Beirut Asia/Hebron"
            ),
        ),
        # a place is taken when nearly everybody means it
        ("Portland", WINTER, "? America/Los_Angeles America/New_York America/Chicago"),
        ("Paris", WINTER, "Europe/Paris"),
        ("London", WINTER, "Europe/London"),
        ("Georgia", WINTER, "? America/New_York Asia/Tbilisi"),
        ("Texas", WINTER, "? America/Chicago America/Denver"),
        ("Indiana", WINTER, "? America/Indiana/Indianapolis America/Chicago"),
        (
            "USA",
            WINTER,
            (
                "? America/New_York America/Chicago America/Los_Angeles America/Denver America/Phoenix "
                "Pacific/Honolulu America/Anchorage America/Adak"
            ),
        ),
        ("Kiribati", WINTER, "? Pacific/Tarawa Pacific/Kiritimati Pacific/Kanton"),
        ("Birmingham", WINTER, "? Europe/London America/Chicago America/Detroit"),
        ("St Louis", WINTER, "? America/Chicago Africa/Dakar Indian/Reunion Europe/Paris"),
        ("Acre", WINTER, "? America/Rio_Branco Asia/Jerusalem"),
        ("Ecuador", WINTER, "America/Guayaquil"),
        ("Greenland", WINTER, "? America/Nuuk America/Danmarkshavn America/Scoresbysund America/Thule"),
        ("Ontario", WINTER, "? America/Toronto America/Los_Angeles America/Winnipeg"),
        ("DE", WINTER, "? Europe/Berlin America/New_York Europe/Busingen"),
        ("IST", WINTER, "? Asia/Kolkata Asia/Jerusalem Europe/Dublin"),
        ("EST", WINTER, "? America/New_York Australia/Sydney America/Panama Europe/Tallinn"),
        ("Bali", WINTER, "? Asia/Makassar Asia/Kolkata Africa/Douala"),
        ("New York", WINTER, "America/New_York"),
        (
            "Russia",
            WINTER,
            (
                "? Europe/Moscow Asia/Yekaterinburg Europe/Samara Asia/Vladivostok Asia/Krasnoyarsk Asia/Irkutsk "
                "Asia/Omsk Asia/Yakutsk"
            ),
        ),
        ("Spain", WINTER, "? Europe/Madrid Atlantic/Canary Africa/Ceuta"),
        ("BST", SUMMER, "? Europe/London Asia/Dhaka Pacific/Bougainville"),
        # a town and a small word are asked about
        ("Bismarck", WINTER, "~ America/Chicago"),
        ("(in Bismarck", WINTER, "~ America/Chicago"),
        ("no", WINTER, "? Europe/Oslo"),
        ("NO", WINTER, "Europe/Oslo"),
        ("in", WINTER, "? Asia/Kolkata America/Indiana/Indianapolis America/Chicago"),
        ("IN", WINTER, "? Asia/Kolkata America/Indiana/Indianapolis America/Chicago"),
        ("la", WINTER, "? America/Los_Angeles America/Chicago Asia/Vientiane"),
        ("LA", WINTER, "? America/Los_Angeles America/Chicago Asia/Vientiane"),
        ("at", WINTER, "? America/Halifax Europe/Vienna"),
        # words together narrow each other
        ("Munchen, Germany", WINTER, "Europe/Berlin"),
        ("Springfield, Germany", WINTER, "Europe/Berlin"),
        ("Berlin, Tokyo", WINTER, "? Europe/Berlin Asia/Tokyo"),
        ("Berlin and Paris", WINTER, "Europe/Berlin"),
        ("Paris TX", WINTER, "America/Chicago"),
        ("Paris Texas", WINTER, "America/Chicago"),
        ("Nowhere Texas", WINTER, "~ America/Chicago America/Denver"),
        ("Nowhere in", WINTER, "~"),
        ("Goodland Kansas", WINTER, "~ America/Chicago"),
        ("Nowhere, Texas", WINTER, "? America/Chicago America/Denver"),
        ("Nowhere, Germany", WINTER, "Europe/Berlin"),
        ("Nowhere Germany", WINTER, "~ Europe/Berlin"),
        ("Central time, Mexico", WINTER, "America/Mexico_City"),
        ("EST, Australia", WINTER, "Australia/Sydney"),
        ("EST, Springfield", WINTER, "America/New_York"),
        ("Springfield, EST", WINTER, "America/New_York"),
        ("Portland, Maine, USA", WINTER, "America/New_York"),
        ("Bismarck, North Dakota", WINTER, "America/Chicago"),
        ("London Ontario", WINTER, "America/Toronto"),
        ("Nowhere, Elsewhere", WINTER, "~"),
        ("Berlin, Nowhere", WINTER, "Europe/Berlin"),
        # words with an offset are those that agree with it
        ("Berlin (UTC+1)", WINTER, "Europe/Berlin"),
        ("Berlin (UTC+5)", WINTER, "? Asia/Karachi Europe/Berlin"),
        ("(UTC+01:00) Amsterdam, Berlin", WINTER, "Europe/Amsterdam"),
        ("(UTC+1)", WINTER, "? Europe/Berlin Africa/Lagos"),
        ("UTC+1 hours", WINTER, "? Europe/Berlin Africa/Lagos"),
        ("Nowhere (UTC+5:45)", WINTER, "? Asia/Kathmandu"),
        ("(UTC-06:00) Central Time (US & Canada)", WINTER, "? America/Mexico_City America/Chicago"),
        ("Berlin UTC+99", WINTER, "~ Europe/Berlin Asia/Kuala_Lumpur"),
        # words around a place, and other spellings of it
        ("Muenchen", WINTER, "Europe/Berlin"),
        ("I live in Berlin", WINTER, "Europe/Berlin"),
        ("Berlin time", WINTER, "Europe/Berlin"),
        ("Saint Petersburg", WINTER, "Europe/Moscow"),
        ("St. Petersburg", WINTER, "Europe/Moscow"),
        ("i " * 47 + "berlin", WINTER, "Europe/Berlin"),
        ("i " * 46 + "my berlin", WINTER, "~"),
        ("Berlin".ljust(100), WINTER, "Europe/Berlin"),
        ("Berlin".ljust(101), WINTER, "~"),
        ("", WINTER, "~"),
        ("...", WINTER, "~"),
        ("america/new york", WINTER, "America/New_York"),
        ("US/Eastern", WINTER, "US/Eastern"),
        # what looks alike is offered, at most three
        ("Mars", WINTER, "~ Africa/Casablanca Asia/Ashgabat Europe/Berlin"),
        ("Berlinn", WINTER, "~ Europe/Berlin Asia/Kuala_Lumpur"),
        ("of the Berlin", WINTER, "~ Europe/Berlin"),
        ("Big Berlinn City", WINTER, "~"),
        ("Springfeld", WINTER, "~ America/Chicago"),
        ("Rome Xqzzy", WINTER, "~ Europe/Rome"),
        ("Goa Xqzzy", WINTER, "~"),
        ("Portland Xqzzy", WINTER, "~ America/Los_Angeles"),
        ("Rme", WINTER, "~ Europe/Rome"),
        ("Pris", WINTER, "~ Europe/Paris America/Los_Angeles Asia/Kolkata"),
        ("Madridd", WINTER, "~ Europe/Madrid Africa/Lusaka"),
        ("Santirgo", WINTER, "~ America/Santiago America/Sao_Paulo Asia/Manila"),
        ("Zaoyyang", WINTER, "~ Asia/Shanghai"),
        ("Lndon", WINTER, "~ Europe/London Asia/Seoul"),
        ("Qq", WINTER, "~"),
        ("Xyzzyx", WINTER, "~"),
        ("Tokio city center", WINTER, "~ Asia/Tokyo America/North_Dakota/Center Asia/Hong_Kong"),
        *(
            ("Berlin" + end, WINTER, "Europe/Berlin")
            for end in ("", ".", ", Germany", " (DE)", "/Germany", " in Germany")
        ),
    ],
)
def test_what_is_taken_and_what_is_asked_in_which_order(said: str, at: datetime, expected: str) -> None:
    """A zone that is taken; after "?" what it may mean, after "~" what looks alike."""
    found = zones.find(said, at)
    unclear = isinstance(found, Unclear) and ("?" if found.several else "~", *(each.zone for each in found.meanings))
    assert " ".join(unclear or [str(found)]) == expected


@pytest.mark.parametrize(
    ("word", "taken"),
    [
        ("city", True), ("village", False), ("country", True), ("outposts", False),
    ],
)  # fmt: skip
def test_a_city_has_ten_times_the_people_of_all_others_and_a_country_a_hundred_times_to_be_taken(
    monkeypatch: pytest.MonkeyPatch, word: str, *, taken: bool
) -> None:
    def has(kind: str, *people: int) -> list[Meaning]:
        return [Meaning(f"Zone/{each}", word, each, number, kind, "XX") for each, number in enumerate(people)]

    table = {
        "city": has("place", 100, 4, 6), "village": has("place", 99, 10),
        "country": has("area", 1000, 4, 6), "outposts": has("area", 999, 10),
    }  # fmt: skip
    monkeypatch.setattr(zones, "places", lambda: SimpleNamespace(iana=lambda _: None, meanings=lambda key: table[key]))
    found = zones.find(word, NOON)
    assert (found == "Zone/0") if taken else (isinstance(found, Unclear) and found.several)


@pytest.mark.parametrize(
    ("typed", "number", "first"),
    [
        ("", 25, "London, England; Berlin, Germany; Lagos, Nigeria"),
        ("a", 25, ""),
        ("europe/b", 8, "Europe/Belfast; Europe/Belgrade; Europe/Berlin"),
        ("utc+5:45", 1, "Asia/Kathmandu"),
        ("6:30", 1, "Yangon, Myanmar"),
        ("13:00", 2, "Berlin, Germany; Lagos, Nigeria"),
    ],
)
def test_what_is_suggested(typed: str, number: int, first: str) -> None:
    found = [meaning.name for meaning in zones.suggest(typed, NOON)]
    assert len(found) == number
    assert "; ".join(found).startswith(first)


def test_a_zone_that_is_suggested_by_its_name_says_nothing_of_clock_and_people() -> None:
    named = [Meaning(zone, zone, 0, 0, "zone", "") for zone in ("Asia/Kathmandu", "Europe/Belfast")]
    assert [zones.suggest(typed, NOON)[0] for typed in ("utc+5:45", "europe/b")] == named


def test_words_of_a_language_are_tried_where_english_ones_mean_nothing() -> None:
    words = Vocabulary([("uhr", "h"), ("zeit", "time"), ("viertel", "new"), ("um", "at")])
    assert zones.find("Berlin Zeit", NOON, words) == "Europe/Berlin"
    assert zones.find("um 18:30 Uhr", NOON, words) == "Asia/Yangon"
    found = zones.find("um 13 Uhr", NOON, words)
    assert isinstance(found, Unclear)
    assert found.near == ("Europe/Berlin", "Africa/Lagos")
    assert [meaning.zone for meaning in zones.suggest("um 18:30 Uhr", NOON, words)] == ["Asia/Yangon"]


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
