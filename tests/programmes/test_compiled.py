"""What is kept of a checked programme is what its files say, or it is not used."""

import shutil
from pathlib import Path

import pytest

from cohort_bot.core.programme import Gate, Phase, Programme
from cohort_bot.programmes import compiled, plain
from cohort_bot.programmes.library import Library, shipped_folder
from cohort_bot.programmes.load import load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (shipped,) = (path.parent for path in shipped_folder().glob("*/programme.yaml"))
    return Path(shutil.copytree(shipped, tmp_path / shipped.name))


def test_the_shipped_programme_is_compiled(folder: Path) -> None:
    assert compiled.read(folder) == load(folder), "after a change: cohort-bot content compile"


@pytest.mark.parametrize("file", ["programme.yaml", "papers.yaml", "phases/1-foundation.yaml"])
def test_a_change_is_read_from_the_files(folder: Path, file: str) -> None:
    changed = folder / file
    changed.write_text(changed.read_text(encoding="utf-8") + "\nunknown: key\n", encoding="utf-8")
    assert compiled.read(folder) is None
    (finding,) = Library([folder]).findings
    assert "unknown" in finding.problem


def test_a_file_more_is_a_change(folder: Path) -> None:
    (folder / "phases" / "9-more.yaml").write_text("weeks: []\n", encoding="utf-8")
    assert compiled.read(folder) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"of": ', '{"of": "x", "programme": {"slug": "x", "colour": 1}}'])
def test_a_damaged_file_is_not_used(folder: Path, text: str) -> None:
    (folder / compiled.COMPILED_FILE).write_text(text, encoding="utf-8")
    assert compiled.read(folder) is None
    assert Library([folder]).slugs() == [folder.name]


def test_what_is_optional_comes_back_too() -> None:
    phases = (Phase("P1", "One", 1, 2, "#000000", (), Gate(("a", "b"), "c")), Phase("P2", "Two", 3, 3, "#ffffff", ()))
    written = Programme("slug", "Title", "Summary", phases, (), horizons={"this_week": ()})
    assert plain.loads(Programme, plain.dumps(written)) == written
    with pytest.raises(ValueError, match="not a Programme"):
        plain.loads(Programme, '{"slug": "slug"}')
