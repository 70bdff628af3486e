"""The reference is what the code says, and nothing is left out of it."""

import re
from pathlib import Path

import pytest

from cohort_bot import reference
from cohort_bot.app.table import TABLE
from cohort_bot.platforms import installed
from cohort_bot.settings import Settings
from cohort_bot.storage.tables import metadata

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "reference"


@pytest.mark.parametrize("name", reference.PAGES)
def test_each_page_is_what_the_code_says(name: str) -> None:
    written = (FOLDER / name).read_text(encoding="utf-8")
    assert written == reference.page(name), "run: make docs"


def test_no_page_is_left_over() -> None:
    by_hand = {"metrics.md"}  # tests/web/test_metrics.py holds it
    assert {path.name for path in FOLDER.glob("*.md")} == set(reference.PAGES) | by_hand


def headings(name: str) -> set[str]:
    return set(re.findall(r"^## (.+)$", reference.page(name), re.MULTILINE))


def test_every_command_and_table_has_its_place() -> None:
    assert headings("commands.md") == {f"/{name}" for name, _ in TABLE.commands("discord")}
    assert headings("database.md") == set(metadata.tables)


def test_every_setting_is_documented_and_in_the_example() -> None:
    page = reference.page("settings.md")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    names = [name.upper() for name in Settings.__dataclass_fields__ if name not in {"environment", "process"}]
    names += [each.name for each in installed.settings()]
    assert [name for name in names if f"`{name}`" not in page] == []
    assert [name for name in names if not re.search(rf"^#? ?{name}=", example, re.MULTILINE)] == []


def test_every_internal_link_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    links = [(page, to) for page in pages for to in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))]
    inside = [(page, to) for page, to in links if not re.match(r"[a-z]+:", to)]
    assert [f"{page.name}: {to}" for page, to in inside if not (page.parent / to).exists()] == []


def anchors(page: Path) -> set[str]:
    """What a link may name behind its #: the headings, as the site and the forges spell them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def broken_anchors(pages: list[Path]) -> list[str]:
    found = []
    for page in pages:
        for to, anchor in re.findall(r"\]\((?![a-z]+:)([^)#\s]*)#([^)\s]+)\)", page.read_text("utf-8")):
            there = page.parent / to if to else page
            if not there.exists() or anchor not in anchors(there):
                found.append(f"{page.name}: {to}#{anchor}")
    return found


def test_every_internal_anchor_is_a_heading(tmp_path: Path) -> None:
    assert broken_anchors([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]) == []
    planted = tmp_path / "page.md"
    planted.write_text("# A page, here\n[good](#a-page-here) [bad](#elsewhere) [worse](gone.md#a)\n", "utf-8")
    assert broken_anchors([planted]) == ["page.md: #elsewhere", "page.md: gone.md#a"]
