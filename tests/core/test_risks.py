"""Who needs a person: every pattern of rounds that the rule names, and the one beside it."""

from collections.abc import Sequence

import pytest

from cohort_bot.core.checkins import Status
from cohort_bot.core.risks import Risk, Sign, risks

MARKS = {
    "x": Status.ON_TIME,
    "l": Status.LATE,
    "f": Status.FORGIVEN,
    "m": Status.MISSED,
    "o": Status.OPEN,
    "b": Status.BREAK,
    "e": Status.EXCUSED,
    "-": Status.OUTSIDE,
}


@pytest.mark.parametrize(
    ("rounds", "sign", "behind"),
    [
        ("f", None, []),
        ("ff", Sign.SILENT, [1, 2]),
        ("ffm", Sign.SILENT, [1, 2, 3]),
        ("xff", Sign.SILENT, [2, 3]),
        ("-ffo", Sign.SILENT, [2, 3]),
        ("xfbef", Sign.SILENT, [2, 5]),  # what is not counted stands between without ending it
        ("ffx", None, []),
        ("ffl", None, []),
        ("xfxf", None, []),
        ("fxfxm", Sign.PATCHY, [1, 3, 5]),
        ("fxxfm", Sign.SILENT, [4, 5]),
        ("fxxfxm", None, []),  # three of six
        ("xfxmxm", Sign.PATCHY, [2, 4, 6]),
        ("fbxfxm", Sign.PATCHY, [1, 4, 6]),
        ("ffmx", Sign.PATCHY, [1, 2, 3]),
    ],
)
def test_two_missed_in_a_row_or_three_of_the_last_five_counted_ones(
    rounds: str, sign: Sign | None, behind: Sequence[int]
) -> None:
    found = risks([MARKS[mark] for mark in rounds], {})
    assert [(risk.sign, list(risk.rounds)) for risk in found] == ([(sign, behind)] if sign else [])


@pytest.mark.parametrize(("rounds", "of"), [("fxfxm", 5), ("xxfxfxm", 5), ("ffmx", 4)])
def test_it_says_of_how_many(rounds: str, of: int) -> None:
    (risk,) = risks([MARKS[mark] for mark in rounds], {})
    assert risk.of == of


@pytest.mark.parametrize(
    ("blockers", "behind"),
    [
        ({}, ()),
        ({1: "No GPU"}, ()),
        ({1: "No GPU", 2: "no gpu yet"}, (1, 2)),
        ({1: "No GPU", 5: "no gpu yet"}, (1, 5)),
        ({1: "No GPU", 2: "The flu"}, ()),
        ({1: "No GPU", 2: "The flu", 3: "My proof has a gap"}, (1, 2, 3)),
        ({1: "No GPU", 2: "The flu", 3: "My proof", 4: "Exams"}, (2, 3, 4)),
        ({1: "No GPU", 2: "none", 3: "No GPU"}, ()),
        ({1: "none", 2: "No GPU", 3: "No GPU"}, (2, 3)),
        ({1: "The flu", 2: "No GPU", 3: ""}, ()),
        ({3: "No GPU", 2: "No GPU", 1: "-"}, (2, 3)),
    ],
)
def test_the_same_blocker_twice_in_a_row_or_any_three_times(blockers: dict[int, str], behind: tuple[int, ...]) -> None:
    found = risks([Status.ON_TIME] * 5, blockers)
    assert found == ((Risk(Sign.STUCK, behind),) if behind else ())


def test_who_is_silent_and_stuck_is_both_the_more_urgent_first() -> None:
    found = risks([MARKS[mark] for mark in "xxff"], {1: "No GPU", 2: "No GPU"})
    assert [risk.sign for risk in found] == [Sign.SILENT, Sign.STUCK]
