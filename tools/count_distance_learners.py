"""Counts how many distance learners go on, week by week: `src/cohort_bot/core/distance_learners.json`.

    python tools/count_distance_learners.py FOLDER src/cohort_bot/core/distance_learners.json

FOLDER holds the CSV files of the Open University Learning Analytics Dataset (OULAD; Kuzilek, Hlosta and Zdrahal 2017,
https://doi.org/10.1038/sdata.2017.171, CC BY 4.0): studentInfo, studentRegistration, studentAssessment, assessments. A
copy whose numbers of rows are not the published ones is refused.

Counted are the registrations that stood on day 0 of their course: made on that day or before, and not withdrawn until
then. Week n begins 7 (n - 1) days after day 0, as round n of a cohort does. Of each week it is counted how many hand in
something, an assignment or an exam, in it or later; what was carried over from an earlier course is left out. The count
ends with the last week at whose beginning every one of the 22 courses still has an assignment to come.
"""

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

ROWS: Final = {"studentInfo": 32_593, "studentRegistration": 32_593, "studentAssessment": 173_912, "assessments": 206}
"""As published."""

SOURCE: Final = {
    "source": "Open University Learning Analytics Dataset (Kuzilek, Hlosta and Zdrahal 2017)",
    "url": "https://doi.org/10.1038/sdata.2017.171",
    "licence": "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
    "made_by": "tools/count_distance_learners.py, which says what is counted",
}

Row = Mapping[str, str]
Course = tuple[str, str]


def rows(folder: Path, name: str) -> list[Row]:
    """The rows of a file. Exits when they are not as many as were published."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    if len(found) != ROWS[name]:
        sys.exit(f"{name}.csv has {len(found)} rows, not the published {ROWS[name]}: take a true copy.")
    return found


def day(text: str) -> int | None:
    """A day as the files write it: 12, 12.0, ? or nothing."""
    return int(float(text)) if text not in {"", "?", "NA"} else None


def course_of(row: Row) -> Course:
    return row["code_module"], row["code_presentation"]


def registered(folder: Path) -> Iterator[tuple[Course, str]]:
    """Course and student of each registration that stood on day 0."""
    for row in rows(folder, "studentRegistration"):
        begun, withdrawn = day(row["date_registration"]), day(row["date_unregistration"])
        if begun is not None and begun <= 0 and (withdrawn is None or withdrawn > 0):
            yield course_of(row), row["id_student"]


def count(folder: Path) -> tuple[int, list[int]]:
    """How many registrations stood on day 0, and how many of them go on in week 1 or later, in week 2 or later, …"""
    rows(folder, "studentInfo")
    planned = rows(folder, "assessments")
    course = {row["id_assessment"]: course_of(row) for row in planned}
    last_due: dict[Course, int] = {}
    for row in planned:
        if row["assessment_type"] != "Exam" and (due := day(row["date"])) is not None:
            last_due[course_of(row)] = max(due, last_due.get(course_of(row), due))
    last: dict[tuple[Course, str], int] = {}
    for row in rows(folder, "studentAssessment"):
        handed_in = day(row["date_submitted"])
        if row["is_banked"] not in {"1", "True", "TRUE"} and handed_in is not None:
            key = course[row["id_assessment"]], row["id_student"]
            last[key] = max(handed_in, last.get(key, handed_in))
    everyone = list(registered(folder))
    weeks = min(last_due.values()) // 7 + 1
    ends = [last.get(key, -1) for key in everyone]
    return len(everyone), [sum(end >= 7 * (week - 1) for end in ends) for week in range(1, weeks + 1)]


def main() -> None:
    """Count, and write the file."""
    folder, target = map(Path, sys.argv[1:])
    people, active = count(folder)
    target.write_text(json.dumps({**SOURCE, "people": people, "active": active}, indent=1) + "\n", encoding="utf-8")
    print(f"{people} people; in week {len(active)} or later {active[-1] / people:.1%}")


if __name__ == "__main__":
    main()
