"""The reference is what the code says, and nothing is left out of it."""

import re
from pathlib import Path

import pytest

from cohort_bot.app.table import TABLE
from cohort_bot.settings import Settings
from cohort_bot.storage.tables import metadata
from docs import generate

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", generate.PAGES)
def test_each_page_is_what_the_code_says(name: str) -> None:
    written = (generate.FOLDER / name).read_text(encoding="utf-8")
    assert written == generate.page(name), "run: make docs"


def test_no_page_is_left_over() -> None:
    assert {path.name for path in generate.FOLDER.glob("*.md")} == set(generate.PAGES)


def headings(name: str) -> set[str]:
    return set(re.findall(r"^## (.+)$", generate.page(name), re.MULTILINE))


def test_every_command_and_table_has_its_place() -> None:
    assert headings("commands.md") == {f"/{name}" for name, _ in TABLE.commands("discord")}
    assert headings("database.md") == set(metadata.tables)


def test_every_setting_is_documented_and_in_the_example() -> None:
    page = generate.page("settings.md")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    names = [name.upper() for name in Settings.__dataclass_fields__]
    assert [name for name in names if f"`{name}`" not in page] == []
    assert [name for name in names if not re.search(rf"^#? ?{name}=", example, re.MULTILINE)] == []


def test_every_internal_link_leads_somewhere() -> None:
    lost = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
                lost.append(f"{page.relative_to(ROOT)}: {target}")
    assert lost == []
