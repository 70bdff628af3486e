"""`content new` and `content watch`: a programme to begin with, and what each save of it changes."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from cohort_bot.cli import main
from cohort_bot.programmes import watch
from cohort_bot.programmes.load import check_folder
from cohort_bot.programmes.starter import write_starter


def test_a_new_programme_passes_the_check_under_its_own_name(tmp_path: Path) -> None:
    folder = tmp_path / "from-nurse-to-analyst"
    result = CliRunner().invoke(main, ["content", "new", str(folder)])
    assert (result.exit_code, check_folder(folder)) == (0, [])
    assert "slug: from-nurse-to-analyst  #" in (folder / "programme.yaml").read_text(encoding="utf-8")


def test_a_new_programme_overwrites_nothing_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep", encoding="utf-8")
    (tmp_path / "file").write_text("keep", encoding="utf-8")
    for name, why in [
        ("mine", "not empty"),
        ("file", "not empty"),
        ("file/a", "can't write to"),
        ("a b", "slug"),
    ]:
        result = CliRunner().invoke(main, ["content", "new", str(tmp_path / name)])
        assert (result.exit_code, why in result.stderr, result.stderr.count("\n")) == (1, True, 1), result.stderr
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "mine", "notes.txt"]


def test_each_save_shows_the_changed_week_or_the_mistakes(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    write_starter(folder)
    weeks = folder / "phases" / "1-first-phase.yaml"
    good = weeks.read_text(encoding="utf-8")
    saves = [good.replace("Build it and show it", "Build it, then show it to people"), "phase: [", good]

    def save(_seconds: float) -> None:
        weeks.write_text(saves.pop(0), encoding="utf-8")

    seen = watch.changes(folder, save)
    first, second, third, fourth = (next(seen) for _ in range(4))
    assert (first.week, first.problems) == (1, ())
    assert (second.week, second.problems) == (2, ())
    assert third.programme is None
    assert third.problems
    assert (fourth.week, fourth.problems) == (2, ())


def test_watching_prints_the_card_and_the_mistakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "mine"
    write_starter(folder)

    def end(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(watch.changes, "__defaults__", (end,))
    result = CliRunner().invoke(main, ["content", "watch", str(folder)])
    assert "Choose a project" in result.stdout
    assert "Nothing wrong." in result.stdout
    (folder / "papers.yaml").write_text("papers: 3", encoding="utf-8")
    result = CliRunner().invoke(main, ["content", "watch", str(folder)])
    assert "papers.yaml:1:" in result.stdout
