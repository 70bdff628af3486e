"""Lengths as guides state them: understood, no length at all, or refused."""

import pytest

from cohort_bot.programmes.importing.durations import UnreadableDurationError, at_end, at_start, broken
from cohort_bot.programmes.importing.labels import read_label


@pytest.mark.parametrize(
    ("line", "weeks", "rest"),
    [
        ("16 weeks- Complete it", 16, "Complete it"),
        ("16 weeks", 16, ""),
        ("16 weeks Complete it", 16, "Complete it"),
        ("(16 weeks)", 16, ""),
        ("16-week: Complete it", 16, "Complete it"),
        ("sixteen weeks – Complete it", 16, "Complete it"),
        ("~ 4 months • Complete it", 17, "Complete it"),
        ("1.5 years", 78, ""),
        ("Timeline: 6-8 weeks", 8, ""),
        ("Weeks 17–36: Complete it", 20, "Complete it"),
        ("Month 1-4", 17, ""),
        ("⏱ 30 days", 4, ""),
    ],
)
def test_lengths_are_understood(line: str, weeks: int, rest: str) -> None:
    found = at_start(line)
    assert found is not None
    assert (found[0].weeks, found[1]) == (weeks, rest)


@pytest.mark.parametrize(
    "line", ["16 weeks of practice", "Complete 16 weeks", "Week after week", "2 weekends- rest", ""]
)
def test_prose_is_no_length(line: str) -> None:
    assert at_start(line) is None


@pytest.mark.parametrize("line", ["0 weeks", "-5 weeks- x", "8-6 weeks", "Weeks 9-3", "521 weeks", "11 years"])
def test_impossible_lengths_are_refused(line: str) -> None:
    with pytest.raises(UnreadableDurationError):
        at_start(line)


def test_lengths_after_a_title_and_broken_ones() -> None:
    for line in ("Basics (16 weeks)", "Basics - 16 weeks", "Basics: Weeks 1-16", "Basics [16 weeks]:"):
        found = at_end(line)
        assert found is not None
        assert (found[0].weeks, found[1]) == (16, "Basics")
    assert at_end("Read for 16 weeks") is None
    assert (broken("some weeks- x"), broken("weeks- x"), broken("Read a book")) == ("some", "nothing", None)


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Week 1: Topic 1", "Topic 1"),
        ("Week 2: Part 2", "Part 2"),
        ("Week 2: Markets 4", "Markets 4"),
        ("Week 3: Jan 5", ""),
        ("Week 3 (Jan 5 - 11): Sets", "Sets"),
        ("Week 3: 5 March – 11 March", ""),
        ("Woche 2: 3. März", ""),
        ("Semana 1: 5 enero", ""),
        ("Semaine 4: 2 août", ""),
    ],
)
def test_a_title_is_kept_and_a_date_is_none(line: str, title: str) -> None:
    label = read_label(line)
    assert label is not None
    assert label.title == title
