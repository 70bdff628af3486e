"""The stories of docs/stories.md, which moderators read: each holds, and all twelve timelines are there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.story import COLUMNS, Life
from tests.pseudo_locale import english

PAGE = Path(__file__).parents[2] / "docs" / "stories.md"


def stories() -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """The title, what happens, when it is seen, and what the other columns say."""
    columns: list[str] = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("| "):
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == "Story":
            columns = cells[3:]
        else:
            yield cells[0], cells[1], cells[2], dict(zip(columns, cells[3:], strict=True))


STORIES = list(stories())


@pytest.mark.parametrize(("words", "seen", "shown"), [pytest.param(*story[1:], id=story[0]) for story in STORIES])
@pytest.mark.both_languages
def test_a_story_ends_as_it_is_told(words: str, seen: str, shown: dict[str, str]) -> None:
    life = Life.told(words, seen)
    assert {column: english(COLUMNS[column](life)) for column in shown} == shown


def test_the_twelve_timelines_are_among_the_stories() -> None:
    told = {int(found[1]) for title, *_ in STORIES if (found := re.match(r"Timeline (\d+):", title))}
    assert told == set(range(1, 13))
    assert len({(title, words, seen) for title, words, seen, _ in STORIES}) == len(STORIES) >= 40, "none twice"
