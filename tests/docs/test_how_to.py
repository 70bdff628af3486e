"""What the how-to pages show is run as it stands there."""

import re
import types
from pathlib import Path

import pytest

from cohort_bot import runtime
from cohort_bot.app.table import TABLE
from cohort_bot.cli import main

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"


def blocks(page: str, language: str) -> list[str]:
    text = (HOW_TO / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


async def test_the_command_of_the_page_works_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handler, test = blocks("add-a-command.md", "python")
    feature = types.ModuleType("when")
    exec(compile(handler, "when.py", "exec"), feature.__dict__)  # noqa: S102 - the page's own code
    table = TABLE.__class__((*TABLE.rows, *feature.ROWS), TABLE.completers)
    monkeypatch.setattr(runtime, "TABLE", table)
    written = types.ModuleType("test_when")
    exec(compile(test, "test_when.py", "exec"), written.__dict__)  # noqa: S102
    await written.test_it_tells_when_the_week_closes(tmp_path)


def test_the_guide_of_the_page_imports_as_it_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (guide,) = blocks("import-a-guide.md", "text")
    (tmp_path / "guide.txt").write_text(guide, encoding="utf-8")
    out = tmp_path / "my-programme"
    main(["content", "import", str(tmp_path / "guide.txt"), "--out", str(out)], standalone_mode=False)
    said = capsys.readouterr()
    assert "26 weeks, 2 phases, 4 actions" in said.out
    assert "13 weeks" in said.out + said.err
    main(["content", "check", str(out)], standalone_mode=False)


def test_the_page_on_programmes_checks_and_previews_a_folder_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (guide,) = blocks("import-a-guide.md", "text")
    (tmp_path / "guide.txt").write_text(guide, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    lines = blocks("import-a-guide.md", "console") + blocks("write-a-programme.md", "console")[:1]
    for line in "".join(lines).splitlines():
        if " demo " not in line:  # tests/e2e has the demo
            main(line.split()[1:], standalone_mode=False)
    said = capsys.readouterr().out
    assert "nothing wrong" in said
    assert "== Slack" in said
    (tmp_path / "my-programme" / "programme.yaml").write_text("title: 3", encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["content", "preview", "my-programme", "--week", "2"], standalone_mode=False)
    assert "content check my-programme" in capsys.readouterr().err


def test_the_week_of_the_page_is_a_week(tmp_path: Path) -> None:
    import yaml  # noqa: PLC0415

    from cohort_bot.programmes.models import WeekModel  # noqa: PLC0415

    (week,) = blocks("write-a-programme.md", "yaml")
    WeekModel.model_validate_json(__import__("json").dumps(yaml.safe_load(week)[0]))
