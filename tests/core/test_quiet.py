"""A place that has gone quiet is told once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_bot.core.quiet import fell_silent, fell_silent_after


@pytest.mark.parametrize(
    ("there", "said", "told"),
    [
        ([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6], []),
        ([1, 2, 3, 4, 5, 6], [], [2]),
        ([1, 2, 3, 4, 5, 6], [1], [3]),
        ([1, 2, 3, 4, 5, 6], [1, 2, 4], [6]),
        ([1, 2, 3, 4, 5, 6], [1, 4], [3, 6]),
        ([4, 5, 6], [], [5]),
        ([1, 2, 4, 5], [1], [5]),
        ([], [], []),
    ],
    ids=[
        "never quiet",
        "never spoken",
        "once",
        "one silent round is none",
        "twice",
        "a new room",
        "a card skipped",
        "no room",
    ],
)
def test_in_which_rounds_it_is_told(there: list[int], said: list[int], told: list[int]) -> None:
    assert [number for number in range(1, 9) if fell_silent(there, said, number)] == told


@given(st.lists(st.booleans(), max_size=40))
def test_once_a_silence_and_never_while_somebody_speaks(spoken: list[bool]) -> None:
    """Against the words: after each run of silent rounds that is two long or longer, one line."""
    rounds = range(1, len(spoken) + 1)
    said = [number for number in rounds if spoken[number - 1]]
    told = [number for number in rounds if fell_silent(rounds, said, number)]
    runs = "".join("x" if each else "." for each in spoken).split("x")
    assert len(told) == sum(len(run) >= 2 for run in runs)


@given(st.integers(1, 6), st.lists(st.booleans(), min_size=6, max_size=30))
def test_the_last_word_is_enough(first: int, spoken: list[bool]) -> None:
    """Whoever only knows when a place last spoke, at the end of each round, tells the same as who knows all of them."""
    there = range(first, len(spoken) + 1)
    said = [number for number in there if spoken[number - 1]]
    for number in there:
        last = max((each for each in said if each <= number), default=None)
        assert fell_silent_after(first, last, number) == fell_silent(there, said, number)
    for last in said:
        assert not any(fell_silent_after(first, last, number) for number in there if number <= last), "not any more"
