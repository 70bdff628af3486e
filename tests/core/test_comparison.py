"""The published curve that a cohort is compared with, and how it is counted."""

import csv
import json
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from cohort_bot.core import comparison

TOOL = Path(__file__).parents[2] / "tools" / "count_distance_learners.py"


def write(folder: Path, name: str, columns: str, rows: Sequence[str]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(line.split() for line in (columns, *rows))


def count(folder: Path, monkeypatch: pytest.MonkeyPatch, rows: dict[str, int]) -> dict[str, object]:
    """What the tool writes of the folder, when so many rows are the published ones."""
    tool = runpy.run_path(str(TOOL))
    monkeypatch.setitem(tool["ROWS"], "studentInfo", 0)
    for name, number in rows.items():
        monkeypatch.setitem(tool["ROWS"], name, number)
    monkeypatch.setattr(sys, "argv", [TOOL.name, str(folder), str(folder / "out.json")])
    tool["main"]()
    found: dict[str, object] = json.loads((folder / "out.json").read_text())
    return found


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Two courses; the second ends with day 8, so that two weeks are counted."""
    course = "code_module code_presentation"
    write(tmp_path, "studentInfo", "id_student", [])
    write(
        tmp_path,
        "studentRegistration",
        f"{course} id_student date_registration date_unregistration",
        ["A 1 s1 -20 ?", "A 1 s2 0.0 1", "A 1 gone -20 0", "A 1 late 3 ?", "B 1 s1 -9 30", "B 1 s3 -9 ?", "B 1 s4 ? ?"],
    )
    write(
        tmp_path,
        "assessments",
        f"{course} id_assessment assessment_type date",
        ["A 1 1 TMA 40", "A 1 2 Exam ?", "B 1 3 CMA 8", "B 1 4 Exam 60"],
    )
    write(
        tmp_path,
        "studentAssessment",
        "id_assessment id_student date_submitted is_banked",
        ["1 s1 6 0", "2 s1 50 False", "1 s2 6 0", "3 s1 90 1", "3 s3 -1 0", "1 gone 40 0"],
    )
    return tmp_path


def test_those_are_counted_who_are_registered_on_the_first_day(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = count(copy, monkeypatch, {"studentRegistration": 7, "studentAssessment": 6, "assessments": 4})
    assert found["people"] == 4, "s1 and s2 in A, s1 and s3 in B"
    assert found["active"] == [2, 1], "s1 and s2; then s1, in the exam"
    assert found["licence"]


def test_another_number_of_rows_is_no_true_copy(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="7 rows, not the published 32593: take a true copy"):
        count(copy, monkeypatch, {"studentAssessment": 6, "assessments": 4})


def test_the_shipped_figures_are_those_of_the_publications() -> None:
    assert comparison.COMPLETED == 0.126, "Jordan 2015, in the abstract"
    learners = comparison.distance_learners()
    assert learners.people == 29_252
    assert list(learners.active) == sorted(learners.active, reverse=True)
    # At or after the day 7 × 4, × 8, × 13 and × 20, as it was counted before, from other copies.
    assert [round(learners.shares[day // 7], 2) for day in (28, 56, 91, 140)] == [0.8, 0.74, 0.69, 0.63]
