"""A moderator's words for one person become a template for others."""

import pytest

from cohort_bot.core.templates import filled, template


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("Hi Sample Ana, how is AI 2027?", "Hi {member}, how is {cohort}?"),
        ("Hi Ana,\nyour Sample Ana is fine", "Hi Ana,\nyour {member} is fine"),
        ("Dear Sample, Sample Ana!\nBye", "Dear {first}, {member}!\nBye"),
        ("You wrote: no time for Sample Ana. Still?", "You wrote: {blocker}. Still?"),
        ("Hi Samples,\nall well?", "Hi Samples,\nall well?"),
        ("Hi Sample, dear Sample", ""),
        ("Hello\nSample, come back", ""),
        ("Hello\nall", "Hello\nall"),
    ],
    ids=["names", "no first name", "first name", "blocker with a name", "no word", "twice", "later", "no name"],
)
def test_what_names_somebody_is_taken_out(words: str, kept: str) -> None:
    assert template(words, "Sample Ana", "AI 2027", "no time for Sample Ana") == kept


@pytest.mark.parametrize("nobody", ["", "  "])
def test_whoever_has_no_name_is_not_looked_for(nobody: str) -> None:
    assert template("Hi you,\nit is late", nobody, "AI 2027") == "Hi you,\nit is late".replace("  ", "{member}")


def test_it_is_filled_in_for_another() -> None:
    kept = "Hi {first} ({member}), {cohort} misses you: {blocker}"
    assert (
        filled(kept, "Sample Ben", "AI 2028", "my {member}")
        == "Hi Sample (Sample Ben), AI 2028 misses you: my {member}"
    )
    assert filled("Hi {first}", "Ben", "x") == "Hi Ben"
    assert filled("Hi {first}!", "", "x") == "Hi !"
    assert filled(kept, "Sample Ben", "AI 2028") is None


def test_the_longest_is_taken_out_first() -> None:
    assert template("Hi Sample Ana", "Sample Ana", "AI", "Ana") == "Hi {member}"
