"""Nothing is kept that the page on privacy does not name, and erasing does what it says."""

import re
from pathlib import Path

from cohort_bot.storage.tables import metadata

PAGE = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")


def rows() -> dict[str, str]:
    """What becomes of each table when somebody erases their data."""
    found: dict[str, str] = {}
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[0].startswith("`"):
            found |= dict.fromkeys(re.findall(r"`(\w+)`", cells[0]), cells[2])
    return found


def test_every_table_is_on_the_page_and_no_other() -> None:
    assert rows().keys() == metadata.tables.keys()


def test_each_says_what_becomes_of_it() -> None:
    assert all(rows().values())
