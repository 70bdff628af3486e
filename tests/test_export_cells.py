"""A spreadsheet runs nothing that a member wrote: cells of an export that would be formulas are text."""

import csv
import io

import pytest

from cohort_bot.app.export import csv_text

DANGEROUS = (
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://example.org")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
)


@pytest.mark.parametrize("said", DANGEROUS)
def test_what_would_be_a_formula_is_text(said: str) -> None:
    (row,) = csv.DictReader(io.StringIO(csv_text([{"done": said}]), newline=""))
    assert row["done"] == "'" + said.replace("\r", "\n")


@pytest.mark.parametrize("said", ["Read it", "1+1 = 2", "a@example.org", "", "5 - 3", 'said "no", twice\nand left'])
def test_what_is_none_stays_as_it_is(said: str) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text([{"done": said, "round": -1}]), newline="")))
    assert rows == [{"done": said, "round": "-1"}]


def test_a_lone_carriage_return_begins_no_new_row() -> None:
    (row,) = csv.DictReader(io.StringIO(csv_text([{"done": "fine\r=cmd|' /C calc'!A0"}]), newline=""))
    assert row["done"] == "fine\n=cmd|' /C calc'!A0"
