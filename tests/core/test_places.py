"""The table of places: what a small one says for each kind of word."""

from itertools import pairwise

import pytest

from cohort_bot.core.places import Meaning, Places

TABLE = """#! A note
#zones
America/Chicago\t2\tChicago\tUS\t700
America/New_York\t3\tNew York\tUS\t900
Etc/GMT+5\t4\t\t\t0
Europe/Berlin\t1\tBerlin\tDE\t800
UTC\t5\tGreenwich\t\t0
#links
Etc/Old\t4
GB\t3
US/Eastern\t1
#areas
DE\tGermany\t3:800
US\tUnited States\t1:900 0:700
US.TX\tTexas\t0:30 1:2
US.NY\tNew York\t1:20
#places
new york city\tNew York City\tUS.NY\t1\t80
berlin\tBerlin\tDE\t3\t40
berlin heights\tBerlin Heights\tXX\t1\t9
dallas\tDallas\tUS.TX\t0\t5
#keys
berlin\t1 2
berlin heights\t2
bits\t~3 @1 @3
dallas\t~3
germany\t=DE
new\t0
new york\t=US.NY 0
ny\t0
texas\t=US.TX
usa\t=US
utc\t@4
"""
PLACES = Places(TABLE.encode())
BERLIN = Meaning("Europe/Berlin", "Berlin, Germany", 1, 40, "place", "DE")
HEIGHTS = Meaning("America/New_York", "Berlin Heights, XX", 3, 9, "place", "XX")
CITY = Meaning("America/New_York", "New York City, New York", 3, 80, "place", "US.NY")
DALLAS = Meaning("America/Chicago", "Dallas, Texas", 2, 5, "place", "US.TX")
TOWN = Meaning("America/Chicago", "Dallas, Texas", 2, 5, "town", "US.TX")
STATE = Meaning("America/New_York", "New York, United States", 3, 20, "area", "US.NY")
EASTERN = Meaning("America/New_York", "New York, United States", 3, 900, "zone", "US")
CENTRAL_EUROPE = Meaning("Europe/Berlin", "Berlin, Germany", 1, 800, "zone", "DE")


@pytest.mark.parametrize(
    ("key", "meanings"),
    [
        ("berlin", [BERLIN, HEIGHTS]),
        ("dallas", [TOWN]),
        ("bits", [EASTERN, CENTRAL_EUROPE, TOWN]),
        ("new york", [CITY, STATE]),
        ("germany", [Meaning("Europe/Berlin", "Germany", 1, 800, "area", "DE")]),
        (
            "usa",
            [
                Meaning("America/New_York", "New York, United States", 3, 900, "area", "US"),
                Meaning("America/Chicago", "Chicago, United States", 2, 700, "area", "US"),
            ],
        ),
        (
            "texas",
            [
                Meaning("America/Chicago", "Texas, United States (Chicago time)", 2, 30, "area", "US.TX"),
                Meaning("America/New_York", "Texas, United States (New York time)", 3, 2, "area", "US.TX"),
            ],
        ),
        ("utc", [Meaning("UTC", "Greenwich", 5, 0, "zone", "")]),
        *((key, []) for key in ("", "a", "berli", "berlin h", "ne", "zz", "utc\t", "\ud800")),
    ],
)
def test_a_word_means_zones_first_then_what_most_people_live_in(key: str, meanings: list[Meaning]) -> None:
    assert PLACES.meanings(key) == meanings


def test_a_city_alone_in_a_country_of_its_name_is_not_told_twice() -> None:
    table = TABLE.replace("DE\tGermany\t3:800", "DE\tBerlin\t3:800 1:7")
    found = Places(table.encode()).meanings("germany")
    assert [meaning.name for meaning in found] == ["Berlin", "New York, Berlin"]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("europe berlin", "Europe/Berlin"), ("us eastern", "US/Eastern"), ("gb", None), ("utc", None),
        ("etc old", None), ("etc gmt+5", None), ("berlin", None),
    ],
)  # fmt: skip
def test_the_name_of_a_zone_has_a_continent_and_is_not_for_computers(key: str, name: str | None) -> None:
    assert PLACES.iana(key) == name
    assert dict(PLACES.iana_names())["europe berlin"] == "Europe/Berlin"


@pytest.mark.parametrize(
    ("prefix", "most", "found"),
    [
        ("berlin", 9, [BERLIN, HEIGHTS, BERLIN, HEIGHTS, HEIGHTS]),
        ("berlin", 3, [BERLIN, HEIGHTS, BERLIN]),
        ("berlin", 2, [BERLIN, HEIGHTS]),
        ("berlin", 1, [BERLIN]),
        ("new york", 9, [CITY, STATE, CITY]),
        ("ut", 9, [Meaning("UTC", "Greenwich", 5, 0, "zone", "")]),
        ("zz", 9, []),
        ("york", 9, []),
        ("\ud800", 9, []),
    ],
)
def test_cities_then_other_words_begin_with_what_is_typed(prefix: str, most: int, found: list[Meaning]) -> None:
    assert PLACES.starting(prefix, most) == found


@pytest.mark.parametrize(
    ("part", "most", "found"),
    [("york", 9, [CITY]), ("h", 9, [HEIGHTS]), ("c", 9, [CITY]), ("new", 9, []), ("ork", 9, []), ("x", 9, [])],
)
def test_a_later_word_of_a_city_begins_with_what_is_typed(part: str, most: int, found: list[Meaning]) -> None:
    assert PLACES.inside(part, most) == found
    assert PLACES.inside("", 1) == [CITY]


def test_names_that_words_are_compared_with_are_cities_and_their_first_words_then_areas() -> None:
    names = PLACES.names
    assert {length: sorted(each) for length, each in names.items()} == {
        3: ["new"],
        5: ["texas"],
        6: ["berlin", "dallas"],
        7: ["germany"],
        8: ["new york"],
        13: ["new york city", "united states"],
        14: ["berlin heights"],
    }
    assert names[6] == ["berlin", "dallas"], "the largest first"


@pytest.mark.parametrize("number", range(1, 40))
def test_every_word_is_found_in_a_table_of_any_length(number: int) -> None:
    keys = sorted(f"{'x' * (each % 7)}{each}" for each in range(number))
    table = TABLE.partition("#keys\n")[0] + "#keys\n" + "".join(f"{key}\t{each % 4}\n" for each, key in enumerate(keys))
    places = Places(table.encode())
    assert [places.meanings(key)[0].people for key in keys] == [(80, 40, 9, 5)[each % 4] for each in range(number)]
    assert all(one < two for one, two in pairwise(keys))
    assert not [key for key in ("xxx", "~") if places.meanings(key)]
