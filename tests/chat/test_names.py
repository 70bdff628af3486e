"""Names as they are shown: on one line, without tricks, and no two the same."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import iter_graphemes

from cohort_bot.chat.characters import beginning, boundary, columns, cut, ending
from cohort_bot.chat.message import Grid, grid_text
from cohort_bot.chat.names import LONGEST, clean, fitted, told_apart

ASTRONAUT = "👩🏽\u200d🚀"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
JOINERS = re.compile("[\u200c\u200d\U000e0020-\U000e007f]")
NAMES = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("aA e\u0301\u200b\u200d\u202e李ש👩🏽🚀\n")), max_size=60
)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("A\nB\tC\u2028D\r\nE", "A B C D E"),
        ("\u202eevil\u202c \u2066Bob\u2069", "evil Bob"),
        ("A\u200bn\u2060a\ufeff\u00ad", "Ana"),
        ("\u200b\u3164\u2800", "their-handle"),
        ("", "their-handle"),
        ("Ana\u200dMaria", "AnaMaria"),
        (f"{ASTRONAUT} Ana {ENGLAND}", f"{ASTRONAUT} Ana {ENGLAND}"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("e\u0301clair", "éclair"),
        ("a" + "\u0301\u0302\u0303" * 50, "á\u0302\u0303"),
    ],
)
def test_a_name_is_cleaned(name: str, shown: str) -> None:
    assert clean(name, "their-handle") == shown
    assert told_apart([(name, "their-handle")]) == [shown]


def test_namesakes_are_shown_with_their_accounts_names() -> None:
    people = [("Ayabe", "k0"), ("Ayabe", "k1"), ("Ana Silva", "s"), ("Ana Costa", "c"), ("ayabe ", "Ayabe")]
    assert told_apart(people) == ["Ayabe (k0)", "Ayabe (k1)", "Ana Silva", "Ana Costa", "ayabe"]


@pytest.mark.parametrize("same", [("Ana", "Ana\u200b"), ("Ana", "ANA"), ("Ana", "Ａｎａ"), ("Ana", "Ana\ufe00")])
def test_what_only_looks_the_same_is_told_apart_too(same: tuple[str, str]) -> None:
    first, second = told_apart([(same[0], "one"), (same[1], "two")])
    assert first.endswith(" (one)")
    assert second.endswith(" (two)")


def test_without_an_accounts_name_namesakes_are_numbered_and_nobody_can_take_that_name() -> None:
    assert told_apart([("Ana", ""), ("Ana", ""), ("Ana (2)", "")]) == ["Ana", "Ana (3)", "Ana (2)"]


def test_long_names_that_begin_alike_keep_their_ends() -> None:
    one, two = told_apart([("x" * 100 + " One", "1"), ("x" * 100 + " Two", "2")])
    assert (one[-4:], two[-4:]) == (" One", " Two")
    assert fitted(["Member Number One", "Member Number Two"], 10) == ["Member…One", "Member…Two"]


@given(st.lists(st.tuples(NAMES, NAMES), max_size=6), st.integers(8, 40))
def test_any_names_are_told_apart_on_one_line_within_their_columns(people: list[tuple[str, str]], most: int) -> None:
    for shown in (told_apart(people), fitted(told_apart(people), most)):
        assert len({unicodedata.normalize("NFKC", name).casefold() for name in shown}) == len(people)
        assert all(name.strip() == name and JOINERS.sub("", name).isprintable() for name in shown)
        assert all(0 < columns(name) <= LONGEST for name in shown)


@given(NAMES, st.integers(1, 30))
def test_a_cut_is_at_whole_characters(text: str, room: int) -> None:
    whole = set(iter_graphemes(text))
    for part in (beginning(text, room), ending(text, room)):
        assert len(part) <= room
        assert part in text
        assert set(iter_graphemes(part)) <= whole
    assert columns(cut(text, room, columns)) <= room
    assert 0 <= boundary(text, min(room, len(text))) <= room


def test_a_grid_is_aligned_by_what_is_seen_and_no_name_turns_it_round() -> None:
    names = (f"{ASTRONAUT} Ana", "李小龍", "e\u0301clair", "דנה", "Sample Member")
    lines = grid_text(Grid(("1", "2"), tuple((name, ("●", "…")) for name in names), ())).split("\n")
    assert {columns(line) for line in lines[:-1]} == {columns("Sample Member ● …")}
    assert "\u2068דנה\u2069" in lines[4]
