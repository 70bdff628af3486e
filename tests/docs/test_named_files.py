"""A test that a page names is there: SECURITY.md says of each threat where its answer is tried."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_tests_that_pages_name_are_there() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    named = {
        (page.name, name) for page in pages for name in re.findall(r"\btests/[\w/]+\.py\b", page.read_text("utf-8"))
    }
    assert len(named) > 10
    assert [each for each in sorted(named) if not (ROOT / each[1]).exists()] == []
