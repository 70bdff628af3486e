"""Grids as text: a line of a phone holds them, whatever the names, and a listener hears words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_bot.chat.characters import columns
from cohort_bot.chat.message import NAME, PHONE, Grid, grid_text, grid_words, narrowed

NAMES = [
    "Tomás",
    "Sample Member With A Long Name 1",
    "Sample Member With A Long Name 2",
    "小林さくら花子桃子美咲",
    "👩🏽‍🚀🏳️‍🌈 Ada",
    "مريم",
]
LEGEND = (("●", "on time"), ("✕", "missed"))


def board(newest: int, rounds: int = 8, names: list[str] = NAMES) -> Grid:
    numbers = range(newest - rounds + 1, newest + 1)
    return Grid(
        tuple(map(str, numbers)),
        tuple((name, tuple("●✕"[n % 2] for n in numbers)) for name in names),
        LEGEND,
        "Member",
    )


@pytest.mark.parametrize(("newest", "shown"), [(9, 8), (17, 6), (116, 4)])
def test_a_line_fits_a_phone_the_newest_rounds_stay_and_names_stay_apart(newest: int, shown: int) -> None:
    grid = narrowed(board(newest))
    assert grid.columns == tuple(str(each) for each in range(newest - shown + 1, newest + 1))
    assert all(cells == board(newest).rows[0][1][-shown:] for _, cells in grid.rows)
    names = [name for name, _ in grid.rows]
    assert len(set(names)) == len(NAMES)
    assert all(columns(name) <= PHONE - len(" ".join(grid.columns)) - 1 for name in names)
    *lines, _legend = grid_text(grid).split("\n")
    assert {columns(line.replace("\u2068", "").replace("\u2069", "")) for line in lines} <= set(range(PHONE + 1))


@given(
    st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=5),
    st.integers(1, 116),
    st.integers(1, 12),
)
def test_whatever_the_names_no_line_is_wider(names: list[str], newest: int, rounds: int) -> None:
    grid = narrowed(board(max(newest, rounds), rounds, names))
    for line in grid_text(grid).split("\n")[:-1]:
        assert columns(line.replace("\u2068", "").replace("\u2069", "")) <= PHONE
    assert grid.columns, "something is left to see"


def test_a_short_grid_is_left_as_it_is() -> None:
    small = Grid(("1", "2"), (("1–8", ("●", "✕")),), LEGEND)
    assert narrowed(small) == small
    assert NAME < PHONE


def test_a_listener_hears_what_each_sign_means() -> None:
    grid = Grid(("7", "8"), (("Tomás", ("●", "✕")), ("Ada", ("✕", "4"))), LEGEND)
    assert list(grid_words(grid)) == ["Tomás: 7 on time, 8 missed", "Ada: 7 missed, 8 4"]
