"""A spreadsheet runs nothing that a member wrote: cells of an export that would be formulas are text."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_bot.app.features.export import csv_text

DANGEROUS = (
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://example.org")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
)


@pytest.mark.parametrize("said", DANGEROUS)
def test_what_would_be_a_formula_is_text(said: str) -> None:
    (row,) = csv.DictReader(io.StringIO(csv_text([{"done": said}]), newline=""))
    assert row["done"] == "'" + said.replace("\r", "\n")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("\t=1+1", "'\t'=1+1"),
        ("\r=1+1", "'\n'=1+1"),
        ("Read it\n=1+1\r\n-2", "Read it\n'=1+1\n'-2"),
        ("none;=1+1", "none;'=1+1"),
        ("none; \t @A1", "none; \t '@A1"),
        (';"=1+1&"', ';"\'=1+1&"'),
        ("- one\n- two", "'- one\n'- two"),
    ],
)
def test_what_would_be_one_after_a_separator_is_text_too(said: str, kept: str) -> None:
    (row,) = csv.DictReader(io.StringIO(csv_text([{"done": said}]), newline=""))
    assert row["done"] == kept


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@given(
    st.lists(
        st.lists(st.sampled_from([*"=+-@＝ab1 \"',;\t\n\r", "\r\n", '""', "=1+1", "\n="]), max_size=12).map("".join),
        min_size=3,
        max_size=3,
    )
)
def test_no_cell_begins_a_formula_whatever_separator_a_spreadsheet_takes(separator: str, said: list[str]) -> None:
    """The row is read as such a spreadsheet does: a quotation mark quotes only where a cell begins with it."""
    row = dict(zip(("done", "blockers", "next"), said, strict=True))
    for line in csv.reader(io.StringIO(csv_text([{"member": "Ann", **row}]), newline=""), delimiter=separator):
        for cell in line:
            assert not re.match("[=+@＝＋－＠-]", cell.lstrip()), (cell, said)


@pytest.mark.parametrize("said", ["Read it", "1+1 = 2", "a@example.org", "", "5 - 3", 'said "no", twice\nand left'])
def test_what_is_none_stays_as_it_is(said: str) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text([{"done": said, "round": -1}]), newline="")))
    assert rows == [{"done": said, "round": "-1"}]


def test_a_lone_carriage_return_begins_no_new_row() -> None:
    (row,) = csv.DictReader(io.StringIO(csv_text([{"done": "fine\r=cmd|' /C calc'!A0"}]), newline=""))
    assert row["done"] == "fine\n'=cmd|' /C calc'!A0"
